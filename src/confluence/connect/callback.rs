//! What Confluence tells of an installation, in a body and a signed token that must agree.

use time::OffsetDateTime;
use url::Url;

use super::install_keys::{InstallKeys, NoKey};
use super::jwt::JwtError;
use crate::confluence::{Http, Secret};

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Installed,
    Enabled,
    Disabled,
    Uninstalled,
}

/// A call-back's body. Fields that are not named here may be there.
#[derive(Debug)]
pub struct Callback {
    /// The app's key.
    pub key: String,
    pub client_key: String,
    pub oauth_client_id: Option<String>,
    /// Only with [`Event::Installed`].
    pub shared_secret: Option<Secret>,
    /// `https://acme.atlassian.net/wiki`, without a slash at its end.
    pub base_url: Url,
    pub display_url: Option<Url>,
    pub description: Option<String>,
}

/// A call-back as it came in.
pub struct Received<'a> {
    pub event: Event,
    /// Of the `Authorization: JWT …` header or the query; `None` when there was none, or more than one.
    pub token: Option<&'a str>,
    pub body: &'a [u8],
    pub method: &'a str,
    /// Path and query as they stood in the request line.
    pub target: &'a str,
}

/// Who we are: what the token and the body must name.
pub struct Expected<'a> {
    pub app_key: &'a str,
    /// Our public URLs, without a slash at their ends.
    pub audiences: &'a [String],
    /// Whether a site with this host may install the app.
    pub allows_host: &'a (dyn Fn(&str) -> bool + Sync),
}

/// Why a call-back is refused.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// The body is not what Confluence sends; with the field.
    #[error("the body is not a call-back: {0}")]
    Body(String),
    #[error("there is no token, or more than one")]
    NoToken,
    #[error("{0}")]
    Token(#[from] JwtError),
    #[error("{0}")]
    Key(#[from] NoKey),
    #[error("the token is for another {0}")]
    Mismatch(&'static str),
    #[error("sites of {0} may not install the app")]
    Host(String),
}

/// The body, with nothing checked but its form. For the secret that `enabled` and `disabled` are signed with, which is
/// looked up by the client key.
pub fn read_body(body: &[u8]) -> Result<Callback, CallbackError> {
    let _ = body;
    Err(CallbackError::Body("it is empty".to_owned()))
}

/// Checks a call-back that is signed with a key of Atlassian (RS256): `installed` and `uninstalled`.
pub async fn verify_signed_by_atlassian(
    http: &Http,
    keys: &InstallKeys,
    received: &Received<'_>,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<Callback, CallbackError> {
    let _ = (http, keys, received, expected, now);
    Err(CallbackError::NoToken)
}

/// Checks a call-back that is signed with the secret of the installation (HS256): `enabled` and `disabled`.
pub fn verify_signed_by_site(
    received: &Received<'_>,
    expected: &Expected<'_>,
    secret: &Secret,
    now: OffsetDateTime,
) -> Result<Callback, CallbackError> {
    let _ = (received, expected, secret, now);
    Err(CallbackError::NoToken)
}
