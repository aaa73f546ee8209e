//! What a scope reaches: the one place that decides whether a page may be seen. A page is reached from the root along
//! open pages; which are open, and which of those are shown, is said in `walk`.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};

use super::viewer_renderings;
use super::walk::{self, IS_OPEN, IS_SHOWN, IS_TOP, SUMMARY};
use super::{PageRow, SummaryRow};
use crate::db::DbError;
use crate::pages::model::{Page, PageSummary};
use crate::pages::scope::{ContentScope, Reach};
use crate::schema::page_snapshot;

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Whether visitors of this scope may see the page.
pub fn is_in_scope(
    db: &mut PgConnection,
    scope: &ContentScope,
    content_id: &str,
) -> Result<bool, DbError> {
    is_any_in_scope(db, scope, "page.content_id = $10", content_id)
}

/// Whether any of the pages for which `which` is true may be seen; `$10` in it is `named`.
pub(super) fn is_any_in_scope(
    db: &mut PgConnection,
    scope: &ContentScope,
    which: &str,
    named: &str,
) -> Result<bool, DbError> {
    let sql = match scope.reach {
        Reach::Everything => format!(
            "select exists (select 1 from page_snapshot page
               where page.connection_id = $1 and page.gone_at is null and {which}) as answer"
        ),
        _ => format!(
            "{} select exists (select 1 from up where {IS_TOP}) as answer",
            walk::up(which)
        ),
    };
    let row: Answer = walk::query(sql, scope)
        .bind::<Text, _>(named)
        .get_result(db)?;
    Ok(row.answer)
}

/// A page with its body, if it is in scope; as the scope's viewers see it.
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
    match row.map(Page::from) {
        Some(page) => viewer_renderings::through(db, page, scope).map(Some),
        None => Ok(None),
    }
}

/// The pages in scope that hang right below a page, in the wiki's order; for `None` those a space begins with. The
/// caller has made sure that `parent` itself is in scope.
pub fn children(
    db: &mut PgConnection,
    scope: &ContentScope,
    parent: Option<&str>,
) -> Result<Vec<PageSummary>, DbError> {
    if matches!(scope.reach, Reach::One { .. }) {
        return Ok(Vec::new());
    }
    let parents = match parent {
        Some(_) => "parent_content_id = $10",
        None => "parent_content_id is null",
    };
    let sql = format!(
        "{} select {SUMMARY} from below where is_shown order by way",
        walk::below(parents)
    );
    let rows = walk::query(sql, scope)
        .bind::<Nullable<Text>, _>(parent)
        .load(db)?;
    Ok(summaries(rows))
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
    let sql = format!(
        "select {SUMMARY} from page_snapshot page
           where {IS_OPEN} and {IS_SHOWN} and {IS_TOP} and kind = 'blog_post'
           order by created_at desc, content_id limit $10"
    );
    let rows = walk::query(sql, scope).bind::<BigInt, _>(limit).load(db)?;
    Ok(summaries(rows))
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Text)]
    id: String,
}

/// Everything in scope of a share; in no certain order.
pub fn ids_in_scope(db: &mut PgConnection, scope: &ContentScope) -> Result<Vec<String>, DbError> {
    let sql = format!("{} select content_id as id from reached", walk::reached());
    let rows: Vec<Id> = walk::query(sql, scope).load(db)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Which of these pages have children in scope.
pub fn with_children(
    db: &mut PgConnection,
    scope: &ContentScope,
    ids: &[String],
) -> Result<Vec<String>, DbError> {
    let sql = format!(
        "{} select distinct top as id from below where is_shown",
        walk::below("parent_content_id = any($10)")
    );
    let parents: Vec<Id> = walk::query(sql, scope)
        .bind::<Array<Text>, _>(ids)
        .load(db)?;
    Ok(parents.into_iter().map(|parent| parent.id).collect())
}

/// The pages that are seen above this one, which is in scope and not among them; the root first.
pub fn ancestors(
    db: &mut PgConnection,
    scope: &ContentScope,
    page: &PageSummary,
) -> Result<Vec<PageSummary>, DbError> {
    let sql = format!(
        "{} select {SUMMARY} from up where depth > 0 and is_shown order by depth desc",
        walk::up("page.content_id = $10")
    );
    let rows = walk::query(sql, scope)
        .bind::<Text, _>(&page.content_id)
        .load(db)?;
    Ok(summaries(rows))
}

/// Pages in scope that carry all of these labels, by title.
pub fn labelled(
    db: &mut PgConnection,
    scope: &ContentScope,
    labels: &[&str],
) -> Result<Vec<PageSummary>, DbError> {
    if matches!(scope.reach, Reach::Everything) {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{} select {SUMMARY} from page_snapshot page
           where page.connection_id = $1 and page.content_id in (select content_id from reached)
             and page.labels @> $10
           order by page.title, page.content_id limit 200",
        walk::reached()
    );
    let rows = walk::query(sql, scope)
        .bind::<Array<Text>, _>(labels)
        .load(db)?;
    Ok(summaries(rows))
}

fn summaries(rows: Vec<SummaryRow>) -> Vec<PageSummary> {
    rows.into_iter().map(PageSummary::from).collect()
}
