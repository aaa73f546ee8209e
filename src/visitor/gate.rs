//! The gate in front of every page, file and search of a share. A handler below it takes [`Unlocked`], which nothing
//! else can make: a handler cannot forget the gate.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, web};
use time::OffsetDateTime;
use uuid::Uuid;

use super::frames::record_blocked;
use super::query::Query;
use super::unlock::{TokenAsk, answer_token, token_needed};
use super::views::password::{Notice, PasswordPage};
use super::{cookieless, pass_cookie, probe, signed_files};
use crate::clock;
use crate::pages::scope::ContentScope;
use crate::shares::access::{self, Access};
use crate::shares::pass::{Pass, PassContext};
use crate::shares::share::{Share, ShareId, WrittenShareId};
use crate::web::error::{Failure, PageError, Stopped};
use crate::web::fetch_metadata::destination;
use crate::web::frame_status::{FrameState, FrameStatus};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::scope::content_scope;
use crate::web::share_cache::KnownShare;
use crate::web::state::AppState;

/// Proof that this visitor may read this share now.
pub struct Unlocked {
    known: Arc<KnownShare>,
    way: Way,
}

/// What let the visitor through.
enum Way {
    /// The share is open to all.
    Open,
    Cookie(Pass),
    /// The key in the path, as it stands there, and the pass behind it.
    Key(String, Pass),
    /// The signature in the address of a file.
    Signature,
}

impl Unlocked {
    /// By the key in the path; see `cookieless`.
    pub(super) fn by_key(known: Arc<KnownShare>, key: String, pass: Pass) -> Self {
        Self {
            known,
            way: Way::Key(key, pass),
        }
    }

    /// A file by its signed address; see `signed_files`.
    pub(super) fn by_signature(known: Arc<KnownShare>) -> Self {
        Self {
            known,
            way: Way::Signature,
        }
    }

    pub fn known(&self) -> &Arc<KnownShare> {
        &self.known
    }

    pub fn share(&self) -> &Share {
        &self.known.share
    }

    pub fn content_revision(&self) -> i64 {
        self.known.content_revision
    }

    /// What this visitor may read.
    pub fn scope(&self) -> ContentScope {
        content_scope(self.share(), self.known.source)
    }

    /// The content comes from a site that is asked again and again.
    pub fn is_live(&self) -> bool {
        self.known.source.is_live()
    }

    /// The visitor's pass, which can be given back.
    pub fn pass(&self) -> Option<&Pass> {
        match &self.way {
            Way::Cookie(pass) | Way::Key(_, pass) => Some(pass),
            Way::Open | Way::Signature => None,
        }
    }

    /// Of a visitor without cookies, who goes on by it.
    pub fn key(&self) -> Option<&str> {
        match &self.way {
            Way::Key(key, _) => Some(key),
            _ => None,
        }
    }

    /// What the addresses of this visitor's pages begin with.
    pub fn base_path(&self) -> String {
        let base = base_path(self.share().id);
        match self.key() {
            Some(key) => format!("/e/{key}{base}"),
            None => base,
        }
    }

    pub fn shell(&self) -> Shell {
        self.known.shell.clone()
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
pub(super) enum Refusal {
    Failure(PageError),
    Answer(HttpResponse),
}

impl Refusal {
    /// Framed as the share's pages are, so that a frame shows what is wrong.
    pub(super) fn of(share: &Share, failure: Failure) -> Self {
        let shell = Shell::of(share);
        Self::Failure(PageError { failure, shell })
    }

    fn answer(share: &Share, answer: Result<HttpResponse, Failure>) -> Self {
        answer.map_or_else(|failure| Self::of(share, failure), Self::Answer)
    }
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

/// A pass that was used with this request; `aftermath` tells the browser of it.
pub(super) struct UsedPass {
    /// Its life as it is now, in Unix seconds.
    pub expires: i64,
    pub context: PassContext,
    /// A fresh cookie, if it has aged.
    pub cookie: Option<String>,
}

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
    record_blocked(&state, request, &known.share, now);
    let query = Query::take_apart(request.query_string());
    if let Some(key) = request.match_info().get("key") {
        return cookieless::pass_gate(&state, request, known, key, &query, now).await;
    }
    let share = &known.share;
    let passes = pass_cookie::read_passes(&state, request);
    let access = access::decide(share, &passes, destination(request), now);
    let clean = query.clean(request.path());
    if let Some(token) = &query.token {
        let ask = TokenAsk {
            share,
            access: &access,
            token,
            clean: &clean,
        };
        let answer = answer_token(&state, request, ask, now);
        return Err(Refusal::answer(share, answer));
    }
    if let Some(ticket) = &query.probe {
        let answer = probe::answer(&state, request, share, &access, ticket, &clean, now);
        return Err(Refusal::answer(share, answer.await));
    }
    let way = match access {
        Access::Open => Way::Open,
        Access::ByPass(pass) => Way::Cookie(use_pass(&state, request, share, pass, now)),
        Access::Locked | Access::TokenNeeded
            if signed_files::opens(&state, request, share, now) =>
        {
            Way::Signature
        }
        Access::Locked => {
            let page = password_page(request, share, StatusCode::UNAUTHORIZED, &clean, None);
            return Err(Refusal::answer(share, page));
        }
        Access::TokenNeeded => {
            return Err(Refusal::answer(share, token_needed(request, share, None)));
        }
        Access::OnlyInItsSites => {
            return Err(Refusal::of(share, Failure::OnlyInItsSites));
        }
        Access::Unavailable(availability) => {
            return Err(Refusal::of(share, Failure::Unavailable(availability)));
        }
    };
    Ok(Unlocked { known, way })
}

/// The pass of a cookie as it is after this visit.
fn use_pass(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    pass: Pass,
    now: OffsetDateTime,
) -> Pass {
    let fresh = pass.wants_renewal(now).then(|| pass.renew(share, now));
    let cookie = fresh.map(|fresh| pass_cookie::carry(state, request, share, &fresh));
    let pass = fresh.unwrap_or(pass);
    request.extensions_mut().insert(UsedPass {
        expires: pass.expires,
        context: pass.context,
        cookie,
    });
    pass
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
    let below = cookieless::clean_path(request.uri().path())
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
        frame: FrameStatus::of(request, &shell, FrameState::Locked(code)),
        share_name: None,
        session_url: format!("{}/session", base_path(share.id)),
        next: next.to_owned(),
        notice,
    };
    let mut response = page::html(status, &shell, &form)?;
    if status == StatusCode::UNAUTHORIZED {
        challenge(&mut response);
    }
    Ok(response)
}

/// RFC 9110 wants a challenge with a 401; browsers pass over a scheme they do not know.
pub fn challenge(response: &mut HttpResponse) {
    let scheme = HeaderValue::from_static("Vestibule");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, scheme);
}

pub fn append_cookie(response: &mut HttpResponse, cookie: &str) {
    // A cookie holds base64url and a UUID, so the value is always one.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// What the visitor may do without a password: whoever is in already needs none, and none helps at the wrong place.
pub fn access_of(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    now: OffsetDateTime,
) -> Access {
    let passes = pass_cookie::read_passes(state, request);
    access::decide(share, &passes, destination(request), now)
}
