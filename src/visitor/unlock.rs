//! Unlock tokens, in the query of a content address or in the body of a form: what the browser gets for one. The rule itself
//! is `shares::unlock_token`.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use time::OffsetDateTime;

use super::embedder::visitor;
use super::frames::record_blocked;
use super::gate::{access_of, append_cookie, challenge, named_share, password_page};
use super::session::next_inside;
use super::views::password::{Notice, NoticeKind};
use super::views::token_needed::TokenNeededPage;
use super::{pass_cookie, probe};
use crate::clock;
use crate::shares::access::Access;
use crate::shares::event::Event;
use crate::shares::pass::{Pass, PassContext, WayIn};
use crate::shares::share::Share;
use crate::shares::unlock_token::{self, RefusalCode};
use crate::web::error::{Failure, PageError};
use crate::web::frame_status::{FrameState, FrameStatus};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// The form that carries a token in a body, for clients that want nothing of it in an address.
#[derive(Deserialize)]
pub struct UnlockForm {
    /// Who thinks of the thing rather than of the parameter calls it `token`.
    #[serde(default, alias = "token")]
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
    record_blocked(&state, &request, share, now);
    let next = next_inside(share.id, form.next.as_deref());
    let ask = TokenAsk {
        share,
        access: &access_of(&state, &request, share, now),
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
    match access {
        Access::Open => return Ok(page::see_other(clean)),
        // The token is not even looked at: at the right place it still works.
        Access::OnlyInItsSites => return refuse_token(request, share, access, None, clean),
        _ => {}
    }
    match unlock_token::check(token, &share.token_rule(now)) {
        Ok(accepted) => {
            let pass = Pass::issue(share, WayIn::Token, PassContext::Framed, now);
            let response = admit(state, request, share, &pass, clean, now);
            let event = Event::TokenAccepted(accepted);
            state
                .events
                .record(share.id, event, visitor(request, share), now);
            Ok(response)
        }
        Err(refused) => {
            let code = refused.code;
            let event = Event::TokenRefused(refused);
            state
                .events
                .record(share.id, event, visitor(request, share), now);
            match access {
                Access::ByPass(_) => Ok(page::see_other(clean)),
                access => refuse_token(request, share, access, Some(code), clean),
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
    let mut response = page::see_other(&probe::follow_up(state, request, share, pass, clean, now));
    for cookie in pass_cookie::admit(state, request, share, pass, now) {
        append_cookie(&mut response, &cookie);
    }
    response
}

fn refuse_token(
    request: &HttpRequest,
    share: &Share,
    access: &Access,
    code: Option<RefusalCode>,
    clean: &str,
) -> Result<HttpResponse, Failure> {
    let failed = |failure: Failure| {
        let (title, sentences) = failure.words();
        let shell = Shell::of(share);
        page::message(request, failure.status(), &shell, title, sentences, None)
    };
    let mut response = match access {
        Access::Unavailable(availability) => failed(Failure::Unavailable(*availability)),
        Access::OnlyInItsSites => failed(Failure::OnlyInItsSites),
        Access::TokenNeeded => token_needed(request, share, code)?,
        _ => password_page(
            request,
            share,
            StatusCode::UNAUTHORIZED,
            clean,
            code.map(|code| Notice {
                kind: NoticeKind::TokenRefused(code),
                text: refusal_sentence(code).to_owned(),
            }),
        )?,
    };
    if let Some(code) = code {
        response.headers_mut().insert(
            HeaderName::from_static("vestibule-unlock"),
            HeaderValue::from_static(code.as_str()),
        );
    }
    Ok(response)
}

/// What a frame shows that only a token opens: no password would help. `code` says why the one that came did not.
pub(super) fn token_needed(
    request: &HttpRequest,
    share: &Share,
    code: Option<RefusalCode>,
) -> Result<HttpResponse, Failure> {
    let sentence = match code {
        Some(RefusalCode::Expired) => {
            "The link behind this frame has expired. Reload the page around it."
        }
        Some(RefusalCode::NotYetValid) => {
            "The link behind this frame is not valid yet. Reload the page around it in a moment."
        }
        Some(_) => "The link behind this frame does not work. Reload the page around it.",
        None => "Reload the page around this frame to open it.",
    };
    cannot_open(request, share, FrameState::Locked(code), sentence)
}

/// The page of a frame that no password opens.
pub(super) fn cannot_open(
    request: &HttpRequest,
    share: &Share,
    state: FrameState,
    sentence: &'static str,
) -> Result<HttpResponse, Failure> {
    let shell = Shell::of(share);
    let view = TokenNeededPage {
        context: page::context(request),
        frame: FrameStatus::of(request, &shell, state),
        sentence,
    };
    let mut response = page::html(StatusCode::UNAUTHORIZED, &shell, &view)?;
    challenge(&mut response);
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
