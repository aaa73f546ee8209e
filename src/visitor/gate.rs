//! The gate in front of every page, file and search of a share.
//!
//! A handler below it takes a [`Gate`], and what it answers
//! needs the [`Unlocked`] that only the gate hands out: a handler cannot forget the gate.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};

use super::admission::{admit, append_cookie};
use super::cookieless::{self, Door};
use super::frames::record_blocked;
use super::locked::{password_page, token_needed};
use super::paths::{base_path, without_key};
use super::query::{Query, with_token};
use super::unlock::{TokenAsk, answer_token};
use super::visit::{Arrival, Visit, arrive};
use super::{pass_cookie, probe, signed_files};
use crate::clock;
use crate::pages::scope::ContentScope;
use crate::shares::access::Access;
use crate::shares::pass::{Pass, PassContext};
use crate::shares::share::Share;
use crate::sharing::content_scope::content_scope;
use crate::web::error::{Failure, PageError};
use crate::web::page;

/// Proof that this visitor may read this share now.
pub struct Unlocked {
    visit: Box<Visit>,
    way: Way,
}

/// What let the visitor through.
enum Way {
    /// The share is open to all.
    Open,
    Cookie {
        pass: Pass,
        /// A fresh cookie, if the pass has aged.
        renewed: Option<String>,
    },
    /// The pass behind the key in the path; see `cookieless`.
    Key(Pass),
    /// The signature in the address of a file; see `signed_files`.
    Signature,
}

impl Unlocked {
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    pub fn share(&self) -> &Share {
        self.visit.share()
    }

    pub fn content_revision(&self) -> i64 {
        self.visit.known.content_revision
    }

    /// What this visitor may read.
    pub fn scope(&self) -> ContentScope {
        content_scope(self.share(), self.visit.known.source)
    }

    /// The content comes from a site that is asked again and again.
    pub fn is_live(&self) -> bool {
        self.visit.known.source.is_live()
    }

    /// The visitor's pass, which can be given back.
    pub fn pass(&self) -> Option<&Pass> {
        match &self.way {
            Way::Cookie { pass, .. } | Way::Key(pass) => Some(pass),
            Way::Open | Way::Signature => None,
        }
    }

    /// Of a visitor without cookies, who goes on by it.
    pub fn key(&self) -> Option<&str> {
        match &self.way {
            Way::Key(_) => self.visit.key(),
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

    /// The same failure, framed as this share's pages are.
    pub fn fail(&self, failure: impl Into<Failure>) -> PageError {
        self.visit.fail(failure)
    }

    /// What goes out with the answer: the renewed pass, and in a frame how long it lasts.
    fn carry_pass(&self, response: &mut HttpResponse) {
        if let Way::Cookie {
            renewed: Some(cookie),
            ..
        } = &self.way
        {
            append_cookie(response, cookie);
        }
        if let Some(pass) = self.pass()
            && pass.context == PassContext::Framed
        {
            tell_time_left(pass, response.headers_mut());
        }
    }
}

/// A page's script can read this of its own document, and nothing that differs by visitor stands in the page itself, which
/// is kept in memory for all of them.
fn tell_time_left(pass: &Pass, headers: &mut HeaderMap) {
    let left = (pass.expires - clock::now().unix_timestamp()).max(0);
    if let Ok(value) = HeaderValue::from_str(&format!("pass;dur={}", left * 1000)) {
        headers.insert(HeaderName::from_static("server-timing"), value);
    }
}

/// What the gate says to a request.
pub enum Gate {
    LetIn(Unlocked),
    /// Something else than what was asked for: a redirect, the password page.
    Answer(HttpResponse),
}

impl Gate {
    /// Has the request answered, if the gate lets it in.
    pub async fn answer(
        self,
        answer: impl AsyncFnOnce(&Unlocked) -> Result<HttpResponse, PageError>,
    ) -> Result<HttpResponse, PageError> {
        match self {
            Self::LetIn(unlocked) => {
                let mut response = answer(&unlocked).await?;
                unlocked.carry_pass(&mut response);
                Ok(response)
            }
            Self::Answer(response) => Ok(response),
        }
    }
}

impl FromRequest for Gate {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match arrive(&request).await? {
                Arrival::Here(visit) => Ok(pass_gate(visit).await?),
                Arrival::OtherSpelling(redirect) => Ok(Self::Answer(redirect)),
                Arrival::Nowhere => Err(PageError::from(Failure::NotFound).into()),
            }
        })
    }
}

