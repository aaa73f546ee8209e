//! Counts what happened to a share in frames, by the site around them; and adds such a site to a share's list.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;

use super::StoreError;
use crate::shares::embed_health::{EmbedHealth, Late, MOST_SITES, PERIOD, SiteHealth, may_embed};
use crate::shares::embed_origins::{EmbedOrigins, Origin};
use crate::shares::event::BrowserFamily;
use crate::shares::share::Share;

/// Reads the index `share_event_framed` alone. Many events are few kinds of them, so they are counted by kind first; and
/// only tokens with a wrong time are sorted for their percentiles, for one that was kept for a day says nothing of a
/// clock.
const BY_SITE: &str = "
    with counted as (
      select embed_origin, kind, code, browser, count(*) as events, max(at) as last_at
      from share_event
      where framed and share_id = $1 and at > $2
      group by embed_origin, kind, code, browser
    ), clocks as (
      select embed_origin,
        percentile_disc(0.1) within group (order by clock_difference_seconds) filter (where code = 'expired') as late_low,
        percentile_disc(0.5) within group (order by clock_difference_seconds) filter (where code = 'expired') as late_middle,
        percentile_disc(0.9) within group (order by clock_difference_seconds) filter (where code = 'expired') as late_high,
        percentile_disc(0.5) within group (order by clock_difference_seconds)
          filter (where code = 'not_yet_valid') as early_middle
      from share_event
      where framed and share_id = $1 and at > $2 and kind = 'token_refused' and code in ('expired', 'not_yet_valid')
      group by embed_origin
    ), sites as (
      select embed_origin,
        sum(events) filter (where kind in ('password_accepted', 'token_accepted')) as unlocks,
        sum(events) filter (where kind = 'token_accepted') as tokens_accepted,
        sum(events) filter (where kind = 'cookie_kept') as cookies_kept,
        sum(events) filter (where kind = 'cookie_refused' and browser = 'chrome') as refused_by_chrome,
        sum(events) filter (where kind = 'cookie_refused' and browser = 'edge') as refused_by_edge,
        sum(events) filter (where kind = 'cookie_refused' and browser = 'firefox') as refused_by_firefox,
        sum(events) filter (where kind = 'cookie_refused' and browser = 'safari') as refused_by_safari,
        sum(events) filter (where kind = 'cookie_refused' and browser = 'other') as refused_by_other,
        sum(events) filter (where kind = 'cookieless_pass') as cookieless_passes,
        sum(events) filter (where kind = 'frame_blocked' and code <> 'outer_frame') as blocked,
        sum(events) filter (where kind = 'frame_blocked' and code = 'outer_frame') as blocked_by_outer_frame,
        sum(events) filter (where kind = 'token_refused' and code = 'expired') as expired,
        sum(events) filter (where kind = 'token_refused' and code = 'not_yet_valid') as too_early,
        sum(events) filter (where kind = 'token_refused' and code = 'bad_signature') as bad_signatures,
        sum(events) filter (where kind in ('password_refused', 'password_throttled')
          or kind = 'token_refused' and code not in ('expired', 'not_yet_valid', 'bad_signature')) as other_refusals,
        sum(events) filter (where kind = 'policy_report') as policy_reports,
        max(last_at) filter (where kind in ('cookie_kept', 'cookieless_pass', 'framed_view')) as last_good_load,
        max(last_at) as last_event
      from counted
      group by embed_origin
      order by last_good_load desc nulls last, last_event desc
      limit $3
    )
    select sites.embed_origin,
      coalesce(unlocks, 0)::bigint as unlocks, coalesce(tokens_accepted, 0)::bigint as tokens_accepted,
      coalesce(cookies_kept, 0)::bigint as cookies_kept,
      coalesce(refused_by_chrome, 0)::bigint as refused_by_chrome,
      coalesce(refused_by_edge, 0)::bigint as refused_by_edge,
      coalesce(refused_by_firefox, 0)::bigint as refused_by_firefox,
      coalesce(refused_by_safari, 0)::bigint as refused_by_safari,
      coalesce(refused_by_other, 0)::bigint as refused_by_other,
      coalesce(cookieless_passes, 0)::bigint as cookieless_passes, coalesce(blocked, 0)::bigint as blocked,
      coalesce(blocked_by_outer_frame, 0)::bigint as blocked_by_outer_frame,
      coalesce(expired, 0)::bigint as expired, coalesce(too_early, 0)::bigint as too_early,
      coalesce(bad_signatures, 0)::bigint as bad_signatures,
      coalesce(other_refusals, 0)::bigint as other_refusals,
      coalesce(policy_reports, 0)::bigint as policy_reports,
      late_low, late_middle, late_high, early_middle, last_good_load, last_event
    from sites left join clocks on clocks.embed_origin is not distinct from sites.embed_origin
    order by last_good_load desc nulls last, last_event desc";

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(sql_type = Nullable<Text>)]
    embed_origin: Option<String>,
    #[diesel(sql_type = BigInt)]
    unlocks: i64,
    #[diesel(sql_type = BigInt)]
    tokens_accepted: i64,
    #[diesel(sql_type = BigInt)]
    cookies_kept: i64,
    #[diesel(sql_type = BigInt)]
    refused_by_chrome: i64,
    #[diesel(sql_type = BigInt)]
    refused_by_edge: i64,
    #[diesel(sql_type = BigInt)]
    refused_by_firefox: i64,
    #[diesel(sql_type = BigInt)]
    refused_by_safari: i64,
    #[diesel(sql_type = BigInt)]
    refused_by_other: i64,
    #[diesel(sql_type = BigInt)]
    cookieless_passes: i64,
    #[diesel(sql_type = BigInt)]
    blocked: i64,
    #[diesel(sql_type = BigInt)]
    blocked_by_outer_frame: i64,
    #[diesel(sql_type = BigInt)]
    expired: i64,
    #[diesel(sql_type = BigInt)]
    too_early: i64,
    #[diesel(sql_type = BigInt)]
    bad_signatures: i64,
    #[diesel(sql_type = BigInt)]
    other_refusals: i64,
    #[diesel(sql_type = BigInt)]
    policy_reports: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    late_low: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    late_middle: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    late_high: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    early_middle: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_good_load: Option<OffsetDateTime>,
    #[diesel(sql_type = Timestamptz)]
    last_event: OffsetDateTime,
}

