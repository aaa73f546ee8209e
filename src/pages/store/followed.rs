//! The parts of live sites that shares show. One row for all shares of the same part; whichever node comes first takes
//! what is due.

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::refresh::is_wanted;
use crate::confluence::model::Root;
use crate::db::DbError;
use crate::schema::followed_root;

/// How long a node may take for one listing before another one tries.
const TAKEN: Duration = Duration::minutes(10);

/// A part of a site that is listed again and again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = followed_root, check_for_backend(Pg))]
pub struct FollowedRoot {
    pub connection_id: Uuid,
    /// `page`, `tree`, `space` or `blog_post`.
    pub scope: String,
    pub space_key: String,
    /// Empty for a space.
    pub root_content_id: String,
    /// When it was last listed whole.
    pub listed_at: Option<OffsetDateTime>,
    pub failures: i32,
    /// A sentence for the admin.
    pub failure: Option<String>,
    pub failed_at: Option<OffsetDateTime>,
}

impl FollowedRoot {
    fn key(&self) -> (Uuid, &str, &str, &str) {
        let Self {
            scope,
            space_key,
            root_content_id,
            ..
        } = self;
        (self.connection_id, scope, space_key, root_content_id)
    }

    pub fn root(&self) -> Root<'_> {
        match self.scope.as_str() {
            "space" => Root::Space(&self.space_key),
            "tree" => Root::Tree(&self.root_content_id),
            "blog_post" => Root::BlogPost(&self.root_content_id),
            _ => Root::Page(&self.root_content_id),
        }
    }
}

/// Follows what enabled and planned shares of live connections show, and stops following what none shows any more.
/// Returns how many parts are new.
pub fn follow_shares(db: &mut PgConnection, now: OffsetDateTime) -> Result<usize, DbError> {
    diesel::sql_query(
        "delete from followed_root root where not exists (
           select from shared_page share
             where share.connection_id = root.connection_id and share.scope = root.scope
               and share.space_key = root.space_key
               and case when share.scope = 'space' then '' else share.root_content_id end = root.root_content_id
               and coalesce(share.expires_at > $1, true))",
    )
    .bind::<Timestamptz, _>(now)
    .execute(db)?;
    let added = diesel::sql_query(
        "insert into followed_root (connection_id, scope, space_key, root_content_id, due_at)
           select distinct share.connection_id, share.scope, share.space_key,
                  case when share.scope = 'space' then '' else share.root_content_id end, $1
             from shared_page share join connection on connection.id = share.connection_id
             where connection.kind <> 'space_export' and coalesce(share.expires_at > $1, true)
           on conflict do nothing",
    )
    .bind::<Timestamptz, _>(now)
    .execute(db)?;
    Ok(added)
}

