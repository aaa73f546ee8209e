//! After an unlock in a frame: did the browser keep our cookie? A single-use ticket in the redirect's address asks, without
//! any script.
//!
//! The cookie came back: on to the clean address. It did not: the visitor goes on by a key in the path, or is told to
//! open a tab where the operator wants no keys.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::cookieless::digest_of_browser;
use super::locked::{cannot_open, password_page};
use super::views::password::{Notice, NoticeKind};
use super::visit::Visit;
use crate::config::Cookieless;
use crate::guess_limit::{self, Charge};
use crate::shares::access::{Access, Destination};
use crate::shares::cookieless::{self, CookielessKey, NewCookielessPass};
use crate::shares::embed_origins::Origin;
use crate::shares::event::Event;
use crate::shares::store::frames;
use crate::shares::ticket::{Errand, Ticket};
use crate::web::error::Failure;
use crate::web::frame_status::FrameState;
use crate::web::page;

const TAB_NEEDED: &str = "Your browser keeps no cookies in embedded pages, so this page can only be read in a tab of its own.";
const COOKIE_NEEDED: &str =
    "Your browser keeps no cookies in embedded pages, so this page cannot be shown.";

/// Answers the address that an admission in a frame leads to.
pub(super) async fn answer(
    visit: &Visit,
    access: &Access,
    ticket: &str,
    clean: &str,
) -> Result<HttpResponse, Failure> {
    let pass_key = &visit.state.pass_key;
    let accepted = pass_key.accept_ticket(ticket, Errand::Probe, visit.share(), visit.now);
    let Some(ticket) = accepted else {
        return Ok(page::see_other(clean));
    };
    let is_in = matches!(access, Access::Open | Access::ByPass(_));
    let used = use_once(visit, &ticket).await;
    if is_in {
        // Whoever is in needs nothing of the ticket, not even a database.
        if matches!(used, Ok(true)) {
            record(visit, &ticket, Event::CookieKept);
        }
        return Ok(page::see_other(clean));
    }
    if !used?
        || !matches!(access, Access::Locked | Access::TokenNeeded)
        || visit.destination != Destination::Frame
    {
        return Ok(page::see_other(clean));
    }
    record(visit, &ticket, Event::CookieRefused);
    match visit.state.settings.embedding.cookieless {
        Cookieless::Auto => {
            let answer = go_on_by_key(visit, &ticket, clean).await?;
            record(visit, &ticket, Event::CookielessPass);
            Ok(answer)
        }
        Cookieless::Off if visit.share().embed_only => {
            cannot_open(visit, FrameState::Error, COOKIE_NEEDED)
        }
        Cookieless::Off => {
            let notice = Notice {
                kind: NoticeKind::Info,
                text: TAB_NEEDED.to_owned(),
            };
            password_page(visit, StatusCode::UNAUTHORIZED, clean, Some(notice))
        }
    }
}

/// For the share's admin. The redirect that brought the ticket hides the site around the frame, so the ticket names it.
fn record(visit: &Visit, ticket: &Ticket, event: Event) {
    let site = ticket.embed_origin.as_deref();
    let site = site.and_then(|site| Origin::parse(site).ok());
    let (share, visitor) = (visit.share().id, visit.visitor().in_frame_of(site));
    visit.state.events.record(share, event, visitor, visit.now);
}

pub(super) async fn use_once(visit: &Visit, ticket: &Ticket) -> Result<bool, Failure> {
    let ticket = ticket.clone();
    let db = &visit.state.db;
    Ok(db.run(move |db| frames::use_ticket(db, &ticket)).await?)
}

async fn go_on_by_key(
    visit: &Visit,
    ticket: &Ticket,
    clean: &str,
) -> Result<HttpResponse, Failure> {
    let (db, now) = (&visit.state.db, visit.now);
    let limit = cookieless::limit(visit.share().id, visit.client());
    let charged = db
        .run(move |db| guess_limit::charge(db, &[limit], now))
        .await?;
    if let Charge::Wait(wait) = charged {
        return Err(Failure::Throttled(wait.whole_seconds() + 1));
    }
    let key = CookielessKey::random();
    let new = NewCookielessPass {
        key_digest: key.digest(),
        user_agent_digest: digest_of_browser(visit),
        pass: ticket.pass,
        at: now,
    };
    db.run(move |db| frames::keep_pass(db, &new)).await?;
    Ok(page::see_other(&format!(
        "/e/{}{clean}",
        key.to_path_segment()
    )))
}
