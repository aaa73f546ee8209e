//! Where the portal is reached: its main public URL.

use url::Url;

/// Scheme, host and port of the portal; no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(pub(super) Url);

impl BaseUrl {
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Lower case, without the port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// `https://portal.example.com`, without a slash at its end.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The full URL of a path that begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}

pub(super) fn parse_base_url(text: &str) -> Result<BaseUrl, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("“{text}” is not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!(
            "“{text}” must begin with https:// or http:// and name a host"
        ));
    }
    let only_origin = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if only_origin {
        Ok(BaseUrl(url))
    } else {
        Err(format!(
            "“{text}” must be scheme, host and port only, without a path, query or user name"
        ))
    }
}
