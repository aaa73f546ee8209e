//! The SQL words that every query on reach is made of: which pages a walk along the tree may pass, which it shows, and
//! the three walks. What is asked with them stands in `reach`, `search` and `attachments`.
//!
//! A page that is gone, restricted, withheld or carries an excluded label is closed: no walk passes it. A page without any
//! of the included labels is passed and not shown. Both are said once, here, of a row that is called `page`.

use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Uuid as SqlUuid};

use super::outline::{FOLDER_BODY, folder_body};
use crate::pages::scope::{ContentScope, Reach, RestrictedPages};

/// Deeper than any real wiki; ends the walk in a circle that a broken import might have left.
const MAX_DEPTH: i32 = 500;

/// A query with the parameters that the words below stand for; its own begin with `$10`.
///
/// `$1` connection, `$2` space or null for any, `$3` the chosen root or null, `$4` how many steps a walk takes, `$5`
/// whether the root may be restricted, `$6` whether other pages may, `$7` excluded labels, `$8` included labels, `$9` the
/// viewers as creator and stand-in, or null.
pub(super) fn query(sql: String, scope: &ContentScope) -> BoxedSqlQuery<'_, Pg, SqlQuery> {
    // A page that was shared alone stays shared wherever it is moved.
    let (space, steps) = match scope.reach {
        Reach::One { .. } => (None, 0),
        _ => (Some(&scope.space_key), MAX_DEPTH),
    };
    let restricted = scope.limits.restricted_pages;
    sql_query(sql)
        .into_boxed::<Pg>()
        .bind::<SqlUuid, _>(scope.connection_id)
        .bind::<Nullable<Text>, _>(space)
        .bind::<Nullable<Text>, _>(scope.chosen())
        .bind::<Integer, _>(steps)
        .bind::<Bool, _>(restricted != RestrictedPages::None)
        .bind::<Bool, _>(restricted == RestrictedPages::All)
        .bind::<Array<Text>, _>(&scope.limits.exclude_labels)
        .bind::<Array<Text>, _>(&scope.limits.include_labels)
        .bind::<Nullable<Array<Text>>, _>(scope.viewers.as_ref().map(|viewers| {
            let name = |person: &Option<String>| person.clone().unwrap_or_default();
            vec![name(&viewers.creator), name(&viewers.stand_in)]
        }))
}

/// Whether a walk may come to the page, and go on from there.
///
/// What is withheld from the viewers is few, and read once for a query. A restricted page is closed to viewers for whom it
/// was not rendered yet, for its title alone may tell something; not so the root, which the share's creator chose. Folders
/// are rendered for nobody: they are open to viewers that see a page inside, for whoever may see that may see the folder.
pub(super) const IS_OPEN: &str = concat!(
    "page.connection_id = $1 and page.space_key = coalesce($2, page.space_key)
    and page.gone_at is null
    and (page.content_id = $3 and (not page.view_restricted or $5)
      or (not page.view_restricted or $6) and not lower(page.labels::text)::text[] && $7)
    and ($9 is null
      or page.content_id not in (
          select content_id from viewer_rendering
            where connection_id = $1 and creator = $9[1] and stand_in = $9[2] and withheld)
        and (not page.view_restricted or page.content_id is not distinct from $3 or exists (
          select from viewer_rendering rendering
            where rendering.connection_id = $1 and rendering.content_id = page.content_id
              and rendering.creator = $9[1] and rendering.stand_in = $9[2] and rendering.version > 0)
          or page.body = '",
    folder_body!(),
    "' and exists (
            with recursive inside (content_id, body) as (
              select content_id, body from page_snapshot
                where connection_id = $1 and parent_content_id = page.content_id and gone_at is null
              union
              select child.content_id, child.body
                from inside join page_snapshot child on child.parent_content_id = inside.content_id
                where child.connection_id = $1 and child.gone_at is null and inside.body = '",
    folder_body!(),
    "')
            select from inside join viewer_rendering rendering using (content_id)
              where rendering.connection_id = $1 and rendering.creator = $9[1] and rendering.stand_in = $9[2]
                and rendering.version > 0 and not rendering.withheld)))"
);

