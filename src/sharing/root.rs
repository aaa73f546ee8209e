//! What a new share points at: from what somebody named to a page or space of a connection. Of a live site the outline is
//! fetched first, so that from there on it is found like any other page.

use diesel::PgConnection;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use super::Sharing;
use super::actor::Actor;
use super::asker::{asker_of, may_use};
use super::error::{Field, FieldError, SharingError};
use super::rights::{MayShare, may_share};
use super::stored_root::Root;
use crate::cloud_app::asker::Asker;
use crate::connections::LiveError;
use crate::db::DbError;
use crate::pages::model::{PageKind, PageSummary, Space};
use crate::pages::pick;
use crate::pages::store::{connections, listing};
use crate::shares::share::{RestrictedPages, Scope, ScopeKind};

/// A place in a wiki as somebody named it; nothing of it is known to exist.
#[derive(Debug, Clone)]
pub struct NamedRoot {
    pub connection_id: Uuid,
    pub scope: ScopeKind,
    pub by: NamedBy,
}

/// By what a place is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedBy {
    PageId(String),
    SpaceKey(String),
    /// An address of the wiki in any of its forms, or whatever else names a page.
    Pasted(String),
}

impl NamedBy {
    fn field(&self) -> Field {
        match self {
            Self::PageId(_) => Field::PageId,
            Self::SpaceKey(_) => Field::SpaceKey,
            Self::Pasted(_) => Field::Url,
        }
    }
}

/// Finds what was named, for somebody who may share it.
pub async fn find(
    sharing: &Sharing,
    actor: &Actor,
    named: NamedRoot,
    now: OffsetDateTime,
) -> Result<MayShare, SharingError> {
    let field = named.by.field();
    if !may_use(actor, named.connection_id) {
        let text = "You may share pages of your own site only.";
        return Err(FieldError::new(field, text).into());
    }
    fetch(sharing, actor, &named, now).await?;
    let found = sharing.db.run(move |db| find_stored(db, &named)).await??;
    let may = may_share(sharing, actor, found, now).await?;
    Ok(may.map_err(|text| FieldError::new(field, text))?)
}

/// What is chosen in a form: a page that is marked in a list, or named by what was typed, or both.
pub struct PageChoice {
    pub connection_id: Uuid,
    pub scope: ScopeKind,
    pub typed: String,
    /// A content id, or nothing.
    pub marked: String,
}

/// Finds the page that was chosen, for somebody who may share it. A page and a blog post are each shared as what they are,
/// whichever of the two was said.
pub async fn find_choice(
    sharing: &Sharing,
    actor: &Actor,
    mut choice: PageChoice,
    now: OffsetDateTime,
) -> Result<MayShare, SharingError> {
    let id = choice.connection_id;
    if !may_use(actor, id) {
        let text = "You may share pages of your own site only.";
        return Err(FieldError::new(Field::Url, text).into());
    }
    if is_live(sharing, id).await? {
        let asker = asker_of(sharing, actor, id, now).await?;
        let typed = sharing
            .sync
            .bring_page(id, &asker, &choice.typed, now)
            .await?;
        let marked = sharing
            .sync
            .bring_page(id, &asker, &choice.marked, now)
            .await?;
        if actor.bound_to().is_some() {
            // What the site did not give them just now they shall not meet from the store, not even by its title.
            choice.typed = typed.unwrap_or_default();
            choice.marked = marked.unwrap_or_default();
        }
    }
    let found = sharing.db.run(move |db| find_chosen(db, &choice)).await??;
    let may = may_share(sharing, actor, found, now).await?;
    Ok(may.map_err(|text| FieldError::new(Field::Url, text))?)
}

fn find_chosen(
    db: &mut PgConnection,
    choice: &PageChoice,
) -> Result<Result<Root, FieldError>, DbError> {
    let connection_id = choice.connection_id;
    let typed = pick::resolve(db, connection_id, &choice.typed)?;
    let marked = listing::find_summary(db, connection_id, &choice.marked)?;
    let page = match (typed, marked) {
        (Some(typed), Some(marked)) if typed.content_id != marked.content_id => {
            let text = format!(
                "The field names “{}”, but “{}” is chosen in the list. Choose one of them.",
                typed.title, marked.title
            );
            return problem(Field::Url, &text);
        }
        (Some(page), _) | (None, Some(page)) => page,
        (None, None) => {
            return problem(Field::Url, "Search for a page and choose it from the list.");
        }
    };
    let kind = match (page.kind, choice.scope) {
        (PageKind::BlogPost, ScopeKind::Page) => ScopeKind::BlogPost,
        (PageKind::Page, ScopeKind::BlogPost) => ScopeKind::Page,
        (_, said) => said,
    };
    Ok(page_root(connection_id, kind, page))
}

async fn is_live(sharing: &Sharing, connection_id: Uuid) -> Result<bool, SharingError> {
    let found = sharing
        .db
        .run(move |db| connections::find_connection(db, connection_id))
        .await?;
    Ok(found.is_some_and(|connection| connection.kind.is_live()))
}

