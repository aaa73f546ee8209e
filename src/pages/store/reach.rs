//! What a scope reaches: the one place that decides whether a page may be seen. A page is reached from the root along
//! children without a view restriction; the root itself is what the admin chose.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::{PageRow, SummaryRow};
use crate::db::DbError;
use crate::pages::model::{Page, PageSummary};
use crate::pages::scope::{ContentScope, Reach};
use crate::schema::page_snapshot;

/// Deeper than any real wiki; ends the walk in a circle that a broken import might have left.
const MAX_DEPTH: i32 = 500;

/// Walks from the page up: true if the walk meets the root, or for a space a page without parent, before it meets a
/// view restriction.
const IS_REACHED: &str = "
    with recursive up (content_id, parent_content_id, view_restricted, depth) as (
      select content_id, parent_content_id, view_restricted, 0
        from page_snapshot where connection_id = $1 and content_id = $2 and space_key = $3
      union all
      select above.content_id, above.parent_content_id, above.view_restricted, up.depth + 1
        from up join page_snapshot above
          on above.connection_id = $1 and above.content_id = up.parent_content_id
        where up.depth < $5 and not up.view_restricted and up.content_id is distinct from $4
    )
    select exists (
      select 1 from up
        where case when $4 is null then parent_content_id is null and not view_restricted else content_id = $4 end
    ) as reached";

#[derive(QueryableByName)]
struct Reached {
    #[diesel(sql_type = Bool)]
    reached: bool,
}

/// Whether visitors of this scope may see the page.
pub fn is_in_scope(
    db: &mut PgConnection,
    scope: &ContentScope,
    content_id: &str,
) -> Result<bool, DbError> {
    let root = match &scope.reach {
        Reach::One { root } => {
            return Ok(content_id == root && exists(db, scope.connection_id, content_id)?);
        }
        Reach::Everything => return exists(db, scope.connection_id, content_id),
        Reach::Tree { root } => Some(root.as_str()),
        Reach::Space { .. } => None,
    };
    let row: Reached = diesel::sql_query(IS_REACHED)
        .bind::<SqlUuid, _>(scope.connection_id)
        .bind::<Text, _>(content_id)
        .bind::<Text, _>(&scope.space_key)
        .bind::<Nullable<Text>, _>(root)
        .bind::<diesel::sql_types::Integer, _>(MAX_DEPTH)
        .get_result(db)?;
    Ok(row.reached)
}

fn exists(db: &mut PgConnection, connection_id: Uuid, content_id: &str) -> Result<bool, DbError> {
    let page = page_snapshot::table.find((connection_id, content_id));
    Ok(diesel::select(diesel::dsl::exists(page)).get_result(db)?)
}

/// A page with its body, if it is in scope.
pub fn find_page(
    db: &mut PgConnection,
    scope: &ContentScope,
    content_id: &str,
) -> Result<Option<Page>, DbError> {
    if !is_in_scope(db, scope, content_id)? {
        return Ok(None);
    }
    let row = page_snapshot::table
        .find((scope.connection_id, content_id))
        .select(PageRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Page::from))
}

/// The ids of all pages in scope, as a subquery for searches and lists: `$1` connection, `$2` space, `$3` root.
pub(in crate::pages) const REACHED_IDS: &str = "
    with recursive reached (content_id, depth) as (
      select content_id, 0 from page_snapshot
        where connection_id = $1 and space_key = $2
          and case when $3 is null then parent_content_id is null and not view_restricted else content_id = $3 end
      union
      select below.content_id, reached.depth + 1
        from reached join page_snapshot below
          on below.connection_id = $1 and below.parent_content_id = reached.content_id
        where not below.view_restricted and below.space_key = $2 and reached.depth < $4
    )";

pub(in crate::pages) const DEPTH_LIMIT: i32 = MAX_DEPTH;

