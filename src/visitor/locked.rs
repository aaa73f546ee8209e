//! What stands in the place of a page that does not open yet: the password form, and the page of a frame that no password
//! opens.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};

use super::paths::base_path;
use super::views::password::{Notice, PasswordPage};
use super::views::token_needed::TokenNeededPage;
use super::visit::Visit;
use crate::shares::unlock_token::RefusalCode;
use crate::web::error::Failure;
use crate::web::frame_status::FrameState;
use crate::web::page;

/// The password form, in place of what was asked for. `next` is the clean address of that.
pub(super) fn password_page(
    visit: &Visit,
    status: StatusCode,
    next: &str,
    notice: Option<Notice>,
) -> Result<HttpResponse, Failure> {
    let code = notice.as_ref().and_then(Notice::refusal_code);
    let form = PasswordPage {
        context: visit.context(),
        frame: visit.frame_status(FrameState::Locked(code)),
        share_name: None,
        session_url: format!("{}/session", base_path(visit.share().id)),
        next: next.to_owned(),
        notice,
    };
    let mut response = page::html(status, &visit.shell(), &form)?;
    if status == StatusCode::UNAUTHORIZED {
        challenge(&mut response);
    }
    Ok(response)
}

/// What a frame shows that only a token opens: no password would help. `code` says why the one that came did not.
pub(super) fn token_needed(
    visit: &Visit,
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
    cannot_open(visit, FrameState::Locked(code), sentence)
}

/// The page of a frame that no password opens.
pub(super) fn cannot_open(
    visit: &Visit,
    state: FrameState,
    sentence: &'static str,
) -> Result<HttpResponse, Failure> {
    let view = TokenNeededPage {
        context: visit.context(),
        frame: visit.frame_status(state),
        sentence,
    };
    let mut response = page::html(StatusCode::UNAUTHORIZED, &visit.shell(), &view)?;
    challenge(&mut response);
    Ok(response)
}

/// RFC 9110 wants a challenge with a 401; browsers pass over a scheme they do not know.
fn challenge(response: &mut HttpResponse) {
    let scheme = HeaderValue::from_static("Vestibule");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, scheme);
}
