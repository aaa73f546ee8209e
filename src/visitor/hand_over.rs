//! `POST /content/{share}/open`: from a frame to a tab.
//!
//! A browser's tab does not see the cookie of a frame, so the framed page gets a single-use ticket for it, which the tab
//! brings along in the body of a form.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::admission::admit;
use super::gate::{Unlocked, pass_gate};
use super::paths::{base_path, next_inside, without_key};
use super::probe::use_once;
use super::views::open::OpenPage;
use super::visit::{Arrival, Visit};
use crate::shares::share::ShareId;
use crate::shares::ticket::{Errand, Ticket};
use crate::web::error::{Failure, PageError};
use crate::web::page;

/// Without a ticket, a framed page asks for one; with it, a tab gets in.
#[derive(Deserialize)]
pub struct OpenForm {
    ticket: Option<String>,
    next: Option<String>,
}

impl OpenForm {
    /// Pages of a visitor without cookies name themselves with the key in their path, which is nothing for a tab.
    fn next_inside(&self, share: ShareId) -> String {
        next_inside(share, self.next.as_deref().map(without_key))
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
    arrival: Arrival,
    form: Result<web::Form<OpenForm>, Error>,
) -> Result<HttpResponse, PageError> {
    let form = form.map_err(|_unreadable| {
        Failure::BadRequest(
            "The form did not arrive whole. Please go back and try again.".to_owned(),
        )
    })?;
    arrival
        .answer(async |visit| {
            let next = form.next_inside(visit.share().id);
            match &form.ticket {
                Some(ticket) => take(&visit, ticket, &next)
                    .await
                    .map_err(|failure| visit.fail(failure)),
                None => {
                    let gate = pass_gate(visit).await?;
                    gate.answer(async |unlocked| offer(unlocked, next)).await
                }
            }
        })
        .await
}

/// Whoever brings no good ticket goes on to the address as everybody does.
async fn take(visit: &Visit, ticket: &str, next: &str) -> Result<HttpResponse, Failure> {
    let (share, pass_key) = (visit.share(), &visit.state.pass_key);
    match pass_key.accept_ticket(ticket, Errand::HandOver, share, visit.now) {
        Some(ticket) if !share.embed_only && use_once(visit, &ticket).await? => {
            Ok(admit(visit, &ticket.pass, next))
        }
        _ => Ok(page::see_other(next)),
    }
}

fn offer(unlocked: &Unlocked, next: String) -> Result<HttpResponse, PageError> {
    let (visit, share) = (unlocked.visit(), unlocked.share());
    let Some(pass) = unlocked.pass().filter(|_| !share.embed_only) else {
        return Ok(page::see_other(&next));
    };
    let ticket = Ticket::issue(Errand::HandOver, *pass, None, visit.now);
    let ticket = visit.state.pass_key.sign_ticket(&ticket);
    let action = format!("{}/open", base_path(share.id));
    if accepts_json(&visit.request) {
        return Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .json(Offer { action, ticket }));
    }
    let view = OpenPage {
        context: visit.context(),
        action,
        ticket,
        back: match unlocked.key() {
            Some(key) => format!("/e/{key}{next}"),
            None => next.clone(),
        },
        next,
    };
    page::html(StatusCode::OK, &visit.shell(), &view).map_err(|failure| unlocked.fail(failure))
}

/// Scripts say so; browsers that send a form want a page.
fn accepts_json(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT);
    accepted.is_some_and(|value| value.as_bytes() == b"application/json")
}
