//! After an unlock in a frame: did the browser keep our cookie? A single-use ticket in the redirect's address asks, without
//! any script.
//!
//! The cookie came back: on to the clean address. It did not: the visitor goes on by a key in the path, or is told to
//! open a tab where the operator wants no keys.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use time::OffsetDateTime;

use super::embedder::visitor;
use super::gate::password_page;
use super::query::with_probe;
use super::unlock::cannot_open;
use super::views::password::{Notice, NoticeKind};
use crate::config::Cookieless;
use crate::guess_limit::{self, Charge};
use crate::shares::access::{Access, Destination};
use crate::shares::cookieless::{self, CookielessKey, NewCookielessPass, user_agent_digest};
use crate::shares::embed_origins::Origin;
use crate::shares::event::Event;
use crate::shares::pass::Pass;
use crate::shares::share::Share;
use crate::shares::store::frames;
use crate::shares::ticket::{Errand, Ticket};
use crate::web::client::client_address;
use crate::web::error::Failure;
use crate::web::fetch_metadata::destination;
use crate::web::frame_status::FrameState;
use crate::web::page;
use crate::web::state::AppState;

const TAB_NEEDED: &str = "Your browser keeps no cookies in embedded pages, so this page can only be read in a tab of its own.";
const COOKIE_NEEDED: &str =
    "Your browser keeps no cookies in embedded pages, so this page cannot be shown.";

/// Where to go with a fresh pass: in a frame by way of a probe.
pub fn follow_up(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    pass: &Pass,
    clean: &str,
    now: OffsetDateTime,
) -> String {
    if destination(request) != Destination::Frame {
        return clean.to_owned();
    }
    let embedder = visitor(request, share).embedder;
    let site = embedder.site().map(|site| site.as_str().to_owned());
    let ticket = Ticket::issue(Errand::Probe, *pass, site, now);
    with_probe(clean, &state.pass_key.sign_ticket(&ticket))
}

/// Answers the address that [`follow_up`] gave.
pub async fn answer(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    access: &Access,
    ticket: &str,
    clean: &str,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    let accepted = state
        .pass_key
        .accept_ticket(ticket, Errand::Probe, share, now);
    let Some(ticket) = accepted else {
        return Ok(page::see_other(clean));
    };
    let is_in = matches!(access, Access::Open | Access::ByPass(_));
    let used = use_once(state, &ticket).await;
    if is_in {
        // Whoever is in needs nothing of the ticket, not even a database.
        if matches!(used, Ok(true)) {
            record(state, request, &ticket, share, Event::CookieKept, now);
        }
        return Ok(page::see_other(clean));
    }
    if !used?
        || !matches!(access, Access::Locked | Access::TokenNeeded)
        || destination(request) != Destination::Frame
    {
        return Ok(page::see_other(clean));
    }
    record(state, request, &ticket, share, Event::CookieRefused, now);
    match state.settings.embedding.cookieless {
        Cookieless::Auto => {
            let answer = go_on_by_key(state, request, share, &ticket, clean, now).await?;
            record(state, request, &ticket, share, Event::CookielessPass, now);
            Ok(answer)
        }
        Cookieless::Off if share.embed_only => {
            cannot_open(request, share, FrameState::Error, COOKIE_NEEDED)
        }
        Cookieless::Off => {
            let notice = Notice {
                kind: NoticeKind::Info,
                text: TAB_NEEDED.to_owned(),
            };
            let status = StatusCode::UNAUTHORIZED;
            password_page(request, share, status, clean, Some(notice))
        }
    }
}

/// For the share's admin. The redirect that brought the ticket hides the site around the frame, so the ticket names it.
fn record(
    state: &AppState,
    request: &HttpRequest,
    ticket: &Ticket,
    share: &Share,
    event: Event,
    now: OffsetDateTime,
) {
    let site = ticket.embed_origin.as_deref();
    let site = site.and_then(|site| Origin::parse(site).ok());
    let visitor = visitor(request, share).in_frame_of(site);
    state.events.record(share.id, event, visitor, now);
}

pub(super) async fn use_once(
    state: &web::Data<AppState>,
    ticket: &Ticket,
) -> Result<bool, Failure> {
    let ticket = ticket.clone();
    Ok(state
        .db
        .run(move |db| frames::use_ticket(db, &ticket))
        .await?)
}

async fn go_on_by_key(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    ticket: &Ticket,
    clean: &str,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    let limit = cookieless::limit(
        share.id,
        client_address(request, &state.settings.trusted_proxies),
    );
    let charged = state
        .db
        .run(move |db| guess_limit::charge(db, &[limit], now))
        .await?;
    if let Charge::Wait(wait) = charged {
        return Err(Failure::Throttled(wait.whole_seconds() + 1));
    }
    let key = CookielessKey::random();
    let new = NewCookielessPass {
        key_digest: key.digest(),
        user_agent_digest: digest_of_browser(request),
        pass: ticket.pass,
        at: now,
    };
    state.db.run(move |db| frames::keep_pass(db, &new)).await?;
    Ok(page::see_other(&format!(
        "/e/{}{clean}",
        key.to_path_segment()
    )))
}

/// Of the browser that a key is given to.
pub(super) fn digest_of_browser(request: &HttpRequest) -> [u8; 32] {
    let user_agent = request.headers().get("user-agent");
    user_agent_digest(user_agent.map_or(b"", |value| value.as_bytes()))
}
