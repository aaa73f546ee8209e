//! Everything a running fake knows, and the way of a request through it: record, hold against the specification, plan
//! of faults, who is asking, answer.

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::json;
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::access::{Access, Reader, refused_by_site};
use super::app::forge::Forge;
use super::app::{App, key_id_of};
use super::credentials::CLOUD_ID;
use super::crowd::{Crowd, Entry};
use super::errors::{bad_request_v1, gone, not_found_v1, not_found_v2};
use super::exchange::{Port, Reply, Request};
use super::fault::{Fault, Faults};
use super::people::APP_USER;
use super::recorder::Recorded;
use super::serve::Outcome;
use super::spec::{Product, Spec};
use super::wiki::{Seen, Wiki};
use super::{cloud, data_center};

const HTTP_DATE: &[FormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

#[derive(Clone, Debug)]
pub struct Urls {
    pub product: Product,
    pub site: String,
    /// `/wiki` on Cloud; on Data Center what the test wants, maybe nothing.
    pub context: String,
    pub media: String,
    pub stranger: String,
}

impl Urls {
    /// What readers of the wiki see.
    pub fn base(&self) -> String {
        format!("{}{}", self.site, self.context)
    }

    pub fn gateway() -> String {
        format!("/ex/confluence/{CLOUD_ID}")
    }

    /// As paths stand in the specification: without the gateway, without the context path of Data Center.
    pub fn without_prefix<'a>(&self, path: &'a str) -> &'a str {
        let prefix = match self.product {
            Product::Cloud => Self::gateway(),
            Product::DataCenter => self.context.clone(),
        };
        match path.strip_prefix(&prefix) {
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }
}

pub(crate) struct State {
    pub urls: Urls,
    pub wiki: Wiki,
    pub access: Access,
    pub app: App,
    pub crowd: Crowd,
    /// Where Atlassian's shared servers are, which do not move with the site.
    pub app_server: String,
    pub faults: Faults,
    pub requests: Vec<Recorded>,
    pub violations: Vec<String>,
    /// On every answer.
    pub headers: Vec<(String, String)>,
    /// Of the `Date` header.
    pub clock_offset: Duration,
    /// The most that Data Center lists when bodies are asked for.
    pub body_limit: usize,
    /// Targets that an answer has led to; they are fine whatever their parameters are.
    given_links: BTreeSet<String>,
    pub spec: Spec,
}

