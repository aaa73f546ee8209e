//! Whether a request that changes something comes from our own pages: by what the browser says of its origin, and by
//! the token of a form. Who may change what is decided elsewhere.

use actix_web::HttpRequest;
use actix_web::http::header;
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::config::Settings;

/// Why a request counts as foreign.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Foreign {
    #[error("another site sent it")]
    OtherSite,
    /// Neither `Sec-Fetch-Site` nor `Origin`: no browser of the last ten years, or a proxy removed both.
    #[error("the browser did not say where it comes from")]
    Unsaid,
}

/// Holds a request against `Sec-Fetch-Site`, and against `Origin` where the browser does not send that: over plain
/// http away from localhost, and before 2023 in Safari.
pub fn check_origin(request: &HttpRequest, settings: &Settings) -> Result<(), Foreign> {
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some("same-origin" | "none"), _) => Ok(()),
        (Some(_), _) => Err(Foreign::OtherSite),
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str()).unwrap_or_default();
            if is_own_origin(origin, host, settings) {
                Ok(())
            } else {
                Err(Foreign::OtherSite)
            }
        }
        (None, None) => Err(Foreign::Unsaid),
    }
}

/// The base URL's origin, or one of the listed host names under which this very request was made.
fn is_own_origin(origin: &str, host_header: &str, settings: &Settings) -> bool {
    if origin == settings.base_url.origin() {
        return true;
    }
    let Ok(url) = Url::parse(origin) else {
        return false;
    };
    let listed = url
        .host_str()
        .is_some_and(|host| settings.hosts.iter().any(|name| name == host));
    let same_scheme = url.scheme()
        == if settings.base_url.is_https() {
            "https"
        } else {
            "http"
        };
    let here = format!("{}://{host_header}", url.scheme());
    listed && same_scheme && Url::parse(&here).is_ok_and(|here| here.origin() == url.origin())
}

/// A session's secret that its forms carry, or the way to another site and back. Nobody else can read or guess it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CsrfToken(String);

impl CsrfToken {
    pub fn random() -> Self {
        Self(hex::encode(rand::random::<[u8; 32]>()))
    }

    /// For the hidden field of a form, or the state of a consent; nothing else.
    pub fn field_value(&self) -> &str {
        &self.0
    }

    /// Whether a form carried this token; takes the same time wherever they differ.
    pub fn matches(&self, sent: &str) -> bool {
        self.0.as_bytes().ct_eq(sent.as_bytes()).into()
    }
}

impl std::fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CsrfToken")
    }
}

#[cfg(test)]
mod tests;
