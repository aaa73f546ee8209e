//! One request for something of a share, read once: which share it names, where the answer will be shown, who frames it,
//! and when it came. Whether the visitor may read the share is the subject of `gate`.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, web};
use time::OffsetDateTime;
use uuid::Uuid;

use super::embedder;
use super::paths::{base_path, without_key};
use crate::clock;
use crate::shares::access::Destination;
use crate::shares::event::{Embedder, Event, Visitor};
use crate::shares::share::{Share, ShareId, WrittenShareId};
use crate::web::client::client_address;
use crate::web::error::{Failure, PageError};
use crate::web::fetch_metadata::{destination, is_same_origin};
use crate::web::frame_status::{FrameState, FrameStatus};
use crate::web::headers::Shell;
use crate::web::message::Context;
use crate::web::page;
use crate::web::request::is_trustworthy;
use crate::web::share_cache::CachedShare;
use crate::web::state::AppState;

/// What a request for something of a share says, in or out.
#[derive(Clone)]
pub struct Visit {
    pub state: web::Data<AppState>,
    pub request: HttpRequest,
    pub known: Arc<CachedShare>,
    pub destination: Destination,
    /// A page of ours asks, and not inside a sandbox that made it a stranger.
    pub is_same_origin: bool,
    /// Browsers accept `Secure` cookies from us here.
    pub secure: bool,
    pub embedder: Embedder,
    /// Another site's page has put this request into a frame, and not a page of ours that stands there already.
    pub is_put_in_a_frame: bool,
    pub now: OffsetDateTime,
}

impl Visit {
    fn of(state: web::Data<AppState>, request: &HttpRequest, known: Arc<CachedShare>) -> Self {
        let destination = destination(request);
        Self {
            request: request.clone(),
            destination,
            is_same_origin: is_same_origin(request),
            secure: is_trustworthy(&state, request),
            embedder: embedder::embedder(request, destination, &known.share.embed_origins),
            is_put_in_a_frame: embedder::is_put_in_a_frame(request, destination),
            now: clock::now(),
            known,
            state,
        }
    }

    pub fn share(&self) -> &Share {
        &self.known.share
    }

    /// The key in the path of a visitor without cookies, as it stands there.
    pub fn key(&self) -> Option<&str> {
        self.request.match_info().get("key")
    }

    /// The address that guesses are counted by.
    pub fn client(&self) -> IpAddr {
        client_address(&self.request, &self.state.settings.trusted_proxies)
    }

    /// Who asks, as far as the browser says it: for the share's admin, it lets nobody in.
    pub fn visitor(&self) -> Visitor {
        Visitor {
            embedder: self.embedder.clone(),
            browser: embedder::browser(&self.request),
        }
    }

    /// Records what happened at the share's door.
    pub fn record(&self, event: Event) {
        let (share, visitor) = (self.share().id, self.visitor());
        self.state.events.record(share, event, visitor, self.now);
    }

    pub fn context(&self) -> Context {
        Context::of(self.destination)
    }

    /// What a page tells the site around its frame.
    pub fn frame_status(&self, state: FrameState) -> Option<FrameStatus> {
        FrameStatus::of(self.destination, &self.shell(), state)
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

/// What became of the share's id in the path.
pub enum Arrival {
    Here(Box<Visit>),
    /// The id is written in another way than ours: the redirect to the canonical address.
    OtherSpelling(HttpResponse),
    /// There is no such share, or it is no id at all.
    Nowhere,
}

impl Arrival {
    /// Has the visit answered, if there is a share to visit.
    pub async fn answer(
        self,
        answer: impl AsyncFnOnce(Box<Visit>) -> Result<HttpResponse, PageError>,
    ) -> Result<HttpResponse, PageError> {
        match self {
            Self::Here(visit) => answer(visit).await,
            Self::OtherSpelling(redirect) => Ok(redirect),
            Self::Nowhere => Err(Failure::NotFound.into()),
        }
    }
}

impl FromRequest for Arrival {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(arrive(&request).await?) })
    }
}

pub(super) async fn arrive(request: &HttpRequest) -> Result<Arrival, PageError> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let state =
        state.ok_or_else(|| Failure::Internal("the application has no state".to_owned()))?;
    let written = request.match_info().get("share").unwrap_or_default();
    let id = match ShareId::parse(written) {
        Some(WrittenShareId::Canonical(id)) => id,
        Some(WrittenShareId::OtherSpelling(id)) => {
            return Ok(Arrival::OtherSpelling(redirect_to_canonical(request, id)));
        }
        // Asked for all the same, so that a malformed id takes as long as an unknown one.
        None => Uuid::nil().into(),
    };
    Ok(match state.shares.find(id).await? {
        Some(known) => Arrival::Here(Box::new(Visit::of(state, request, known))),
        None => Arrival::Nowhere,
    })
}

fn redirect_to_canonical(request: &HttpRequest, id: ShareId) -> HttpResponse {
    let below = without_key(request.uri().path())
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
