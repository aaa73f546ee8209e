//! That somebody was shown an unlock secret: one event for an actor, a share and an hour, however often the page is opened.

use diesel::prelude::*;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use super::record::record;
use crate::audit::actor::Actor;
use crate::audit::event::{Event, EventKind, Subject};
use crate::db::DbError;
use crate::schema::audit_showing;

/// Records that the actor is shown the unlock secret of a share, unless that stands in the record for this hour already.
/// A transaction of its own.
pub fn record_shown(
    db: &mut PgConnection,
    actor: &Actor,
    share: &Subject,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    let Some(share_id) = share.id else {
        return Ok(());
    };
    db.transaction(|db| {
        let is_first = diesel::insert_into(audit_showing::table)
            .values((
                audit_showing::hour.eq(hour_of(now)),
                audit_showing::actor.eq(key_of(actor)),
                audit_showing::share_id.eq(share_id),
            ))
            .on_conflict_do_nothing()
            .execute(db)?
            > 0;
        if is_first {
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
