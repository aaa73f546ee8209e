//! Calls of a Forge app to its remote: the invocation token, RS256 by keys of Atlassian. What is done with a call is not
//! known here.

use serde_json::Value;
use time::OffsetDateTime;
use url::Url;

use super::{ConfluenceError, Http};

/// The keys of Forge, fetched and kept in memory.
pub struct ForgeKeys {
    url: Url,
}

/// Who calls, as a token with a right signature says.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// ARI of the installation.
    pub installation: String,
    /// Of the site, agreed on by all places that name one.
    pub cloud_id: String,
    /// Key of the module that the call comes from, if any.
    pub module: Option<String>,
    /// The person in front of the page, by Atlassian's account id; `None` for events.
    pub person: Option<String>,
    /// `https://acme.atlassian.net`; only calls from pages say it.
    pub site_url: Option<String>,
    /// `context.extension` of calls from pages: `content`, `space` and more.
    pub extension: Option<Value>,
    /// Makes a token count once, if the caller wants that.
    pub token_id: String,
}

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token names another algorithm")]
    Algorithm,
    #[error("there is no key with the token's id")]
    UnknownKey,
    #[error("the signature is wrong")]
    Signature,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the claim {0} is missing or wrong")]
    Claim(&'static str),
    #[error("the keys could not be fetched: {0}")]
    Keys(#[from] ConfluenceError),
}

impl ForgeKeys {
    /// `url` of the whole set.
    pub fn new(url: Url) -> Self {
        Self { url }
    }

    /// Checks an invocation token for the app with this ARI.
    pub async fn verify(
        &self,
        http: &Http,
        token: &str,
        app: &str,
        now: OffsetDateTime,
    ) -> Result<Invocation, InvocationError> {
        let _ = (&self.url, http, token, app, now);
        Err(InvocationError::Malformed)
    }
}
