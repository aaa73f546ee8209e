//! What must not get out: passwords, tokens and secrets of sites.

use std::fmt;

/// A password, API token, access token or client secret. No `Display`, `Serialize` or `Clone`: a leak needs intent.
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the request to the site and for sealing before it is stored; for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}
