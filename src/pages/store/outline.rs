//! What a listing of a live site says: pages in their places, in their order, and in which versions. Bodies are
//! `refresh`'s subject.
//!
//! A page that the site no longer has is hidden, not deleted: if it comes back, it is whole.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use super::format_word;
use crate::content::BodyFormat;
use crate::db::DbError;
use crate::pages::model::PageKind;
use crate::schema::{page_snapshot, wiki_space};

/// No version is this one, so a page that has it as the listed one is fetched again, whatever a listing says.
pub const ANOTHER_VERSION: i32 = -1;

/// A page as a listing tells it.
#[derive(Debug)]
pub struct Outline<'a> {
    pub content_id: &'a str,
    pub kind: PageKind,
    pub space_key: &'a str,
    pub title: &'a str,
    pub parent_content_id: Option<&'a str>,
    /// `None` leaves what is known.
    pub position: Option<i32>,
    pub version: i32,
    pub author_name: Option<&'a str>,
    pub created_at: Option<OffsetDateTime>,
    pub modified_at: Option<OffsetDateTime>,
    /// `None` leaves what is known; a page of which nothing is known counts as restricted.
    pub view_restricted: Option<bool>,
    /// `None` leaves what is known.
    pub labels: Option<&'a [String]>,
}

/// A page that is due stays due. One that people look at with their own rights is due when its restriction comes or goes.
const LISTED_VERSION: &str = "case
    when known.listed_version = $14 or $13 <> known.view_restricted and exists (
      select from viewer_rendering rendering
        where rendering.connection_id = known.connection_id and rendering.content_id = known.content_id) then $14
    else excluded.listed_version end";

/// Stores what a listing says of a page. `true` when that changes anything that readers see.
pub fn store_outline(
    db: &mut PgConnection,
    connection_id: Uuid,
    page: &Outline<'_>,
) -> Result<bool, DbError> {
    let changed = diesel::sql_query(format!(
        "insert into page_snapshot as known (connection_id, content_id, kind, space_key, title, parent_content_id,
             position, body, body_format, version, listed_version, author_name, created_at, modified_at, labels,
             view_restricted, search_text, findings)
           values ($1, $2, $3, $4, $5, $6, coalesce($7, 0), '', 'storage', 0, $8, $9, $10, $11, coalesce($12, '{{}}'::text[]),
             coalesce($13, true), '', '[]')
           on conflict (connection_id, content_id) do update set
             kind = excluded.kind, space_key = excluded.space_key, title = excluded.title,
             parent_content_id = excluded.parent_content_id, position = coalesce($7, known.position),
             listed_version = {LISTED_VERSION},
             author_name = coalesce(excluded.author_name, known.author_name),
             created_at = coalesce(excluded.created_at, known.created_at),
             modified_at = coalesce(excluded.modified_at, known.modified_at),
             labels = coalesce($12, known.labels),
             view_restricted = coalesce($13, known.view_restricted),
             gone_at = null
           where (known.kind, known.space_key, known.title, known.parent_content_id, known.position,
                  known.listed_version, known.labels, known.view_restricted, known.gone_at)
             is distinct from
                 (excluded.kind, excluded.space_key, excluded.title, excluded.parent_content_id, coalesce($7, known.position),
                  {LISTED_VERSION},
                  coalesce($12, known.labels), coalesce($13, known.view_restricted), null)",
    ))
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Text, _>(page.content_id)
    .bind::<Text, _>(page.kind.as_str())
    .bind::<Text, _>(page.space_key)
    .bind::<Text, _>(page.title)
    .bind::<Nullable<Text>, _>(page.parent_content_id)
    .bind::<Nullable<Integer>, _>(page.position)
    .bind::<Integer, _>(page.version)
    .bind::<Nullable<Text>, _>(page.author_name)
    .bind::<Nullable<Timestamptz>, _>(page.created_at)
    .bind::<Nullable<Timestamptz>, _>(page.modified_at)
    .bind::<Nullable<diesel::sql_types::Array<Text>>, _>(page.labels)
    .bind::<Nullable<Bool>, _>(page.view_restricted)
    .bind::<Integer, _>(ANOTHER_VERSION)
    .execute(db)?;
    Ok(changed > 0)
}

pub fn store_space(
    db: &mut PgConnection,
    connection_id: Uuid,
    key: &str,
    name: &str,
    home_content_id: Option<&str>,
) -> Result<(), DbError> {
    let row = (
        wiki_space::connection_id.eq(connection_id),
        wiki_space::space_key.eq(key),
        wiki_space::name.eq(name),
        wiki_space::home_content_id.eq(home_content_id),
    );
    diesel::insert_into(wiki_space::table)
        .values(row)
        .on_conflict((wiki_space::connection_id, wiki_space::space_key))
        .do_update()
        .set((
            wiki_space::name.eq(name),
            wiki_space::home_content_id.eq(home_content_id),
        ))
        .execute(db)?;
    Ok(())
}

