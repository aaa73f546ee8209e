//! Choosing what a new share shows: pages found by title or by a pasted address, and spaces.
//!
//! The list works as a part
//! of the form, and alone for the script that searches while somebody types. Live connections are asked by
//! `site_browser`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use diesel::PgConnection;
use serde::Deserialize;
use uuid::Uuid;

use super::page_choices::{PageChoice, PageChoices};
use super::site_browser::{self, PageSearch};
use crate::admin::form::AdminQuery;
use crate::admin::gate::SignedIn;
use crate::connections::store::live::find_live;
use crate::db::DbError;
use crate::pages::model::{PageKind, PageSummary};
use crate::pages::pick;
use crate::pages::store::listing;
use crate::sharing::asker::may_use;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const SHOWN: i64 = 20;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct SearchInput {
    connection: String,
    query: String,
    page: String,
    /// What was opened of a live connection.
    below: String,
}

/// `GET /admin/shares/pages`: the list alone.
pub async fn search_pages(
    state: web::Data<AppState>,
    signed_in: SignedIn,
    AdminQuery(input): AdminQuery<SearchInput>,
) -> Result<HttpResponse, PageError> {
    let choices = match Uuid::try_parse(&input.connection) {
        Ok(connection_id) => {
            let search = PageSearch {
                signed_in: &signed_in,
                connection_id,
                query: &input.query,
                place: &input.below,
                chosen: &input.page,
            };
            choices(&state, search).await?
        }
        Err(_no_connection) => PageChoices::none(),
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &choices)?)
}

/// From the site of a live connection, or from what was imported.
pub(super) async fn choices(
    state: &AppState,
    search: PageSearch<'_>,
) -> Result<PageChoices, Failure> {
    let id = search.connection_id;
    if !may_use(search.signed_in.actor(), id) {
        return Ok(PageChoices::none());
    }
    let site = state.db.run(move |db| find_live(db, id)).await?;
    if site.is_some() {
        return site_browser::find_pages(state, search).await;
    }
    let (query, chosen) = (search.query.to_owned(), search.chosen.to_owned());
    let found = state
        .db
        .run(move |db| find_pages(db, id, &query, &chosen))
        .await?;
    Ok(found)
}

/// Of an import: the page that an address names, or pages whose titles fit; the chosen one always stays in sight.
fn find_pages(
    db: &mut PgConnection,
    connection_id: Uuid,
    query: &str,
    chosen: &str,
) -> Result<PageChoices, DbError> {
    let query = query.trim();
    let (mut found, only) = match pick::resolve(db, connection_id, query)? {
        Some(page) => (vec![page], true),
        None => (
            listing::search_titles(db, connection_id, query, SHOWN + 1)?,
            false,
        ),
    };
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let missing = !only && !chosen.is_empty() && found.iter().all(|page| page.content_id != chosen);
    if missing && let Some(page) = listing::find_summary(db, connection_id, chosen)? {
        found.insert(0, page);
    }
    let chosen = if only {
        found.first().map(|page| page.content_id.clone())
    } else {
        Some(chosen.to_owned())
    };
    let mut pages = Vec::with_capacity(found.len());
    for page in found {
        let is_chosen = chosen.as_ref() == Some(&page.content_id);
        pages.push(describe(db, connection_id, page, is_chosen)?);
    }
    Ok(PageChoices {
        pages,
        query: query.to_owned(),
        more,
        ..PageChoices::none()
    })
}

fn describe(
    db: &mut PgConnection,
    connection_id: Uuid,
    page: PageSummary,
    chosen: bool,
) -> Result<PageChoice, DbError> {
    let above = listing::breadcrumb_titles(db, connection_id, &page.content_id)?;
    let place: Vec<String> = std::iter::once(page.space_key).chain(above).collect();
    Ok(PageChoice {
        content_id: page.content_id,
        title: page.title,
        place: place.join(" / "),
        is_blog_post: page.kind == PageKind::BlogPost,
        is_folder: false,
        opens: None,
        view_restricted: page.view_restricted,
        chosen,
    })
}
