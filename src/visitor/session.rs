//! `POST /content/{share}/session` and `…/session/end`: a pass by password, and giving it back.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use super::embedder::visitor;
use super::gate::{access_of, append_cookie, base_path, named_share, password_page};
use super::pass_cookie;
use super::unlock::{admit, token_needed};
use super::views::password::{Notice, NoticeKind};
use crate::clock;
use crate::guess_limit::{self, Charge};
use crate::password::{Password, PasswordHash, Verdict};
use crate::shares::access::Access;
use crate::shares::event::Event;
use crate::shares::pass::{Pass, PassContext, WayIn};
use crate::shares::share::{Share, ShareId};
use crate::shares::{guesses, store};
use crate::web::client::client_address;
use crate::web::error::words::wait_in_words;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
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
    form: Result<web::Form<PasswordForm>, Error>,
) -> Result<HttpResponse, Error> {
    let now = clock::now();
    let form = form.map_err(|_unreadable| {
        PageError::from(Failure::BadRequest(
            "The password form did not arrive whole. Please go back and try again.".to_owned(),
        ))
    })?;
    let known = match named_share(&state, &request).await {
        Ok(known) => known,
        Err(error) => {
            if error.as_response_error().status_code() == StatusCode::NOT_FOUND {
                spend_as_much_on_nothing(&state, &request, &form, now)
                    .await
                    .map_err(PageError::from)?;
            }
            return Err(error);
        }
    };
    let share = &known.share;
    let shell = Shell::of(share);
    let answer = sign_in(&state, &request, share, &form, now).await;
    answer.map_err(|failure| PageError { failure, shell }.into())
}

async fn sign_in(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    form: &PasswordForm,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    let next = next_inside(share.id, form.next.as_deref());
    match access_of(state, request, share, now) {
        Access::Locked => {}
        Access::Open | Access::ByPass(_) => return Ok(page::see_other(&next)),
        Access::TokenNeeded => return token_needed(request, share, None),
        Access::OnlyInItsSites => return Err(Failure::OnlyInItsSites),
        Access::Unavailable(closed) => return Err(Failure::Unavailable(closed)),
    }
    let Some(stored) = share.password_hash.clone() else {
        return Ok(page::see_other(&next));
    };
    let password = match Password::new(&form.password) {
        Ok(password) => password,
        Err(problem) => return refused(request, share, &next, &problem.to_string()),
    };
    if let Charge::Wait(wait) = charge_guess(state, request, share.id, now).await? {
        let visitor = visitor(request, share);
        state
            .events
            .record(share.id, Event::PasswordThrottled, visitor, now);
        // Rounded up: whoever obeys is not refused again.
        return throttled(request, share, &next, wait.whole_seconds() + 1);
    }
    match state.hasher.verify(password, Some(stored.clone())).await {
        Ok(Verdict::Wrong) => {
            let visitor = visitor(request, share);
            state
                .events
                .record(share.id, Event::PasswordRefused, visitor, now);
            refused(request, share, &next, "That password is not right.")
        }
        Ok(Verdict::Right) => admitted(state, request, share, &next, now).await,
        Ok(Verdict::RightButOutdated(replacement)) => {
            keep_replacement(state, share.id, stored, replacement).await?;
            admitted(state, request, share, &next, now).await
        }
        Err(unchecked) => {
            give_guess_back(state, request, share.id).await?;
            Err(unchecked.into())
        }
    }
}

/// An unknown share takes as long as a wrong password; and it counts as one, or else it were the way to keep every core
/// busy.
async fn spend_as_much_on_nothing(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    form: &PasswordForm,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Ok(password) = Password::new(&form.password) else {
        return Ok(());
    };
    if charge_guess(state, request, Uuid::nil().into(), now).await? == Charge::Granted {
        state.hasher.verify(password, None).await?;
    }
    Ok(())
}

/// Charged before the hash is computed: parallel guesses cannot outrun the count.
async fn charge_guess(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: ShareId,
    now: OffsetDateTime,
) -> Result<Charge, Failure> {
    let limits = guesses::limits(
        share,
        client_address(request, &state.settings.trusted_proxies),
    );
    Ok(state
        .db
        .run(move |db| guess_limit::charge(db, &limits, now))
        .await?)
}

async fn give_guess_back(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: ShareId,
) -> Result<(), Failure> {
    let client = client_address(request, &state.settings.trusted_proxies);
    let limits = guesses::limits(share, client);
    Ok(state
        .db
        .run(move |db| guess_limit::give_back(db, &limits))
        .await?)
}

