//! The audit record on a real PostgreSQL: the chain, what may be removed of it, and what is added up beside it.

mod chain;
mod removing;
mod tallies;
mod tampering;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::BigInt;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;
use vestibule::audit;
use vestibule::audit::actor::{Actor, ActorKind};
use vestibule::audit::chain::Head;
use vestibule::audit::checkpoint::CheckpointKeys;
use vestibule::audit::event::{Event, EventKind, FieldChange, Subject, SubjectKind};
use vestibule::audit::store::{read, record};
use vestibule::audit::verify::{Fault, Verified};
use vestibule::db::DbError;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-12-01 12:00 UTC);
pub(crate) const EMAIL: &str = "eva@example.com";
pub(crate) const ADDRESS: &str = "203.0.113.7";

pub(super) fn actor() -> Actor {
    Actor {
        kind: ActorKind::Account,
        id: Some(Uuid::from_u128(1)),
        name: EMAIL.to_owned(),
        address: ADDRESS.parse().ok(),
        request_id: Some("request-1".to_owned()),
    }
}

/// A share that got another name and belongs to somebody else now.
pub(super) fn event() -> Event {
    Event {
        kind: EventKind::ShareChanged,
        subject: Subject {
            kind: SubjectKind::Share,
            id: Some(Uuid::from_u128(2)),
            name: "=Manual".to_owned(),
        },
        changes: vec![
            FieldChange {
                field: "name",
                from: json!("Old"),
                to: json!("=Manual"),
            },
            FieldChange {
                field: "createdBy",
                from: json!(null),
                to: json!(EMAIL),
            },
        ],
    }
}

/// As many events, a minute apart.
pub(crate) fn db_record(db: &mut PgConnection, count: i64) {
    for minute in 0..count {
        let now = NOW + time::Duration::minutes(minute);
        db.transaction(|db| audit::record(db, &actor(), &event(), now))
            .unwrap();
    }
}

pub(super) fn keys() -> CheckpointKeys {
    CheckpointKeys::new(&[7; 64], None)
}

pub(super) fn verify(db: &mut PgConnection) -> Result<Verified, Fault> {
    read::verify(db, &keys(), None).unwrap()
}

pub(super) fn verify_with(db: &mut PgConnection, known: Head) -> Result<Verified, Fault> {
    read::verify(db, &keys(), Some(known)).unwrap()
}

pub(super) fn head(db: &mut PgConnection) -> Head {
    record::head(db).unwrap()
}

/// The statement as somebody runs it who owns the tables, and takes the trigger away first.
pub(super) fn db_tamper(db: &mut PgConnection, sql: &str) {
    let tables = ["audit_event", "audit_personal", "audit_checkpoint"];
    let triggers =
        |word: &str| tables.map(|table| format!("alter table {table} {word} trigger user;"));
    db.batch_execute(&format!(
        "begin; {} {sql}; {} commit",
        triggers("disable").concat(),
        triggers("enable").concat()
    ))
    .unwrap();
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// What a query of one number gives.
pub(super) fn number(db: &mut PgConnection, what: &str) -> i64 {
    let rows: Vec<Number> = diesel::sql_query(format!("select ({what})::bigint as number"))
        .load(db)
        .unwrap();
    rows[0].number
}

pub(super) fn rows(db: &mut PgConnection) -> i64 {
    number(db, "select count(*) from audit_event")
}

/// For transactions that are given up.
pub(super) fn broken_off() -> DbError {
    DbError::Query(diesel::result::Error::RollbackTransaction)
}
