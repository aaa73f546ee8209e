//! How complete and how old the snapshots are that a share of a live connection shows.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use super::refresh::is_wanted;
use crate::db::DbError;
use crate::schema::page_snapshot;

/// The state of some pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Freshness {
    #[diesel(sql_type = BigInt)]
    pub pages: i64,
    /// With a body, however old.
    #[diesel(sql_type = BigInt)]
    pub with_body: i64,
    /// When the oldest of the bodies was fetched.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_at: Option<OffsetDateTime>,
}

pub fn of_pages(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> Result<Freshness, DbError> {
    Ok(diesel::sql_query(
        "select count(*) as pages, count(*) filter (where version > 0) as with_body, min(fetched_at) as oldest_at
           from page_snapshot where connection_id = $1 and content_id = any($2)",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Array<Text>, _>(ids)
    .get_result(db)?)
}

#[derive(QueryableByName)]
struct Listed {
    #[diesel(sql_type = Bool)]
    is_listed: bool,
}

/// Whether the part of the site that a share shows was listed whole once. An import has no lists.
pub fn is_listed(db: &mut PgConnection, share_id: Uuid) -> Result<bool, DbError> {
    let row: Option<Listed> = diesel::sql_query(
        "select connection.kind = 'space_export' or exists (
             select from followed_root root
               where root.connection_id = share.connection_id and root.scope = share.scope
                 and root.space_key = share.space_key
                 and root.root_content_id = case when share.scope = 'space' then '' else share.root_content_id end
                 and root.listed_at is not null) as is_listed
           from shared_page share join connection on connection.id = share.connection_id
           where share.id = $1",
    )
    .bind::<SqlUuid, _>(share_id)
    .get_result(db)
    .optional()?;
    Ok(row.is_some_and(|row| row.is_listed))
}

/// How many pages of a connection are fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Progress {
    /// With a body, however old.
    #[diesel(sql_type = BigInt)]
    pub with_body: i64,
    /// Whose body is to be fetched.
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    /// Whose last refresh failed.
    #[diesel(sql_type = BigInt)]
    pub failing: i64,
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

pub fn progress(db: &mut PgConnection, connection_id: Uuid) -> Result<Progress, DbError> {
    let wanted = is_wanted();
    Ok(diesel::sql_query(format!(
        "select count(*) filter (where version > 0) as with_body,
                count(*) filter (where fetched_at is null or listed_version is distinct from version) as due,
                count(*) filter (where failures > 0) as failing,
                count(*) as total
           from page_snapshot page where connection_id = $1 and gone_at is null and {wanted}"
    ))
    .bind::<SqlUuid, _>(connection_id)
    .get_result(db)?)
}

/// Pages whose last refresh failed, with the reason; those that failed most often first.
pub fn failing_pages(
    db: &mut PgConnection,
    connection_id: Uuid,
    limit: i64,
) -> Result<Vec<(String, String, String)>, DbError> {
    Ok(page_snapshot::table
        .filter(page_snapshot::connection_id.eq(connection_id))
        .filter(page_snapshot::gone_at.is_null())
        .filter(page_snapshot::failures.gt(0))
        .order((page_snapshot::failures.desc(), page_snapshot::title))
        .select((
            page_snapshot::content_id,
            page_snapshot::title,
            page_snapshot::failure.assume_not_null(),
        ))
        .limit(limit)
        .load(db)?)
}
