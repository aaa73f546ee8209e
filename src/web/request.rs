//! Facts about a request that several rooms need: its host, whether browsers trust the way it came, request ids and
//! the line in the log.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};
use tracing::Instrument as _;

use super::state::AppState;
use crate::shares::embed_origins::is_loopback;

/// Names one request in the log and on its error page.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The host name that the request was sent to, lower case, without port or brackets.
pub fn host_name(request: &HttpRequest) -> Option<String> {
    let written = request
        .headers()
        .get("host")
        .and_then(|value| value.to_str().ok())
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str())
        })?;
    if let Some(name) = plain_name(written) {
        return Some(name.to_owned());
    }
    let url = url::Url::parse(&format!("http://{written}/")).ok()?;
    let only_host = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    url.host_str().filter(|_| only_host).map(str::to_owned)
}

/// The name in `portal.example.com` and `localhost:8080`, which need no parser: nearly every request has such a host.
/// A name that begins with a digit could be an address in one of many spellings.
fn plain_name(written: &str) -> Option<&str> {
    let (name, port) = written.split_once(':').unwrap_or((written, "80"));
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
    };
    let labels_are_plain = !name.contains("xn--")
        && name.bytes().all(is_plain)
        && name
            .split('.')
            .all(|label| label.starts_with(|first: char| first.is_ascii_lowercase()));
    (is_port && labels_are_plain).then_some(name)
}

/// Whether browsers accept `Secure` cookies from us here: over https, or on a loopback host.
pub fn is_trustworthy(state: &AppState, request: &HttpRequest) -> bool {
    let loopback = || {
        let name = host_name(request)?;
        Some(is_loopback(&url::Host::parse(&name).ok()?))
    };
    state.settings.base_url.is_https() || loopback().unwrap_or(false)
}

/// Middleware: gives the request an id, and writes one line when it is answered. The line holds the route's pattern,
/// never the URL: a URL can carry a token.
pub async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = format!("{:032x}", rand::random::<u128>());
    let started = Instant::now();
    let method = request.method().clone();
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::debug_span!("request", request_id = id);
    let mut response = next.call(request).instrument(span).await?;
    log_answer(&id, method.as_str(), &response, started);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// Pages that were read are told at `debug`: a line for each would cost more than the page.
fn log_answer<B>(id: &str, method: &str, response: &ServiceResponse<B>, started: Instant) {
    let status = response.status();
    let was_read =
        matches!(method, "GET" | "HEAD") && !status.is_client_error() && !status.is_server_error();
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if was_read && !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let route = response.request().match_pattern();
    let route = route.as_deref().unwrap_or("none");
    let status = status.as_u16();
    if was_read {
        tracing::debug!(request_id = id, method, route, status, ms, "answered");
    } else {
        tracing::info!(request_id = id, method, route, status, ms, "answered");
    }
}

/// The id that [`log_request`] gave.
pub fn request_id(request: &HttpRequest) -> String {
    request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn only_plain_names_go_without_the_parser() {
        assert_eq!(plain_name("localhost:8080"), Some("localhost"));
        assert_eq!(plain_name("portal.example.com"), Some("portal.example.com"));
        for other in [
            "Portal.example",
            "127.0.0.1",
            "[::1]",
            "a..b",
            "a.",
            "a:b",
            "a:",
            "a:1:2",
            "u@a",
            "a/b",
            "xn--a",
            "",
            "a?b",
        ] {
            assert_eq!(plain_name(other), None, "{other}");
        }
    }
}
