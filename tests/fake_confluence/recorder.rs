//! What a fake was asked, for tests to look at afterwards.

use super::exchange::{Port, Request};
use super::pattern::matches;

/// One request, kept after it was answered.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) port: Port,
    pub(crate) method: String,
    /// Below the site: without the gateway's prefix and without a context path.
    pub(crate) path: String,
    /// As sent.
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) host: String,
    pub(crate) authorization: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) range: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) body: Vec<u8>,
    /// Every header as it came, for a search after something that should not be there.
    pub(crate) headers: Vec<(String, String)>,
}

impl Recorded {
    pub(crate) fn of(request: &Request, path: &str) -> Self {
        let header = |name| request.header(name).map(str::to_owned);
        let all = request.headers.iter();
        Self {
            port: request.port,
            method: request.method.clone(),
            path: path.to_owned(),
            target: request.target.clone(),
            query: request.query.clone(),
            host: header("host").unwrap_or_default(),
            authorization: header("authorization"),
            cookie: header("cookie"),
            range: header("range"),
            user_agent: header("user-agent"),
            body: request.body.clone(),
            headers: all
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect(),
        }
    }

    /// `GET /wiki/api/v2/pages/*`; `**` is any number of segments.
    pub(crate) fn is(&self, method: &str, pattern: &str) -> bool {
        self.method == method && matches(pattern, &self.path)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(key, _)| key == name)?;
        Some(value)
    }

    pub(crate) fn has_credential(&self) -> bool {
        self.authorization.is_some() || self.cookie.is_some()
    }
}
