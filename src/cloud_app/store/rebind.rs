//! Moving shares from one connection to another that shows the same site: what they show, the copies that go along, and
//! the way back. Whether they may be moved is `cloud_app::rebind`'s decision.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::pages::model::PageKind;
use crate::pages::store::outline::{ANOTHER_VERSION, FOLDER_BODY, known_below};
use crate::schema::{page_snapshot, shared_page};

/// A share as far as it says what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = shared_page, check_for_backend(diesel::pg::Pg))]
pub struct ShareRoot {
    pub id: Uuid,
    pub name: String,
    /// `page`, `tree`, `space` or `blog_post`.
    pub scope: String,
    pub space_key: String,
    /// For a space its home page, if it has one.
    pub root_content_id: Option<String>,
}

impl ShareRoot {
    pub fn is_space(&self) -> bool {
        self.scope == "space"
    }
}

/// A page as the older connection knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldPage {
    pub content_id: String,
    pub title: String,
    pub space_key: String,
    pub kind: PageKind,
    pub is_folder: bool,
}

/// The shares of a connection, by name.
pub fn share_roots(db: &mut PgConnection, connection_id: Uuid) -> Result<Vec<ShareRoot>, DbError> {
    Ok(shared_page::table
        .filter(shared_page::connection_id.eq(connection_id))
        .order((shared_page::name, shared_page::id))
        .select(ShareRoot::as_select())
        .load(db)?)
}

/// Everything that is followed for a share: its root and what hangs below it.
pub fn ids_below(
    db: &mut PgConnection,
    connection_id: Uuid,
    share: &ShareRoot,
) -> Result<Vec<String>, DbError> {
    let root = share.root_content_id.as_deref();
    if !share.is_space() && share.scope != "tree" {
        return Ok(root.map(str::to_owned).into_iter().collect());
    }
    let root = root.filter(|_| !share.is_space());
    let below = known_below(db, connection_id, &share.space_key, root)?;
    Ok(below.into_iter().map(|page| page.content_id).collect())
}

