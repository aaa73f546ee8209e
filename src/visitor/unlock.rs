//! Unlock tokens, in the query of a content address or in the body of a form: what the browser gets for one. The rule itself
//! is `shares::unlock_token`.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpResponse, web};
use serde::Deserialize;

use super::admission::admit;
use super::frames::record_blocked;
use super::locked::{password_page, token_needed};
use super::pass_cookie;
use super::paths::next_inside;
use super::views::password::{Notice, NoticeKind};
use super::visit::{Arrival, Visit};
use crate::shares::access::Access;
use crate::shares::event::Event;
use crate::shares::pass::{Pass, PassContext, WayIn};
use crate::shares::unlock_token::{self, RefusalCode};
use crate::web::error::{Failure, PageError};
use crate::web::page;

/// The form that carries a token in a body, for clients that want nothing of it in an address.
#[derive(Deserialize)]
pub struct UnlockForm {
    /// Some clients name the thing and not the parameter: `token`.
    #[serde(default, alias = "token")]
    unlock: String,
    next: Option<String>,
}

/// `POST /content/{share}/unlock`: what `?unlock=` does.
pub async fn unlock(
    arrival: Arrival,
    form: Result<web::Form<UnlockForm>, Error>,
) -> Result<HttpResponse, PageError> {
    let form = form.map_err(|_unreadable| {
        Failure::BadRequest(
            "The form did not arrive whole. It needs a field named unlock with the token."
                .to_owned(),
        )
    })?;
    arrival
        .answer(async |visit| {
            record_blocked(&visit);
            let ask = TokenAsk {
                access: &pass_cookie::access(&visit),
                token: &form.unlock,
                clean: &next_inside(visit.share().id, form.next.as_deref()),
            };
            answer_token(&visit, ask).map_err(|failure| visit.fail(failure))
        })
        .await
}

/// A token that somebody came with.
pub(super) struct TokenAsk<'a> {
    /// What the visitor may do without the token.
    pub access: &'a Access,
    pub token: &'a str,
    /// The address that was asked for, without the token.
    pub clean: &'a str,
}

/// A request with a token never reaches a page: it is sent on to the clean address, or asked for the password.
pub(super) fn answer_token(visit: &Visit, ask: TokenAsk<'_>) -> Result<HttpResponse, Failure> {
    let TokenAsk {
        access,
        token,
        clean,
    } = ask;
    match access {
        Access::Open => return Ok(page::see_other(clean)),
        // The token is not even looked at: at the right place it still works.
        Access::OnlyInItsSites => return Err(Failure::OnlyInItsSites),
        _ => {}
    }
    let share = visit.share();
    match unlock_token::check(token, &share.token_rule(visit.now)) {
        Ok(accepted) => {
            let pass = Pass::issue(share, WayIn::Token, PassContext::Framed, visit.now);
            let response = admit(visit, &pass, clean);
            visit.record(Event::TokenAccepted(accepted));
            Ok(response)
        }
        Err(refused) => {
            let code = refused.code;
            visit.record(Event::TokenRefused(refused));
            match access {
                Access::ByPass(_) => Ok(page::see_other(clean)),
                access => refuse_token(visit, access, code, clean),
            }
        }
    }
}

fn refuse_token(
    visit: &Visit,
    access: &Access,
    code: RefusalCode,
    clean: &str,
) -> Result<HttpResponse, Failure> {
    let mut response = match access {
        Access::Unavailable(availability) => {
            let failure = Failure::Unavailable(*availability);
            let (title, sentences) = failure.words();
            let shell = visit.shell();
            page::message(
                &visit.request,
                failure.status(),
                &shell,
                title,
                sentences,
                None,
            )
        }
        Access::TokenNeeded => token_needed(visit, Some(code))?,
        _ => password_page(
            visit,
            StatusCode::UNAUTHORIZED,
            clean,
            Some(Notice {
                kind: NoticeKind::TokenRefused(code),
                text: refusal_sentence(code).to_owned(),
            }),
        )?,
    };
    response.headers_mut().insert(
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
