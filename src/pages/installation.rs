//! Our app at a Confluence Cloud site: the other side of a connection. What arrives from Confluence is
//! `confluence::connect` and `confluence::forge`; what becomes of it is `live`'s subject.

use time::OffsetDateTime;
use uuid::Uuid;

/// How the app got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppKind {
    Connect,
    Forge,
}

impl AppKind {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Forge => "forge",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Connect, Self::Forge]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// What Confluence last said of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallationState {
    Enabled,
    /// By an admin of the site, who may enable it again.
    Disabled,
    Uninstalled,
    /// Another installation came to the same site: it was imported or restored.
    Superseded,
}

impl InstallationState {
    pub const ALL: [Self; 4] = [
        Self::Enabled,
        Self::Disabled,
        Self::Uninstalled,
        Self::Superseded,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Uninstalled => "uninstalled",
            Self::Superseded => "superseded",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// An installation, without what it signs with in the clear.
#[derive(Debug, Clone)]
pub struct Installation {
    pub connection_id: Uuid,
    pub kind: AppKind,
    /// Connect: the `clientKey`. Forge: the ARI of the installation.
    pub client_key: String,
    pub app_key: String,
    pub oauth_client_id: Option<String>,
    /// With `/wiki`, without a slash at its end.
    pub base_url: String,
    pub display_url: Option<String>,
    /// Sealed.
    pub secret: Option<Vec<u8>>,
    pub state: InstallationState,
    pub state_since: OffsetDateTime,
    pub superseded_by: Option<Uuid>,
    /// Since when the authorization server does not know `oauth_client_id`.
    pub stale_since: Option<OffsetDateTime>,
    /// The last thing that went wrong, as a sentence for the admin, and when.
    pub problem: Option<String>,
    pub problem_at: Option<OffsetDateTime>,
    pub quiet_calls: i64,
    pub last_quiet_call_at: Option<OffsetDateTime>,
    pub installed_at: OffsetDateTime,
}
