//! What the call-backs of an app change of its installations and their connections. The rules are `cloud_app::lifecycle`'s; it
//! runs each within one transaction, under [`lock`].

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::connections::installation::{AppKind, InstallationState};
use crate::db::DbError;
use crate::schema::{connection, installation, used_ticket};

/// What a call-back tells of an installation.
#[derive(Debug, Clone)]
pub struct ToldInstallation {
    pub kind: AppKind,
    pub client_key: String,
    pub app_key: String,
    pub oauth_client_id: Option<String>,
    /// With `/wiki`, without a slash at its end.
    pub base_url: String,
    pub display_url: Option<String>,
    /// Forge: for the gateway.
    pub cloud_id: Option<String>,
}

/// One call-back after the other, until the transaction ends: they are few, and two of the same site may come at once.
pub fn lock(db: &mut PgConnection) -> Result<(), DbError> {
    diesel::sql_query(
        "select pg_advisory_xact_lock(hashtextextended('vestibule installations', $1))",
    )
    .bind::<BigInt, _>(0)
    .execute(db)?;
    Ok(())
}

/// How long a used call-back is remembered: longer than any token that is accepted lives, which is a day.
const REMEMBERED: Duration = Duration::hours(25);

/// Tokens name no more than a second, so that two call-backs of one second may have the same.
const TOGETHER: Duration = Duration::seconds(5);

/// What is remembered of a call-back.
#[derive(Debug, Clone, Copy)]
pub struct Digests {
    pub token: [u8; 16],
    /// Of the token with the body.
    pub whole: [u8; 16],
}

/// Whether a call-back counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    First,
    /// The very same was received before, or just now.
    Repeated {
        just_now: bool,
    },
    /// Its token came with another body before, and not just now.
    Stolen,
}

/// Remembers a call-back, and says whether it counts. The inserts decide.
pub fn use_callback(
    db: &mut PgConnection,
    digests: Digests,
    now: OffsetDateTime,
) -> Result<Use, DbError> {
    if let Some(age) = remember(db, digests.whole, now)? {
        let just_now = age <= TOGETHER;
        return Ok(Use::Repeated { just_now });
    }
    Ok(match remember(db, digests.token, now)? {
        Some(age) if age > TOGETHER => Use::Stolen,
        _ => Use::First,
    })
}

/// `None` for the first time, else how long ago that was.
fn remember(
    db: &mut PgConnection,
    digest: [u8; 16],
    now: OffsetDateTime,
) -> Result<Option<Duration>, DbError> {
    let inserted = diesel::insert_into(used_ticket::table)
        .values((
            used_ticket::nonce.eq(digest.as_slice()),
            used_ticket::expires_at.eq(now + REMEMBERED),
        ))
        .on_conflict_do_nothing()
        .execute(db)?;
    if inserted == 1 {
        return Ok(None);
    }
    let forgotten_at: OffsetDateTime = used_ticket::table
        .find(digest.as_slice())
        .select(used_ticket::expires_at)
        .first(db)?;
    Ok(Some(now - (forgotten_at - REMEMBERED)))
}