/// A page and the place it has, as stored.
#[derive(Debug, Clone, QueryableByName)]
pub struct KnownPage {
    #[diesel(sql_type = Text)]
    pub content_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub parent_content_id: Option<String>,
    #[diesel(sql_type = Text)]
    pub space_key: String,
}

/// The pages that were below a root before its listing: all of a space, or the root with what hangs below it.
pub fn known_below(
    db: &mut PgConnection,
    connection_id: Uuid,
    space_key: &str,
    root: Option<&str>,
) -> Result<Vec<KnownPage>, DbError> {
    let rows = diesel::sql_query(
        "with recursive below (content_id, parent_content_id, space_key) as (
           select content_id, parent_content_id, space_key from page_snapshot
             where connection_id = $1 and gone_at is null
               and case when $3 is null then space_key = $2 else content_id = $3 end
           union
           select child.content_id, child.parent_content_id, child.space_key
             from below join page_snapshot child
             on child.connection_id = $1 and child.parent_content_id = below.content_id and child.gone_at is null
             where $3 is not null
         )
         select content_id, parent_content_id, space_key from below",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Text, _>(space_key)
    .bind::<Nullable<Text>, _>(root)
    .load(db)?;
    Ok(rows)
}

/// Hides pages that the site no longer has where they are shared. Returns how many were there until now.
pub fn mark_gone(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
    now: OffsetDateTime,
) -> Result<usize, DbError> {
    let mut hidden = 0;
    for ids in ids.chunks(1000) {
        hidden += diesel::update(page_snapshot::table)
            .filter(page_snapshot::connection_id.eq(connection_id))
            .filter(page_snapshot::content_id.eq_any(ids))
            .filter(page_snapshot::gone_at.is_null())
            .set(page_snapshot::gone_at.eq(now))
            .execute(db)?;
    }
    Ok(hidden)
}

/// Deletes for good what has been gone since `before`.
pub fn delete_long_gone(db: &mut PgConnection, before: OffsetDateTime) -> Result<(), DbError> {
    diesel::sql_query(
        "with gone as (delete from page_snapshot where gone_at < $1 returning connection_id, content_id)
         delete from attachment_snapshot file using gone
           where file.connection_id = gone.connection_id and file.content_id = gone.content_id",
    )
    .bind::<Timestamptz, _>(before)
    .execute(db)?;
    Ok(())
}

/// The storage format that a listing brought along: shown until the export view is there.
pub fn store_listed_storage(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    version: i32,
    storage: &str,
) -> Result<bool, DbError> {
    let stored = diesel::update(page_snapshot::table.find((connection_id, content_id)))
        .filter(page_snapshot::version.eq(0))
        .set((
            page_snapshot::body.eq(storage),
            page_snapshot::body_format.eq(format_word(BodyFormat::Storage)),
            page_snapshot::version.eq(version),
        ))
        .execute(db)?;
    Ok(stored > 0)
}

/// For SQL that is put together when the program is built.
macro_rules! folder_body {
    () => {
        r#"<ac:structured-macro ac:name="children" ac:macro-id="folder"/>"#
    };
}
pub(super) use folder_body;

/// What is stored as the body of a folder, which has none: readers get what is in it. No page has just these words.
pub const FOLDER_BODY: &str = folder_body!();

/// A folder's body is ours, so it never has to be fetched.
pub fn store_folder(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<bool, DbError> {
    let stored = diesel::sql_query(
        "update page_snapshot set body = $3, version = 1, listed_version = 1, fetched_at = now(), files_listed_at = now()
           where connection_id = $1 and content_id = $2 and (fetched_at is null or listed_version <> 1)",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Text, _>(content_id)
    .bind::<Text, _>(FOLDER_BODY)
    .execute(db)?;
    Ok(stored > 0)
}

/// Makes the bodies of these pages due, whatever their versions; of all pages for `None`.
pub fn make_pages_due(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: Option<&[String]>,
) -> Result<usize, DbError> {
    let mut query = diesel::update(page_snapshot::table)
        .filter(page_snapshot::connection_id.eq(connection_id))
        .filter(page_snapshot::gone_at.is_null())
        .filter(page_snapshot::body.ne(FOLDER_BODY))
        .into_boxed();
    if let Some(ids) = ids {
        query = query.filter(page_snapshot::content_id.eq_any(ids));
    }
    Ok(query
        .set((
            page_snapshot::listed_version.eq(ANOTHER_VERSION),
            page_snapshot::retry_at.eq(None::<OffsetDateTime>),
        ))
        .execute(db)?)
}
