//! Choosing what a new share shows: pages found by title or by a pasted address, and spaces.
//!
//! The list works as a part
//! of the form, and alone for the script that searches while somebody types. Live connections are asked by
//! `site_browser`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;
use diesel::PgConnection;
use serde::Deserialize;
use uuid::Uuid;

use super::site_browser::{self, Wanted};
use crate::admin::asker::may_use;
use crate::admin::form::AdminQuery;
use crate::admin::gate::Admin;
use crate::connections::store::live::find_live;
use crate::db::DbError;
use crate::pages::model::{PageKind, PageSummary};
use crate::pages::pick;
use crate::pages::store::listing;
use crate::shares::share::{RestrictedPages, Scope, ScopeKind};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const SHOWN: i64 = 20;

/// Pages to choose from.
#[derive(Template)]
#[template(path = "admin/shares/_page_choices.html")]
pub struct PageChoices {
    pub pages: Vec<PageChoice>,
    /// What they were searched by; empty for the first pages by title.
    pub query: String,
    /// More than are shown fit.
    pub more: bool,
    /// Of a live connection: spaces to look into.
    pub spaces: Vec<Opener>,
    /// Of a live connection: what was opened, the space first.
    pub way: Vec<Opener>,
    /// The same as its buttons send it.
    pub place: String,
    /// Why the site gave none.
    pub trouble: Option<String>,
}

/// A button that opens a space, or a page with what is below it.
pub struct Opener {
    pub value: String,
    pub label: String,
}

/// Prints itself by its own escaped template.
impl HtmlSafe for PageChoices {}

/// One page with what tells it from others of the same title.
pub struct PageChoice {
    pub content_id: String,
    pub title: String,
    /// Its space and the pages above it.
    pub place: String,
    pub is_blog_post: bool,
    pub is_folder: bool,
    pub view_restricted: bool,
    pub chosen: bool,
    /// What the button sends that shows the pages below it.
    pub opens: Option<String>,
}

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
    admin: Admin,
    AdminQuery(input): AdminQuery<SearchInput>,
) -> Result<HttpResponse, PageError> {
    let choices = match Uuid::try_parse(&input.connection) {
        Ok(connection_id) => {
            let wanted = Wanted {
                admin: &admin,
                connection_id,
                query: &input.query,
                place: &input.below,
                chosen: &input.page,
            };
            choices(&state, wanted).await?
        }
        Err(_no_connection) => PageChoices::none(),
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &choices)?)
}

impl PageChoices {
    pub fn none() -> Self {
        Self {
            pages: Vec::new(),
            query: String::new(),
            more: false,
            spaces: Vec::new(),
            way: Vec::new(),
            place: String::new(),
            trouble: None,
        }
    }

    /// There is nothing to choose or to open.
    fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.spaces.is_empty()
    }
}

/// From the site of a live connection, or from what was imported.
pub(super) async fn choices(state: &AppState, wanted: Wanted<'_>) -> Result<PageChoices, Failure> {
    let id = wanted.connection_id;
    if !may_use(wanted.admin, id) {
        return Ok(PageChoices::none());
    }
    let site = state.db.run(move |db| find_live(db, id)).await?;
    if site.is_some() {
        return site_browser::find_pages(state, wanted).await;
    }
    let (query, chosen) = (wanted.query.to_owned(), wanted.chosen.to_owned());
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

/// What a new share will show.
#[derive(Debug, PartialEq, Eq)]
pub struct Chosen {
    pub connection_id: Uuid,
    pub space_key: String,
    pub scope: Scope,
    /// For the share's name when none was typed.
    pub title: String,
    /// What the share shows of restricted pages, unless the form says it.
    pub restricted_pages: RestrictedPages,
}

/// What was chosen in the form, all as sent.
pub struct Choice<'a> {
    pub kind: ScopeKind,
    pub connection: &'a str,
    pub query: &'a str,
    pub page: &'a str,
    /// `connection:KEY`.
    pub space: &'a str,
}