pub fn insert_installation(
    db: &mut PgConnection,
    connection_id: Uuid,
    told: &ToldInstallation,
    secret: Option<&[u8]>,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::insert_into(installation::table)
        .values((
            installation::connection_id.eq(connection_id),
            installation::kind.eq(told.kind.as_str()),
            installation::client_key.eq(&told.client_key),
            installation::app_key.eq(&told.app_key),
            installation::oauth_client_id.eq(&told.oauth_client_id),
            installation::base_url.eq(&told.base_url),
            installation::display_url.eq(&told.display_url),
            installation::secret.eq(secret),
            installation::state.eq(InstallationState::Enabled.as_str()),
            installation::state_since.eq(now),
            installation::installed_at.eq(now),
            installation::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// A known installation was made again: everything that it had said before is replaced, and what was wrong is forgotten.
/// `secret`: `None` keeps the old one.
pub fn renew_installation(
    db: &mut PgConnection,
    connection_id: Uuid,
    told: &ToldInstallation,
    secret: Option<&[u8]>,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    set_state(db, connection_id, InstallationState::Enabled, now)?;
    diesel::update(installation::table.find(connection_id))
        .set((
            installation::app_key.eq(&told.app_key),
            installation::oauth_client_id.eq(&told.oauth_client_id),
            installation::base_url.eq(&told.base_url),
            installation::display_url.eq(&told.display_url),
            secret.map(|secret| installation::secret.eq(secret)),
            installation::superseded_by.eq(None::<Uuid>),
            installation::stale_since.eq(None::<OffsetDateTime>),
            installation::problem.eq(None::<String>),
            installation::problem_at.eq(None::<OffsetDateTime>),
            installation::updated_at.eq(now),
        ))
        .execute(db)?;
    diesel::update(connection::table.find(connection_id))
        .set((
            connection::wiki_url.eq(&told.base_url),
            told.cloud_id.as_ref().map(|id| connection::cloud_id.eq(id)),
            connection::unavailable_from.eq(None::<OffsetDateTime>),
            connection::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Another installation of the same kind is at the site now. One that was uninstalled stays so, with its end, and learns
/// only who came after it. Returns their connections.
pub fn supersede_others(
    db: &mut PgConnection,
    connection_id: Uuid,
    told: &ToldInstallation,
    now: OffsetDateTime,
) -> Result<Vec<Uuid>, DbError> {
    let older: Vec<(Uuid, String)> = diesel::update(
        installation::table
            .filter(installation::kind.eq(told.kind.as_str()))
            .filter(installation::base_url.eq(&told.base_url))
            .filter(installation::connection_id.ne(connection_id)),
    )
    .set((
        installation::superseded_by.eq(connection_id),
        installation::updated_at.eq(now),
    ))
    .returning((installation::connection_id, installation::state))
    .get_results(db)?;
    let mut superseded = Vec::new();
    for (id, state) in older {
        if state != InstallationState::Uninstalled.as_str() {
            set_state(db, id, InstallationState::Superseded, now)?;
            superseded.push(id);
        }
    }
    Ok(superseded)
}

/// Does nothing, not even to the time, when the state is this one.
pub fn set_state(
    db: &mut PgConnection,
    connection_id: Uuid,
    state: InstallationState,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let changed = diesel::update(installation::table.find(connection_id))
        .filter(installation::state.ne(state.as_str()))
        .set((
            installation::state.eq(state.as_str()),
            installation::state_since.eq(now),
            installation::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(changed > 0)
}

/// What was signed with it counts no more.
pub fn forget_secret(db: &mut PgConnection, connection_id: Uuid) -> Result<(), DbError> {
    diesel::update(installation::table.find(connection_id))
        .set(installation::secret.eq(None::<Vec<u8>>))
        .execute(db)?;
    Ok(())
}

/// From when on the shares of a connection show nothing.
pub fn end_shares(
    db: &mut PgConnection,
    connection_id: Uuid,
    from: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(connection::table.find(connection_id))
        .filter(connection::unavailable_from.is_null())
        .set(connection::unavailable_from.eq(from))
        .execute(db)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

/// The name for a new connection: `wanted`, or with a number behind it when others have that.
pub fn free_name(db: &mut PgConnection, wanted: &str) -> Result<String, DbError> {
    let mut name = wanted.to_owned();
    let mut number = 2;
    loop {
        let row: Taken = diesel::sql_query(
            "select exists (select from connection where lower(name) = lower($1)) as taken",
        )
        .bind::<Text, _>(&name)
        .get_result(db)?;
        if !row.taken {
            return Ok(name);
        }
        name = format!("{wanted} {number}");
        number += 1;
    }
}
