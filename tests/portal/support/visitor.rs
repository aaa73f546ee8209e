//! A visitor's browser: it keeps cookies as the server sets them, follows no redirect, and says where it shows a page.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use cookie::Cookie;
use cookie::time::Duration;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use scraper::{Html, Selector};

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
            cookies: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// Sends a form.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Request<'_> {
        let request = self.request(Method::POST, path);
        Request {
            builder: request.builder.form(fields),
            ..request
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Request<'_> {
        let builder = self
            .http
            .request(method, format!("{}{path}", self.base_url));
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
        Self {
            builder: self.builder.headers(headers),
            ..self
        }
    }

    pub(crate) fn body(self, body: impl Into<reqwest::Body>) -> Self {
        Self {
            builder: self.builder.body(body),
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
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap(),
        };
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

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> &str {
        self.header("location").expect("no Location header")
    }

    /// What it sets, whole.
    pub(crate) fn cookies(&self) -> Vec<Cookie<'static>> {
        let set = self.headers.get_all("set-cookie");
        set.iter()
            .map(|value| Cookie::parse(value.to_str().unwrap().to_owned()).unwrap())
            .collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn dom(&self) -> Html {
        Html::parse_document(self.text())
    }

    /// The texts of all elements that a CSS selector names, white space collapsed.
    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        let dom = self.dom();
        let selector = Selector::parse(css).unwrap();
        let elements = dom.select(&selector);
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        elements
            .map(|element| words(element.text().collect()))
            .collect()
    }

    /// An attribute of all elements that a CSS selector names, where they have it.
    pub(crate) fn attributes(&self, css: &str, attribute: &str) -> Vec<String> {
        let dom = self.dom();
        let selector = Selector::parse(css).unwrap();
        let elements = dom.select(&selector);
        elements
            .filter_map(|element| element.attr(attribute).map(str::to_owned))
            .collect()
    }
}
