//! The two things that may be taken away: old rows, behind a signed checkpoint, and what the record says of a person.
//! Both are events themselves.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::read::verify_within;
use super::record::{record, stored_hash};
use crate::audit::actor::Actor;
use crate::audit::chain::{self, Head};
use crate::audit::checkpoint::CheckpointKeys;
use crate::audit::event::{Event, EventKind, FieldChange, Subject, SubjectKind};
use crate::audit::verify::Fault;
use crate::db::DbError;
use crate::schema::{audit_checkpoint, audit_event, audit_personal};

/// Why old rows were not removed.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// A signature must not cover up what somebody did to the rows.
    #[error("nothing was removed, because the record is not what was written: {0}")]
    Fault(Fault),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for PruneError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Removes all rows before the first one of `before` or later, and returns the new checkpoint's row; `None` when there was
/// nothing to remove. The whole record is verified first.
pub fn prune(
    db: &mut PgConnection,
    keys: &CheckpointKeys,
    actor: &Actor,
    before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Option<Head>, PruneError> {
    db.transaction(|db| {
        // One at a time: who comes second sees the checkpoint of the first.
        diesel::sql_query("lock table audit_checkpoint in share row exclusive mode").execute(db)?;
        let Some(head) = last_before(db, before)? else {
            return Ok(None);
        };
        let verified = verify_within(db, keys, None)?;
        let verified = verified.map_err(PruneError::Fault)?;
        let checkpoint = keys.sign(head, chain::to_microseconds(now));
        diesel::insert_into(audit_checkpoint::table)
            .values((
                audit_checkpoint::seq.eq(head.seq),
                audit_checkpoint::hash.eq(&head.hash.0[..]),
                audit_checkpoint::at.eq(checkpoint.at),
                audit_checkpoint::signature.eq(&checkpoint.signature),
            ))
            .execute(db)?;
        diesel::delete(audit_event::table.filter(audit_event::seq.le(head.seq))).execute(db)?;
        let event = of_the_record(
            EventKind::AuditPruned,
            vec![
                to("rows", json!(head.seq - verified.pruned_to)),
                to("upTo", json!(head.to_string())),
            ],
        );
        record(db, actor, &event, now)?;
        Ok(Some(head))
    })
}

/// The last row that is followed only by rows of `before` or later, or by none. Times are those of the nodes that wrote, so
/// they need not rise with every row.
fn last_before(db: &mut PgConnection, before: OffsetDateTime) -> Result<Option<Head>, DbError> {
    let first_kept: Option<i64> = audit_event::table
        .filter(audit_event::at.ge(before))
        .select(diesel::dsl::min(audit_event::seq))
        .first(db)?;
    let last = audit_event::table
        .filter(audit_event::seq.lt(first_kept.unwrap_or(i64::MAX)))
        .order(audit_event::seq.desc())
        .select((audit_event::seq, audit_event::hash))
        .first::<(i64, Vec<u8>)>(db)
        .optional()?;
    Ok(last.map(|(seq, hash)| Head {
        seq,
        hash: stored_hash(&hash),
    }))
}

/// Removes every personal value that is exactly this text, such as an e-mail address, a name or the address of a client.
///
/// Returns how many; the event says so as well, and not whom they were of.
pub fn erase_person(
    db: &mut PgConnection,
    actor: &Actor,
    value: &str,
    now: OffsetDateTime,
) -> Result<usize, DbError> {
    db.transaction(|db| {
        // Sign-ins that are still being added up go on without the address.
        diesel::sql_query(
            "with gone as (delete from audit_tally where client = $1 and client <> '' returning *)
             insert into audit_tally (kind, hour, client, count) select kind, hour, '', count from gone
             on conflict (kind, hour, client) do update set count = audit_tally.count + excluded.count",
        )
        .bind::<Text, _>(value)
        .execute(db)?;
        let erased = diesel::delete(audit_personal::table.filter(audit_personal::value.eq(value)))
            .execute(db)?;
        if erased > 0 {
            let event = of_the_record(EventKind::PersonErased, vec![to("values", json!(erased))]);
            record(db, actor, &event, now)?;
        }
        Ok(erased)
    })
}

fn of_the_record(kind: EventKind, changes: Vec<FieldChange>) -> Event {
    Event {
        kind,
        subject: Subject {
            kind: SubjectKind::Audit,
            id: None,
            name: String::new(),
        },
        changes,
    }
}

fn to(field: &'static str, to: Value) -> FieldChange {
    FieldChange {
        field,
        from: Value::Null,
        to,
    }
}
