//! Reading the record: newest first for people, oldest first for verification. Pages of both are small, however long the
//! record is.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::record::stored_hash;
use crate::audit::chain::Head;
use crate::audit::checkpoint::{Checkpoint, CheckpointKeys};
use crate::audit::entry::Entry;
use crate::audit::event::{EventKind, SubjectKind};
use crate::audit::personal::PersonalValue;
use crate::audit::stored_row::StoredRow;
use crate::audit::verify::{Fault, Verification, Verified};
use crate::db::DbError;
use crate::schema::{audit_checkpoint, audit_event, audit_personal};

/// So many rows are in memory at once.
const PAGE: i64 = 500;

/// Which events are asked for; every part narrows it down.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub actor: Option<ActorFilter>,
    pub kind: Option<EventKind>,
    pub share: Option<Uuid>,
    /// At this time or later.
    pub from: Option<OffsetDateTime>,
    /// Earlier than this.
    pub to: Option<OffsetDateTime>,
}

impl Filter {
    /// Everything that was done to a share.
    pub fn of_share(id: Uuid) -> Self {
        Self {
            share: Some(id),
            ..Self::default()
        }
    }
}

/// By whom: the id of an account, token or connection, or the whole name as it was then.
#[derive(Debug, Clone)]
pub enum ActorFilter {
    Id(Uuid),
    Name(String),
}

impl ActorFilter {
    pub fn parse(text: &str) -> Self {
        Uuid::try_parse(text).map_or_else(|_not_an_id| Self::Name(text.to_owned()), Self::Id)
    }
}

/// Events before the row `before`, newest first.
pub fn list_events(
    db: &mut PgConnection,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<StoredRow>, DbError> {
    let mut query = audit_event::table.into_boxed();
    match &filter.actor {
        None => {}
        Some(ActorFilter::Id(id)) => query = query.filter(audit_event::actor_id.eq(*id)),
        Some(ActorFilter::Name(name)) => {
            let named = audit_personal::table
                .filter(audit_personal::field.eq("actor.name"))
                .filter(audit_personal::value.eq(name))
                .select(audit_personal::seq);
            query = query.filter(audit_event::seq.eq_any(named));
        }
    }
    if let Some(kind) = filter.kind {
        query = query.filter(audit_event::kind.eq(kind.as_str()));
    }
    if let Some(share) = filter.share {
        query = query
            .filter(audit_event::subject_kind.eq(SubjectKind::Share.as_str()))
            .filter(audit_event::subject_id.eq(share));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_event::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_event::at.lt(to));
    }
    if let Some(before) = before {
        query = query.filter(audit_event::seq.lt(before));
    }
    let rows = query
        .order(audit_event::seq.desc())
        .limit(limit)
        .select(EventRow::as_select())
        .load(db)?;
    with_personal(db, rows)
}

/// Checks the whole record as it is at one moment. `known` is a head that was kept elsewhere.
pub fn verify(
    db: &mut PgConnection,
    keys: &CheckpointKeys,
    known: Option<Head>,
) -> Result<Result<Verified, Fault>, DbError> {
    db.build_transaction()
        .repeatable_read()
        .read_only()
        .run(|db| verify_within(db, keys, known))
}

/// The same within the caller's transaction.
pub(super) fn verify_within(
    db: &mut PgConnection,
    keys: &CheckpointKeys,
    known: Option<Head>,
) -> Result<Result<Verified, Fault>, DbError> {
    let checkpoint = newest_checkpoint(db)?;
    let mut after = checkpoint.as_ref().map_or(0, |found| found.head.seq);
    let mut verification = match Verification::begin(checkpoint.as_ref(), keys, known) {
        Ok(verification) => verification,
        Err(fault) => return Ok(Err(fault)),
    };
    loop {
        let rows = audit_event::table
            .filter(audit_event::seq.gt(after))
            .order(audit_event::seq)
            .limit(PAGE)
            .select(EventRow::as_select())
            .load(db)?;
        if rows.is_empty() {
            return Ok(verification.end());
        }
        for row in with_personal(db, rows)? {
            if let Err(fault) = verification.take(&row) {
                return Ok(Err(fault));
            }
            after = row.entry.seq;
        }
    }
}

pub(super) fn newest_checkpoint(db: &mut PgConnection) -> Result<Option<Checkpoint>, DbError> {
    let found = audit_checkpoint::table
        .order(audit_checkpoint::seq.desc())
        .first::<(i64, Vec<u8>, OffsetDateTime, Vec<u8>)>(db)
        .optional()?;
    Ok(found.map(|(seq, hash, at, signature)| Checkpoint {
        head: Head {
            seq,
            hash: stored_hash(&hash),
        },
        at,
        signature,
    }))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_event, check_for_backend(diesel::pg::Pg))]
struct EventRow {
    seq: i64,
    version: i16,
    at: OffsetDateTime,
    kind: String,
    actor_kind: String,
    actor_id: Option<Uuid>,
    subject_kind: String,
    subject_id: Option<Uuid>,
    subject_name: Option<String>,
    changes: Value,
    commitments: Value,
    request_id: Option<String>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

fn with_personal(db: &mut PgConnection, rows: Vec<EventRow>) -> Result<Vec<StoredRow>, DbError> {
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let values: Vec<(i64, String, Vec<u8>, String)> = audit_personal::table
        .filter(audit_personal::seq.eq_any(seqs))
        .order((audit_personal::seq, audit_personal::field))
        .load(db)?;
    let mut beside: HashMap<i64, Vec<PersonalValue>> = HashMap::new();
    for (seq, field, salt, value) in values {
        // The database lets no other length in.
        let salt = salt.try_into().unwrap_or_default();
        beside
            .entry(seq)
            .or_default()
            .push(PersonalValue { field, salt, value });
    }
    let rows = rows.into_iter().map(|row| StoredRow {
        beside: beside.remove(&row.seq).unwrap_or_default(),
        previous_hash: stored_hash(&row.previous_hash),
        hash: stored_hash(&row.hash),
        entry: Entry {
            seq: row.seq,
            version: row.version,
            at: row.at,
            kind: row.kind,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            subject_name: row.subject_name,
            changes: row.changes,
            commitments: row.commitments,
            request_id: row.request_id,
        },
    });
    Ok(rows.collect())
}
