//! Whoever asks the portal over HTTP: a reader's or an admin's browser, which keeps cookies as the server sets them,
//! follows no redirect and says where it shows a page; or a program with a token.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};

use cookie::Cookie;
use cookie::time::Duration;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::Form;
use reqwest::{Method, redirect};
use serde::Serialize;
use serde_json::Value;

use super::answer::Answer;

/// What a browser says of the place of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// In a tab.
    Document,
    /// In a frame of another site.
    Iframe,
    /// Nothing: an old browser, or a program.
    Unsaid,
}

/// One browser profile. reqwest's own cookie jar sends no `Secure` cookie to `http://localhost`; browsers do.
pub(crate) struct Visitor {
    http: reqwest::Client,
    base_url: String,
    shown: Shown,
    token: Option<String>,
    cookies: Mutex<Vec<Cookie<'static>>>,
}

impl Visitor {
    pub(super) fn new(base_url: &str, address: SocketAddr, shown: Shown) -> Self {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .resolve("localhost", address)
            .no_proxy()
            .build()
            .unwrap();
        Self {
            http,
            base_url: base_url.to_owned(),
            shown,
            token: None,
            cookies: Mutex::default(),
        }
    }

    /// A program that calls below this path, with an API token.
    pub(crate) fn calling(self, path: &str, token: String) -> Self {
        Self {
            base_url: format!("{}{path}", self.base_url),
            token: Some(token),
            ..self
        }
    }

    /// The full URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    pub(crate) fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// Sends a form.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Request<'_> {
        self.request(Method::POST, path).form(fields)
    }

    pub(crate) fn post_json(&self, path: &str, body: Value) -> Request<'_> {
        self.request(Method::POST, path).json(&body)
    }

    pub(crate) fn patch(&self, path: &str, body: Value) -> Request<'_> {
        self.request(Method::PATCH, path).json(&body)
    }

    pub(crate) fn delete(&self, path: &str) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Request<'_> {
        let builder = self.http.request(method, self.url(path));
        let builder = match &self.token {
            Some(token) => builder.bearer_auth(token),
            None => builder,
        };
        let builder = match self.shown {
            Shown::Document => builder
                .header("sec-fetch-dest", "document")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-site", "none"),
            Shown::Iframe => builder
                .header("sec-fetch-dest", "iframe")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-site", "cross-site"),
            Shown::Unsaid => builder,
        };
        Request {
            visitor: self,
            builder,
        }
    }

    /// The cookies it holds.
    pub(crate) fn cookies(&self) -> MutexGuard<'_, Vec<Cookie<'static>>> {
        self.cookies.lock().unwrap()
    }

    /// Puts a cookie into the jar by hand.
    pub(crate) fn hold(&self, name: &str, value: &str, path: &str) {
        let cookie = Cookie::build((name, value)).path(path).build();
        self.keep(cookie.into_owned());
    }

    fn keep(&self, cookie: Cookie<'static>) {
        let mut held = self.cookies();
        held.retain(|old| old.name() != cookie.name() || old.path() != cookie.path());
        if cookie.max_age() != Some(Duration::ZERO) {
            held.push(cookie);
        }
    }

    /// Those whose path matches (RFC 6265, 5.1.4).
    fn cookie_header(&self, path: &str) -> Option<String> {
        let held = self.cookies();
        let matching = held.iter().filter(|cookie| {
            let allowed = cookie.path().unwrap_or("/");
            let below = path.strip_prefix(allowed);
            below.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('/') || allowed.ends_with('/')
            })
        });
        let pairs: Vec<String> = matching
            .map(|cookie| format!("{}={}", cookie.name(), cookie.value()))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Sent when it is awaited.
pub(crate) struct Request<'a> {
    visitor: &'a Visitor,
    builder: reqwest::RequestBuilder,
}

impl Request<'_> {
    /// In the place of a header of the same name.
    pub(crate) fn header(self, name: &'static str, value: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
        self.built(|builder| builder.headers(headers))
    }

    pub(crate) fn body(self, body: impl Into<reqwest::Body>) -> Self {
        self.built(|builder| builder.body(body))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.built(|builder| builder.json(body))
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        self.built(|builder| builder.form(fields))
    }

    pub(crate) fn multipart(self, form: Form) -> Self {
        self.built(|builder| builder.multipart(form))
    }

    pub(crate) fn query(self, query: &(impl Serialize + ?Sized)) -> Self {
        self.built(|builder| builder.query(query))
    }

    fn built(self, add: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder) -> Self {
        Self {
            builder: add(self.builder),
            ..self
        }
    }

    async fn send(self) -> Answer {
        let mut request = self.builder.build().unwrap();
        if let Some(cookies) = self.visitor.cookie_header(request.url().path()) {
            let cookies = HeaderValue::from_str(&cookies).unwrap();
            request.headers_mut().insert("cookie", cookies);
        }
        let response = self.visitor.http.execute(request).await.unwrap();
        let answer = Answer::read(response).await;
        for cookie in answer.cookies() {
            self.visitor.keep(cookie);
        }
        answer
    }
}

impl<'a> IntoFuture for Request<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
