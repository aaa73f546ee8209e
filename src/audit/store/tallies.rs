//! What strangers do, who can do it as often as they like: added up beside the chain, and one event when the hour is over.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::record::record;
use super::showings::hour_of;
use crate::audit::actor::{Actor, ActorKind};
use crate::audit::event::{Event, EventKind, FieldChange, Subject, SubjectKind};
use crate::db::DbError;

/// So many clients have a row of their own in an hour; all others share one. With two kinds of tallies the chain grows by
/// at most a few hundred rows an hour, whatever strangers do.
const CLIENTS_AN_HOUR: i64 = 100;

/// What strangers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tally {
    SignInRefused,
    SignInThrottled,
}

impl Tally {
    fn event_kind(self) -> EventKind {
        match self {
            Self::SignInRefused => EventKind::SignInRefused,
            Self::SignInThrottled => EventKind::SignInThrottled,
        }
    }
}

/// Adds one to what a stranger did in this hour: one statement, without the chain's lock.
///
/// `client` is what counts as one client, as the guess limits have it: an address or the network of one; `None` where
/// the operator keeps no addresses.
pub fn add_to_tally(
    db: &mut PgConnection,
    tally: Tally,
    client: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::sql_query(
        "insert into audit_tally (kind, hour, client, count)
         select $1, $2, case
             when exists (select from audit_tally where kind = $1 and hour = $2 and client = $3) then $3
             when (select count(*) from audit_tally where kind = $1 and hour = $2) < $4 then $3
             else '' end, 1
         on conflict (kind, hour, client) do update set count = audit_tally.count + 1",
    )
    .bind::<Text, _>(tally.event_kind().as_str())
    .bind::<Timestamptz, _>(hour_of(now))
    .bind::<Text, _>(client.unwrap_or_default())
    .bind::<BigInt, _>(CLIENTS_AN_HOUR)
    .execute(db)?;
    Ok(())
}

/// Makes events of the tallies of hours that are over.
///
/// A tally and its event change places in one transaction, and rows that another node is at are left to it: each becomes
/// one event. Returns how many did.
pub fn settle_tallies(db: &mut PgConnection, now: OffsetDateTime) -> Result<usize, DbError> {
    let this_hour = hour_of(now);
    db.transaction(|db| {
        let tallies: Vec<SettledTally> = diesel::sql_query(
            "delete from audit_tally where (kind, hour, client) in
               (select kind, hour, client from audit_tally where hour < $1
                order by hour, kind, client for update skip locked)
             returning kind, hour, client, count",
        )
        .bind::<Timestamptz, _>(this_hour)
        .load(db)?;
        for tally in &tallies {
            if let Some((actor, event)) = tally.as_event() {
                record(db, &actor, &event, now)?;
            }
        }
        Ok(tallies.len())
    })
}

#[derive(QueryableByName)]
struct SettledTally {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Timestamptz)]
    hour: OffsetDateTime,
    #[diesel(sql_type = Text)]
    client: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl SettledTally {
    fn as_event(&self) -> Option<(Actor, Event)> {
        let mut actor = Actor::local(ActorKind::Stranger);
        // The first address of a network stands for it.
        let address = self.client.split('/').next().unwrap_or_default();
        actor.address = address.parse().ok();
        let change = |field, to| FieldChange {
            field,
            from: serde_json::Value::Null,
            to,
        };
        let event = Event {
            kind: EventKind::parse(&self.kind)?,
            subject: Subject {
                kind: SubjectKind::Account,
                id: None,
                name: String::new(),
            },
            changes: vec![
                change("count", json!(self.count)),
                change("hour", json!(self.hour.format(&Rfc3339).ok())),
            ],
        };
        Some((actor, event))
    }
}
