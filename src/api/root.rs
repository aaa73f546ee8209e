//! What a new share points at: from what the caller named to a page or space of the connection.

use diesel::PgConnection;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use super::site::site_failure;
use crate::cloud_app::asker::Asker;
use crate::db::DbError;
use crate::pages::model::{PageKind, PageSummary, Space};
use crate::pages::pick;
use crate::pages::store::{connections, listing};
use crate::shares::share::{RestrictedPages, Scope, ScopeKind};
use crate::web::error::{Failure, FieldProblem};
use crate::web::state::AppState;

/// A place in a wiki as the caller named it; nothing of it is known to exist.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) connection_id: Uuid,
    pub(super) scope: ScopeKind,
    pub(super) named: Named,
}

#[derive(Debug)]
pub(super) enum Named {
    PageId(String),
    SpaceKey(String),
    Url(String),
}

/// A place that exists.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) connection_id: Uuid,
    pub(super) space_key: String,
    pub(super) scope: Scope,
    /// Of the page or the space: a share's name, if it gets no other.
    pub(super) title: String,
    /// What a share of it shows of restricted pages, unless it is told.
    pub(super) restricted_pages: RestrictedPages,
}

/// Fetches the outline of a place on a live site, so that it is found like any other. The inner error is the caller's
/// mistake; a place that makes no sense is left to [`find_root`].
pub(super) async fn bring(
    state: &AppState,
    place: &Place,
    now: OffsetDateTime,
) -> Result<Result<(), FieldProblem>, Failure> {
    let id = place.connection_id;
    let connection = state
        .db
        .run(move |db| connections::find_connection(db, id))
        .await?;
    if !connection.is_some_and(|connection| connection.kind.is_live()) {
        return Ok(Ok(()));
    }
    let absent = |field: &str| {
        let detail = "The site has nothing of this kind that the connection's account may see.";
        Err(FieldProblem::new(field, detail))
    };
    let (field, is_there) = match (place.scope, &place.named) {
        (ScopeKind::Space, Named::SpaceKey(key)) => {
            ("spaceKey", bring_space(state, id, key, now).await?)
        }
        (ScopeKind::Space, Named::Url(url)) => {
            let key = match named_space(url) {
                Some(key) => Some(key),
                None => space_of_page(state, id, url, now).await?,
            };
            let is_there = match key {
                Some(key) => bring_space(state, id, &key, now).await?,
                None => false,
            };
            ("url", is_there)
        }
        (ScopeKind::Space, Named::PageId(_)) | (_, Named::SpaceKey(_)) => return Ok(Ok(())),
        (_, Named::PageId(page)) => ("pageId", bring_page(state, id, page, now).await?.is_some()),
        (_, Named::Url(url)) => ("url", bring_page(state, id, url, now).await?.is_some()),
    };
    Ok(if is_there { Ok(()) } else { absent(field) })
}

async fn bring_page(
    state: &AppState,
    connection_id: Uuid,
    named: &str,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let brought = state
        .sync
        .bring_page(connection_id, &Asker::Connection, named, now)
        .await;
    brought.map_err(site_failure)
}

async fn bring_space(
    state: &AppState,
    connection_id: Uuid,
    key: &str,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let brought = state
        .sync
        .bring_space(connection_id, &Asker::Connection, key, now)
        .await;
    brought.map_err(site_failure)
}

/// The key of the space that a page lies in.
async fn space_of_page(
    state: &AppState,
    connection_id: Uuid,
    url: &str,
    now: OffsetDateTime,
) -> Result<Option<String>, Failure> {
    let found = state
        .sync
        .find_page(connection_id, &Asker::Connection, url, now)
        .await;
    Ok(found.map_err(site_failure)?.and_then(|page| page.space_key))
}

