//! What a fake was asked, for tests to look at afterwards.

use super::exchange::{Port, Request};
use super::pattern::matches;

/// One request, kept after it was answered.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub port: Port,
    pub method: String,
    /// Below the site: without the gateway's prefix and without a context path.
    pub path: String,
    /// As sent.
    pub target: String,
    pub query: Vec<(String, String)>,
    pub host: String,
    pub authorization: Option<String>,
    pub cookie: Option<String>,
    pub range: Option<String>,
    pub user_agent: Option<String>,
    pub body: Vec<u8>,
    /// Every header as it came, for a search after something that should not be there.
    pub headers: Vec<(String, String)>,
}

impl Recorded {
    pub fn of(request: &Request, path: &str) -> Self {
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
    pub fn is(&self, method: &str, pattern: &str) -> bool {
        self.method == method && matches(pattern, &self.path)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(key, _)| key == name)?;
        Some(value)
    }

    pub fn has_credential(&self) -> bool {
        self.authorization.is_some() || self.cookie.is_some()
    }
}
