//! `POST /content/{share}/session` and `…/session/end`: a pass by password, and giving it back.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::admission::{admit, append_cookie};
use super::locked::{password_page, token_needed};
use super::pass_cookie;
use super::paths::{base_path, next_inside};
use super::views::password::{Notice, NoticeKind};
use super::visit::{Arrival, Visit};
use crate::clock;
use crate::guess_limit::{self, Charge};
use crate::password::{Password, PasswordHash, Verdict};
use crate::shares::access::Access;
use crate::shares::event::Event;
use crate::shares::guesses;
use crate::shares::pass::{Pass, PassContext, WayIn};
use crate::shares::store;
use crate::web::client::client_address;
use crate::web::error::words::wait_in_words;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// The password form. Password managers may add fields of their own.
#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    password: String,
    next: Option<String>,
}

/// Lets a visitor in for the right password.
pub async fn create_session(
    state: web::Data<AppState>,
    request: HttpRequest,
    arrival: Arrival,
    form: Result<web::Form<PasswordForm>, Error>,
) -> Result<HttpResponse, PageError> {
    let form = form.map_err(|_unreadable| {
        Failure::BadRequest(
            "The password form did not arrive whole. Please go back and try again.".to_owned(),
        )
    })?;
    if matches!(arrival, Arrival::Nowhere) {
        spend_as_much_on_nothing(&state, &request, &form).await?;
    }
    arrival
        .answer(async |visit| {
            let answer = sign_in(&visit, &form).await;
            answer.map_err(|failure| visit.fail(failure))
        })
        .await
}

async fn sign_in(visit: &Visit, form: &PasswordForm) -> Result<HttpResponse, Failure> {
    let share = visit.share();
    let next = next_inside(share.id, form.next.as_deref());
    // Whoever is in already needs no password, and none helps where the share does not open.
    match pass_cookie::access(visit) {
        Access::Locked => {}
        Access::Open | Access::ByPass(_) => return Ok(page::see_other(&next)),
        Access::TokenNeeded => return token_needed(visit, None),
        Access::OnlyInItsSites => return Err(Failure::OnlyInItsSites),
        Access::Unavailable(closed) => return Err(Failure::Unavailable(closed)),
    }
    let Some(stored) = share.password_hash.clone() else {
        return Ok(page::see_other(&next));
    };
    let password = match Password::new(&form.password) {
        Ok(password) => password,
        Err(problem) => return refused(visit, &next, &problem.to_string()),
    };
    if let Charge::Wait(wait) = charge_guess(visit).await? {
        visit.record(Event::PasswordThrottled);
        // Rounded up: whoever obeys is not refused again.
        return throttled(visit, &next, wait.whole_seconds() + 1);
    }
    let verdict = visit.state.hasher.verify(password, Some(stored.clone()));
    match verdict.await {
        Ok(Verdict::Wrong) => {
            visit.record(Event::PasswordRefused);
            refused(visit, &next, "That password is not right.")
        }
        Ok(Verdict::Right) => admitted(visit, &next).await,
        Ok(Verdict::RightButOutdated(replacement)) => {
            keep_replacement(visit, stored, replacement).await?;
            admitted(visit, &next).await
        }
        Err(unchecked) => {
            give_guess_back(visit).await?;
            Err(unchecked.into())
        }
    }
}

/// An unknown share takes as long as a wrong password; and it counts as one, because otherwise it would be a way to
/// keep every core busy.
async fn spend_as_much_on_nothing(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    form: &PasswordForm,
) -> Result<(), Failure> {
    let Ok(password) = Password::new(&form.password) else {
        return Ok(());
    };
    let client = client_address(request, &state.settings.trusted_proxies);
    let (limits, now) = (guesses::limits(Uuid::nil().into(), client), clock::now());
    let charged = state
        .db
        .run(move |db| guess_limit::charge(db, &limits, now))
        .await?;
    if charged == Charge::Granted {
        state.hasher.verify(password, None).await?;
    }
    Ok(())
}

/// Charged before the hash is computed: parallel guesses cannot outrun the count.
async fn charge_guess(visit: &Visit) -> Result<Charge, Failure> {
    let limits = guesses::limits(visit.share().id, visit.client());
    let (db, now) = (&visit.state.db, visit.now);
    Ok(db
        .run(move |db| guess_limit::charge(db, &limits, now))
        .await?)
}

async fn give_guess_back(visit: &Visit) -> Result<(), Failure> {
    let limits = guesses::limits(visit.share().id, visit.client());
    let db = &visit.state.db;
    Ok(db
        .run(move |db| guess_limit::give_back(db, &limits))
        .await?)
}

async fn admitted(visit: &Visit, next: &str) -> Result<HttpResponse, Failure> {
    give_guess_back(visit).await?;
    let (way, context) = (WayIn::Password, PassContext::TopLevel);
    let pass = Pass::issue(visit.share(), way, context, visit.now);
    let response = admit(visit, &pass, next);
    visit.record(Event::PasswordAccepted);
    Ok(response)
}

async fn keep_replacement(
    visit: &Visit,
    outdated: PasswordHash,
    replacement: PasswordHash,
) -> Result<(), Failure> {
    let share = visit.share().id;
    let db = &visit.state.db;
    let stored = db
        .run(move |db| store::replace_outdated_hash(db, share, &outdated, &replacement))
        .await;
    visit.state.shares.forget(share);
    Ok(stored?)
}

fn refused(visit: &Visit, next: &str, sentence: &str) -> Result<HttpResponse, Failure> {
    let notice = Notice {
        kind: NoticeKind::WrongPassword,
        text: sentence.to_owned(),
    };
    password_page(visit, StatusCode::UNPROCESSABLE_ENTITY, next, Some(notice))
}

fn throttled(visit: &Visit, next: &str, seconds: i64) -> Result<HttpResponse, Failure> {
    let notice = Notice {
        kind: NoticeKind::Wait,
        text: format!(
            "There were too many wrong passwords. Please try again in {}.",
            wait_in_words(seconds)
        ),
    };
    let mut response = password_page(visit, StatusCode::TOO_MANY_REQUESTS, next, Some(notice))?;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    Ok(response)
}

/// Takes the pass away.
pub async fn end_session(arrival: Arrival) -> Result<HttpResponse, PageError> {
    arrival
        .answer(async |visit| {
            let mut response = page::see_other(&base_path(visit.share().id));
            for cookie in pass_cookie::take_away(&visit) {
                append_cookie(&mut response, &cookie);
            }
            // On a shared computer the back button must not show what was read.
            response.headers_mut().insert(
                HeaderName::from_static("clear-site-data"),
                HeaderValue::from_static("\"cache\""),
            );
            Ok(response)
        })
        .await
}

/// `GET` on the form's own address, where a browser is after a wrong password and a reload: back to the share.
pub async fn leave_form(request: HttpRequest) -> HttpResponse {
    let share = request.match_info().get("share").unwrap_or_default();
    let query = request.uri().query().map(|query| format!("?{query}"));
    page::see_other(&format!("/content/{share}{}", query.unwrap_or_default()))
}
