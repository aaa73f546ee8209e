//! The `unlock` parameter of content addresses: taking it out of a query, and what the browser gets for it. The rule
//! itself is `shares::unlock_token`.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;
use time::OffsetDateTime;

use super::gate::{append_cookie, password_page};
use super::views::password::{Notice, NoticeKind};
use crate::shares::access::Access;
use crate::shares::event::Event;
use crate::shares::pass::WayIn;
use crate::shares::share::Share;
use crate::shares::unlock_token::{self, RefusalCode};
use crate::web::error::Failure;
use crate::web::headers::Shell;
use crate::web::state::AppState;
use crate::web::{page, pass_cookie};

const PARAMETER: &str = "unlock";

/// A query string taken apart: the first token, if there is one, and everything else as it was written.
pub struct Query {
    pub token: Option<String>,
    pub rest: String,
}

impl Query {
    /// `written` is the raw query string. Names are compared after percent-decoding, values of other parameters stay
    /// byte for byte.
    pub fn take_apart(written: &str) -> Self {
        let mut token = None;
        let mut rest = Vec::new();
        for pair in written.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if percent_decode_str(name).eq(PARAMETER.bytes()) {
                token.get_or_insert_with(|| decode(value));
            } else {
                rest.push(pair);
            }
        }
        Self {
            token,
            rest: rest.join("&"),
        }
    }

    /// The address without the token.
    pub fn clean(&self, path: &str) -> String {
        if self.rest.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", self.rest)
        }
    }
}

fn decode(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

/// A request with a token never reaches a page: it is sent on to the clean address, or asked for the password.
pub fn answer_token(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    access: &Access,
    token: &str,
    query: &Query,
    now: OffsetDateTime,
) -> Result<HttpResponse, Failure> {
    let clean = query.clean(request.uri().path());
    if matches!(access, Access::Open) {
        return Ok(page::see_other(&clean));
    }
    match unlock_token::check(token, &share.token_rule(now)) {
        Ok(accepted) => {
            let mut response = page::see_other(&clean);
            for cookie in pass_cookie::admit(state, request, share, WayIn::Token, now) {
                append_cookie(&mut response, &cookie);
            }
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
                Access::ByPass(_) => Ok(page::see_other(&clean)),
                access => refuse_token(request, share, access, code, &clean),
            }
        }
    }
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
            kind: NoticeKind::TokenRefused(code),
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
    // The token still stands in the address.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
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

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn the_token_is_taken_out_and_the_rest_is_kept_byte_for_byte() {
        let query = Query::take_apart("a=1&unlock=x.y.z&b=%C3%A4+c&=&a=2&empty");
        assert_eq!(query.token.as_deref(), Some("x.y.z"));
        assert_eq!(
            query.clean("/content/s"),
            "/content/s?a=1&b=%C3%A4+c&=&a=2&empty"
        );
    }

    #[test]
    fn the_first_of_two_tokens_counts_and_an_escaped_name_is_the_same_name() {
        let query = Query::take_apart("unlock=first&%75nlock=second");
        assert_eq!(query.token.as_deref(), Some("first"));
        assert_eq!(query.clean("/p"), "/p");
    }

    #[test]
    fn another_case_is_another_parameter_and_an_empty_token_is_a_token() {
        assert!(Query::take_apart("UNLOCK=x").token.is_none());
        assert_eq!(Query::take_apart("unlock").token.as_deref(), Some(""));
        assert_eq!(Query::take_apart("unlock=").token.as_deref(), Some(""));
    }
}
