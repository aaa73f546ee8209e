//! `POST /content/{share}/reports`: what browsers report of pages of a share.
//!
//! Above all that they do not show them in a frame. Nothing is kept of a report but the directive, the site around the frame and the family of the browser.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use time::OffsetDateTime;
use uuid::Uuid;

use super::csp_report::{self, CspReport};
use super::embedder::{browser, other_site, referring_site};
use crate::clock;
use crate::shares::embed_health::may_embed;
use crate::shares::embed_origins::{EmbedOrigins, Origin};
use crate::shares::event::{Embedder, Event, Noticed, Visitor};
use crate::shares::share::{Share, ShareId, WrittenShareId};
use crate::web::state::AppState;

/// The answer is the same for every share and every body, also for those that are none.
pub async fn receive(
    state: web::Data<AppState>,
    request: HttpRequest,
    path: web::Path<String>,
    body: Result<web::Bytes, Error>,
) -> HttpResponse {
    let reports = read(&request, &body.unwrap_or_default());
    let known = state.shares.find(share_id(&path)).await;
    if let Ok(Some(known)) = known {
        let now = clock::now();
        for report in &reports {
            record(&state, &request, &known.share, report, now);
        }
    }
    let mut answer = HttpResponse::new(StatusCode::NO_CONTENT);
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn read(request: &HttpRequest, body: &[u8]) -> Vec<CspReport> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    csp_report::read(media_type.unwrap_or_default(), body)
}

/// Asked for all the same when it is none, so that it takes as long.
fn share_id(written: &str) -> ShareId {
    match ShareId::parse(written) {
        Some(WrittenShareId::Canonical(id) | WrittenShareId::OtherSpelling(id)) => id,
        None => Uuid::nil().into(),
    }
}

fn record(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    report: &CspReport,
    now: OffsetDateTime,
) {
    let listed = &share.embed_origins;
    let (event, embedder) = if report.directive == "frame-ancestors" {
        let site = blocked_site(request, report);
        let is_listed = site.as_ref().is_some_and(|site| may_embed(listed, site));
        let noticed = if is_listed {
            Noticed::OuterFrame
        } else {
            Noticed::ByReport
        };
        let embedder = site.map_or(Embedder::Unknown, Embedder::Site);
        (Event::FrameBlocked(noticed), embedder)
    } else {
        let directive = report.directive;
        let event = Event::PolicyReport { directive };
        (event, listed_site(request, listed, report))
    };
    let visitor = Visitor {
        embedder,
        browser: browser(request),
    };
    state.events.record_report(share.id, event, visitor, now);
}

/// Chromium reports from the blocking site, so the request's `Referer` names it, however many frames there are. Firefox
/// reports from us, and names the page that it came from: the one right around the frame.
fn blocked_site(request: &HttpRequest, report: &CspReport) -> Option<Origin> {
    let from = request.headers().get("sec-fetch-site");
    if from.is_some_and(|from| from != "same-origin") {
        referring_site(request)
    } else {
        other_site(request, &report.referrer)
    }
}

/// A page can come from another site also outside a frame, so only a site that may show it counts as the one around it.
fn listed_site(request: &HttpRequest, listed: &EmbedOrigins, report: &CspReport) -> Embedder {
    match (listed, other_site(request, &report.referrer)) {
        (EmbedOrigins::Listed(_), Some(site)) if may_embed(listed, &site) => Embedder::Site(site),
        _ => Embedder::Nobody,
    }
}
