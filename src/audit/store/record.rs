//! Adding to the chain.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use time::OffsetDateTime;

use crate::audit::actor::Actor;
use crate::audit::chain::{self, Hash, Head, VERSION};
use crate::audit::entry::Entry;
use crate::audit::event::Event;
use crate::audit::personal::{self, PersonalValue};
use crate::db::DbError;
use crate::schema::{audit_checkpoint, audit_event, audit_personal};

/// Any number that no other application on the same server is likely to use.
const CHAIN_LOCK: i64 = 0x7665_7374_6175_6469;

/// Adds an event to the record.
///
/// Must be called inside the transaction of the change, as its last statement: the chain's lock is held until the
/// transaction ends, and whoever holds it must wait for nothing else. The lock is the transaction's, so poolers between
/// us and the database do no harm. Nothing but this function takes it; who only reads never waits for it.
///
/// The transaction must be `read committed`, as it is by default. In a stricter one the row before may not be seen, and the
/// primary key refuses the new one.
pub fn record(
    db: &mut PgConnection,
    actor: &Actor,
    event: &Event,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::sql_query("select pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(CHAIN_LOCK)
        .execute(db)?;
    // A statement of its own, that sees what was committed while the one before waited.
    let head = head(db)?;
    let parted = personal::part(actor, event);
    let entry = Entry {
        seq: head.seq + 1,
        version: VERSION,
        at: chain::to_microseconds(now),
        kind: event.kind.as_str().to_owned(),
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id,
        subject_kind: event.subject.kind.as_str().to_owned(),
        subject_id: event.subject.id,
        subject_name: parted.subject_name,
        changes: parted.changes,
        commitments: parted.commitments,
        request_id: actor.request_id.clone(),
    };
    insert(db, &entry, &head.hash)?;
    insert_beside(db, entry.seq, &parted.beside)
}

fn insert(db: &mut PgConnection, entry: &Entry, previous: &Hash) -> Result<(), DbError> {
    diesel::insert_into(audit_event::table)
        .values((
            audit_event::seq.eq(entry.seq),
            audit_event::version.eq(entry.version),
            audit_event::at.eq(entry.at),
            audit_event::kind.eq(&entry.kind),
            audit_event::actor_kind.eq(&entry.actor_kind),
            audit_event::actor_id.eq(entry.actor_id),
            audit_event::subject_kind.eq(&entry.subject_kind),
            audit_event::subject_id.eq(entry.subject_id),
            audit_event::subject_name.eq(&entry.subject_name),
            audit_event::changes.eq(&entry.changes),
            audit_event::commitments.eq(&entry.commitments),
            audit_event::request_id.eq(&entry.request_id),
            audit_event::previous_hash.eq(&previous.0[..]),
            audit_event::hash.eq(&chain::hash(previous, entry).0[..]),
        ))
        .execute(db)?;
    Ok(())
}

fn insert_beside(db: &mut PgConnection, seq: i64, beside: &[PersonalValue]) -> Result<(), DbError> {
    let rows: Vec<_> = beside
        .iter()
        .map(|value| {
            (
                audit_personal::seq.eq(seq),
                audit_personal::field.eq(&value.field),
                audit_personal::salt.eq(&value.salt[..]),
                audit_personal::value.eq(&value.value),
            )
        })
        .collect();
    diesel::insert_into(audit_personal::table)
        .values(rows)
        .execute(db)?;
    Ok(())
}

/// Where the record ends. After everything was pruned, that is the checkpoint.
pub fn head(db: &mut PgConnection) -> Result<Head, DbError> {
    let last = audit_event::table
        .order(audit_event::seq.desc())
        .select((audit_event::seq, audit_event::hash))
        .first::<(i64, Vec<u8>)>(db)
        .optional()?;
    let last = match last {
        Some(last) => Some(last),
        None => audit_checkpoint::table
            .order(audit_checkpoint::seq.desc())
            .select((audit_checkpoint::seq, audit_checkpoint::hash))
            .first(db)
            .optional()?,
    };
    Ok(last.map_or(Head::START, |(seq, hash)| Head {
        seq,
        hash: stored_hash(&hash),
    }))
}

/// The database lets no other length in.
pub(super) fn stored_hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().unwrap_or_default())
}