async fn admitted(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    next: &str,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    give_guess_back(state, request, share.id).await?;
    let pass = Pass::issue(share, WayIn::Password, PassContext::TopLevel, now);
    let response = admit(state, request, share, &pass, next, now);
    let visitor = visitor(request, share);
    state
        .events
        .record(share.id, Event::PasswordAccepted, visitor, now);
    Ok(response)
}

async fn keep_replacement(
    state: &web::Data<AppState>,
    share: ShareId,
    outdated: PasswordHash,
    replacement: PasswordHash,
) -> Result<(), Failure> {
    let stored = state
        .db
        .run(move |db| store::replace_outdated_hash(db, share, &outdated, &replacement))
        .await;
    state.shares.forget(share);
    Ok(stored?)
}

fn refused(
    request: &HttpRequest,
    share: &Share,
    next: &str,
    sentence: &str,
) -> Result<HttpResponse, Failure> {
    let notice = Notice {
        kind: NoticeKind::WrongPassword,
        text: sentence.to_owned(),
    };
    password_page(
        request,
        share,
        StatusCode::UNPROCESSABLE_ENTITY,
        next,
        Some(notice),
    )
}

fn throttled(
    request: &HttpRequest,
    share: &Share,
    next: &str,
    seconds: i64,
) -> Result<HttpResponse, Failure> {
    let notice = Notice {
        kind: NoticeKind::Wait,
        text: format!(
            "There were too many wrong passwords. Please try again in {}.",
            wait_in_words(seconds)
        ),
    };
    let mut response = password_page(
        request,
        share,
        StatusCode::TOO_MANY_REQUESTS,
        next,
        Some(notice),
    )?;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    Ok(response)
}

/// Takes the pass away.
pub async fn end_session(
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let known = named_share(&state, &request).await?;
    let mut response = page::see_other(&base_path(known.share.id));
    for cookie in pass_cookie::take_away(&state, &request, known.share.id) {
        append_cookie(&mut response, &cookie);
    }
    // On a shared computer the back button must not show what was read.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    Ok(response)
}

/// Where to go after the password: an address of this share, or else its start.
///
/// Judged after resolving, as a browser does it: `%2e%2e` is `..` there.
pub fn next_inside(share: ShareId, next: Option<&str>) -> String {
    let base = base_path(share);
    let resolved = next.filter(|next| next.starts_with('/')).and_then(|next| {
        let here = Url::parse("http://portal.invalid/").ok()?;
        here.join(next)
            .ok()
            .filter(|url| url.origin() == here.origin())
    });
    let Some(url) = resolved else { return base };
    let inside = match url.path().strip_prefix(&base) {
        // The addresses of forms show nothing.
        Some("/session" | "/session/end" | "/unlock" | "/open") | None => false,
        Some(below) => below.is_empty() || below.starts_with('/'),
    };
    match url.query() {
        _ if !inside => base,
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// `GET` on the form's own address, where a browser is after a wrong password and a reload: back to the share.
pub async fn leave_form(request: HttpRequest) -> HttpResponse {
    let share = request.match_info().get("share").unwrap_or_default();
    let query = request.uri().query().map(|query| format!("?{query}"));
    page::see_other(&format!("/content/{share}{}", query.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::next_inside;
    use crate::shares::share::ShareId;

    #[test]
    fn after_the_password_a_visitor_stays_inside_the_share() {
        let share: ShareId = uuid::Uuid::from_u128(1).into();
        let base = format!("/content/{share}");
        let stays = format!("{base}/123?a=b");
        assert_eq!(next_inside(share, Some(&stays)), stays);
        for outside in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/admin",
            "",
            "/content/other",
        ] {
            assert_eq!(next_inside(share, Some(outside)), base, "{outside}");
        }
        assert_eq!(next_inside(share, Some(&format!("{base}evil"))), base);
        assert_eq!(
            next_inside(share, Some(&format!("{base}/../../admin"))),
            base
        );
        for outside in [
            "/%2e%2e/%2e%2e/admin",
            "/..",
            "/.%2e/B",
            "/../../admin",
            "/session",
            "/session/end",
        ] {
            assert_eq!(
                next_inside(share, Some(&format!("{base}{outside}"))),
                base,
                "{outside}"
            );
        }
        assert_eq!(
            next_inside(share, Some(&format!("{base}/77#top"))),
            format!("{base}/77")
        );
        assert_eq!(next_inside(share, None), base);
    }
}