/// Whether the page that `content_id` names, a column, was rendered for the viewers. In folders there is nothing to render.
pub(super) fn is_seen(content_id: &str) -> String {
    format!(
        "($9 is null or exists (
           select from viewer_rendering rendering
             where rendering.connection_id = $1 and rendering.content_id = {content_id}
               and rendering.creator = $9[1] and rendering.stand_in = $9[2] and rendering.version > 0)
         or exists (
           select from page_snapshot folder
             where folder.connection_id = $1 and folder.content_id = {content_id} and folder.body = '{FOLDER_BODY}'))"
    )
}

/// Whether an open page is seen.
pub(super) const IS_SHOWN: &str = "(page.content_id is not distinct from $3
    or cardinality($8) = 0 or lower(page.labels::text)::text[] && $8)";

/// Where a walk down begins and a walk up must end.
pub(super) const IS_TOP: &str =
    "case when $3 is null then parent_content_id is null else content_id = $3 end";

/// The columns of a summary. The walks up and below carry them, because a join afterwards reads the whole table.
pub(super) const SUMMARY: &str =
    "content_id, kind, space_key, title, parent_content_id, view_restricted";

/// The same of a row that is called `page`.
const SUMMARY_OF_PAGE: &str = "page.content_id, page.kind, page.space_key, page.title,
    page.parent_content_id, page.view_restricted";

/// Begins a query that may use `reached (content_id)`: all pages in scope.
pub(super) fn reached() -> String {
    format!(
        "with recursive down (content_id, depth, is_shown) as (
           select content_id, 0, {IS_SHOWN} from page_snapshot page where {IS_OPEN} and {IS_TOP}
           union
           select page.content_id, down.depth + 1, {IS_SHOWN}
             from down join page_snapshot page on page.parent_content_id = down.content_id
             where {IS_OPEN} and down.depth < $4
         ), reached (content_id) as (
           select content_id from down where is_shown
         )"
    )
}

/// Begins a query that may use `up (summary, is_shown, depth)`: the shown pages for which `begins` is true and the open
/// pages above them, up to the root. A page of the beginning is in scope if its walk meets the top.
pub(super) fn up(begins: &str) -> String {
    format!(
        "with recursive up ({SUMMARY}, is_shown, depth) as (
           select {SUMMARY}, true, 0 from page_snapshot page
             where {IS_OPEN} and {IS_SHOWN} and {begins}
           union
           select {SUMMARY_OF_PAGE}, {IS_SHOWN}, up.depth + 1
             from up join page_snapshot page on page.content_id = up.parent_content_id
             where {IS_OPEN} and up.depth < $4 and up.content_id is distinct from $3
         )"
    )
}

/// Begins a query that may use `below (summary, top, way, is_shown)`.
///
/// It holds the children of the parents for which `parents` is true, and where such a child is not shown, its children
/// in its place: a page hangs under the nearest page above it that is seen, its `top`. `way` sorts them as the wiki
/// does.
pub(super) fn below(parents: &str) -> String {
    format!(
        "with recursive below ({SUMMARY}, top, way, is_shown, depth) as (
           select {SUMMARY}, parent_content_id, array[row(position, title)], {IS_SHOWN}, 0
             from page_snapshot page where {IS_OPEN} and kind = 'page' and {parents}
           union all
           select {SUMMARY_OF_PAGE}, below.top, below.way || row(page.position, page.title), {IS_SHOWN}, below.depth + 1
             from below join page_snapshot page on page.parent_content_id = below.content_id
             where {IS_OPEN} and page.kind = 'page' and not below.is_shown and below.depth < $4
         )"
    )
}
