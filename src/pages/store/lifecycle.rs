//! What the call-backs of an app change of its installations and their connections. The rules are `live::lifecycle`'s; it
//! runs each within one transaction, under [`lock`].

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::pages::installation::{AppKind, InstallationState};
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

/// Whether the token comes for the first time: the insert decides.
pub fn use_token(
    db: &mut PgConnection,
    digest: [u8; 16],
    expires_at: OffsetDateTime,
) -> Result<bool, DbError> {
    let inserted = diesel::insert_into(used_ticket::table)
        .values((
            used_ticket::nonce.eq(digest.as_slice()),
            used_ticket::expires_at.eq(expires_at),
        ))
        .on_conflict_do_nothing()
        .execute(db)?;
    Ok(inserted == 1)
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
