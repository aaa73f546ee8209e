//! One request to a site's interfaces, from the permit to the parsed answer: credentials, retries, size, failures. What to
//! ask is known by the products' folders. Credentials go to the site's interfaces and nowhere else.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    Method, Response, StatusCode,
    header::{ACCEPT, HeaderMap, RANGE},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use super::{
    addresses::Reach,
    authorization::Authorization,
    error::{ConfluenceError, Need, Problem, answer},
    http::{self, Http},
    pace::{Pace, SHORT_WAIT, Told},
    site::Site,
    source::Answer,
};

/// The largest answer that is no download.
pub(super) const ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// Requests after the first that one call may make of itself.
const RETRIES: u32 = 2;
const FIRST_WAIT: Duration = Duration::from_millis(300);

#[derive(Clone)]
pub(super) struct Api(Arc<Inner>);

struct Inner {
    http: Http,
    site: Site,
    authorization: Authorization,
    pace: Arc<Pace>,
    /// Refusals are about one person, and no reason to send nothing more.
    is_personal: bool,
}

/// A successful answer, read to its end.
pub(super) struct Reply {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Api {
    pub(super) fn new(
        http: Http,
        site: Site,
        authorization: Authorization,
        pace: Arc<Pace>,
        is_personal: bool,
    ) -> Self {
        Self(Arc::new(Inner {
            http,
            site,
            authorization,
            pace,
            is_personal,
        }))
    }

    pub(super) fn http(&self) -> &Http {
        &self.0.http
    }

    pub(super) fn site(&self) -> &Site {
        &self.0.site
    }

    pub(super) fn authorization(&self) -> &Authorization {
        &self.0.authorization
    }

    pub(super) fn pace(&self) -> &Pace {
        &self.0.pace
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url, need: Need) -> Answer<T> {
        parse(&self.reply(url, need).await?)
    }

    /// For the few questions that are too long for a URL; none of them changes anything.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: Url,
        body: &impl Serialize,
        need: Need,
    ) -> Answer<T> {
        let body = serde_json::to_value(body).unwrap_or_default();
        let reply = self.retried(&url, Some(&body), need).await?;
        parse(&reply)
    }

    pub(super) async fn reply(&self, url: Url, need: Need) -> Answer<Reply> {
        self.retried(&url, None, need).await
    }

    async fn retried(&self, url: &Url, body: Option<&Value>, need: Need) -> Answer<Reply> {
        let mut attempt = 0;
        loop {
            let result = self.once(url, body, need).await;
            let wait = match &result {
                Err(error) if attempt < RETRIES => short_wait(&error.problem, attempt),
                _ => None,
            };
            let Some(wait) = wait else { return result };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn once(&self, url: &Url, body: Option<&Value>, need: Need) -> Answer<Reply> {
        let permit = self.0.pace.permit().await?;
        let mut told = None;
        let result = async {
            let response = self.send(url, body, None, Some(http::TOTAL)).await?;
            told = Some(Told::read(response.headers()));
            read_reply(response, need).await
        }
        .await
        .map_err(|error| self.cleaned(error));
        permit.report(told, self.noted(&result));
        result
    }

    /// The head of an answer whose body is streamed. Redirects are answers too: the caller knows which of them it may
    /// follow, and how.
    pub(super) async fn open(
        &self,
        url: &Url,
        range: Option<&str>,
        need: Need,
    ) -> Answer<Response> {
        let permit = self.0.pace.permit().await?;
        let mut told = None;
        let result = async {
            let response = self.send(url, None, range, None).await?;
            told = Some(Told::read(response.headers()));
            if response.status().is_success() || response.status().is_redirection() {
                return Ok(response);
            }
            Err(failure(response, need).await)
        }
        .await
        .map_err(|error| self.cleaned(error));
        permit.report(told, self.noted(&result));
        result
    }

    /// What the pace has to know of an outcome.
    fn noted<'a, T>(&self, result: &'a Answer<T>) -> Option<&'a Problem> {
        let problem = &result.as_ref().err()?.problem;
        let is_refusal = matches!(problem, Problem::Unauthorized | Problem::Captcha);
        (!self.0.is_personal || !is_refusal).then_some(problem)
    }

