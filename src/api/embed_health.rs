//! How a share fares in other sites' pages: the numbers of the admin page's panel.

use actix_web::web;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::bearer::ReadToken;
use super::refusals::{Guarded, Named};
use super::shares::share_id;
use crate::clock;
use crate::shares::embed_health::{PERIOD, SiteHealth};
use crate::shares::event::BrowserFamily;
use crate::shares::store;
use crate::shares::store::embed_health::embed_health;
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

/// The last 30 days of a share in frames.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmbedHealth {
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
    /// At most 50: the ones that work first, then those that were there last.
    sites: Vec<EmbedSite>,
    /// There are more. Anybody can pretend to be a site.
    has_more_sites: bool,
}

/// What happened in frames of one site.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EmbedSite {
    /// Null for all the sites that browsers do not name.
    #[schema(required = true)]
    origin: Option<String>,
    /// Whether the share's `embedOrigins` have it now.
    allowed: bool,
    /// By the password or by a token.
    unlocks: i64,
    cookies_kept: i64,
    cookies_refused: ByBrowser,
    cookieless_passes: i64,
    /// Frames that browsers did not show because the site is not in `embedOrigins`. 0 for a site that is there by now.
    frames_blocked: i64,
    /// Frames that browsers did not show though the site was in `embedOrigins`: its page stood in a frame of a site that
    /// is not.
    frames_blocked_by_outer_frame: i64,
    expired: i64,
    /// Tokens whose times suggest a wrong clock.
    skewed: i64,
    /// How far that clock seems to be ahead of ours.
    #[schema(required = true)]
    clock_difference_seconds: Option<i64>,
    bad_signatures: i64,
    other_refusals: i64,
    /// Other reports of browsers that a page broke its Content-Security-Policy.
    policy_reports: i64,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    last_good_load_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    last_event_at: OffsetDateTime,
}

/// A number for each family of browsers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ByBrowser {
    chrome: i64,
    edge: i64,
    firefox: i64,
    /// Every browser on iOS.
    safari: i64,
    other: i64,
}

impl From<SiteHealth> for EmbedSite {
    fn from(health: SiteHealth) -> Self {
        let refused = |family: BrowserFamily| {
            let mut counts = health.cookies_refused.iter();
            let found = counts.find(|(other, _)| *other == family);
            found.map_or(0, |(_, count)| *count)
        };
        Self {
            cookies_refused: ByBrowser {
                chrome: refused(BrowserFamily::Chrome),
                edge: refused(BrowserFamily::Edge),
                firefox: refused(BrowserFamily::Firefox),
                safari: refused(BrowserFamily::Safari),
                other: refused(BrowserFamily::Other),
            },
            origin: health.site.map(|site| site.as_str().to_owned()),
            allowed: health.is_allowed,
            unlocks: health.unlocks,
            cookies_kept: health.cookies_kept,
            cookieless_passes: health.cookieless_passes,
            frames_blocked: health.blocked,
            frames_blocked_by_outer_frame: health.blocked_by_outer_frame,
            expired: health.expired,
            skewed: health.skewed,
            clock_difference_seconds: health.clock_difference_seconds,
            bad_signatures: health.bad_signatures,
            other_refusals: health.other_refusals,
            policy_reports: health.policy_reports,
            last_good_load_at: health.last_good_load,
            last_event_at: health.last_event,
        }
    }
}

/// Read how a share fares in other sites' pages
#[utoipa::path(
    get,
    path = "/api/v1/shares/{id}/embed-health",
    tag = "Shares",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "Numbers by the site around the frame.", body = EmbedHealth),
        Named, Guarded
    )
)]
pub async fn read_embed_health(
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<EmbedHealth>, ApiError> {
    let id = share_id(&path)?;
    let now = clock::now();
    let health = state.db.run(move |db| {
        let share = store::find_share(db, id)?.ok_or(Failure::NotFound)?;
        Ok::<_, Failure>(embed_health(db, &share, now)?)
    });
    let health = health.await?;
    Ok(web::Json(EmbedHealth {
        since: now - PERIOD,
        sites: health.sites.into_iter().map(EmbedSite::from).collect(),
        has_more_sites: health.has_more,
    }))
}
