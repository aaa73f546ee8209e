//! Installations of our app, one for each connection that an app has made.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::connections::installation::{AppKind, Installation, InstallationState, REFUSED};
use crate::db::DbError;
use crate::schema::{connection, installation};

#[derive(Queryable, Selectable)]
#[diesel(table_name = installation, check_for_backend(diesel::pg::Pg))]
struct InstallationRow {
    connection_id: Uuid,
    kind: String,
    client_key: String,
    app_key: String,
    oauth_client_id: Option<String>,
    base_url: String,
    display_url: Option<String>,
    secret: Option<Vec<u8>>,
    state: String,
    state_since: OffsetDateTime,
    superseded_by: Option<Uuid>,
    stale_since: Option<OffsetDateTime>,
    problem: Option<String>,
    problem_at: Option<OffsetDateTime>,
    quiet_calls: i64,
    last_quiet_call_at: Option<OffsetDateTime>,
    installed_at: OffsetDateTime,
}

impl From<InstallationRow> for Installation {
    fn from(row: InstallationRow) -> Self {
        Self {
            connection_id: row.connection_id,
            // The database allows only words that we know.
            kind: AppKind::parse(&row.kind).unwrap_or(AppKind::Connect),
            client_key: row.client_key,
            app_key: row.app_key,
            oauth_client_id: row.oauth_client_id,
            base_url: row.base_url,
            display_url: row.display_url,
            secret: row.secret,
            state: InstallationState::parse(&row.state).unwrap_or(InstallationState::Disabled),
            state_since: row.state_since,
            superseded_by: row.superseded_by,
            stale_since: row.stale_since,
            problem: row.problem,
            problem_at: row.problem_at,
            quiet_calls: row.quiet_calls,
            last_quiet_call_at: row.last_quiet_call_at,
            installed_at: row.installed_at,
        }
    }
}

pub fn find_installation(
    db: &mut PgConnection,
    connection_id: Uuid,
) -> Result<Option<Installation>, DbError> {
    let row: Option<InstallationRow> = installation::table
        .find(connection_id)
        .select(InstallationRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Installation::from))
}

/// Whoever calls, by the name that tokens and call-backs give.
pub fn find_by_client_key(
    db: &mut PgConnection,
    kind: AppKind,
    client_key: &str,
) -> Result<Option<Installation>, DbError> {
    let row: Option<InstallationRow> = installation::table
        .filter(installation::kind.eq(kind.as_str()))
        .filter(installation::client_key.eq(client_key))
        .select(InstallationRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Installation::from))
}

/// The authorization server does not know the client id any more. Only if it is still the one that was refused.
pub fn mark_stale(
    db: &mut PgConnection,
    connection_id: Uuid,
    oauth_client_id: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(installation::table.find(connection_id))
        .filter(installation::oauth_client_id.eq(oauth_client_id))
        .filter(installation::stale_since.is_null())
        .set(installation::stale_since.eq(now))
        .execute(db)?;
    Ok(())
}

/// Keeps what went wrong, for the admin.
pub fn record_problem(
    db: &mut PgConnection,
    connection_id: Uuid,
    sentence: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(installation::table.find(connection_id))
        .set((
            installation::problem.eq(sentence),
            installation::problem_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Keeps that a call in the name of an installation was refused, if it is a known one. Anybody can bring that about, so
/// no other problem makes room for it.
pub fn record_refusal(
    db: &mut PgConnection,
    kind: AppKind,
    client_key: &str,
    sentence: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(installation::table)
        .filter(installation::kind.eq(kind.as_str()))
        .filter(installation::client_key.eq(client_key))
        .filter(
            installation::problem
                .is_null()
                .or(installation::problem.like(format!("{REFUSED}%"))),
        )
        .set((
            installation::problem.eq(format!("{REFUSED}{sentence}")),
            installation::problem_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Forgets it; other problems stay.
pub fn settle_refusal(
    db: &mut PgConnection,
    kind: AppKind,
    client_key: &str,
) -> Result<(), DbError> {
    diesel::update(installation::table)
        .filter(installation::kind.eq(kind.as_str()))
        .filter(installation::client_key.eq(client_key))
        .filter(installation::problem.like(format!("{REFUSED}%")))
        .set((
            installation::problem.eq(None::<String>),
            installation::problem_at.eq(None::<OffsetDateTime>),
        ))
        .execute(db)?;
    Ok(())
}

/// Counts a call in the name of a system user or another app.
pub fn count_quiet_call(
    db: &mut PgConnection,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(installation::table.find(connection_id))
        .set((
            installation::quiet_calls.eq(installation::quiet_calls + 1),
            installation::last_quiet_call_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// All of them, the newest first.
pub fn list_installations(db: &mut PgConnection) -> Result<Vec<Installation>, DbError> {
    let rows: Vec<InstallationRow> = installation::table
        .order((
            installation::installed_at.desc(),
            installation::connection_id,
        ))
        .select(InstallationRow::as_select())
        .load(db)?;
    Ok(rows.into_iter().map(Installation::from).collect())
}

/// The same under its lock, which the transaction holds.
pub fn lock_installation(
    db: &mut PgConnection,
    connection_id: Uuid,
) -> Result<Option<Installation>, DbError> {
    let row: Option<InstallationRow> = installation::table
        .find(connection_id)
        .select(InstallationRow::as_select())
        .for_no_key_update()
        .first(db)
        .optional()?;
    Ok(row.map(Installation::from))
}

/// What an installation signs with, sealed anew or new.
pub fn store_secret(
    db: &mut PgConnection,
    connection_id: Uuid,
    sealed: &[u8],
) -> Result<(), DbError> {
    diesel::update(installation::table.find(connection_id))
        .set(installation::secret.eq(sealed))
        .execute(db)?;
    Ok(())
}

/// From when on the shares of a connection show nothing, if its app was uninstalled.
pub fn shares_end(
    db: &mut PgConnection,
    connection_id: Uuid,
) -> Result<Option<OffsetDateTime>, DbError> {
    let found: Option<Option<OffsetDateTime>> = connection::table
        .find(connection_id)
        .select(connection::unavailable_from)
        .first(db)
        .optional()?;
    Ok(found.flatten())
}