/// The children of a page that are in scope, in the wiki's order; for `None` the pages a space begins with. The caller
/// has made sure that `parent` itself is in scope.
pub fn children(
    db: &mut PgConnection,
    scope: &ContentScope,
    parent: Option<&str>,
) -> Result<Vec<PageSummary>, DbError> {
    if matches!(scope.reach, Reach::One { .. }) {
        return Ok(Vec::new());
    }
    let mut query = page_snapshot::table
        .filter(page_snapshot::connection_id.eq(scope.connection_id))
        .filter(page_snapshot::space_key.eq(&scope.space_key))
        .filter(page_snapshot::kind.eq("page"))
        .filter(page_snapshot::view_restricted.eq(false))
        .order((page_snapshot::position, page_snapshot::title))
        .select(SummaryRow::as_select())
        .into_boxed::<Pg>();
    query = match parent {
        Some(parent) => query.filter(page_snapshot::parent_content_id.eq(parent.to_owned())),
        None => query.filter(page_snapshot::parent_content_id.is_null()),
    };
    Ok(query
        .load::<SummaryRow>(db)?
        .into_iter()
        .map(PageSummary::from)
        .collect())
}

/// A space's blog posts, newest first.
pub fn blog_posts(
    db: &mut PgConnection,
    scope: &ContentScope,
    limit: i64,
) -> Result<Vec<PageSummary>, DbError> {
    if !matches!(scope.reach, Reach::Space { .. }) {
        return Ok(Vec::new());
    }
    let rows: Vec<SummaryRow> = page_snapshot::table
        .filter(page_snapshot::connection_id.eq(scope.connection_id))
        .filter(page_snapshot::space_key.eq(&scope.space_key))
        .filter(page_snapshot::kind.eq("blog_post"))
        .filter(page_snapshot::view_restricted.eq(false))
        .order((page_snapshot::created_at.desc(), page_snapshot::content_id))
        .limit(limit)
        .select(SummaryRow::as_select())
        .load(db)?;
    Ok(rows.into_iter().map(PageSummary::from).collect())
}

/// Which of these pages have children in scope.
pub fn with_children(
    db: &mut PgConnection,
    scope: &ContentScope,
    ids: &[String],
) -> Result<Vec<String>, DbError> {
    let parents: Vec<Option<String>> = page_snapshot::table
        .filter(page_snapshot::connection_id.eq(scope.connection_id))
        .filter(page_snapshot::space_key.eq(&scope.space_key))
        .filter(page_snapshot::kind.eq("page"))
        .filter(page_snapshot::view_restricted.eq(false))
        .filter(page_snapshot::parent_content_id.eq_any(ids))
        .select(page_snapshot::parent_content_id)
        .distinct()
        .load(db)?;
    Ok(parents.into_iter().flatten().collect())
}

/// The pages above this one up to the scope's root, the root first; the page itself is not among them.
pub fn ancestors(
    db: &mut PgConnection,
    scope: &ContentScope,
    page: &PageSummary,
) -> Result<Vec<PageSummary>, DbError> {
    let mut above = Vec::new();
    let mut current = page.clone();
    while Some(current.content_id.as_str()) != scope.root() && above.len() < 100 {
        let Some(parent) = current.parent_content_id.clone() else {
            break;
        };
        let Some(row) = page_snapshot::table
            .find((scope.connection_id, parent))
            .select(SummaryRow::as_select())
            .first::<SummaryRow>(db)
            .optional()?
        else {
            break;
        };
        current = row.into();
        above.push(current.clone());
    }
    above.reverse();
    Ok(above)
}

/// Pages in scope that carry all of these labels, by title.
pub fn labelled(
    db: &mut PgConnection,
    scope: &ContentScope,
    labels: &[&str],
) -> Result<Vec<PageSummary>, DbError> {
    let (root, depth) = match &scope.reach {
        Reach::One { root } => (Some(root.as_str()), 0),
        Reach::Tree { root } => (Some(root.as_str()), MAX_DEPTH),
        Reach::Space { .. } => (None, MAX_DEPTH),
        Reach::Everything => return Ok(Vec::new()),
    };
    let query = format!(
        "{REACHED_IDS} select content_id, kind, space_key, title, parent_content_id, view_restricted
           from page_snapshot
           where connection_id = $1 and content_id in (select content_id from reached) and labels @> $5
           order by title, content_id limit 200"
    );
    let rows: Vec<SummaryRow> = diesel::sql_query(query)
        .bind::<SqlUuid, _>(scope.connection_id)
        .bind::<Text, _>(&scope.space_key)
        .bind::<Nullable<Text>, _>(root)
        .bind::<diesel::sql_types::Integer, _>(depth)
        .bind::<diesel::sql_types::Array<Text>, _>(labels)
        .load(db)?;
    Ok(rows.into_iter().map(PageSummary::from).collect())
}
