//! Queries on the events of shares.

mod blocked_frames;
mod row;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use time::OffsetDateTime;
use uuid::Uuid;

use self::row::EventInsert;
use super::StoreError;
use crate::schema::{share_event, shared_page};
use crate::shares::event::{Event, NewEvent, StoredEvent};
use crate::shares::share::ShareId;
use crate::shares::unlock_token::SigningKey;

/// Rows per share and minute; a client that hammers must not fill the table.
const REFUSALS_PER_MINUTE: i64 = 120;
const WAYS_IN_PER_MINUTE: i64 = 6_000;
/// Of what anybody can say without a token or a password.
pub const HEARSAY_PER_MINUTE: u32 = 30;

/// Rows that a share may get in a minute, by kind.
fn limit(kind: &str) -> i64 {
    match kind {
        "password_accepted" | "token_accepted" | "cookie_kept" | "cookieless_pass" => {
            WAYS_IN_PER_MINUTE
        }
        "framed_view" | "frame_blocked" | "policy_report" => HEARSAY_PER_MINUTE.into(),
        _ => REFUSALS_PER_MINUTE,
    }
}

/// Records events, as far as each share's rows of the last minute allow. Events of a share that is gone are dropped.
pub fn record_events(db: &mut PgConnection, events: &[NewEvent]) -> Result<(), StoreError> {
    let rows = events.iter().map(EventInsert::from).collect();
    let rows = blocked_frames::count_once(db, rows)?;
    let rows = within_limits(db, rows)?;
    match diesel::insert_into(share_event::table)
        .values(&rows)
        .execute(db)
    {
        Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
            insert_one_by_one(db, &rows)?;
        }
        inserted => {
            inserted?;
        }
    }
    record_previous_secrets(db, events)
}

/// A share was deleted meanwhile: the others' events count all the same.
fn insert_one_by_one(db: &mut PgConnection, rows: &[EventInsert]) -> Result<(), StoreError> {
    for row in rows {
        match diesel::insert_into(share_event::table)
            .values(row)
            .execute(db)
        {
            Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {}
            inserted => {
                inserted?;
            }
        }
    }
    Ok(())
}

fn within_limits(
    db: &mut PgConnection,
    rows: Vec<EventInsert>,
) -> Result<Vec<EventInsert>, StoreError> {
    let mut shares: Vec<Uuid> = rows.iter().map(|row| row.share_id).collect();
    shares.sort_unstable();
    shares.dedup();
    let Some(latest) = rows.iter().map(|row| row.at).max() else {
        return Ok(Vec::new());
    };
    let recent: Vec<(Uuid, String, i64)> = share_event::table
        .filter(share_event::share_id.eq_any(&shares))
        .filter(share_event::at.gt(latest - time::Duration::MINUTE))
        .group_by((share_event::share_id, share_event::kind))
        .select((
            share_event::share_id,
            share_event::kind,
            diesel::dsl::count_star(),
        ))
        .load(db)?;
    let mut counts: HashMap<(Uuid, String), i64> = recent
        .into_iter()
        .map(|(share, kind, count)| ((share, kind), count))
        .collect();
    let rows = rows.into_iter().filter(|row| {
        let count = counts
            .entry((row.share_id, row.kind.to_owned()))
            .or_default();
        *count += 1;
        *count <= limit(row.kind)
    });
    Ok(rows.collect())
}

/// Records that tokens of a previous secret were accepted, so that the admin sees who has not changed over.
fn record_previous_secrets(db: &mut PgConnection, events: &[NewEvent]) -> Result<(), StoreError> {
    let by_previous = |new: &&NewEvent| {
        let Event::TokenAccepted(token) = &new.event else {
            return false;
        };
        matches!(
            token.signed_with,
            SigningKey::Previous | SigningKey::PreviousHexText
        )
    };
    let mut last_use: HashMap<Uuid, OffsetDateTime> = HashMap::new();
    for new in events.iter().filter(by_previous) {
        let at = last_use.entry(new.share.uuid()).or_insert(new.at);
        *at = new.at.max(*at);
    }
    for (share, at) in last_use {
        diesel::update(shared_page::table.find(share))
            .filter(shared_page::previous_unlock_secret.is_not_null())
            .set(shared_page::previous_unlock_secret_used_at.eq(at))
            .execute(db)?;
    }
    Ok(())
}

type EventRow = (
    i64,
    OffsetDateTime,
    String,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    bool,
    Option<String>,
    Option<String>,
);

/// A share's events, newest first, below the id `before`.
pub fn list_events(
    db: &mut PgConnection,
    share: ShareId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows: Vec<EventRow> = share_event::table
        .filter(share_event::share_id.eq(share.uuid()))
        .filter(share_event::id.lt(before.unwrap_or(i64::MAX)))
        .order(share_event::id.desc())
        .limit(limit)
        .select((
            share_event::id,
            share_event::at,
            share_event::kind,
            share_event::code,
            share_event::token_not_before,
            share_event::token_expires,
            share_event::clock_difference_seconds,
            share_event::signing_key,
            share_event::framed,
            share_event::embed_origin,
            share_event::browser,
        ))
        .load(db)?;
    Ok(rows.into_iter().map(stored_event).collect())
}

fn stored_event(row: EventRow) -> StoredEvent {
    let (
        id,
        at,
        kind,
        code,
        token_not_before,
        token_expires,
        clock_difference_seconds,
        signing_key,
        framed,
        embed_origin,
        browser,
    ) = row;
    StoredEvent {
        id,
        at,
        kind,
        code,
        token_not_before,
        token_expires,
        clock_difference_seconds,
        signing_key,
        framed,
        embed_origin,
        browser,
    }
}

/// Removes events older than `before`.
pub fn forget_events(db: &mut PgConnection, before: OffsetDateTime) -> Result<usize, StoreError> {
    Ok(diesel::delete(share_event::table.filter(share_event::at.lt(before))).execute(db)?)
}