/// Fetches the outline of a place on a live site. A place that makes no sense is left to [`find_stored`].
async fn fetch(
    sharing: &Sharing,
    actor: &Actor,
    named: &NamedRoot,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let id = named.connection_id;
    if !is_live(sharing, id).await? {
        return Ok(());
    }
    let asker = asker_of(sharing, actor, id, now).await?;
    let sync = &sharing.sync;
    let is_there = match (named.scope, &named.by) {
        (ScopeKind::Space, NamedBy::SpaceKey(key)) => {
            sync.bring_space(id, &asker, key, now).await?
        }
        (ScopeKind::Space, NamedBy::Pasted(text)) => {
            let key = match named_space(text) {
                Some(key) => Some(key),
                None => space_of_page(sharing, id, &asker, text, now).await?,
            };
            match key {
                Some(key) => sync.bring_space(id, &asker, &key, now).await?,
                None => false,
            }
        }
        (ScopeKind::Space, NamedBy::PageId(_)) | (_, NamedBy::SpaceKey(_)) => true,
        (_, NamedBy::PageId(text) | NamedBy::Pasted(text)) => {
            sync.bring_page(id, &asker, text, now).await?.is_some()
        }
    };
    if is_there {
        return Ok(());
    }
    let text = match actor.bound_to() {
        Some(_) => "There is no such page, or you may not view it.",
        None => "The site has nothing of this kind that the connection's account may see.",
    };
    Err(FieldError::new(named.by.field(), text).into())
}

/// The key of the space that a page lies in.
async fn space_of_page(
    sharing: &Sharing,
    connection_id: Uuid,
    asker: &Asker,
    pasted: &str,
    now: OffsetDateTime,
) -> Result<Option<String>, LiveError> {
    let found = sharing
        .sync
        .find_page(connection_id, asker, pasted, now)
        .await?;
    Ok(found.and_then(|page| page.space_key))
}

/// The inner error is the caller's mistake.
fn find_stored(
    db: &mut PgConnection,
    named: &NamedRoot,
) -> Result<Result<Root, FieldError>, DbError> {
    let connection_id = named.connection_id;
    if connections::find_connection(db, connection_id)?.is_none() {
        return problem(Field::Connection, "There is no such connection.");
    }
    match (named.scope, &named.by) {
        (ScopeKind::Space, NamedBy::SpaceKey(key)) => {
            let found = find_space(db, connection_id, key)?;
            Ok(found.map(space_root).ok_or_else(|| {
                FieldError::new(Field::SpaceKey, "The connection has no such space.")
            }))
        }
        (ScopeKind::Space, NamedBy::Pasted(text)) => {
            let found = find_space_of_url(db, connection_id, text)?;
            Ok(found.map(space_root).ok_or_else(|| {
                let text = "The connection has no space or page at this address.";
                FieldError::new(Field::Url, text)
            }))
        }
        (ScopeKind::Space, NamedBy::PageId(_)) => {
            problem(Field::PageId, "The scope space takes spaceKey or url.")
        }
        (kind, NamedBy::PageId(id)) => match listing::find_summary(db, connection_id, id)? {
            Some(page) => Ok(page_root(connection_id, kind, page)),
            None => problem(Field::PageId, "The connection has no page with this id."),
        },
        (kind, NamedBy::Pasted(text)) => match pick::resolve(db, connection_id, text)? {
            Some(page) => Ok(page_root(connection_id, kind, page)),
            None => problem(Field::Url, "The connection has no page at this address."),
        },
        (_, NamedBy::SpaceKey(_)) => problem(Field::SpaceKey, "This scope takes pageId or url."),
    }
}

fn problem(field: Field, text: &str) -> Result<Result<Root, FieldError>, DbError> {
    Ok(Err(FieldError::new(field, text)))
}

fn find_space(
    db: &mut PgConnection,
    connection_id: Uuid,
    key: &str,
) -> Result<Option<Space>, DbError> {
    let spaces = listing::list_spaces(db, connection_id)?;
    Ok(spaces.into_iter().find(|space| space.key == key))
}

/// The space that an address names, or that its page lies in.
fn find_space_of_url(
    db: &mut PgConnection,
    connection_id: Uuid,
    url: &str,
) -> Result<Option<Space>, DbError> {
    let key = match named_space(url) {
        Some(key) => Some(key),
        None => pick::resolve(db, connection_id, url)?.map(|page| page.space_key),
    };
    match key {
        Some(key) => find_space(db, connection_id, &key),
        None => Ok(None),
    }
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

fn page_root(connection_id: Uuid, kind: ScopeKind, page: PageSummary) -> Result<Root, FieldError> {
    let root = page.content_id;
    let scope = match (kind, page.kind) {
        (ScopeKind::Page, PageKind::Page) => Scope::Page { root },
        (ScopeKind::Tree, PageKind::Page) => Scope::Tree { root },
        (ScopeKind::BlogPost, PageKind::BlogPost) => Scope::BlogPost { root },
        (_, PageKind::Page) => {
            let text = "This is a page, not a blog post.";
            return Err(FieldError::new(Field::Scope, text));
        }
        (_, PageKind::BlogPost) => {
            let text = format!(
                "“{}” is a blog post and has no pages below it. Choose “Blog post” (blogPost).",
                page.title
            );
            return Err(FieldError::new(Field::Scope, text));
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
