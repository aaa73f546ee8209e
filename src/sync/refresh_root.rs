//! One listing of a part of a site: which pages there are, in which order, in which versions. Bodies are fetched
//! afterwards, page by page, and only of those that changed.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use time::{Duration, OffsetDateTime};

use super::SiteSync;
use super::fetched_page::mentions_files;
use super::outline_of::outline_of;
use super::wait::wait_after;
use crate::confluence::Client;
use crate::confluence::model::{ContentKind, Detail, ListedPage, Listing, Root};
use crate::connections::{LiveError, is_not_found};
use crate::content::{self, BodyFormat};
use crate::db::DbError;
use crate::pages::derive;
use crate::pages::store::followed::{self, FollowedRoot};
use crate::pages::store::outline::{self, KnownPage as Missing, Outline};
use crate::pages::store::refresh::{self, FetchedBody};
use crate::pages::store::{comments, connections};

/// So many pages that a listing no longer names are asked for by themselves.
const CONFIRMED: usize = 3;

impl SiteSync {
    /// Lists a part of a site and stores what it says. What went wrong is stored with the part, too.
    pub(super) async fn refresh_root(
        self: &Arc<Self>,
        root: &FollowedRoot,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let outcome = self.list_and_store(root, now).await;
        let connection_id = root.connection_id;
        if let Err(error) = &outcome {
            let (root, sentence) = (root.clone(), error.sentence());
            let due_at = now + wait_after(root.failures, error);
            self.db
                .run(move |db| followed::fail(db, &root, &sentence, due_at, now))
                .await?;
        }
        self.connections
            .record_outcome(connection_id, outcome.as_ref().err(), now)
            .await?;
        outcome
    }

    async fn list_and_store(
        self: &Arc<Self>,
        root: &FollowedRoot,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let access = self.connections.access(root.connection_id, now).await?;
        let detail = if root.listed_at.is_none() {
            Detail::Bodies
        } else {
            Detail::Outline
        };
        let listed = match access.client.list(root.root(), detail).await {
            // What is not there, or not for us, is not shown: an empty listing, checked below as any other.
            Err(error) if is_not_found(&error) => Listing::default(),
            other => other?,
        };
        let listing = self.complete(root, &access.client, listed).await?;
        let missing = self.missing(root, &listing).await?;
        confirm_missing(&access.client, root, &missing).await?;
        let due_at =
            now + Duration::seconds(access.connection.settings.refresh_after_seconds.into());
        let root = root.clone();
        self.db
            .run(move |db| {
                db.transaction(|db| {
                    if store_listing(db, &root, &listing, &missing, now)? {
                        connections::raise_revision(db, root.connection_id)?;
                    }
                    followed::finish(db, &root, due_at, now)
                })
            })
            .await?;
        self.connections.wake();
        Ok(())
    }

    /// Pages that were below the root and that a listing no longer names.
    async fn missing(
        &self,
        root: &FollowedRoot,
        listing: &Listing,
    ) -> Result<Vec<Missing>, LiveError> {
        let listed: HashSet<String> = listing.pages.iter().map(|page| page.id.clone()).collect();
        let root = root.clone();
        let below = self
            .db
            .run(move |db| {
                let start = start_of(&root);
                let only_root = matches!(root.root(), Root::Page(_) | Root::BlogPost(_));
                let below = outline::known_below(db, root.connection_id, &root.space_key, start)?;
                Ok::<_, LiveError>(
                    below
                        .into_iter()
                        .filter(|page| !only_root || Some(page.content_id.as_str()) == start)
                        .collect::<Vec<_>>(),
                )
            })
            .await?;
        Ok(below
            .into_iter()
            .filter(|page| !listed.contains(&page.content_id))
            .collect())
    }

    /// Asks for what the listing left open: restrictions that it did not tell, names of authors.
    async fn complete(
        &self,
        root: &FollowedRoot,
        client: &Client,
        mut listing: Listing,
    ) -> Result<Listing, LiveError> {
        let open: Vec<String> = listing
            .pages
            .iter()
            .filter(|page| page.view_restricted.is_none() && page.kind != ContentKind::Folder)
            .map(|page| page.id.clone())
            .collect();
        if !open.is_empty() {
            let told = client.view_restrictions(&open).await?;
            for page in &mut listing.pages {
                page.view_restricted = page.view_restricted.or(told.get(&page.id).copied());
            }
        }
        for page in &mut listing.pages {
            if page.kind == ContentKind::Folder {
                page.view_restricted = Some(page.view_restricted.unwrap_or(false));
            }
        }
        self.name_authors(root, client, &mut listing.pages).await?;
        Ok(listing)
    }

