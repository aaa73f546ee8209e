//! Why something could not be had from a live site: by connections, by the app, or by what keeps snapshots in step.

use super::installation::AppClosed;
use super::not_in_their_name::NotInTheirName;
use crate::confluence::http::HttpSetupError;
use crate::confluence::{ConfluenceError, Problem};
use crate::db::DbError;
use crate::pages::files::FileStoreError;
use crate::seal::SealError;

#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    #[error(transparent)]
    Confluence(#[from] ConfluenceError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Files(#[from] FileStoreError),
    /// Deleted meanwhile, or an import.
    #[error("there is no such live connection")]
    NoConnection,
    /// Nobody has agreed in the browser yet, or the agreement has ended.
    #[error("the connection is not authorized yet")]
    NotAuthorized,
    /// Nobody can be asked for in a person's name, or not in this one's.
    #[error("{0}")]
    NotInTheirName(NotInTheirName),
    /// The consent was given for other sites.
    #[error("the consent is for another site")]
    OtherSite,
    /// A stored or typed address that cannot be used, with the reason.
    #[error("an address cannot be used: {0}")]
    Address(String),
    #[error(transparent)]
    Http(#[from] HttpSetupError),
    /// The site refused the credentials before.
    #[error("the connection is stopped because its credentials were refused")]
    Stopped,
    /// The app at the site cannot be used.
    #[error(transparent)]
    App(#[from] AppClosed),
    /// The site has no such page, or none that may be seen.
    #[error("there is no such page")]
    NoPage,
    /// The site took longer than a reader waits.
    #[error("the site took too long")]
    TooSlow,
    /// With a sentence.
    #[error("a page could not be fetched before")]
    FailedBefore(String),
    /// Larger than the connection's limit, in bytes.
    #[error("the file is larger than {0} bytes")]
    FileTooLarge(u64),
    /// Nothing that could be shown came for a page, or nothing as good as what is stored.
    #[error("a page came without a body that can be shown")]
    NoExportView,
    /// It leaves out pages that the site still has.
    #[error("a listing of pages is not complete")]
    IncompleteListing,
    /// What came is not what the site had announced.
    #[error("a download broke off")]
    BrokenDownload,
}

impl From<diesel::result::Error> for LiveError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl LiveError {
    /// When asking again may bring more, if anybody said so.
    pub fn retry_after_seconds(&self) -> Option<i64> {
        match self {
            Self::Confluence(error) => i64::try_from(error.retry_after()?.as_secs()).ok(),
            _ => None,
        }
    }

    /// Whether the site refused who we are, so that asking again would only do harm (locked accounts).
    pub fn is_refusal(&self) -> bool {
        let problem = match self {
            Self::Confluence(error) => &error.problem,
            _ => return false,
        };
        matches!(
            problem,
            Problem::Unauthorized | Problem::Captcha | Problem::GrantInvalid
        )
    }

    /// Nothing of the site can be had for a while, whatever is asked for.
    pub fn is_pause(&self) -> bool {
        let problem = match self {
            Self::Confluence(error) => &error.problem,
            Self::Stopped | Self::App(_) => return true,
            _ => return false,
        };
        matches!(
            problem,
            Problem::RateLimited { .. } | Problem::BudgetSpent { .. } | Problem::Paused { .. }
        )
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Confluence(error) if is_not_found(error))
    }

    /// For the admin: what is wrong and what to do.
    pub fn sentence(&self) -> String {
        match self {
            Self::Confluence(error) => error.sentence(),
            Self::Db(_) => "The portal's database could not be reached.".to_owned(),
            Self::Seal(error) => format!("The {error}."),
            Self::Files(_) => "The portal's file store could not be used.".to_owned(),
            Self::NoConnection => "The connection is gone.".to_owned(),
            Self::NotAuthorized => {
                "Nobody has allowed the portal to read the site yet. Press “Authorize” on the connection's page."
                    .to_owned()
            }
            Self::NotInTheirName(reason) => reason.sentence().to_owned(),
            Self::OtherSite => {
                "The consent was given for another site. Authorize again, and choose this one.".to_owned()
            }
            Self::Address(reason) => format!("The address cannot be used: {reason}."),
            Self::Http(error) => format!("The portal cannot send requests: {error}."),
            Self::Stopped => "The site refused the credentials, so nothing is sent until they are changed or tested \
                 again."
                .to_owned(),
            Self::App(closed) => closed.sentence(),
            Self::NoPage => "The site has no such page, or the connection's account may not see it.".to_owned(),
            Self::TooSlow => "The site took too long to answer.".to_owned(),
            Self::FailedBefore(sentence) => sentence.clone(),
            Self::FileTooLarge(limit) => {
                format!("A file is larger than the connection's limit of {limit} bytes.")
            }
            Self::NoExportView => "Confluence could not render the page; what is stored stays.".to_owned(),
            Self::IncompleteListing => {
                "The site's list of pages left out pages that it still has; what is stored stays."
                    .to_owned()
            }
            Self::BrokenDownload => "A download broke off.".to_owned(),
        }
    }
}

/// Absent, or not visible to whoever asked.
pub fn is_not_found(error: &ConfluenceError) -> bool {
    error.problem == Problem::NotFound
}

/// Why a connection was not made or changed; each kind belongs to one field.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    #[error("Another connection has this name.")]
    NameTaken,
    #[error("{0}")]
    Address(String),
    #[error("{0}")]
    Auth(String),
    #[error(transparent)]
    Live(#[from] LiveError),
}

impl From<diesel::result::Error> for ManageError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Live(error.into())
    }
}

impl From<DbError> for ManageError {
    fn from(error: DbError) -> Self {
        Self::Live(error.into())
    }
}