impl State {
    pub(crate) fn new(urls: Urls, wiki: Wiki) -> Self {
        Self {
            spec: Spec::of(urls.product),
            app: App::new(),
            crowd: Crowd::new(),
            app_server: urls.site.clone(),
            urls,
            wiki,
            access: Access::new(),
            faults: Faults::default(),
            requests: Vec::new(),
            violations: Vec::new(),
            headers: Vec::new(),
            clock_offset: Duration::ZERO,
            body_limit: 25,
            given_links: BTreeSet::new(),
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from(SystemTime::now()) + self.clock_offset
    }

    pub(crate) fn answer(&mut self, request: &Request) -> Outcome {
        let path = self.urls.without_prefix(&request.path).to_owned();
        self.requests.push(Recorded::of(request, &path));
        let refused = match request.port {
            Port::Site => self.check(request, &path),
            Port::Media | Port::Stranger => None,
        };
        let fault = match request.port {
            Port::Stranger => None,
            Port::Site | Port::Media => self.faults.take(request, &path),
        };
        let now = self.now();
        let instead = fault
            .as_ref()
            .and_then(|fault| fault.instead(request, &self.urls, now));
        let reply = refused
            .or(instead)
            .unwrap_or_else(|| self.right_answer(request, &path));
        let reply = self.dressed(match &fault {
            Some(fault) => fault.spoil(request, reply, &self.urls),
            None => reply,
        });
        match fault {
            Some(Fault::Hang) => Outcome::Hang(reply),
            _ => Outcome::Reply(reply),
        }
    }

    /// Writes down what the specification does not allow; then the answer says so too.
    fn check(&mut self, request: &Request, path: &str) -> Option<Reply> {
        if is_beside_the_spec(self.urls.product, path) || self.given_links.contains(&request.target)
        {
            return None;
        }
        let problems = self.spec.problems(request, path);
        if problems.is_empty() {
            return None;
        }
        let what = format!(
            "{} {}: {}",
            request.method,
            request.target,
            problems.join("; ")
        );
        self.violations.push(what);
        let is_known = self.spec.operation(&request.method, path).is_some();
        let is_old = self.urls.product == Product::Cloud && path.starts_with("/wiki/rest/api/");
        Some(if request.method == "GET" && !request.body.is_empty() {
            Reply::empty(403)
        } else if is_known {
            bad_request_v1(&problems.join("; "))
        } else if is_old {
            gone()
        } else {
            Reply::text(404, "text/html;charset=UTF-8", "<h1>Not Found</h1>")
        })
    }

    fn right_answer(&mut self, request: &Request, path: &str) -> Reply {
        match (request.port, self.urls.product) {
            (Port::Media, _) => cloud::media(&self.wiki, request),
            (Port::Stranger, _) => Reply::ok(&json!({"results": [], "_links": {}})),
            (Port::Site, Product::Cloud) => self.cloud_answer(request, path),
            (Port::Site, Product::DataCenter) => self.data_center_answer(request, path),
        }
    }

    fn cloud_answer(&mut self, request: &Request, path: &str) -> Reply {
        match (request.method.as_str(), path) {
            ("GET", "/_edge/tenant_info") => return Reply::ok(&json!({"cloudId": CLOUD_ID})),
            ("POST", "/oauth/token") => return self.cloud_token(request),
            ("POST", "/oauth2/token") => return self.grant(request),
            ("GET", "/.well-known/jwks.json") => return Forge::keys(),
            ("GET", "/authorize") => return self.authorize(request),
            ("GET", "/oauth/token/accessible-resources") => {
                return self.accessible_resources(request);
            }
            ("GET", download) if download.starts_with("/wiki/download/") => {
                return refused_by_site(&self.urls.site);
            }
            ("GET", path) if let Some(id) = key_id_of(path) => return self.app.install_key(id),
            _ => {}
        }
        let is_through_gateway = request.path.starts_with(&Urls::gateway());
        let reader = if is_through_gateway {
            self.reader_at_gateway(request, path)
        } else if self.has_moved_from(request) {
            Err(Reply::text(404, "text/html", "<h1>Site unavailable</h1>"))
        } else if let Some(reader) = self.app_reader(request, path) {
            reader
        } else {
            self.access.on_site(request, &self.urls.site)
        };
        let reply = match reader {
            Ok(reader) => cloud::answer(&self.seen(&reader), &self.urls, request, path),
            Err(refused) => refused,
        };
        self.given(reply, is_through_gateway)
    }

    fn reader_at_gateway(&self, request: &Request, path: &str) -> Result<Reader, Reply> {
        let operation = self.spec.operation(&request.method, path);
        let given = request.header("authorization").unwrap_or_default();
        let by_forge = self.app.forge.owner(given);
        let by_forge = by_forge.filter(|name| *name == APP_USER || self.wiki.is_active(name));
        self.access
            .at_gateway(request, operation.map(|(_, operation)| operation), by_forge)
    }

    /// Whether the request is for the host that this site had before it was renamed.
    fn has_moved_from(&self, request: &Request) -> bool {
        let host = request.header("host").unwrap_or_default();
        self.urls.site != self.app_server && self.app_server.ends_with(&format!("//{host}"))
    }

    fn data_center_answer(&mut self, request: &Request, path: &str) -> Reply {
        if path == "/rest/oauth2/latest/token" {
            return self.data_center_token(request);
        }
        if path == "/logout.action" {
            return self.log_out_of_crowd(request);
        }
        let is_in_context = request.path.starts_with(&self.urls.context);
        let (reader, cookies) = self.reader_at_data_center(request);
        let reply = match reader {
            _ if !is_in_context => Reply::empty(404),
            Ok(reader) => {
                let seen = self.seen(&reader);
                data_center::answer(&seen, &self.urls, self.body_limit, request, path)
            }
            Err(refused) => refused,
        };
        let mut reply = reply.with("X-Confluence-Request-Time", "1794900000000");
        for cookie in cookies {
            reply = reply.with("Set-Cookie", &cookie);
        }
        self.given(reply, false)
    }

    /// With the cookies that the answer sets. Who names himself in a header needs none of them.
    fn reader_at_data_center(&mut self, request: &Request) -> (Result<Reader, Reply>, Vec<String>) {
        let entry = match request.header("authorization") {
            Some(_) => Entry::NoCookie,
            None => self.crowd.entry(request, &self.wiki),
        };
        match entry {
            Entry::Known(username, cookies) => (Ok(Some(username)), cookies),
            Entry::Refused(cookies) => (self.access.on_data_center(request), cookies),
            Entry::NoCookie => {
                let cookie = "JSESSIONID=fake-session; Path=/; HttpOnly".to_owned();
                (self.access.on_data_center(request), vec![cookie])
            }
        }
    }

    fn seen<'a>(&'a self, reader: &'a Reader) -> Seen<'a> {
        Seen {
            wiki: &self.wiki,
            reader: reader.as_deref(),
        }
    }

    /// Remembers where a list goes on.
    fn given(&mut self, reply: Reply, is_through_gateway: bool) -> Reply {
        let body: serde_json::Value = serde_json::from_slice(&reply.bytes()).unwrap_or_default();
        if let Some(next) = body["_links"]["next"].as_str() {
            let prefix = if is_through_gateway {
                Urls::gateway()
            } else {
                String::new()
            };
            let context = if next.starts_with("/wiki/") {
                ""
            } else {
                self.urls.context.as_str()
            };
            self.given_links.insert(format!("{prefix}{context}{next}"));
        }
        reply
    }

    fn dressed(&self, mut reply: Reply) -> Reply {
        reply.headers.extend(self.headers.iter().cloned());
        let traces = match self.urls.product {
            Product::Cloud => ("atl-traceid", "0123456789abcdef0123456789abcdef"),
            Product::DataCenter => ("X-AREQUESTID", "1027x4242x1"),
        };
        let date = self.now().format(HTTP_DATE).unwrap();
        reply.with(traces.0, traces.1).with("Date", &date)
    }
}

/// What the documents do not list although it is there.
fn is_beside_the_spec(product: Product, path: &str) -> bool {
    let beside: &[&str] = match product {
        Product::Cloud => &[
            "/_edge/tenant_info",
            "/oauth/token",
            "/oauth2/token",
            "/.well-known/jwks.json",
            "/authorize",
            "/wiki/download/",
        ],
        Product::DataCenter => &["/rest/oauth2/latest/token", "/download/", "/logout.action"],
    };
    let is_key = product == Product::Cloud && key_id_of(path).is_some();
    is_key || beside.iter().any(|start| path.starts_with(start))
}

/// 404 in the form of the API that was asked.
pub(crate) fn not_found(path: &str, id: &str) -> Reply {
    if path.starts_with("/wiki/api/v2/") {
        not_found_v2("Content")
    } else {
        not_found_v1(id)
    }
}
