//! That somebody was shown an unlock secret: one event for an actor, a share and an hour, however often the page is opened.

use std::collections::HashSet;

use diesel::prelude::*;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::record::record;
use crate::audit::actor::Actor;
use crate::audit::event::{Event, EventKind, Subject};
use crate::db::DbError;
use crate::schema::audit_showing;

/// Records that the actor is shown the unlock secrets of these shares, but for those that stand in the record for this hour
/// already. A transaction of its own; where nothing is new, one statement.
pub fn record_shown(
    db: &mut PgConnection,
    actor: &Actor,
    shares: &[Subject],
    now: OffsetDateTime,
) -> Result<(), DbError> {
    if shares.is_empty() {
        return Ok(());
    }
    let (hour, key) = (hour_of(now), key_of(actor));
    let mut ids: Vec<Uuid> = shares.iter().filter_map(|share| share.id).collect();
    // In one order everywhere, so that two lists at once never wait for each other.
    ids.sort_unstable();
    let showings: Vec<_> = ids
        .iter()
        .map(|id| {
            (
                audit_showing::hour.eq(hour),
                audit_showing::actor.eq(&key),
                audit_showing::share_id.eq(*id),
            )
        })
        .collect();
    db.transaction(|db| {
        let first: HashSet<Uuid> = diesel::insert_into(audit_showing::table)
            .values(showings)
            .on_conflict_do_nothing()
            .returning(audit_showing::share_id)
            .get_results(db)?
            .into_iter()
            .collect();
        let is_first = |share: &&Subject| share.id.is_some_and(|id| first.contains(&id));
        for share in shares.iter().filter(is_first) {
            let event = Event {
                kind: EventKind::UnlockSecretShown,
                subject: share.clone(),
                changes: Vec::new(),
            };
            record(db, actor, &event, now)?;
        }
        Ok(())
    })
}

/// Forgets which showings of past hours were recorded; the record keeps them.
pub fn forget_showings(db: &mut PgConnection, now: OffsetDateTime) -> Result<(), DbError> {
    diesel::delete(
        audit_showing::table.filter(audit_showing::hour.lt(hour_of(now) - Duration::HOUR)),
    )
    .execute(db)?;
    Ok(())
}

/// When the hour began.
pub(super) fn hour_of(now: OffsetDateTime) -> OffsetDateTime {
    let seconds = now.unix_timestamp();
    let begun = seconds - seconds.rem_euclid(3600);
    OffsetDateTime::from_unix_timestamp(begun).unwrap_or(now)
}

/// Names stand in a table that forgets people, and only there.
fn key_of(actor: &Actor) -> String {
    let kind = actor.kind.as_str();
    match actor.id {
        Some(id) => format!("{kind} {id}"),
        None => format!("{kind} {}", hex::encode(Sha256::digest(&actor.name))),
    }
}
