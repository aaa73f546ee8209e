//! An installation of our app as the API shows it: read-only, because Confluence makes and changes it.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::connections::installation::{AppKind, Installation, InstallationState};

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InstallationKind)]
enum KindWord {
    Connect,
    Forge,
}

/// What Confluence last said of an installation.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InstallationState)]
enum StateWord {
    Enabled,
    /// The site is not asked; shares show what is stored.
    Disabled,
    /// Shares end at `sharesEndAt`.
    Uninstalled,
    /// Another installation came to the same site; shares show what is stored until they are moved.
    Superseded,
}

/// The app at the site that the connection was made by. Confluence makes and changes it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Installation)]
pub(super) struct InstallationAnswer {
    kind: KindWord,
    state: StateWord,
    #[serde(with = "time::serde::rfc3339")]
    state_since: OffsetDateTime,
    /// Connect: the clientKey. Forge: the id of the installation.
    client_key: String,
    /// The connection of the installation that came after this one.
    #[schema(required = true)]
    superseded_by: Option<Uuid>,
    /// Atlassian no longer knows the app's client id: it has to be installed again.
    is_stale: bool,
    /// When the connection's shares stop being available, after the app was uninstalled.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    shares_end_at: Option<OffsetDateTime>,
    /// What last went wrong and what to do.
    #[schema(required = true)]
    problem: Option<String>,
}

impl InstallationAnswer {
    pub(super) fn new(installation: Installation, shares_end_at: Option<OffsetDateTime>) -> Self {
        Self {
            kind: match installation.kind {
                AppKind::Connect => KindWord::Connect,
                AppKind::Forge => KindWord::Forge,
            },
            state: match installation.state {
                InstallationState::Enabled => StateWord::Enabled,
                InstallationState::Disabled => StateWord::Disabled,
                InstallationState::Uninstalled => StateWord::Uninstalled,
                InstallationState::Superseded => StateWord::Superseded,
            },
            state_since: installation.state_since,
            client_key: installation.client_key,
            superseded_by: installation.superseded_by,
            is_stale: installation.stale_since.is_some(),
            shares_end_at,
            problem: installation.problem,
        }
    }
}