/// Takes one part of a connection whose listing is due.
pub fn take_due(
    db: &mut PgConnection,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<FollowedRoot>, DbError> {
    Ok(diesel::sql_query(
        "update followed_root set taken_until = $2
           where (connection_id, scope, space_key, root_content_id) = (
             select root.connection_id, root.scope, root.space_key, root.root_content_id
               from followed_root root
               where root.connection_id = $3 and root.due_at <= $1 and coalesce(root.taken_until <= $1, true)
               order by root.due_at limit 1 for update skip locked)
           returning connection_id, scope, space_key, root_content_id, listed_at, failures, failure, failed_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + TAKEN)
    .bind::<SqlUuid, _>(connection_id)
    .get_result(db)
    .optional()?)
}

/// It was listed whole, beginning at `now`.
pub fn finish(
    db: &mut PgConnection,
    root: &FollowedRoot,
    due_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(followed_root::table.find(root.key()))
        .set((
            followed_root::listed_at.eq(now),
            followed_root::due_at.eq(unless_asked_meanwhile(now, due_at)),
            followed_root::taken_until.eq(None::<OffsetDateTime>),
            followed_root::failures.eq(0),
            followed_root::failure.eq(None::<String>),
            followed_root::failed_at.eq(None::<OffsetDateTime>),
        ))
        .execute(db)?;
    Ok(())
}

/// When it is due next. Somebody may have asked for another listing since this one `began`.
fn unless_asked_meanwhile(
    began: OffsetDateTime,
    due_at: OffsetDateTime,
) -> Box<dyn BoxableExpression<followed_root::table, Pg, SqlType = Timestamptz>> {
    let due_at = sql::<Timestamptz>("case when due_at > ")
        .bind::<Timestamptz, _>(began)
        .sql(" then due_at else ")
        .bind::<Timestamptz, _>(due_at)
        .sql(" end");
    Box::new(due_at)
}

/// It could not be listed, beginning at `now`; what is stored stays.
pub fn fail(
    db: &mut PgConnection,
    root: &FollowedRoot,
    sentence: &str,
    due_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(followed_root::table.find(root.key()))
        .set((
            followed_root::due_at.eq(unless_asked_meanwhile(now, due_at)),
            followed_root::taken_until.eq(None::<OffsetDateTime>),
            followed_root::failures.eq(followed_root::failures + 1),
            followed_root::failure.eq(sentence),
            followed_root::failed_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Makes every listing of the connection due now.
pub fn make_due(
    db: &mut PgConnection,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<usize, DbError> {
    Ok(diesel::update(followed_root::table)
        .filter(followed_root::connection_id.eq(connection_id))
        .set(followed_root::due_at.eq(now))
        .execute(db)?)
}

/// Makes every listing of the connection due soon: at most once a minute, however often the site asks for it.
pub fn make_due_soon(
    db: &mut PgConnection,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::sql_query(
        "update followed_root
           set due_at = least(due_at, greatest($2, coalesce(listed_at, $2) + interval '1 minute'))
           where connection_id = $1",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Timestamptz, _>(now)
    .execute(db)?;
    Ok(())
}

/// Makes those listings due that begin with one of these pages.
pub fn make_roots_due(
    db: &mut PgConnection,
    connection_id: Uuid,
    roots: &[String],
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(followed_root::table)
        .filter(followed_root::connection_id.eq(connection_id))
        .filter(followed_root::root_content_id.eq_any(roots))
        .set(followed_root::due_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// What is followed of a connection, by scope and root.
pub fn list(db: &mut PgConnection, connection_id: Uuid) -> Result<Vec<FollowedRoot>, DbError> {
    Ok(followed_root::table
        .filter(followed_root::connection_id.eq(connection_id))
        .order((
            followed_root::scope,
            followed_root::space_key,
            followed_root::root_content_id,
        ))
        .select(FollowedRoot::as_select())
        .load(db)?)
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = SqlUuid)]
    connection_id: Uuid,
}

/// Connections that may be asked, and of which a listing or a page's body is due.
pub fn connections_with_work(
    db: &mut PgConnection,
    now: OffsetDateTime,
) -> Result<Vec<Uuid>, DbError> {
    let wanted = is_wanted();
    let rows: Vec<Waiting> = diesel::sql_query(format!(
        "select connection.id as connection_id
           from connection left join connection_health health on health.connection_id = connection.id
           where connection.kind <> 'space_export' and not coalesce(health.stopped, false)
             and not exists (
                 select from installation
                   where installation.connection_id = connection.id and installation.state <> 'enabled')
             and (exists (
                 select from followed_root root
                   where root.connection_id = connection.id and root.due_at <= $1
                     and coalesce(root.taken_until <= $1, true))
               or exists (
                 select from page_snapshot page
                   where page.connection_id = connection.id and page.gone_at is null and {wanted}
                     and (page.fetched_at is null or page.listed_version is distinct from page.version)
                     and coalesce(page.retry_at <= $1, true) and coalesce(page.taken_until <= $1, true)))"
    ))
    .bind::<Timestamptz, _>(now)
    .load(db)?;
    Ok(rows.into_iter().map(|row| row.connection_id).collect())
}
