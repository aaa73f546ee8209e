//! Our app at a Confluence Cloud site: the other side of a connection. What arrives from Confluence is
//! `confluence::connect` and `confluence::forge`; what becomes of it is `cloud_app`'s subject.

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

/// Why a site is not asked in the name of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppClosed {
    #[error("the app is disabled at the site")]
    Disabled,
    #[error("the app was uninstalled from the site")]
    Uninstalled,
    #[error("another installation came to the site")]
    Superseded,
    /// Forge: the token that the last call brought has ended. Minutes since that, as far as they are known.
    #[error("the Forge app has brought no token that is still good")]
    Silent { minutes: Option<i64> },
}

impl AppClosed {
    /// For the admin: what is wrong and what to do.
    pub fn sentence(self) -> String {
        match self {
            Self::Disabled => "The app is disabled in Confluence, so the site is not asked; shares show what is stored. \
                Enable it in Confluence: Apps, Manage apps."
                .to_owned(),
            Self::Uninstalled => "The app was uninstalled from the site, so the site is not asked. Install it again to go \
                on."
                .to_owned(),
            Self::Superseded => "The site was imported or restored, and the app was installed there again, so the site is \
                not asked in the name of this installation. Move its shares to the new one."
                .to_owned(),
            Self::Silent { minutes } => {
                let since = minutes.map_or_else(
                    || "The Forge app has not brought a token yet".to_owned(),
                    |minutes| format!("The token that the Forge app brought ended {minutes} minutes ago"),
                );
                format!(
                    "{since}, so the site is not asked; shares show what is stored. The app calls every five minutes: see \
                     its logs with “forge logs”, and check that its remote has the portal's address."
                )
            }
        }
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

/// How the problem of a refused call begins, which tells it from others.
pub const REFUSED: &str = "A call of the app was refused: ";

impl Installation {
    /// The site is asked in its name, and people come in from it.
    pub fn is_in_use(&self) -> bool {
        self.state == InstallationState::Enabled
    }

    /// What the portal itself has found to be wrong. That a call was refused is not that: anybody can bring it about.
    pub fn own_problem(&self) -> Option<&str> {
        let problem = self.problem.as_deref();
        problem.filter(|problem| !problem.starts_with(REFUSED))
    }
}

#[cfg(test)]
impl Installation {
    /// One that works, for tests of what is made of others.
    pub(crate) fn sample() -> Self {
        Self {
            connection_id: Uuid::nil(),
            kind: AppKind::Connect,
            client_key: "1111".to_owned(),
            app_key: "com.example.share".to_owned(),
            oauth_client_id: None,
            base_url: "https://acme.atlassian.net/wiki".to_owned(),
            display_url: None,
            secret: None,
            state: InstallationState::Enabled,
            state_since: OffsetDateTime::UNIX_EPOCH,
            superseded_by: None,
            stale_since: None,
            problem: None,
            problem_at: None,
            quiet_calls: 0,
            last_quiet_call_at: None,
            installed_at: OffsetDateTime::UNIX_EPOCH,
        }
    }
}
