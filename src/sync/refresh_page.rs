//! One page: its body, its files, its comments, compared with the site. What is stored is only replaced by something
//! that was fetched whole.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::Connection as _;
use time::OffsetDateTime;

use super::SiteSync;
use super::fetched_page::{self, Fetched, mentions_files, text_mentions_files};
use super::wait::wait_after;
use crate::cloud_app::viewer_rendering::ViewerRenderings;
use crate::confluence::model::{Bodies, ContentKind, ListedFile, ListedPage};
use crate::confluence::{Client, Product};
use crate::connections::LiveError;
use crate::connections::access::Access;
use crate::content;
use crate::pages::model::PageKind;
use crate::pages::store::refresh::{self, TakenPage};
use crate::pages::store::{attachments, comments};

/// Why a page is refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A listing named a new version, or there is no body yet.
    Due,
    /// Somebody looks at it, so its files are listed as well.
    LookedAt,
}

impl SiteSync {
    /// Refreshes a page that this node has taken. Only what the database refuses is an error here: what the site
    /// refuses is stored with the page.
    pub(super) async fn refresh_taken(
        self: &Arc<Self>,
        access: &Access,
        taken: &TakenPage,
        occasion: Occasion,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let connection_id = access.connection.id;
        let outcome = self.fetch_and_store(access, taken, occasion, now).await;
        let gone = outcome.as_ref().is_err_and(LiveError::is_not_found);
        if let Err(error) = &outcome {
            let (id, sentence) = (taken.content_id.clone(), error.sentence());
            let retry_at = now + wait_after(taken.failures, error);
            let is_pause = error.is_pause();
            self.db
                .run(move |db| {
                    if gone {
                        fetched_page::hide(db, connection_id, &id, now)
                    } else if is_pause {
                        refresh::release_page(db, connection_id, &id)
                    } else {
                        refresh::fail_page(db, connection_id, &id, &sentence, retry_at)
                    }
                })
                .await?;
        }
        let failure = outcome.err().filter(|_| !gone);
        self.connections
            .record_outcome(connection_id, failure.as_ref(), now)
            .await?;
        match failure {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    async fn fetch_and_store(
        self: &Arc<Self>,
        access: &Access,
        taken: &TakenPage,
        occasion: Occasion,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let (fetched, failure) = self.fetch(access, taken, occasion, now).await?;
        let connection_id = access.connection.id;
        let taken = taken.clone();
        let outdated = self
            .db
            .run(move |db| {
                db.transaction(|db| fetched_page::store(db, connection_id, &taken, &fetched, now))
            })
            .await?;
        for file in outdated {
            // The old bytes stay until the new ones are there.
            if let Err(error) = self.fetch_new_version(access, &file).await {
                tracing::info!(%error, file = %file.id, "a file's new version was not fetched");
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn fetch(
        self: &Arc<Self>,
        access: &Access,
        taken: &TakenPage,
        occasion: Occasion,
        now: OffsetDateTime,
    ) -> Result<(Fetched, Option<LiveError>), LiveError> {
        let connection_id = access.connection.id;
        let kind = content_kind(taken.kind());
        let page = self.fetch_page(access, taken, kind).await?;
        let renderings = self
            .cloud_app
            .render_for_viewers(access, taken, &page, now)
            .await?;
        let wants_files = occasion == Occasion::LookedAt
            || taken.files_listed_at.is_some()
            || mentions_files(&page.bodies)
            || renderings.views().any(text_mentions_files);
        let files = if wants_files {
            self.fetch_files(access, &page).await?
        } else {
            None
        };
        let shown_ids = shown_elsewhere(access.connection.product, &page, &renderings);
        let shown_elsewhere = self
            .fetch_shown_elsewhere(access, shown_ids.clone())
            .await?;
        let comments = self.fetch_comments(access, &page).await?;
        let author_name = match (&page.author_name, &page.author_id) {
            (None, Some(id)) => self
                .connections
                .names_of(connection_id, &access.client, vec![id.clone()])
                .await?
                .remove(id),
            (name, _) => name.clone(),
        };
        let fetched = Fetched {
            is_whole: renderings.failure.is_none(),
            has_views: page.bodies.export_view.is_some() || renderings.are_all_there(),
            page,
            author_name,
            files,
            asked_for_files: wants_files,
            shown_ids,
            shown_elsewhere,
            comments,
            renderings: renderings.had,
        };
        Ok((fetched, renderings.failure))
    }

    /// The first time, a listing has brought the storage format along, and only the export view is missing.
    async fn fetch_page(
        &self,
        access: &Access,
        taken: &TakenPage,
        kind: ContentKind,
    ) -> Result<ListedPage, LiveError> {
        let only_export_view = access.connection.product.lists_storage_only()
            && taken.has_storage
            && taken.fetched_at.is_none()
            && taken.listed_version == Some(taken.version);
        let (client, id) = (&access.client, &taken.content_id);
        // An app renders no page in its own name unless it has to.
        let is_app = access.connection.is_app();
        if !only_export_view {
            return Ok(match is_app {
                true => client.source_of(id, kind).await?,
                false => client.page(id, kind).await?,
            });
        }
        let export_view = match is_app {
            true => None,
            false => self.fetch_view(client, id, kind).await?,
        };
        let (connection_id, id) = (access.connection.id, taken.content_id.clone());
        let storage = self
            .db
            .run(move |db| refresh::find_storage(db, connection_id, &id))
            .await?;
        Ok(ListedPage {
            id: taken.content_id.clone(),
            kind,
            title: taken.title.clone(),
            space_key: String::new(),
            parent_id: None,
            position: 0,
            version: taken.version,
            author_id: None,
            author_name: None,
            created_at: None,
            modified_at: None,
            view_restricted: None,
            labels: None,
            bodies: Bodies {
                export_view,
                storage,
            },
        })
    }

    async fn fetch_view(
        &self,
        client: &Client,
        id: &str,
        kind: ContentKind,
    ) -> Result<Option<String>, LiveError> {
        match client.export_view(id, kind).await {
            Ok(html) => Ok(Some(html)),
            Err(error) if error.problem.is_about_the_page() => {
                tracing::info!(%error, page = id, "a page has no export view");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Files we may not list are no reason to go without the page.
    async fn fetch_files(
        &self,
        access: &Access,
        page: &ListedPage,
    ) -> Result<Option<Vec<ListedFile>>, LiveError> {
        match access.client.attachments(&page.id, page.kind).await {
            Ok(files) => Ok(Some(files)),
            Err(error) if error.is_transient() => Err(error.into()),
            Err(error) => {
                tracing::info!(%error, page = page.id, "a page's files are not listed");
                Ok(None)
            }
        }
    }

    /// Files of other pages that this one shows and of which nothing is known yet.
    async fn fetch_shown_elsewhere(
        &self,
        access: &Access,
        ids: Vec<String>,
    ) -> Result<Vec<ListedFile>, LiveError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let connection_id = access.connection.id;
        let unknown = self
            .db
            .run(move |db| attachments::unknown_files(db, connection_id, &ids))
            .await?;
        let mut found = Vec::with_capacity(unknown.len());
        for id in unknown.iter().take(MAX_SHOWN_ELSEWHERE) {
            match access.client.attachment(id).await {
                Ok(file) => found.push(file),
                Err(error) if error.is_transient() => return Err(error.into()),
                Err(error) => {
                    tracing::info!(%error, file = id, "a file that a page shows is not told")
                }
            }
        }
        without_restricted(access, found).await
    }

    async fn fetch_comments(
        &self,
        access: &Access,
        page: &ListedPage,
    ) -> Result<Option<serde_json::Value>, LiveError> {
        let connection_id = access.connection.id;
        let wanted = self
            .db
            .run(move |db| comments::are_wanted(db, connection_id))
            .await?;
        if !wanted {
            return Ok(None);
        }
        let mut found = match access.client.footer_comments(&page.id, page.kind).await {
            Ok(found) => found,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => {
                tracing::info!(%error, page = page.id, "comments are not told");
                return Ok(None);
            }
        };
        let nameless = found.iter().filter(|comment| comment.author_name.is_none());
        let ids: Vec<String> = nameless
            .filter_map(|comment| comment.author_id.clone())
            .collect();
        let names = self
            .connections
            .names_of(connection_id, &access.client, ids)
            .await?;
        for comment in &mut found {
            if let (None, Some(id)) = (&comment.author_name, &comment.author_id) {
                comment.author_name = names.get(id).cloned();
            }
        }
        Ok(Some(comments::to_json(&found)))
    }
}

/// Pages that show more files of other pages than this are no pages.
const MAX_SHOWN_ELSEWHERE: usize = 50;

/// Leaves out files of pages with a view restriction: that somebody shows one elsewhere does not open it to the world.
async fn without_restricted(
    access: &Access,
    mut files: Vec<ListedFile>,
) -> Result<Vec<ListedFile>, LiveError> {
    let owners: HashSet<String> = files.iter().map(|file| file.content_id.clone()).collect();
    if owners.is_empty() {
        return Ok(files);
    }
    let owners: Vec<String> = owners.into_iter().collect();
    let restricted = access.client.view_restrictions(&owners).await?;
    files.retain(|file| restricted.get(&file.content_id) == Some(&false));
    Ok(files)
}

fn content_kind(kind: PageKind) -> ContentKind {
    match kind {
        PageKind::Page => ContentKind::Page,
        PageKind::BlogPost => ContentKind::BlogPost,
    }
}

/// Ids, as the API writes them, of files that hang on other pages.
fn shown_elsewhere(
    product: Product,
    page: &ListedPage,
    renderings: &ViewerRenderings,
) -> Vec<String> {
    let views = page.bodies.export_view.as_deref().into_iter();
    let mut ids: Vec<String> = views
        .chain(renderings.views())
        .flat_map(content::shown_files)
        .filter(|file| file.content_id != page.id)
        .map(|file| product.attachment_id(&file.attachment_id))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}