/// What is wrong with a choice: the field and a sentence.
pub type Wrong = (&'static str, String);

/// Finds what was chosen.
pub fn resolve(
    db: &mut PgConnection,
    choice: &Choice<'_>,
) -> Result<Result<Chosen, Wrong>, DbError> {
    if choice.kind == ScopeKind::Space {
        return resolve_space(db, choice.space);
    }
    let Ok(connection_id) = Uuid::try_parse(choice.connection) else {
        return Ok(Err((
            "connection",
            "Choose the connection that the page is in.".to_owned(),
        )));
    };
    let named = pick::resolve(db, connection_id, choice.query)?;
    let marked = listing::find_summary(db, connection_id, choice.page)?;
    let page = match (named, marked) {
        (Some(named), Some(marked)) if named.content_id != marked.content_id => {
            let text = format!(
                "The field names “{}”, but “{}” is chosen in the list. Choose one of them.",
                named.title, marked.title
            );
            return Ok(Err(("query", text)));
        }
        (Some(page), _) | (None, Some(page)) => page,
        (None, None) => {
            return Ok(Err((
                "query",
                "Search for a page and choose it from the list.".to_owned(),
            )));
        }
    };
    Ok(scope_of(choice.kind, &page).map(|scope| Chosen {
        connection_id,
        space_key: page.space_key,
        scope,
        title: page.title,
        restricted_pages: if page.view_restricted {
            RestrictedPages::Root
        } else {
            RestrictedPages::None
        },
    }))
}

fn resolve_space(db: &mut PgConnection, written: &str) -> Result<Result<Chosen, Wrong>, DbError> {
    let wrong = || ("space", "Choose a space.".to_owned());
    let parts = written
        .split_once(':')
        .and_then(|(id, key)| Some((Uuid::try_parse(id).ok()?, key)));
    let Some((connection_id, key)) = parts else {
        return Ok(Err(wrong()));
    };
    let spaces = listing::list_spaces(db, connection_id)?;
    let space = spaces.into_iter().find(|space| space.key == key);
    Ok(space.ok_or_else(wrong).map(|space| Chosen {
        connection_id,
        space_key: space.key,
        scope: Scope::Space {
            home: space.home_content_id,
        },
        title: space.name,
        restricted_pages: RestrictedPages::None,
    }))
}

/// A page and a blog post are each shared as what they are, whichever of the two was marked.
fn scope_of(kind: ScopeKind, page: &PageSummary) -> Result<Scope, Wrong> {
    let root = page.content_id.clone();
    match (page.kind, kind) {
        (PageKind::BlogPost, ScopeKind::Tree) => {
            let text = format!(
                "“{}” is a blog post and has no pages below it. Choose “Blog post” above.",
                page.title
            );
            Err(("scope", text))
        }
        (PageKind::BlogPost, _) => Ok(Scope::BlogPost { root }),
        (PageKind::Page, ScopeKind::Tree) => Ok(Scope::Tree { root }),
        (PageKind::Page, _) => Ok(Scope::Page { root }),
    }
}

#[cfg(test)]
mod tests {
    use super::scope_of;
    use crate::pages::model::{PageKind, PageSummary};
    use crate::shares::share::{Scope, ScopeKind};

    fn page(kind: PageKind) -> PageSummary {
        PageSummary {
            content_id: "7".to_owned(),
            kind,
            space_key: "DOC".to_owned(),
            title: "Seven".to_owned(),
            parent_content_id: None,
            view_restricted: false,
        }
    }

    #[test]
    fn a_page_and_a_blog_post_are_shared_as_what_they_are() {
        let root = || "7".to_owned();
        let of = |kind, chosen| scope_of(chosen, &page(kind)).ok();
        assert_eq!(
            of(PageKind::Page, ScopeKind::BlogPost),
            Some(Scope::Page { root: root() })
        );
        assert_eq!(
            of(PageKind::BlogPost, ScopeKind::Page),
            Some(Scope::BlogPost { root: root() })
        );
        assert_eq!(
            of(PageKind::Page, ScopeKind::Tree),
            Some(Scope::Tree { root: root() })
        );
        assert_eq!(of(PageKind::BlogPost, ScopeKind::Tree), None);
    }
}
