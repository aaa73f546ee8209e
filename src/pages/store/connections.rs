//! Connections: list, find, rename, delete, and the revision that tells caches of new content.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::pages::model::{Connection, ConnectionKind, ImportReport};
use crate::schema::{connection, shared_page};

#[derive(Queryable, Selectable)]
#[diesel(table_name = connection, check_for_backend(diesel::pg::Pg))]
struct ConnectionRow {
    id: Uuid,
    kind: String,
    name: String,
    wiki_url: Option<String>,
    content_revision: i64,
    report: Option<serde_json::Value>,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl From<ConnectionRow> for Connection {
    fn from(row: ConnectionRow) -> Self {
        Self {
            id: row.id,
            // Only words that we know are written.
            kind: ConnectionKind::parse(&row.kind).unwrap_or(ConnectionKind::SpaceExport),
            name: row.name,
            wiki_url: row.wiki_url,
            content_revision: row.content_revision,
            // A report of an older release that no longer fits is no reason to hide the connection.
            report: row
                .report
                .and_then(|report| serde_json::from_value::<ImportReport>(report).ok()),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// What came of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    Deleted,
    /// So many shares show its content; they go first.
    InUse(i64),
    Missing,
}

pub fn list_connections(db: &mut PgConnection) -> Result<Vec<Connection>, DbError> {
    let rows: Vec<ConnectionRow> = connection::table
        .order((connection::name, connection::id))
        .select(ConnectionRow::as_select())
        .load(db)?;
    Ok(rows.into_iter().map(Connection::from).collect())
}

pub fn find_connection(db: &mut PgConnection, id: Uuid) -> Result<Option<Connection>, DbError> {
    let row: Option<ConnectionRow> = connection::table
        .find(id)
        .select(ConnectionRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Connection::from))
}

/// By name, any case: an import under a known name updates that connection.
pub fn find_connection_by_name(db: &mut PgConnection, name: &str) -> Result<Option<Uuid>, DbError> {
    let same_name = diesel::dsl::sql::<diesel::sql_types::Bool>("lower(name) = lower(")
        .bind::<diesel::sql_types::Text, _>(name.to_owned())
        .sql(")");
    Ok(connection::table
        .filter(same_name)
        .select(connection::id)
        .first(db)
        .optional()?)
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    locked: bool,
}

/// Takes the lock of a connection's name until this database session ends; `false` when another session holds it.
pub fn try_lock_name(db: &mut PgConnection, name: &str) -> Result<bool, DbError> {
    let row: Locked =
        diesel::sql_query("select pg_try_advisory_lock(hashtextextended($1, 0)) as locked")
            .bind::<diesel::sql_types::Text, _>(format!("vestibule import {}", name.to_lowercase()))
            .get_result(db)?;
    Ok(row.locked)
}

/// `false` when there is no such connection. A name that another has is a unique violation, which the caller rules out.
pub fn rename_connection(
    db: &mut PgConnection,
    id: Uuid,
    name: &str,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let changed = diesel::update(connection::table.find(id))
        .set((connection::name.eq(name), connection::updated_at.eq(now)))
        .execute(db)?;
    Ok(changed > 0)
}

/// Deletes a connection with its snapshots, unless shares show it. The foreign key decides, so that a share created at
/// the same moment cannot lose its content.
pub fn delete_connection(db: &mut PgConnection, id: Uuid) -> Result<Deletion, DbError> {
    use diesel::result::{DatabaseErrorKind, Error};
    // A transaction of its own inside the caller's, which goes on after a refusal.
    let deleted = diesel::Connection::transaction(db, |db| {
        diesel::delete(connection::table.find(id)).execute(db)
    });
    match deleted {
        Ok(0) => Ok(Deletion::Missing),
        Ok(_) => Ok(Deletion::Deleted),
        Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
            let shares = shared_page::table
                .filter(shared_page::connection_id.eq(id))
                .count()
                .get_result(db)?;
            Ok(Deletion::InUse(shares))
        }
        Err(error) => Err(error.into()),
    }
}

/// Tells every cache that the content of the connection changed.
pub fn raise_revision(db: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::update(connection::table.find(id))
        .set(connection::content_revision.eq(connection::content_revision + 1))
        .execute(db)?;
    Ok(())
}

/// The host of the wiki that the content came from, for telling its links from others.
pub fn wiki_hosts(db: &mut PgConnection, id: Uuid) -> Result<Vec<String>, DbError> {
    let url: Option<Option<String>> = connection::table
        .find(id)
        .select(connection::wiki_url)
        .first(db)
        .optional()?;
    let host = url.flatten().and_then(|url| host_of(&url));
    Ok(host.into_iter().collect())
}

/// With the port, where the address names one.
fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