/// The inner error is the caller's mistake.
pub(super) fn find_root(
    db: &mut PgConnection,
    place: &Place,
) -> Result<Result<Root, FieldProblem>, DbError> {
    let connection_id = place.connection_id;
    if connections::find_connection(db, connection_id)?.is_none() {
        return problem("connectionId", "There is no such connection.");
    }
    match (place.scope, &place.named) {
        (ScopeKind::Space, Named::SpaceKey(key)) => {
            let spaces = listing::list_spaces(db, connection_id)?;
            let found = spaces.into_iter().find(|space| space.key == *key);
            Ok(found
                .map(space_root)
                .ok_or_else(|| FieldProblem::new("spaceKey", "The connection has no such space.")))
        }
        (ScopeKind::Space, Named::Url(url)) => {
            let found = find_space_of_url(db, connection_id, url)?;
            Ok(found.map(space_root).ok_or_else(|| {
                FieldProblem::new(
                    "url",
                    "The connection has no space or page at this address.",
                )
            }))
        }
        (ScopeKind::Space, Named::PageId(_)) => {
            problem("pageId", "The scope space takes spaceKey or url.")
        }
        (kind, Named::PageId(id)) => match listing::find_summary(db, connection_id, id)? {
            Some(page) => Ok(page_root(connection_id, kind, page)),
            None => problem("pageId", "The connection has no page with this id."),
        },
        (kind, Named::Url(url)) => match pick::resolve(db, connection_id, url)? {
            Some(page) => Ok(page_root(connection_id, kind, page)),
            None => problem("url", "The connection has no page at this address."),
        },
        (_, Named::SpaceKey(_)) => problem("spaceKey", "This scope takes pageId or url."),
    }
}

fn problem(field: &str, detail: &str) -> Result<Result<Root, FieldProblem>, DbError> {
    Ok(Err(FieldProblem::new(field, detail)))
}

fn space_root(space: Space) -> Root {
    Root {
        connection_id: space.connection_id,
        space_key: space.key,
        scope: Scope::Space {
            home: space.home_content_id,
        },
        title: space.name,
        restricted_pages: RestrictedPages::None,
    }
}

fn page_root(
    connection_id: Uuid,
    kind: ScopeKind,
    page: PageSummary,
) -> Result<Root, FieldProblem> {
    let root = page.content_id;
    let scope = match (kind, page.kind) {
        (ScopeKind::Page, PageKind::Page) => Scope::Page { root },
        (ScopeKind::Tree, PageKind::Page) => Scope::Tree { root },
        (ScopeKind::BlogPost, PageKind::BlogPost) => Scope::BlogPost { root },
        (_, PageKind::Page) => {
            return Err(FieldProblem::new(
                "scope",
                "This is a page, not a blog post.",
            ));
        }
        (_, PageKind::BlogPost) => {
            return Err(FieldProblem::new(
                "scope",
                "This is a blog post. Its scope is blogPost.",
            ));
        }
    };
    Ok(Root {
        connection_id,
        space_key: page.space_key,
        scope,
        title: page.title,
        restricted_pages: if page.view_restricted {
            RestrictedPages::Root
        } else {
            RestrictedPages::None
        },
    })
}

/// The space that an address names, or that its page lies in.
fn find_space_of_url(
    db: &mut PgConnection,
    connection_id: Uuid,
    url: &str,
) -> Result<Option<Space>, DbError> {
    let named = named_space(url);
    let page = match &named {
        Some(_) => None,
        None => pick::resolve(db, connection_id, url)?,
    };
    let Some(key) = named.or(page.map(|page| page.space_key)) else {
        return Ok(None);
    };
    let spaces = listing::list_spaces(db, connection_id)?;
    Ok(spaces.into_iter().find(|space| space.key == key))
}

/// The key in `…/spaces/KEY/…` and `…/display/KEY…`.
fn named_space(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let mut segments = url.path_segments()?;
    segments.find(|segment| matches!(*segment, "spaces" | "display"))?;
    let key = percent_encoding::percent_decode_str(segments.next()?)
        .decode_utf8()
        .ok()?;
    Some(key.into_owned())
}

#[cfg(test)]
mod tests {
    use super::named_space;

    #[test]
    fn the_space_is_read_from_its_own_and_its_pages_addresses() {
        let key = |url: &str| named_space(url);
        assert_eq!(
            key("https://x.atlassian.net/wiki/spaces/DOC/overview").as_deref(),
            Some("DOC")
        );
        assert_eq!(
            key("https://wiki.example/display/~ann/Home").as_deref(),
            Some("~ann")
        );
        assert_eq!(
            key("https://wiki.example/spaces/DOC").as_deref(),
            Some("DOC")
        );
        assert_eq!(
            key("https://wiki.example/pages/viewpage.action?pageId=1"),
            None
        );
        assert_eq!(key("not an address"), None);
    }
}
