//! `POST /content/{share}/open`: from a frame to a tab.
//!
//! A browser's tab does not see the cookie of a frame, so the framed page gets a single-use ticket for it, which the tab
//! brings along in the body of a form.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{Error, FromRequest as _, HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::cookieless::clean_path;
use super::gate::{Unlocked, base_path, named_share};
use super::probe::use_once;
use super::session::next_inside;
use super::unlock::admit;
use super::views::open::OpenPage;
use crate::clock;
use crate::shares::share::{Share, ShareId};
use crate::shares::ticket::{Errand, Ticket};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// Without a ticket, a framed page asks for one; with it, a tab gets in.
#[derive(Deserialize)]
pub struct OpenForm {
    ticket: Option<String>,
    next: Option<String>,
}

impl OpenForm {
    /// Pages of a visitor without cookies name themselves with his key, which is nothing for a tab.
    fn next_inside(&self, share: ShareId) -> String {
        next_inside(share, self.next.as_deref().map(clean_path))
    }
}

/// The form to send from a new tab, for scripts.
#[derive(Serialize)]
struct Offer {
    action: String,
    ticket: String,
}

/// Gives a ticket to whoever is in, or takes one.
pub async fn open(
    state: web::Data<AppState>,
    request: HttpRequest,
    form: Result<web::Form<OpenForm>, Error>,
) -> Result<HttpResponse, Error> {
    let now = clock::now();
    let form = form.map_err(|_unreadable| {
        PageError::from(Failure::BadRequest(
            "The form did not arrive whole. Please go back and try again.".to_owned(),
        ))
    })?;
    match &form.ticket {
        Some(ticket) => {
            let known = named_share(&state, &request).await?;
            let share = &known.share;
            let next = form.next_inside(share.id);
            let answer = take(&state, &request, share, ticket, &next, now).await;
            let shell = Shell::of(share);
            answer.map_err(|failure| PageError { failure, shell }.into())
        }
        None => {
            let unlocked = Unlocked::extract(&request).await?;
            let next = form.next_inside(unlocked.share().id);
            Ok(offer(&state, &request, &unlocked, next, now)?)
        }
    }
}

/// Whoever brings no good ticket goes on to the address as everybody does.
async fn take(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    ticket: &str,
    next: &str,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    match state
        .pass_key
        .accept_ticket(ticket, Errand::HandOver, share, now)
    {
        Some(ticket) if !share.embed_only && use_once(state, &ticket).await? => {
            Ok(admit(state, request, share, &ticket.pass, next, now))
        }
        _ => Ok(page::see_other(next)),
    }
}

fn offer(
    state: &AppState,
    request: &HttpRequest,
    unlocked: &Unlocked,
    next: String,
    now: OffsetDateTime,
) -> Result<HttpResponse, PageError> {
    let Some(pass) = unlocked.pass().filter(|_| !unlocked.share().embed_only) else {
        return Ok(page::see_other(&next));
    };
    let ticket = Ticket::issue(Errand::HandOver, *pass, None, now);
    let ticket = state.pass_key.sign_ticket(&ticket);
    let action = format!("{}/open", base_path(unlocked.share().id));
    if accepts_json(request) {
        return Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .json(Offer { action, ticket }));
    }
    let view = OpenPage {
        context: page::context(request),
        action,
        ticket,
        back: match unlocked.key() {
            Some(key) => format!("/e/{key}{next}"),
            None => next.clone(),
        },
        next,
    };
    page::html(StatusCode::OK, &unlocked.shell(), &view).map_err(|failure| unlocked.fail(failure))
}

/// Scripts say so; browsers that send a form want a page.
fn accepts_json(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT);
    accepted.is_some_and(|value| value.as_bytes() == b"application/json")
}
