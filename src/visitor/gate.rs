//! The gate in front of every page, file and search of a share. A handler below it takes [`Unlocked`], which nothing
//! else can make: a handler cannot forget the gate.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, web};
use time::OffsetDateTime;
use uuid::Uuid;

use super::unlock::{Query, answer_token};
use super::views::password::{Notice, PasswordPage};
use crate::clock;
use crate::shares::access::{self, Access};
use crate::shares::pass::Pass;
use crate::shares::share::{Share, ShareId, WrittenShareId};
use crate::web::error::{Failure, PageError, Stopped};
use crate::web::frame_note::{FrameNote, FrameState};
use crate::web::headers::Shell;
use crate::web::share_cache::KnownShare;
use crate::web::state::AppState;
use crate::web::{page, pass_cookie};

/// Proof that this visitor may read this share now.
pub struct Unlocked {
    known: Arc<KnownShare>,
    pass: Option<Pass>,
}

impl Unlocked {
    pub fn share(&self) -> &Share {
        &self.known.share
    }

    pub fn content_revision(&self) -> i64 {
        self.known.content_revision
    }

    /// The content comes from a site that is asked again and again.
    pub fn is_live(&self) -> bool {
        self.known.is_live
    }

    /// Whether the visitor holds a pass, which can be given back.
    pub fn has_pass(&self) -> bool {
        self.pass.is_some()
    }

    pub fn base_path(&self) -> String {
        base_path(self.share().id)
    }

    pub fn shell(&self) -> Shell {
        Shell::of(self.share())
    }

    /// The same failure, framed as this share's pages are.
    pub fn fail(&self, failure: impl Into<Failure>) -> PageError {
        PageError {
            failure: failure.into(),
            shell: self.shell(),
        }
    }
}

/// `/content/{share}`.
pub fn base_path(share: ShareId) -> String {
    format!("/content/{share}")
}

/// What the gate says instead of letting somebody through.
enum Refusal {
    Failure(PageError),
    Answer(HttpResponse),
}

impl<F: Into<Failure>> From<F> for Refusal {
    fn from(failure: F) -> Self {
        Self::Failure(failure.into().into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Failure(error) => error.into(),
            Refusal::Answer(response) => InternalError::from_response(Stopped, response).into(),
        }
    }
}

/// A fresh cookie for a visitor whose pass has aged; [`renew_pass`] puts it on the answer.
struct RenewedPass(String);

impl FromRequest for Unlocked {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(pass_gate(&request, clock::now()).await?) })
    }
}

async fn pass_gate(request: &HttpRequest, now: OffsetDateTime) -> Result<Unlocked, Refusal> {
    let state = state(request)?;
    let known = find_share(&state, request).await?;
    let share = &known.share;
    let query = Query::take_apart(request.query_string());
    let passes = pass_cookie::read_passes(&state, request);
    let access = access::decide(share, &passes, now);
    if let Some(token) = &query.token {
        return Err(Refusal::Answer(answer_token(
            &state, request, share, &access, token, &query, now,
        )?));
    }
    match access {
        Access::Open => Ok(Unlocked { known, pass: None }),
        Access::ByPass(pass) => {
            if pass.wants_renewal(now) {
                let cookie = pass_cookie::renew(&state, request, share, &pass, now);
                request.extensions_mut().insert(RenewedPass(cookie));
            }
            Ok(Unlocked {
                known,
                pass: Some(pass),
            })
        }
        Access::Locked => {
            let next = query.clean(request.path());
            Err(Refusal::Answer(password_page(
                request,
                share,
                StatusCode::UNAUTHORIZED,
                &next,
                None,
            )?))
        }
        Access::Unavailable(availability) => Err(Refusal::Failure(PageError {
            failure: Failure::Unavailable(availability),
            shell: Shell::of(share),
        })),
    }
}

fn state(request: &HttpRequest) -> Result<web::Data<AppState>, Failure> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    state.ok_or_else(|| Failure::Internal("the application has no state".to_owned()))
}

/// The share that the path names. Any other spelling of its id is redirected to the canonical one.
pub async fn named_share(
    state: &AppState,
    request: &HttpRequest,
) -> Result<Arc<KnownShare>, Error> {
    Ok(find_share(state, request).await?)
}

async fn find_share(state: &AppState, request: &HttpRequest) -> Result<Arc<KnownShare>, Refusal> {
    let written = request.match_info().get("share").unwrap_or_default();
    let id = match ShareId::parse(written) {
        Some(WrittenShareId::Canonical(id)) => id,
        Some(WrittenShareId::OtherSpelling(id)) => {
            return Err(Refusal::Answer(redirect_to_canonical(request, id)));
        }
        // Asked for all the same, so that a malformed id takes as long as an unknown one.
        None => Uuid::nil().into(),
    };
    let known = state.shares.find(id).await?;
    known.ok_or_else(|| Failure::NotFound.into())
}

fn redirect_to_canonical(request: &HttpRequest, id: ShareId) -> HttpResponse {
    let below = request
        .uri()
        .path()
        .strip_prefix("/content/")
        .unwrap_or_default();
    let below = below
        .split_once('/')
        .map(|(_, below)| format!("/{below}"))
        .unwrap_or_default();
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    page::permanent_redirect(&format!("{}{below}{query}", base_path(id)))
}

/// The password form, in place of what was asked for. `next` is the clean address of that.
pub fn password_page(
    request: &HttpRequest,
    share: &Share,
    status: StatusCode,
    next: &str,
    notice: Option<Notice>,
) -> Result<HttpResponse, Failure> {
    let shell = Shell::of(share);
    let code = notice.as_ref().and_then(Notice::refusal_code);
    let form = PasswordPage {
        context: page::context(request),
        frame: FrameNote::of(request, &shell, FrameState::Locked(code)),
        share_name: None,
        session_url: format!("{}/session", base_path(share.id)),
        next: next.to_owned(),
        notice,
    };
    let mut response = page::html(status, &shell, &form)?;
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110 wants a challenge with a 401; browsers pass over a scheme they do not know.
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Vestibule"),
        );
    }
    Ok(response)
}

pub fn append_cookie(response: &mut HttpResponse, cookie: &str) {
    // A cookie holds base64url and a UUID, so the value is always one.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Middleware of the routes below the gate: hands the fresh cookie out with the answer.
pub async fn renew_pass(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let renewed = response.request().extensions_mut().remove::<RenewedPass>();
    if let Some(RenewedPass(cookie)) = renewed
        && let Ok(value) = HeaderValue::from_str(&cookie)
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Whether the visitor is in already, so that no password needs to be asked for or counted.
pub fn is_admitted(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    now: OffsetDateTime,
) -> bool {
    let passes = pass_cookie::read_passes(state, request);
    matches!(
        access::decide(share, &passes, now),
        Access::Open | Access::ByPass(_)
    )
}
