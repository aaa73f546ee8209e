//! How complete and how old the snapshots are that a share of a live connection shows.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;

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
