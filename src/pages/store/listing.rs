//! Pages for people who see the whole connection: the admin's pickers, and the import. Never for visitors. Pages that
//! are gone from the wiki are for nobody.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use uuid::Uuid;

use super::SummaryRow;
use crate::db::{DbError, escape_like};
use crate::pages::model::{PageSummary, Space};
use crate::schema::{page_snapshot, wiki_space};

pub fn find_summary(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<Option<PageSummary>, DbError> {
    let row = page_snapshot::table
        .find((connection_id, content_id))
        .filter(page_snapshot::gone_at.is_null())
        .select(SummaryRow::as_select())
        .first::<SummaryRow>(db)
        .optional()?;
    Ok(row.map(PageSummary::from))
}

/// The titles of many pages at once, by connection and content id. Pages that are not there are left out.
pub fn find_titles(
    db: &mut PgConnection,
    pages: &[(Uuid, &str)],
) -> Result<HashMap<(Uuid, String), String>, DbError> {
    // Every connection with every id: a few too many, and one query.
    let connections = pages.iter().map(|(connection_id, _)| *connection_id);
    let ids = pages.iter().map(|(_, content_id)| *content_id);
    let rows: Vec<(Uuid, String, String)> = page_snapshot::table
        .filter(page_snapshot::connection_id.eq_any(connections.collect::<HashSet<_>>()))
        .filter(page_snapshot::content_id.eq_any(ids.collect::<HashSet<_>>()))
        .filter(page_snapshot::gone_at.is_null())
        .select((
            page_snapshot::connection_id,
            page_snapshot::content_id,
            page_snapshot::title,
        ))
        .load(db)?;
    let titles = rows
        .into_iter()
        .map(|(connection_id, content_id, title)| ((connection_id, content_id), title));
    Ok(titles.collect())
}

/// By title, any case; without a space key in any space, where the first by key wins.
pub fn find_by_title(
    db: &mut PgConnection,
    connection_id: Uuid,
    space_key: Option<&str>,
    title: &str,
) -> Result<Option<PageSummary>, DbError> {
    let mut query = page_snapshot::table
        .filter(page_snapshot::connection_id.eq(connection_id))
        .filter(page_snapshot::gone_at.is_null())
        .filter(
            diesel::dsl::sql::<diesel::sql_types::Bool>("lower(title) = lower(")
                .bind::<diesel::sql_types::Text, _>(title.trim().to_owned())
                .sql(")"),
        )
        .order((
            page_snapshot::kind.desc(),
            page_snapshot::space_key,
            page_snapshot::content_id,
        ))
        .select(SummaryRow::as_select())
        .into_boxed();
    if let Some(space_key) = space_key {
        query = query.filter(page_snapshot::space_key.eq(space_key.to_owned()));
    }
    Ok(query
        .first::<SummaryRow>(db)
        .optional()?
        .map(PageSummary::from))
}

/// Pages whose title holds the words, any case, best first: titles that begin with them, then by title.
pub fn search_titles(
    db: &mut PgConnection,
    connection_id: Uuid,
    query: &str,
    limit: i64,
) -> Result<Vec<PageSummary>, DbError> {
    let mut pages = page_snapshot::table
        .filter(page_snapshot::connection_id.eq(connection_id))
        .filter(page_snapshot::gone_at.is_null())
        .into_boxed();
    for word in query.split_whitespace().take(10) {
        pages = pages.filter(page_snapshot::title.ilike(format!("%{}%", escape_like(word))));
    }
    let begins = format!("{}%", escape_like(query.trim()));
    let rows: Vec<SummaryRow> = pages
        .order((
            page_snapshot::title.ilike(begins).desc(),
            page_snapshot::title,
            page_snapshot::content_id,
        ))
        .limit(limit)
        .select(SummaryRow::as_select())
        .load(db)?;
    Ok(rows.into_iter().map(PageSummary::from).collect())
}

/// Titles of the pages above, top first: tells pages of one title apart.
pub fn breadcrumb_titles(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<Vec<String>, DbError> {
    let mut titles = Vec::new();
    let mut next =
        find_summary(db, connection_id, content_id)?.and_then(|page| page.parent_content_id);
    while let Some(id) = next.filter(|_| titles.len() < 100) {
        let Some(page) = find_summary(db, connection_id, &id)? else {
            break;
        };
        titles.push(page.title);
        next = page.parent_content_id;
    }
    titles.reverse();
    Ok(titles)
}

pub fn list_spaces(db: &mut PgConnection, connection_id: Uuid) -> Result<Vec<Space>, DbError> {
    let rows: Vec<(Uuid, String, String, Option<String>)> = wiki_space::table
        .filter(wiki_space::connection_id.eq(connection_id))
        .order(wiki_space::space_key)
        .load(db)?;
    let spaces = rows
        .into_iter()
        .map(|(connection_id, key, name, home_content_id)| Space {
            connection_id,
            key,
            name,
            home_content_id,
        });
    Ok(spaces.collect())
}