    /// No error may hold credentials, even if the site sends them back.
    fn cleaned(&self, error: ConfluenceError) -> ConfluenceError {
        match self.0.authorization.is_repeated_in(&error.to_string()) {
            true => error.without_words(),
            false => error,
        }
    }

    async fn send(
        &self,
        url: &Url,
        body: Option<&Value>,
        range: Option<&str>,
        total: Option<Duration>,
    ) -> Result<Response, Problem> {
        let site = &self.0.site;
        if !site.is_below_api(url) {
            let to = http::origin_of(url);
            return Err(Problem::WrongHost { to });
        }
        let method = match body {
            Some(_) => Method::POST,
            None => Method::GET,
        };
        let authorization = &self.0.authorization;
        let url = authorization.signable(url);
        let reach = Reach::of(site.product(), &url);
        let request = self.0.http.request(method.clone(), url.clone(), reach)?;
        let Some(mut request) = authorization.sign(request, &method, &url) else {
            return Err(Problem::Unauthorized);
        };
        if let Some(total) = total {
            request = request.timeout(total).header(ACCEPT, "application/json");
        }
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        // A GET with a body is refused by Cloud.
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(http::problem_of)
    }
}

async fn read_reply(response: Response, need: Need) -> Answer<Reply> {
    if response.status() != StatusCode::OK {
        return Err(failure(response, need).await);
    }
    let headers = response.headers().clone();
    let trace_id = answer::trace_id(&headers);
    let body = http::read(response, ANSWER_BYTES)
        .await
        .map_err(|problem| ConfluenceError { problem, trace_id })?;
    Ok(Reply { headers, body })
}

/// What an answer without success means. Its body is only needed for words, so that a broken one does not matter.
pub(super) async fn failure(response: Response, need: Need) -> ConfluenceError {
    const WORDS: u64 = 64 * 1024;
    let status = response.status();
    let headers = response.headers().clone();
    let body = http::read(response, WORDS).await.unwrap_or_default();
    ConfluenceError {
        problem: answer::problem(status, &headers, &body, need),
        trace_id: answer::trace_id(&headers),
    }
}

fn parse<T: DeserializeOwned>(reply: &Reply) -> Answer<T> {
    serde_json::from_slice(&reply.body).map_err(|error| ConfluenceError {
        problem: Problem::NotUnderstood {
            what: describe(&reply.body, &error),
        },
        trace_id: answer::trace_id(&reply.headers),
    })
}

/// In words of our own: the parser's would repeat what the answer held.
fn describe(body: &[u8], error: &serde_json::Error) -> String {
    let is_markup = body.trim_ascii_start().starts_with(b"<");
    let what = match (is_markup, error.classify()) {
        (true, _) => "a web page instead of data",
        (_, serde_json::error::Category::Eof) if body.is_empty() => "an empty answer",
        (_, serde_json::error::Category::Eof) => "data that breaks off",
        (_, serde_json::error::Category::Data) => "data without an expected field",
        _ => "something else than JSON",
    };
    what.to_owned()
}

/// How long to wait before asking once more by ourselves, if that is worth it.
fn short_wait(problem: &Problem, attempt: u32) -> Option<Duration> {
    let named = match problem {
        Problem::Unreachable { .. } => None,
        Problem::Server { retry_after, .. } if problem.is_outage() => *retry_after,
        Problem::RateLimited { retry_after, .. } => Some(*retry_after),
        _ => return None,
    };
    let backoff = FIRST_WAIT * 2_u32.pow(attempt);
    let jitter = rand::random_range(0.5..1.0);
    let wait = named.unwrap_or_default() + backoff.mul_f64(jitter);
    (wait <= SHORT_WAIT + FIRST_WAIT * 2).then_some(wait)
}
