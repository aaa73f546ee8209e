//! Who is signed in and may not go on, and who is not: what they meet instead of the page.

use actix_session::SessionExt as _;
use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use askama::Template;
use url::form_urlencoded;
use uuid::Uuid;

use super::inside::admission::{Stay, ask_again};
use super::inside::frame;
use super::session;
use super::sign_in::renewal::{Renewal, renew};
use crate::accounts::account::Account;
use crate::accounts::session::SignInSession;
use crate::clock;
use crate::sharing::actor::Stranger;
use crate::web::csrf;
use crate::web::error::Failure;
use crate::web::headers::Shell;
use crate::web::message::{Context, Link};
use crate::web::page;
use crate::web::state::AppState;

/// What somebody meets who is not let through.
pub(super) enum Turned {
    To(HttpResponse),
    Failed(Failure),
}

impl From<Failure> for Turned {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// People of the single sign-on stay in for as long as Confluence knows them.
pub(super) async fn stay(
    state: &AppState,
    request: &ServiceRequest,
    stranger: &Stranger,
    connection_id: Uuid,
    account: Account,
) -> Result<Account, Turned> {
    // Nobody has to stay in because Confluence does not answer.
    if request.path() == "/admin/sign-out" {
        return Ok(account);
    }
    let (request, cookie) = (request.request(), request.get_session());
    let next = match request.method().is_safe() {
        true => request
            .uri()
            .path_and_query()
            .map_or("", |path| path.as_str()),
        false => "",
    };
    let now = clock::now();
    let renewal = renew(
        state,
        request,
        stranger,
        account.id,
        connection_id,
        next,
        now,
    );
    match renewal.await? {
        Renewal::GoOn => Ok(account),
        Renewal::Renewed(account) => Ok(*account),
        Renewal::Wait(answer) => Err(Turned::To(answer)),
        Renewal::Over(answer) => {
            session::end(&cookie);
            Err(Turned::To(answer))
        }
    }
}

/// And so do people in frames.
pub(super) async fn stay_in_frame(
    state: &AppState,
    request: &ServiceRequest,
    stranger: &Stranger,
    (site, person): (Uuid, Option<&str>),
    account: Account,
) -> Result<Account, Turned> {
    let stay = ask_again(state, stranger, site, person, account, clock::now());
    let (status, refusal) = match stay.await? {
        Stay::In(account) => return Ok(account),
        Stay::Refused(refusal) => {
            session::end(&request.get_session());
            (StatusCode::FORBIDDEN, refusal)
        }
        Stay::Wait(refusal) => (StatusCode::SERVICE_UNAVAILABLE, refusal),
    };
    let answer = frame::say(request.request(), status, &refusal)?;
    Err(Turned::To(answer))
}

pub(super) fn refuse(foreign: &csrf::Foreign) -> Failure {
    Failure::Forbidden(match foreign {
        csrf::Foreign::OtherSite => {
            "The request came from another site, so nothing was changed. Open the admin pages under the portal's own \
             address (VESTIBULE_BASE_URL or one of VESTIBULE_HOSTS) and try again there."
                .to_owned()
        }
        csrf::Foreign::Unsaid => {
            "The browser did not say which page the request came from, so nothing was changed. Use a current browser, \
             and let proxies in between pass the Origin header on."
                .to_owned()
        }
    })
}

/// Shown instead of a redirect when a form was sent: going back keeps what was typed.
#[derive(Template)]
#[template(path = "admin/signed_out.html")]
struct SignedOutPage {
    context: Context,
    sign_in: Link,
}

/// In a frame of ours: how to come in again. Elsewhere: the sign-in.
pub(super) async fn turn_away(
    state: &AppState,
    request: &ServiceRequest,
    said: Option<&SignInSession>,
    changes: bool,
) -> Turned {
    match frame::come_again(state, request.request(), said).await {
        Ok(Some(answer)) => Turned::To(answer),
        Ok(None) => ask_to_sign_in(request, changes),
        Err(failure) => Turned::Failed(failure),
    }
}

fn ask_to_sign_in(request: &ServiceRequest, changes: bool) -> Turned {
    if !changes {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/admin", |path| path.as_str());
        return Turned::To(page::see_other(&sign_in_url(path)));
    }
    let template = SignedOutPage {
        context: Context::Top,
        sign_in: Link {
            title: "Sign in in a new tab".to_owned(),
            url: sign_in_url("/admin"),
        },
    };
    match page::html(StatusCode::UNAUTHORIZED, &Shell::Plain, &template) {
        Ok(answer) => Turned::To(answer),
        Err(failure) => Turned::Failed(failure),
    }
}

fn sign_in_url(next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/admin/sign-in?next={next}")
}
