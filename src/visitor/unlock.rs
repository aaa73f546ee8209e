//! Unlock tokens, in the query of a content address or in the body of a form: what the browser gets for one. The rule itself
//! is `shares::unlock_token`.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use time::OffsetDateTime;

use super::gate::{append_cookie, named_share, password_page};
use super::probe;
use super::session::next_inside;
use super::views::password::{Notice, NoticeKind};
use crate::clock;
use crate::shares::access::{self, Access};
use crate::shares::event::Event;
use crate::shares::pass::{Pass, PassContext, WayIn};
use crate::shares::share::Share;
use crate::shares::unlock_token::{self, RefusalCode};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::state::AppState;
use crate::web::{page, pass_cookie};

/// The form that carries a token in a body, for clients that want nothing of it in an address.
#[derive(Deserialize)]
pub struct UnlockForm {
    #[serde(default)]
    unlock: String,
    next: Option<String>,
}

/// `POST /content/{share}/unlock`: what `?unlock=` does.
pub async fn unlock(
    state: web::Data<AppState>,
    request: HttpRequest,
    form: Result<web::Form<UnlockForm>, Error>,
) -> Result<HttpResponse, Error> {
    let now = clock::now();
    let form = form.map_err(|_unreadable| {
        PageError::from(Failure::BadRequest(
            "The form did not arrive whole. It needs a field named unlock with the token."
                .to_owned(),
        ))
    })?;
    let known = named_share(&state, &request).await?;
    let share = &known.share;
    let passes = pass_cookie::read_passes(&state, &request);
    let next = next_inside(share.id, form.next.as_deref());
    let ask = TokenAsk {
        share,
        access: &access::decide(share, &passes, now),
        token: &form.unlock,
        clean: &next,
    };
    let answer = answer_token(&state, &request, ask, now);
    let shell = Shell::of(share);
    answer.map_err(|failure| PageError { failure, shell }.into())
}

/// A token that somebody came with.
pub(super) struct TokenAsk<'a> {
    pub share: &'a Share,
    /// Without the token.
    pub access: &'a Access,
    pub token: &'a str,
    /// The address that he wants, without the token.
    pub clean: &'a str,
}

/// A request with a token never reaches a page: it is sent on to the clean address, or asked for the password.
pub(super) fn answer_token(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    ask: TokenAsk<'_>,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    let TokenAsk {
        share,
        access,
        token,
        clean,
    } = ask;
    if matches!(access, Access::Open) {
        return Ok(page::see_other(clean));
    }
    match unlock_token::check(token, &share.token_rule(now)) {
        Ok(accepted) => {
            let pass = Pass::issue(share, WayIn::Token, PassContext::Framed, now);
            let response = admit(state, request, share, &pass, clean, now);
            state
                .events
                .record(share.id, Event::TokenAccepted(accepted), now);
            Ok(response)
        }
        Err(refused) => {
            let code = refused.code;
            state
                .events
                .record(share.id, Event::TokenRefused(refused), now);
            match access {
                Access::ByPass(_) => Ok(page::see_other(clean)),
                access => refuse_token(request, share, access, code, clean),
            }
        }
    }
}

/// The redirect into the share, with the pass as a cookie; the one for the password and for the token.
pub(super) fn admit(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    pass: &Pass,
    clean: &str,
    now: OffsetDateTime,
) -> HttpResponse {
    let mut response = page::see_other(&probe::follow_up(state, request, pass, clean, now));
    for cookie in pass_cookie::admit(state, request, share, pass, now) {
        append_cookie(&mut response, &cookie);
    }
    response
}

fn refuse_token(
    request: &HttpRequest,
    share: &Share,
    access: &Access,
    code: RefusalCode,
    clean: &str,
) -> Result<HttpResponse, Failure> {
    let mut response = if let Access::Unavailable(availability) = access {
        let failure = Failure::Unavailable(*availability);
        let (title, sentences) = failure.words();
        let shell = Shell::of(share);
        page::message(request, failure.status(), &shell, title, sentences, None)
    } else {
        let notice = Notice {
            kind: NoticeKind::Info,
            text: refusal_sentence(code).to_owned(),
        };
        password_page(
            request,
            share,
            StatusCode::UNAUTHORIZED,
            clean,
            Some(notice),
        )?
    };
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("vestibule-unlock"),
        HeaderValue::from_static(code.as_str()),
    );
    Ok(response)
}

fn refusal_sentence(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::Expired => {
            "The link that brought you here has expired. Reload the page you came from, or enter the password."
        }
        RefusalCode::NotYetValid => {
            "The link that brought you here is not valid yet. Reload the page you came from in a moment, or enter the password."
        }
        _ => {
            "The link that brought you here does not work. Reload the page you came from, or enter the password."
        }
    }
}
