//! Which site may frame an answer, and what is shown in a frame to whom the gate does not know.

use actix_web::http::StatusCode;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::cookie::CameBy;
use crate::accounts::session::SignInSession;
use crate::pages::installation::{AppKind, Installation};
use crate::shares::access::Place;
use crate::web::error::Failure;
use crate::web::headers::Shell;
use crate::web::inside::{Bridge, Inside};
use crate::web::message::Context;
use crate::web::page;
use crate::web::place::place_of;
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

/// What an address says of where it is shown. Whoever invents one is shown a page without a secret in his own frame.
#[derive(Deserialize)]
struct At {
    at: Uuid,
}

#[derive(Template)]
#[template(path = "admin/inside/come_again.html")]
struct ComeAgainPage {
    context: Context,
    title: &'static str,
    sentence: &'static str,
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
    if place_of(request) == Place::Tab {
        return Ok(None);
    }
    let at = web::Query::<At>::from_query(request.query_string()).ok();
    let at = at.filter(|_| request.path().starts_with("/admin/inside/"));
    let ended = said
        .filter(|_| CameBy::of(request) == CameBy::Framed)
        .and_then(|session| session.way.site());
    let (connection_id, title, sentence) = match (ended, at) {
        (Some(site), _) => (site, "Your session has ended", ENDED),
        (None, Some(at)) => (at.at, "You are not signed in here", NO_COOKIE),
        (None, None) => return Ok(None),
    };
    let installation = state.live.installation(connection_id).await;
    let Ok(Some(installation)) = installation else {
        return Ok(None);
    };
    show_in(request, &installation);
    let template = ComeAgainPage {
        context: Context::Framed,
        title,
        sentence,
        bridge: bridge_of(request),
    };
    page::html(StatusCode::UNAUTHORIZED, &Shell::Plain, &template).map(Some)
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::ancestors;
    use crate::pages::installation::{AppKind, Installation, InstallationState};

    fn installation(kind: AppKind, display_url: Option<&str>) -> Installation {
        Installation {
            connection_id: Uuid::nil(),
            kind,
            client_key: String::new(),
            app_key: String::new(),
            oauth_client_id: None,
            base_url: "https://acme.atlassian.net/wiki".to_owned(),
            display_url: display_url.map(str::to_owned),
            secret: None,
            state: InstallationState::Enabled,
            state_since: OffsetDateTime::UNIX_EPOCH,
            superseded_by: None,
            stale_since: None,
            problem: None,
            problem_at: None,
            quiet_calls: 0,
            last_quiet_call_at: None,
            installed_at: OffsetDateTime::UNIX_EPOCH,
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
