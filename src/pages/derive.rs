//! What rendering a stored page gives besides its HTML: the text for search and the findings for the admin.

use diesel::PgConnection;
use uuid::Uuid;

use super::addresses::Addresses;
use super::model::Page;
use super::reader::Reader;
use super::scope::{ContentScope, PageLimits, Reach};
use super::store::{connections, reach, write};
use crate::content::{ExternalLinks, Finding, Rendered};
use crate::db::DbError;

/// What is kept of a page for search, in characters: a tsvector holds 1 MB.
const SEARCH_TEXT_CHARS: usize = 200_000;

/// Renders a page twice, for the findings and for the search text, and stores both.
///
/// For the findings it is rendered as the whole connection may see it; for the text as if it were alone, so that a search
/// can never show what a page includes from another one outside a share.
pub fn store_derived(
    db: &mut PgConnection,
    connection_id: Uuid,
    space_key: &str,
    content_id: &str,
) -> Result<Vec<Finding>, DbError> {
    let scope = |reach| ContentScope {
        connection_id,
        space_key: space_key.to_owned(),
        reach,
        limits: PageLimits::NONE,
        // The storage format, which is the same for everybody.
        viewers: None,
    };
    let everything = scope(Reach::Everything);
    let Some(page) = reach::find_page(db, &everything, content_id)? else {
        return Ok(Vec::new());
    };
    let alone = scope(Reach::One {
        root: content_id.to_owned(),
    });
    let wiki_hosts = connections::wiki_hosts(db, connection_id)?;
    let findings = render(db, &everything, &page, &wiki_hosts)?.findings;
    let text: String = render(db, &alone, &page, &wiki_hosts)?
        .text
        .chars()
        .take(SEARCH_TEXT_CHARS)
        .collect();
    write::store_derived(db, connection_id, content_id, &text, &findings)?;
    Ok(findings)
}

fn render(
    db: &mut PgConnection,
    scope: &ContentScope,
    page: &Page,
    wiki_hosts: &[String],
) -> Result<Rendered, DbError> {
    let reader = Reader {
        scope,
        addresses: &Addresses::below("/content/import"),
        external_links: ExternalLinks::Keep,
        wiki_hosts,
    };
    reader.render(db, page)
}
