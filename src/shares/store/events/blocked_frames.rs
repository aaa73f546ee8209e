//! A blocked frame is noticed twice: by the request for it, and by the browser's report a moment later. It counts once.

use std::collections::HashSet;

use diesel::prelude::*;
use time::Duration;
use uuid::Uuid;

use super::row::EventInsert;
use crate::schema::share_event;
use crate::shares::event::Noticed;
use crate::shares::store::StoreError;

/// Longer than browsers keep a report back.
const REPORT_COMES_WITHIN: Duration = Duration::minutes(2);
const KIND: &str = "frame_blocked";

/// Who asked for a frame that is blocked.
type Seen = HashSet<(Uuid, String, Option<String>)>;

/// Leaves out reports of frames whose requests were seen: of the same site in the same family of browsers, or of
/// whatever site if the report names none. Rows stand in the order in which things happened.
pub(super) fn count_once(
    db: &mut PgConnection,
    rows: Vec<EventInsert>,
) -> Result<Vec<EventInsert>, StoreError> {
    if !rows.iter().any(is_report) {
        return Ok(rows);
    }
    let mut seen = seen_lately(db, &rows)?;
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        if is_noticed(&row, Noticed::ByRequest) {
            remember(
                &mut seen,
                row.share_id,
                row.browser,
                row.embed_origin.clone(),
            );
        }
        let key = (
            row.share_id,
            row.browser.to_owned(),
            row.embed_origin.clone(),
        );
        if !(is_report(&row) && seen.contains(&key)) {
            kept.push(row);
        }
    }
    Ok(kept)
}

fn is_report(row: &EventInsert) -> bool {
    is_noticed(row, Noticed::ByReport) || is_noticed(row, Noticed::OuterFrame)
}

fn is_noticed(row: &EventInsert, noticed: Noticed) -> bool {
    row.kind == KIND && row.code == Some(noticed.as_str())
}

fn remember(seen: &mut Seen, share: Uuid, browser: &str, origin: Option<String>) {
    seen.insert((share, browser.to_owned(), None));
    seen.insert((share, browser.to_owned(), origin));
}

fn seen_lately(db: &mut PgConnection, rows: &[EventInsert]) -> Result<Seen, StoreError> {
    let reports = || rows.iter().filter(|row| is_report(row));
    let shares: Vec<Uuid> = reports().map(|row| row.share_id).collect();
    let mut seen = Seen::new();
    let Some(first) = reports().map(|row| row.at).min() else {
        return Ok(seen);
    };
    let asked: Vec<(Uuid, Option<String>, Option<String>)> = share_event::table
        .filter(share_event::share_id.eq_any(shares))
        .filter(share_event::framed)
        .filter(share_event::at.gt(first - REPORT_COMES_WITHIN))
        .filter(share_event::kind.eq(KIND))
        .filter(share_event::code.eq(Noticed::ByRequest.as_str()))
        .select((
            share_event::share_id,
            share_event::browser,
            share_event::embed_origin,
        ))
        .distinct()
        .load(db)?;
    for (share, browser, origin) in asked {
        remember(&mut seen, share, &browser.unwrap_or_default(), origin);
    }
    Ok(seen)
}
