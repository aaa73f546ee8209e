//! How live connections are doing, as all nodes together saw it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::schema::connection_health;

/// What an admin should know of a connection.
#[derive(Debug, Clone, Default, Queryable, Selectable)]
#[diesel(table_name = connection_health, check_for_backend(diesel::pg::Pg))]
pub struct Health {
    pub last_success_at: Option<OffsetDateTime>,
    pub last_failure_at: Option<OffsetDateTime>,
    /// A sentence.
    pub last_failure: Option<String>,
    /// The site refused the credentials: nothing is sent until somebody changes or tests them.
    pub stopped: bool,
    /// In hours since 1970.
    pub hour: i64,
    pub requests_in_hour: i32,
    pub limits: Option<serde_json::Value>,
    pub test_report: Option<serde_json::Value>,
    pub tested_at: Option<OffsetDateTime>,
}

impl Health {
    /// Requests in the hour of `now`.
    pub fn requests(&self, now: OffsetDateTime) -> i32 {
        if self.hour == hour_of(now) {
            self.requests_in_hour
        } else {
            0
        }
    }
}

/// The hour that a moment is in, in hours since 1970: budgets begin anew with it, as Atlassian's do.
pub fn hour_of(now: OffsetDateTime) -> i64 {
    now.unix_timestamp().div_euclid(3600)
}

pub fn find_health(db: &mut PgConnection, connection_id: Uuid) -> Result<Health, DbError> {
    let row = connection_health::table
        .find(connection_id)
        .select(Health::as_select())
        .first(db)
        .optional()?;
    Ok(row.unwrap_or_default())
}

fn ensure_row(db: &mut PgConnection, connection_id: Uuid) -> Result<(), DbError> {
    diesel::insert_into(connection_health::table)
        .values(connection_health::connection_id.eq(connection_id))
        .on_conflict_do_nothing()
        .execute(db)?;
    Ok(())
}

pub fn record_success(
    db: &mut PgConnection,
    connection_id: Uuid,
    limits: Option<&serde_json::Value>,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    ensure_row(db, connection_id)?;
    diesel::update(connection_health::table.find(connection_id))
        .set((
            connection_health::last_success_at.eq(now),
            connection_health::stopped.eq(false),
            connection_health::limits.eq(limits),
        ))
        .execute(db)?;
    Ok(())
}

/// Whether nothing may be sent any more after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    GoOn,
    /// The credentials were refused.
    Stop,
}

pub fn record_failure(
    db: &mut PgConnection,
    connection_id: Uuid,
    sentence: &str,
    after: AfterFailure,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    ensure_row(db, connection_id)?;
    diesel::update(connection_health::table.find(connection_id))
        .set((
            connection_health::last_failure_at.eq(now),
            connection_health::last_failure.eq(sentence),
        ))
        .execute(db)?;
    if after == AfterFailure::Stop {
        diesel::update(connection_health::table.find(connection_id))
            .set(connection_health::stopped.eq(true))
            .execute(db)?;
    }
    Ok(())
}

/// The credentials were changed or are being tested: requests may be sent again.
pub fn allow_again(db: &mut PgConnection, connection_id: Uuid) -> Result<(), DbError> {
    diesel::update(connection_health::table.find(connection_id))
        .set(connection_health::stopped.eq(false))
        .execute(db)?;
    Ok(())
}

pub fn store_test(
    db: &mut PgConnection,
    connection_id: Uuid,
    report: &serde_json::Value,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    ensure_row(db, connection_id)?;
    diesel::update(connection_health::table.find(connection_id))
        .set((
            connection_health::test_report.eq(report),
            connection_health::tested_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Integer)]
    requests_in_hour: i32,
}

/// Adds requests that this node has sent, and returns what all nodes have sent in this hour.
pub fn add_requests(
    db: &mut PgConnection,
    connection_id: Uuid,
    sent: i32,
    now: OffsetDateTime,
) -> Result<i32, DbError> {
    let used: Used = diesel::sql_query(
        "insert into connection_health (connection_id, hour, requests_in_hour) values ($1, $2, $3)
           on conflict (connection_id) do update set
             hour = excluded.hour,
             requests_in_hour = excluded.requests_in_hour
               + case when connection_health.hour = excluded.hour then connection_health.requests_in_hour else 0 end
           returning requests_in_hour",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<BigInt, _>(hour_of(now))
    .bind::<Integer, _>(sent)
    .get_result(db)?;
    Ok(used.requests_in_hour)
}
