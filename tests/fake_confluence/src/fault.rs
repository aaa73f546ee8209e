//! What a fake does wrong when a test tells it to: instead of an answer, or to an answer.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::errors::{gone, not_found_v1, not_found_v2};
use super::exchange::{Body, Reply, Request};
use super::pattern::matches;
use super::rate_limit::RateLimit;
use super::spec::Product;
use super::state::Urls;

const FIVE_GIGABYTES: u64 = 5 << 30;

#[derive(Clone, Debug)]
pub enum Fault {
    /// 429, to be over after so many seconds.
    TooManyRequests(RateLimit, i64),
    /// 503, with seconds in `Retry-After` or without.
    Unavailable(Option<i64>),
    ServerError,
    /// Nothing until `release`; then the right answer.
    Hang,
    /// One byte per so many milliseconds.
    SlowBytes(u64),
    /// Half of the body, then the connection ends.
    CutBody,
    /// 200 with a page to log in, instead of JSON.
    LoginPage,
    Gone,
    NotFound(NotFound),
    /// 401 with an empty body.
    Unauthorized,
    /// The `next` of a list leads to the stranger.
    StrangerNext,
    /// 302 to the stranger, whatever was asked.
    RedirectToStranger,
    /// 5 GB with a `Content-Length`.
    HugeBody,
    /// 5 GB without.
    EndlessBody,
    InvalidUtf8,
    /// Empty pages of a list, each with a `next`.
    EmptyPagesForEver,
    /// The right body as `text/plain`.
    WrongContentType,
    /// Anything else.
    Reply(Reply),
}

#[derive(Clone, Copy, Debug)]
pub enum NotFound {
    V1,
    V2,
    Empty,
}

/// Which requests a fault is for.
#[derive(Clone, Debug)]
pub struct On {
    pattern: String,
    query: Option<(String, String)>,
}

impl On {
    pub fn everything() -> Self {
        Self::path("/**")
    }

    /// Below the site, without the gateway's prefix or a context path; `*` is one segment, `**` any number at the end.
    pub fn path(pattern: &str) -> Self {
        Self {
            pattern: pattern.to_owned(),
            query: None,
        }
    }

    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        self.query = Some((name.to_owned(), value.to_owned()));
        self
    }

    fn fits(&self, request: &Request, path: &str) -> bool {
        let has_query = self
            .query
            .as_ref()
            .is_none_or(|(name, value)| request.query(name) == Some(value));
        has_query && matches(&self.pattern, path)
    }
}

#[derive(Default)]
pub struct Faults {
    planned: Vec<Planned>,
}

struct Planned {
    on: On,
    fault: Fault,
    /// `None` is for ever.
    left: Option<u32>,
}

impl Faults {
    pub fn plan(&mut self, on: On, fault: Fault, times: Option<u32>) {
        let left = times;
        self.planned.push(Planned { on, fault, left });
    }

    pub fn clear(&mut self) {
        self.planned.clear();
    }

    /// The fault that fits and was planned last, and one use less of it.
    pub fn take(&mut self, request: &Request, path: &str) -> Option<Fault> {
        let fits =
            |planned: &&mut Planned| planned.left != Some(0) && planned.on.fits(request, path);
        let planned = self.planned.iter_mut().rev().find(fits)?;
        if let Some(left) = &mut planned.left {
            *left -= 1;
        }
        Some(planned.fault.clone())
    }
}

impl Fault {
    /// The answer, if it does not depend on the right one.
    pub fn instead(&self, request: &Request, urls: &Urls, now: OffsetDateTime) -> Option<Reply> {
        let json_body = |body| {
            Reply::empty(200)
                .with("Content-Type", "application/json")
                .body(body)
        };
        Some(match self {
            Self::TooManyRequests(form, seconds) => form.reply(*seconds, now),
            Self::Unavailable(None) => {
                Reply::text(503, "text/html", "<h1>Service Unavailable</h1>")
            }
            Self::Unavailable(Some(seconds)) => {
                Reply::empty(503).with("Retry-After", &seconds.to_string())
            }
            Self::ServerError => Reply::json(
                500,
                &json!({"statusCode": 500, "message": "java.lang.NullPointerException"}),
            ),
            Self::LoginPage => Reply::text(
                200,
                "text/html;charset=UTF-8",
                "<!DOCTYPE html><html><head><title>Log in - Confluence</title></head><body><form id=\"loginform\" \
                 action=\"/dologin.action\" method=\"POST\"><input name=\"os_username\"></form></body></html>",
            ),
            Self::Gone => gone(),
            Self::NotFound(NotFound::V1) => not_found_v1("12345"),
            Self::NotFound(NotFound::V2) => not_found_v2("Page"),
            Self::NotFound(NotFound::Empty) => Reply::empty(404),
            Self::Unauthorized => Reply::empty(401),
            Self::RedirectToStranger => {
                Reply::redirect(&format!("{}{}", urls.stranger, request.target))
            }
            Self::HugeBody => json_body(Body::Flood {
                length: FIVE_GIGABYTES,
                is_announced: true,
            }),
            Self::EndlessBody => json_body(Body::Flood {
                length: FIVE_GIGABYTES,
                is_announced: false,
            }),
            Self::EmptyPagesForEver => empty_page(request, urls),
            Self::Reply(reply) => reply.clone(),
            Self::Hang
            | Self::SlowBytes(_)
            | Self::CutBody
            | Self::StrangerNext
            | Self::InvalidUtf8
            | Self::WrongContentType => return None,
        })
    }

    /// What becomes of the right answer.
    pub fn spoil(&self, request: &Request, mut reply: Reply, urls: &Urls) -> Reply {
        let bytes = reply.bytes();
        match self {
            Self::SlowBytes(pause) => reply.body(Body::Slow {
                bytes,
                pause: *pause,
            }),
            Self::CutBody => reply.body(Body::Cut(bytes)),
            Self::InvalidUtf8 => {
                // Inside the first text, so that the JSON around it stays whole.
                let at = bytes
                    .iter()
                    .position(|byte| *byte == b'"')
                    .map_or(0, |at| at + 1);
                let broken = [&bytes[..at], b"\xff\xfe\x80", &bytes[at..]].concat();
                reply.body(Body::Whole(broken))
            }
            Self::WrongContentType => {
                reply.headers.retain(|(name, _)| name != "Content-Type");
                reply.with("Content-Type", "text/plain")
            }
            Self::StrangerNext => {
                let mut body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                let next = format!("{}{}", urls.stranger, request.target);
                body["_links"]["next"] = next.clone().into();
                reply.headers.retain(|(name, _)| name != "Link");
                let reply = reply.with("Link", &format!("<{next}>; rel=\"next\""));
                reply.body(Body::Whole(body.to_string().into_bytes()))
            }
            _ => reply,
        }
    }
}

fn empty_page(request: &Request, urls: &Urls) -> Reply {
    let start = super::paging::number(request, "start", 0);
    let cursor = super::paging::cursor_start(request).unwrap_or(0);
    let next = match urls.product {
        Product::Cloud => ("cursor", super::paging::cursor(cursor + 1)),
        Product::DataCenter => ("start", (start + 1).to_string()),
    };
    let next = super::paging::query_with(request, &[next]);
    let path = urls.without_prefix(&request.path);
    Reply::ok(&json!({
        "results": [], "start": start, "limit": 25, "size": 0,
        "_links": {"next": format!("{path}?{next}"), "base": urls.base()},
    }))
}
