//! Which site may frame an answer, and what is shown in a frame to whom the gate does not know.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::admission::Refusal;
use super::cookie::CameBy;
use crate::accounts::session::SignInSession;
use crate::connections::installation::{AppKind, Installation};
use crate::shares::access::Destination;
use crate::web::error::Failure;
use crate::web::fetch_metadata::destination;
use crate::web::headers::Shell;
use crate::web::inside::{Bridge, Inside};
use crate::web::message::Context;
use crate::web::page;
use crate::web::state::AppState;

/// Pages of a Forge app are on hosts of their own, between Confluence's page and ours.
const FORGE_PAGES: &str = "https://*.cdn.prod.atlassian-dev.net";

/// Lets the site of this installation frame the answer to the request.
pub fn show_in(request: &HttpRequest, installation: &Installation) {
    let is_first_page = ["/admin/inside/", "/atlassian/"]
        .iter()
        .any(|folder| request.path().starts_with(folder));
    let inside = Inside {
        ancestors: ancestors(installation),
        bridge: if is_first_page && installation.kind == AppKind::Connect {
            Bridge::Loaded
        } else {
            Bridge::None
        },
    };
    request.extensions_mut().insert(inside);
}

/// The address of the script that a page has to load, where Confluence waits for it.
pub fn bridge_of(request: &HttpRequest) -> Option<&'static str> {
    let inside = request.extensions().get::<Inside>().cloned();
    inside
        .filter(|inside| inside.bridge == Bridge::Loaded)
        .map(|_| crate::web::inside::BRIDGE)
}

fn ancestors(installation: &Installation) -> String {
    let addresses = [
        Some(&installation.base_url),
        installation.display_url.as_ref(),
    ];
    let mut origins: Vec<String> = addresses
        .into_iter()
        .flatten()
        .filter_map(|address| Url::parse(address).ok())
        .map(|url| url.origin().ascii_serialization())
        .collect();
    origins.dedup();
    if installation.kind == AppKind::Forge {
        origins.push(FORGE_PAGES.to_owned());
    }
    origins.join(" ")
}

/// What an address says of where it is shown. Whoever invents one is shown a page without a secret in a frame of their own.
#[derive(Deserialize)]
struct At {
    at: Uuid,
}

#[derive(Template)]
#[template(path = "admin/inside/refusal.html")]
struct RefusalPage<'a> {
    context: Context,
    title: &'a str,
    sentences: &'a [String],
    /// Offers the portal in a tab of its own.
    has_way_out: bool,
    bridge: Option<&'static str>,
}

const NO_COOKIE: &str = "Your browser keeps no cookies in embedded pages, so nobody can be signed in here. Allow cookies for \
    this portal inside Confluence, or open the portal in a tab of its own and sign in there.";
const ENDED: &str = "Your session here has ended, so nothing was changed. Reload the page of Confluence to come in again.";

/// For a frame without a session that counts; `None` where nothing says that the request is from a frame of ours.
pub async fn come_again(
    state: &AppState,
    request: &HttpRequest,
    said: Option<&SignInSession>,
) -> Result<Option<HttpResponse>, Failure> {
    if destination(request) == Destination::Tab {
        return Ok(None);
    }
    let at = site_around(request);
    let ended = said
        .filter(|_| CameBy::of(request) == CameBy::Framed)
        .and_then(|session| session.way.site());
    let (connection_id, title, sentence) = match (ended, at) {
        (Some(site), at) => (at.unwrap_or(site), "Your session has ended", ENDED),
        (None, Some(at)) => (at, "You are not signed in here", NO_COOKIE),
        (None, None) => return Ok(None),
    };
    let installation = state.connections.installation(connection_id).await;
    let Ok(Some(installation)) = installation else {
        return Ok(None);
    };
    show_in(request, &installation);
    let refusal = Refusal {
        title,
        sentences: vec![sentence.to_owned()],
    };
    show_refusal(request, StatusCode::UNAUTHORIZED, &refusal, true).map(Some)
}

/// The site that the address of a first page names.
fn site_around(request: &HttpRequest) -> Option<Uuid> {
    let is_first_page = request.path().starts_with("/admin/inside/");
    let at = web::Query::<At>::from_query(request.query_string()).ok();
    at.filter(|_| is_first_page).map(|at| at.at)
}

/// Whether a frame of one site shows a page with the session of another. Browsers that do not keep cookies apart for each
/// site around hold one for all.
pub fn is_of_another_site(request: &HttpRequest, session: &SignInSession) -> bool {
    site_around(request).is_some_and(|site| session.way.site() != Some(site))
}

/// A page that says why there is nothing else to see.
pub fn say(
    request: &HttpRequest,
    status: StatusCode,
    refusal: &Refusal,
) -> Result<HttpResponse, Failure> {
    show_refusal(request, status, refusal, false)
}

fn show_refusal(
    request: &HttpRequest,
    status: StatusCode,
    refusal: &Refusal,
    has_way_out: bool,
) -> Result<HttpResponse, Failure> {
    let template = RefusalPage {
        context: Context::Framed,
        title: refusal.title,
        sentences: &refusal.sentences,
        has_way_out,
        bridge: bridge_of(request),
    };
    let mut answer = page::html(status, &Shell::Plain, &template)?;
    // The address may hold a token.
    answer.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::ancestors;
    use crate::connections::installation::{AppKind, Installation};

    fn installation(kind: AppKind, display_url: Option<&str>) -> Installation {
        Installation {
            kind,
            display_url: display_url.map(str::to_owned),
            ..Installation::sample()
        }
    }

    #[test]
    fn a_site_frames_under_each_of_its_names() {
        let own = "https://acme.atlassian.net";
        let of = |kind, display| ancestors(&installation(kind, display));
        assert_eq!(of(AppKind::Connect, None), own);
        assert_eq!(
            of(AppKind::Connect, Some("https://acme.atlassian.net/wiki")),
            own
        );
        assert_eq!(
            of(AppKind::Connect, Some("https://wiki.acme.example/wiki")),
            format!("{own} https://wiki.acme.example")
        );
        assert_eq!(
            of(AppKind::Forge, None),
            format!("{own} https://*.cdn.prod.atlassian-dev.net")
        );
    }
}