/// What happened to a share in frames until `now`.
pub fn embed_health(
    db: &mut PgConnection,
    share: &Share,
    now: OffsetDateTime,
) -> Result<EmbedHealth, StoreError> {
    let one_more = i64::try_from(MOST_SITES)
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    let rows: Vec<SiteRow> = diesel::sql_query(BY_SITE)
        .bind::<SqlUuid, _>(share.id.uuid())
        .bind::<Timestamptz, _>(now - PERIOD)
        .bind::<BigInt, _>(one_more)
        .load(db)?;
    let has_more = rows.len() > MOST_SITES;
    let sites = rows
        .into_iter()
        .take(MOST_SITES)
        .map(|row| row.judge(&share.embed_origins));
    Ok(EmbedHealth {
        sites: sites.collect(),
        has_more,
    })
}

impl SiteRow {
    fn judge(self, listed: &EmbedOrigins) -> SiteHealth {
        let late = Late {
            count: self.expired,
            low: self.late_low.unwrap_or_default(),
            middle: self.late_middle.unwrap_or_default(),
            high: self.late_high.unwrap_or_default(),
        };
        let late_by_clock = late.by_the_clock(self.tokens_accepted);
        let refused = [
            (BrowserFamily::Chrome, self.refused_by_chrome),
            (BrowserFamily::Edge, self.refused_by_edge),
            (BrowserFamily::Firefox, self.refused_by_firefox),
            (BrowserFamily::Safari, self.refused_by_safari),
            (BrowserFamily::Other, self.refused_by_other),
        ];
        let site = self
            .embed_origin
            .as_deref()
            .and_then(|site| Origin::parse(site).ok());
        let is_allowed = site.as_ref().is_some_and(|site| may_embed(listed, site));
        SiteHealth {
            site,
            is_allowed,
            unlocks: self.unlocks,
            cookies_kept: self.cookies_kept,
            cookies_refused: refused
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .collect(),
            cookieless_passes: self.cookieless_passes,
            blocked: if is_allowed { 0 } else { self.blocked },
            blocked_by_outer_frame: self.blocked_by_outer_frame,
            expired: if late_by_clock { 0 } else { self.expired },
            skewed: self.too_early + if late_by_clock { self.expired } else { 0 },
            clock_difference_seconds: self.early_middle.or(late_by_clock.then_some(late.middle)),
            bad_signatures: self.bad_signatures,
            other_refusals: self.other_refusals,
            policy_reports: self.policy_reports,
            last_good_load: self.last_good_load,
            last_event: self.last_event,
        }
    }
}