/// Those of the pages that are stored, in the order of their ids.
pub fn pages_of(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> Result<Vec<OldPage>, DbError> {
    let rows: Vec<(String, String, String, String, bool)> = page_snapshot::table
        .filter(page_snapshot::connection_id.eq(connection_id))
        .filter(page_snapshot::content_id.eq_any(ids))
        .filter(page_snapshot::gone_at.is_null())
        .order((page_snapshot::title, page_snapshot::content_id))
        .select((
            page_snapshot::content_id,
            page_snapshot::title,
            page_snapshot::space_key,
            page_snapshot::kind,
            page_snapshot::body.eq(FOLDER_BODY),
        ))
        .load(db)?;
    let pages = rows
        .into_iter()
        .map(|(content_id, title, space_key, kind, is_folder)| OldPage {
            content_id,
            title,
            space_key,
            // The database allows only the two words.
            kind: PageKind::parse(&kind).unwrap_or(PageKind::Page),
            is_folder,
        });
    Ok(pages.collect())
}

/// Copies pages with all that belongs to them, unless the newer connection has them already.
///
/// The copies are compared with the site as soon as may be: whether a number means the same version there is not known.
pub fn copy_pages(
    db: &mut PgConnection,
    from: Uuid,
    to: Uuid,
    ids: &[String],
) -> Result<(), DbError> {
    diesel::sql_query(COPY_PAGES)
        .bind::<SqlUuid, _>(from)
        .bind::<SqlUuid, _>(to)
        .bind::<Array<Text>, _>(ids)
        .bind::<Text, _>(FOLDER_BODY)
        .bind::<Integer, _>(ANOTHER_VERSION)
        .execute(db)?;
    for copy in [
        COPY_SPACES,
        COPY_SHOWN_FILES,
        COPY_FILES,
        COPY_VIEWER_RENDERINGS,
    ] {
        diesel::sql_query(copy)
            .bind::<SqlUuid, _>(from)
            .bind::<SqlUuid, _>(to)
            .bind::<Array<Text>, _>(ids)
            .execute(db)?;
    }
    diesel::sql_query(COPY_PEOPLE)
        .bind::<SqlUuid, _>(from)
        .bind::<SqlUuid, _>(to)
        .execute(db)?;
    Ok(())
}

const COPY_PAGES: &str = "
    insert into page_snapshot (connection_id, content_id, kind, space_key, title, parent_content_id, position, body,
        body_format, version, author_name, created_at, modified_at, labels, view_restricted, search_text, findings,
        storage_body, listed_version, fetched_at, files_listed_at, comments)
      select $2, content_id, kind, space_key, title, parent_content_id, position, body,
          body_format, version, author_name, created_at, modified_at, labels, view_restricted, search_text, findings,
          storage_body, case when body = $4 then listed_version else $5 end, fetched_at, files_listed_at, comments
        from page_snapshot where connection_id = $1 and content_id = any($3) and gone_at is null
      on conflict do nothing";

const COPY_SPACES: &str = "
    insert into wiki_space (connection_id, space_key, name, home_content_id)
      select $2, space_key, name, home_content_id from wiki_space
        where connection_id = $1 and space_key in (
          select space_key from page_snapshot where connection_id = $1 and content_id = any($3))
      on conflict do nothing";

const COPY_SHOWN_FILES: &str = "
    insert into shown_file (connection_id, content_id, attachment_id)
      select $2, content_id, attachment_id from shown_file where connection_id = $1 and content_id = any($3)
      on conflict do nothing";

/// Files of the pages, and those that the pages show of others; not where the other page is hidden, because without that
/// page nobody would know that they are.
const COPY_FILES: &str = "
    insert into attachment_snapshot (connection_id, attachment_id, content_id, file_name, media_type, size_bytes, sha256,
        width, height, version, comment, modified_at)
      select $2, attachment_id, content_id, file_name, media_type, size_bytes, sha256,
          width, height, version, comment, modified_at
        from attachment_snapshot file
        where connection_id = $1 and (content_id = any($3)
          or attachment_id in (
              select attachment_id from shown_file shown where shown.connection_id = $1 and shown.content_id = any($3))
            and not exists (
              select from page_snapshot owner
                where owner.connection_id = $1 and owner.content_id = file.content_id
                  and (owner.gone_at is not null or owner.view_restricted)))
      on conflict do nothing";

/// People have one id at all sites, so that what one of them sees stays what they see.
const COPY_VIEWER_RENDERINGS: &str = "
    insert into viewer_rendering (connection_id, content_id, creator, stand_in, version, body, viewer, withheld, reason, fetched_at)
      select $2, content_id, creator, stand_in, version, body, viewer, withheld, reason, fetched_at
        from viewer_rendering rendering where connection_id = $1 and content_id = any($3)
          and exists (select from page_snapshot page where page.connection_id = $2 and page.content_id = rendering.content_id)
      on conflict do nothing";

const COPY_PEOPLE: &str = "
    insert into wiki_user (connection_id, user_key, username, display_name)
      select $2, user_key, username, display_name from wiki_user where connection_id = $1
      on conflict do nothing";

/// What is followed for the shares is followed at the newer connection at once, and counts as listed where it was.
const FOLLOW: &str = "
    insert into followed_root (connection_id, scope, space_key, root_content_id, due_at, listed_at)
      select distinct $2, root.scope, root.space_key, root.root_content_id, now(), root.listed_at
        from followed_root root join shared_page share
          on share.connection_id = root.connection_id and share.scope = root.scope and share.space_key = root.space_key
            and case when share.scope = 'space' then '' else share.root_content_id end = root.root_content_id
        where root.connection_id = $1 and share.id = any($3)
      on conflict do nothing";

/// Moves shares, and keeps of each where it came from. Nothing else of them changes: who is in stays in. Returns those that
/// were moved.
pub fn move_shares(
    db: &mut PgConnection,
    from: Uuid,
    to: Uuid,
    shares: &[Uuid],
    now: OffsetDateTime,
) -> Result<Vec<ShareRoot>, DbError> {
    diesel::sql_query(FOLLOW)
        .bind::<SqlUuid, _>(from)
        .bind::<SqlUuid, _>(to)
        .bind::<Array<SqlUuid>, _>(shares)
        .execute(db)?;
    let moved = diesel::update(shared_page::table)
        .filter(shared_page::connection_id.eq(from))
        .filter(shared_page::id.eq_any(shares))
        .set((
            shared_page::connection_id.eq(to),
            shared_page::rebound_from.eq(from),
            shared_page::updated_at.eq(now),
        ))
        .returning(ShareRoot::as_returning())
        .get_results(db)?;
    outdate_reports(db, shares)?;
    Ok(moved)
}

/// Moves shares back to the connection that they came from, if it is that one. Returns those that
/// were moved.
pub fn move_back(
    db: &mut PgConnection,
    from: Uuid,
    to: Uuid,
    now: OffsetDateTime,
) -> Result<Vec<ShareRoot>, DbError> {
    let moved: Vec<ShareRoot> = diesel::update(shared_page::table)
        .filter(shared_page::connection_id.eq(to))
        .filter(shared_page::rebound_from.eq(from))
        .set((
            shared_page::connection_id.eq(from),
            shared_page::rebound_from.eq(None::<Uuid>),
            shared_page::updated_at.eq(now),
        ))
        .returning(ShareRoot::as_returning())
        .get_results(db)?;
    let ids: Vec<Uuid> = moved.iter().map(|share| share.id).collect();
    outdate_reports(db, &ids)?;
    Ok(moved)
}

/// A report is of one connection's content; two connections may have the same revision by accident.
fn outdate_reports(db: &mut PgConnection, shares: &[Uuid]) -> Result<(), DbError> {
    diesel::sql_query("update leak_report set content_revision = -1 where share_id = any($1)")
        .bind::<Array<SqlUuid>, _>(shares)
        .execute(db)?;
    Ok(())
}

/// Connections from which shares of this one were moved here and that are still there, with their numbers.
pub fn moved_from(
    db: &mut PgConnection,
    connection_id: Uuid,
) -> Result<Vec<(Uuid, String, i64)>, DbError> {
    use crate::schema::connection;
    let rows: Vec<(Option<Uuid>, i64)> = shared_page::table
        .filter(shared_page::connection_id.eq(connection_id))
        .filter(shared_page::rebound_from.is_not_null())
        .group_by(shared_page::rebound_from)
        .select((shared_page::rebound_from, diesel::dsl::count_star()))
        .load(db)?;
    let mut found = Vec::new();
    for (id, count) in rows {
        let Some(id) = id else { continue };
        let name: Option<String> = connection::table
            .find(id)
            .select(connection::name)
            .first(db)
            .optional()?;
        found.extend(name.map(|name| (id, name, count)));
    }
    Ok(found)
}