/// What the visitor gets: the only place that makes an [`Unlocked`].
pub(super) async fn pass_gate(visit: Box<Visit>) -> Result<Gate, PageError> {
    record_blocked(&visit);
    let query = Query::take_apart(visit.request.query_string());
    let passage = if visit.key().is_none() {
        by_cookie(&visit, &query).await
    } else if visit.request.path().starts_with("/e/") {
        by_key(&visit, &query).await
    } else {
        // An escaped way to write `/e/` would miss everything that looks for it.
        return Err(Failure::NotFound.into());
    };
    match passage.map_err(|failure| visit.fail(failure))? {
        Passage::By(way) => Ok(Gate::LetIn(Unlocked { visit, way })),
        Passage::Answer(response) => Ok(Gate::Answer(response)),
    }
}

enum Passage {
    By(Way),
    Answer(HttpResponse),
}

/// At addresses without a key, where a share may be open to all as well.
async fn by_cookie(visit: &Visit, query: &Query) -> Result<Passage, Failure> {
    let access = pass_cookie::access(visit);
    let clean = query.clean(visit.request.path());
    if let Some(token) = &query.token {
        let ask = TokenAsk {
            access: &access,
            token,
            clean: &clean,
        };
        return Ok(Passage::Answer(answer_token(visit, ask)?));
    }
    if let Some(ticket) = &query.probe {
        let answer = probe::answer(visit, &access, ticket, &clean).await;
        return Ok(Passage::Answer(answer?));
    }
    match access {
        Access::Open => Ok(Passage::By(Way::Open)),
        Access::ByPass(pass) => Ok(Passage::By(by_pass(visit, pass))),
        Access::Locked | Access::TokenNeeded if signed_files::opens(visit) => {
            Ok(Passage::By(Way::Signature))
        }
        Access::Locked => {
            password_page(visit, StatusCode::UNAUTHORIZED, &clean, None).map(Passage::Answer)
        }
        Access::TokenNeeded => token_needed(visit, None).map(Passage::Answer),
        Access::OnlyInItsSites => Err(Failure::OnlyInItsSites),
        Access::Unavailable(availability) => Err(Failure::Unavailable(availability)),
    }
}

/// With the pass of a cookie as it is after this visit.
fn by_pass(visit: &Visit, pass: Pass) -> Way {
    let fresh = pass
        .wants_renewal(visit.now)
        .then(|| pass.renew(visit.share(), visit.now));
    Way::Cookie {
        renewed: fresh.map(|fresh| pass_cookie::carry(visit, &fresh)),
        pass: fresh.unwrap_or(pass),
    }
}

async fn by_key(visit: &Visit, query: &Query) -> Result<Passage, Failure> {
    let clean = query.clean(without_key(visit.request.path()));
    if let Some(token) = &query.token {
        return Ok(Passage::Answer(page::see_other(&with_token(&clean, token))));
    }
    Ok(match cookieless::open(visit).await? {
        Some((Door::Framed, pass)) => Passage::By(Way::Key(pass)),
        Some((Door::OwnTab, pass)) => Passage::Answer(admit(visit, &pass, &clean)),
        None if signed_files::opens(visit) => Passage::By(Way::Signature),
        None => Passage::Answer(page::see_other(&clean)),
    })
}