    /// Names that are not known yet are asked for at once. Without the right to ask, pages have no author.
    async fn name_authors(
        &self,
        root: &FollowedRoot,
        client: &Client,
        pages: &mut [ListedPage],
    ) -> Result<(), LiveError> {
        let nameless = pages.iter().filter(|page| page.author_name.is_none());
        let ids: HashSet<String> = nameless.filter_map(|page| page.author_id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let names = self
            .connections
            .names_of(root.connection_id, client, ids.into_iter().collect())
            .await?;
        for page in pages {
            if page.author_name.is_none() {
                page.author_name = page
                    .author_id
                    .as_ref()
                    .and_then(|id| names.get(id).cloned());
            }
        }
        Ok(())
    }
}

/// The page a part begins with; `None` for a space.
fn start_of(root: &FollowedRoot) -> Option<&str> {
    match root.root() {
        Root::Space(_) => None,
        Root::Page(id) | Root::Tree(id) | Root::BlogPost(id) => Some(id),
    }
}

/// Asks the site about some pages that a listing no longer names. An answer can be cut without saying so; a page that is
/// still there, in its old place, gives it away, and the stored pages stay.
async fn confirm_missing(
    client: &Client,
    root: &FollowedRoot,
    missing: &[Missing],
) -> Result<(), LiveError> {
    let gone: HashSet<&str> = missing
        .iter()
        .map(|page| page.content_id.as_str())
        .collect();
    // A page whose parent is missing, too, went with it.
    let went_alone = missing.iter().filter(|page| {
        let parent = page.parent_content_id.as_deref();
        !parent.is_some_and(|parent| gone.contains(parent))
    });
    for page in went_alone.take(CONFIRMED) {
        let found = client.find_by_id(&page.content_id).await?;
        let is_in_place = found.is_some_and(|found| {
            Some(page.content_id.as_str()) == start_of(root)
                || (found.parent_id == page.parent_content_id && found.space_key == page.space_key)
        });
        if is_in_place {
            return Err(LiveError::IncompleteListing);
        }
    }
    Ok(())
}

/// `true` when readers see a difference.
fn store_listing(
    db: &mut PgConnection,
    root: &FollowedRoot,
    listing: &Listing,
    missing: &[Missing],
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let connection_id = root.connection_id;
    let mut changed = false;
    for space in &listing.spaces {
        let home = space.homepage_id.as_deref();
        outline::store_space(db, connection_id, &space.key, &space.name, home)?;
    }
    let mut with_body = Vec::new();
    for page in &listing.pages {
        changed |= store_page(db, root, page)?;
        if store_listed_body(db, root, page, now)? {
            with_body.push(page);
        }
    }
    changed |= !with_body.is_empty();
    // When all are there, because links are looked up by title.
    for page in with_body {
        derive::store_derived(db, connection_id, &page.space_key, &page.id)?;
    }
    let mut gone: Vec<String> = missing.iter().map(|page| page.content_id.clone()).collect();
    changed |= outline::mark_gone(db, connection_id, &gone, now)? > 0;
    // Other shares may begin with such a page, wherever it is now.
    gone.retain(|id| Some(id.as_str()) != start_of(root));
    followed::make_roots_due(db, connection_id, &gone, now)?;
    Ok(changed)
}

fn store_page(
    db: &mut PgConnection,
    root: &FollowedRoot,
    page: &ListedPage,
) -> Result<bool, DbError> {
    let connection_id = root.connection_id;
    let is_folder = page.kind == ContentKind::Folder;
    let outline = Outline {
        // Alone in its listing, a root does not say which of its siblings it is.
        position: (Some(page.id.as_str()) != start_of(root)).then_some(page.position),
        ..outline_of(page)
    };
    let mut changed = outline::store_outline(db, connection_id, &outline)?;
    if is_folder {
        changed |= outline::store_folder(db, connection_id, &page.id)?;
    } else if let Some(storage) = &page.bodies.storage
        && page.view_restricted == Some(false)
    {
        changed |= outline::store_listed_storage(
            db,
            connection_id,
            &page.id,
            page.version.max(1),
            &storage.replace('\0', ""),
        )?;
    }
    Ok(changed)
}

/// The body that a listing may bring along with a page, if there is none yet. A page with files is fetched once more, to
/// list them.
fn store_listed_body(
    db: &mut PgConnection,
    root: &FollowedRoot,
    page: &ListedPage,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let bodies = &page.bodies;
    let storage = bodies.storage.as_deref();
    let usable = bodies
        .export_view
        .as_deref()
        .filter(|html| content::is_usable_export_view(html, storage));
    let Some(export_view) = usable.filter(|_| page.view_restricted == Some(false)) else {
        return Ok(false);
    };
    if refresh::is_fetched(db, root.connection_id, &page.id)? {
        return Ok(false);
    }
    let storage = storage.map(|storage| storage.replace('\0', ""));
    let fetched = FetchedBody {
        title: None,
        version: page.version.max(1),
        body: &export_view.replace('\0', ""),
        format: BodyFormat::ExportView,
        storage: storage.as_deref(),
        author_name: None,
        modified_at: None,
        labels: None,
        view_restricted: None,
        comments: None,
        instead_of: 0,
        is_whole: !mentions_files(bodies) && !comments::are_wanted(db, root.connection_id)?,
    };
    refresh::store_body(db, root.connection_id, &page.id, &fetched, now)
}
