//! The one HTTP client of the portal: TLS, time-outs, addresses. What is asked, and with whose credentials, is `api`'s.
//!
//! Its resolver only gives addresses which a request may reach, so that the address checked is the address connected to.
//! Redirects are never followed here, answers are not asked for in compressed form, and proxies named in the environment
//! are not used: a proxy would resolve names itself, behind the check.

use std::{error::Error, fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    ClientBuilder, Method, RequestBuilder, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

use super::{
    addresses::{OutboundRules, Reach},
    error::{ConfluenceError, Problem},
    product::Product,
};

const CONNECT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer.
const READ: Duration = Duration::from_secs(20);
/// Shorter than the 20 s after which Confluence's Tomcat closes a quiet connection, so that none is used that is just
/// being closed.
const QUIET: Duration = Duration::from_secs(15);
/// A whole answer that is no download.
pub(super) const TOTAL: Duration = Duration::from_secs(60);

/// A request that somebody waits for who is signing in.
pub(super) const EXCHANGE: Duration = Duration::from_secs(15);
const EXCHANGE_BYTES: u64 = 1024 * 1024;

const USER_AGENT: &str = concat!("Vestibule/", env!("CARGO_PKG_VERSION"));

/// Cheap to clone; one is enough for all connections.
#[derive(Clone)]
pub struct Http {
    rules: Arc<OutboundRules>,
    public: reqwest::Client,
    company: reqwest::Client,
    listed: reqwest::Client,
}

/// The system has no certificate authorities, or no client could be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct HttpSetupError(String);

/// TLS by the one crypto library of the portal, with the system's certificate authorities.
fn tls() -> Result<rustls::ClientConfig, HttpSetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verified = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map_err(|error| HttpSetupError(error.to_string()))?;
    Ok(verified.with_no_client_auth())
}

/// For clients of others than Confluence. Without our TLS one would ask for a crypto library of the whole process.
pub fn client_with_tls() -> Result<ClientBuilder, HttpSetupError> {
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls()?))
}

impl Http {
    pub fn new(rules: &OutboundRules) -> Result<Self, HttpSetupError> {
        let rules = Arc::new(rules.clone());
        let tls = tls()?;
        let client = |reach| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Arc::new(CheckedResolver {
                    reach,
                    rules: rules.clone(),
                }))
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT)
                .read_timeout(READ)
                .pool_idle_timeout(QUIET)
                .user_agent(USER_AGENT)
                .referer(false)
                .no_proxy()
                .no_gzip()
                .no_brotli()
                .no_zstd()
                .no_deflate()
                .build()
                .map_err(|error| HttpSetupError(error.to_string()))
        };
        Ok(Self {
            public: client(Reach::Public)?,
            company: client(Reach::Company)?,
            listed: client(Reach::Listed)?,
            rules,
        })
    }

    /// A request that may go as far as `reach`; `None` if its scheme is none of ours.
    pub(super) fn request(
        &self,
        method: Method,
        url: Url,
        reach: Option<Reach>,
    ) -> Result<RequestBuilder, Problem> {
        let Some(reach) = reach.filter(|reach| reach.allows_host_of(&url, &self.rules)) else {
            return Err(Problem::Blocked {
                host: host_of(&url),
            });
        };
        let client = match reach {
            Reach::Public => &self.public,
            Reach::Company => &self.company,
            Reach::Listed => &self.listed,
        };
        Ok(client.request(method, url))
    }
}

impl Http {
    /// One request of a library that sends none itself, to a service that the operator named: as far as a Data Center
    /// site's own. Answers are small.
    pub async fn exchange(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, ConfluenceError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_error| Problem::Blocked {
            host: "an address that is none".to_owned(),
        })?;
        let reach = Reach::of(Product::DataCenter, &url);
        let request = self.request(parts.method, url, reach)?.timeout(EXCHANGE);
        let sent = request.headers(parts.headers).body(body).send().await;
        let response = sent.map_err(problem_of)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read(response, EXCHANGE_BYTES).await?;
        let mut answer = http::Response::new(body.to_vec());
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

/// Scheme, host and port, which may be shown; never path or query, which may hold tokens.
pub(super) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or("the address").to_owned()
}

/// The whole answer, unless it is larger than `limit_bytes`, whatever its headers promise.
pub(super) async fn read(mut response: Response, limit_bytes: u64) -> Result<Bytes, Problem> {
    let too_large = Problem::TooLarge { limit_bytes };
    if response
        .content_length()
        .is_some_and(|length| length > limit_bytes)
    {
        return Err(too_large);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(problem_of)? {
        if (body.len() + chunk.len()) as u64 > limit_bytes {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// Takes over no text of the error: it would name the URL.
pub(super) fn problem_of(error: reqwest::Error) -> Problem {
    if error.is_timeout() {
        return Problem::TimedOut;
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<NotReached>() {
            return refused.0.clone();
        }
        if let Some(tls) = tls_error(error) {
            return Problem::Tls {
                detail: tls.to_string(),
            };
        }
        cause = error.source();
    }
    let detail = match error.is_connect() {
        true => "no connection",
        false => "the connection broke off",
    };
    Problem::Unreachable {
        detail: detail.to_owned(),
    }
}

/// Errors of TLS come inside of errors of input and output, once or twice, which do not name them as their cause.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    match error.downcast_ref::<io::Error>() {
        Some(outer) => tls_error(outer.get_ref()?),
        None => error.downcast_ref(),
    }
}

struct CheckedResolver {
    reach: Reach,
    rules: Arc<OutboundRules>,
}

/// Carries a problem through the client's own errors.
#[derive(Debug)]
struct NotReached(Problem);

impl fmt::Display for NotReached {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for NotReached {}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, rules) = (self.reach, self.rules.clone());
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0))
                .await
                .map(Iterator::collect)
                .unwrap_or_default();
            if found.is_empty() {
                let detail = format!("the name {host} has no address");
                return Err(NotReached(Problem::Unreachable { detail }).into());
            }
            let allowed: Vec<_> = found
                .into_iter()
                .filter(|address| reach.allows(address.ip(), &rules))
                .collect();
            if allowed.is_empty() {
                let host = host.to_owned();
                return Err(NotReached(Problem::Blocked { host }).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
