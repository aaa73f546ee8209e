//! HTML answers: rendering a template into a hardened response, redirects, and the page that only says something.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::Url;

use super::error::Failure;
use super::fetch_metadata::destination;
use super::frame_status::{FrameState, FrameStatus};
use super::headers::{Shell, harden, harden_redirect};
use super::message::{Context, MessagePage};

/// Renders a page that no cache may keep. Pages of content, which browsers may keep and ask about, are made by
/// `visitor::show`.
pub fn html(
    status: StatusCode,
    shell: &Shell,
    template: &impl Template,
) -> Result<HttpResponse, Failure> {
    let body = template
        .render()
        .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(respond(status, shell, body))
}

fn respond(status: StatusCode, shell: &Shell, body: String) -> HttpResponse {
    let mut response = HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(body);
    harden(&mut response, shell);
    response
}

/// The page for errors and other messages; the chrome is slimmer in a frame.
pub fn message(
    request: &HttpRequest,
    status: StatusCode,
    shell: &Shell,
    title: String,
    sentences: Vec<String>,
    request_id: Option<String>,
) -> HttpResponse {
    let destination = destination(request);
    let page = MessagePage {
        context: Context::of(destination),
        frame: FrameStatus::of(destination, shell, FrameState::of_message(status)),
        title,
        sentences,
        example: None,
        action: None,
        request_id,
    };
    let body = page
        .render()
        .unwrap_or_else(|_render_error| page.title.clone());
    let mut response = respond(status, shell, body);
    // The address may hold a token, and must look the same where it holds none.
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// A 303 to a path of this portal, which no cache keeps and no Referer follows.
pub fn see_other(path: &str) -> HttpResponse {
    redirect(StatusCode::SEE_OTHER, path)
}

/// A 303 to an address that the operator named: the OpenID provider, or the portal's own main address.
pub fn leave_to(url: &Url) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::SEE_OTHER);
    let headers = response.headers_mut();
    harden_redirect(headers);
    let location = HeaderValue::from_str(url.as_str());
    let location = location.unwrap_or_else(|_never| HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, location);
    response
}

/// A 308: the same thing under its proper address, for every method.
pub fn permanent_redirect(path: &str) -> HttpResponse {
    redirect(StatusCode::PERMANENT_REDIRECT, path)
}

/// `path` begins with one slash and is never a host: a share works under every public name.
fn redirect(status: StatusCode, path: &str) -> HttpResponse {
    let is_path = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    let location = HeaderValue::from_str(if is_path { path } else { "/" });
    let mut response = HttpResponse::new(status);
    let headers = response.headers_mut();
    harden_redirect(headers);
    let location = location.unwrap_or_else(|_invalid| HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, location);
    response
}

/// Where the page is shown, as the templates want to know it.
pub fn context(request: &HttpRequest) -> Context {
    Context::of(destination(request))
}
