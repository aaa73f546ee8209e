//! Why a site cannot be asked in somebody's name.

/// Why nobody can be asked for in a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotInTheirName {
    /// A site was imported, and the app has to be installed again.
    #[error("the installation is stale")]
    Stale,
    #[error("the installed app may not act as people")]
    NotAllowed,
    #[error("there is no active person of this id")]
    NotActive,
    #[error("a Forge app acts as people only while they look at it")]
    Forge,
}

impl NotInTheirName {
    /// It is the same for everybody at the site.
    pub fn is_about_the_app(self) -> bool {
        self != Self::NotActive
    }

    /// For the admin: what is wrong and what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Stale => {
                "The site no longer knows this installation of the app, as after an import of the site. Install the app \
                 again there; until then nobody is impersonated."
            }
            Self::NotAllowed => {
                "The installed version of the app may not act as people (scope ACT_AS_USER). Update the app at the site."
            }
            Self::NotActive => {
                "Confluence has no active user of this id: the account is deactivated, may not use Confluence, or \
                 belongs to an app."
            }
            Self::Forge => "A Forge app acts as people only while they look at its pages.",
        }
    }
}
