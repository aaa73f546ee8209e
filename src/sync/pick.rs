//! Looking for pages and spaces on the site itself, before anything of them is stored. What is chosen is stored as an
//! outline, so that from there on it is found like any other page.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::SiteSync;
use super::outline_of::outline_of;
use crate::cloud_app::asker::Asker;
use crate::confluence::model::{ChildrenOf, FoundContent, ListedPage, ListedSpace};
use crate::confluence::{Client, ConfluenceError};
use crate::connections::access::Access;
use crate::connections::{LiveError, is_not_found};
use crate::content::wiki_url::{WikiTarget, recognise_anywhere};
use crate::pages::store::outline;

impl SiteSync {
    /// Pages and blog posts whose titles or texts fit, best first.
    pub async fn search(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        text: &str,
        space: Option<&str>,
        limit: usize,
        now: OffsetDateTime,
    ) -> Result<Vec<FoundContent>, LiveError> {
        let access = self.cloud_app.access_as(connection_id, asker, now).await?;
        let found = access.client.search_pages(text, space, limit).await;
        self.recorded(&access, asker, found, now).await
    }

    pub async fn spaces(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        query: &str,
        limit: usize,
        now: OffsetDateTime,
    ) -> Result<Vec<ListedSpace>, LiveError> {
        let access = self.cloud_app.access_as(connection_id, asker, now).await?;
        let found = access.client.spaces(query, limit).await;
        self.recorded(&access, asker, found, now).await
    }

    /// What is directly below a page, a folder or a space.
    pub async fn children(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        parent: ChildrenOf<'_>,
        now: OffsetDateTime,
    ) -> Result<Vec<FoundContent>, LiveError> {
        let access = self.cloud_app.access_as(connection_id, asker, now).await?;
        let found = access.client.children(parent).await;
        self.recorded(&access, asker, found, now).await
    }

    /// The page that an admin names: an address in any of its forms, an id, or `SPACE:Title`. Stores its outline and
    /// returns its content id; `None` when the text names no page that the connection's account may see.
    pub async fn bring_page(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        named: &str,
        now: OffsetDateTime,
    ) -> Result<Option<String>, LiveError> {
        let Some(target) = target_of(named) else {
            return Ok(None);
        };
        let access = self.cloud_app.access_as(connection_id, asker, now).await?;
        let found = find_and_complete(&access.client, &target).await;
        let found = self.recorded(&access, asker, found, now).await?;
        let Some((page, space)) = found else {
            return Ok(None);
        };
        let id = page.id.clone();
        self.db
            .run(move |db| {
                outline::store_space(
                    db,
                    connection_id,
                    &space.key,
                    &space.name,
                    space.homepage_id.as_deref(),
                )?;
                outline::store_outline(db, connection_id, &outline_of(&page))?;
                Ok::<_, LiveError>(())
            })
            .await?;
        Ok(Some(id))
    }

    /// The same page as [`SiteSync::bring_page`] finds, of which nothing is stored.
    pub async fn find_page(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        named: &str,
        now: OffsetDateTime,
    ) -> Result<Option<FoundContent>, LiveError> {
        let Some(target) = target_of(named) else {
            return Ok(None);
        };
        let access = self.cloud_app.access_as(connection_id, asker, now).await?;
        let found = find_listed(&access.client, &target).await;
        let found = self.recorded(&access, asker, found, now).await?;
        Ok(found.map(|page| FoundContent {
            id: page.id,
            kind: page.kind,
            title: page.title,
            space_key: Some(page.space_key),
        }))
    }

    /// Stores a space with the outline of its home page. `false` when there is none that the account may see.
    pub async fn bring_space(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        key: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LiveError> {
        let access = self.cloud_app.access_as(connection_id, asker, now).await?;
        let space = match access.client.space(key).await {
            Err(error) if is_not_found(&error) => return Ok(false),
            other => self.recorded(&access, asker, other, now).await?,
        };
        let home = match &space.homepage_id {
            Some(id) => self.bring_page(connection_id, asker, id, now).await?,
            None => None,
        };
        self.db
            .run(move |db| {
                outline::store_space(db, connection_id, &space.key, &space.name, home.as_deref())
            })
            .await?;
        Ok(true)
    }

    async fn recorded<T>(
        &self,
        access: &Access,
        asker: &Asker,
        outcome: Result<T, ConfluenceError>,
        now: OffsetDateTime,
    ) -> Result<T, LiveError> {
        let outcome = outcome.map_err(LiveError::from);
        // What a person is refused is no failure of the connection.
        if matches!(asker, Asker::Connection) {
            self.connections
                .record_outcome(access.connection.id, outcome.as_ref().err(), now)
                .await?;
        }
        outcome
    }
}

enum Target {
    Id(String),
    Title { space_key: String, title: String },
}

fn target_of(named: &str) -> Option<Target> {
    let text = named.trim();
    if text.is_empty() || text.len() > 4000 || text.contains('\0') {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Target::Id(text.to_owned()));
    }
    let is_address =
        text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/');
    if is_address {
        return match recognise_anywhere(text)? {
            WikiTarget::PageById(id) | WikiTarget::File { content_id: id, .. } => {
                Some(Target::Id(id))
            }
            WikiTarget::PageByTitle { space_key, title } => {
                Some(Target::Title { space_key, title })
            }
            WikiTarget::Other => None,
        };
    }
    let (space_key, title) = text.split_once(':')?;
    let (space_key, title) = (space_key.trim(), title.trim());
    let is_key = !space_key.is_empty() && !space_key.contains(char::is_whitespace);
    (is_key && !title.is_empty()).then(|| Target::Title {
        space_key: space_key.to_owned(),
        title: title.to_owned(),
    })
}

async fn find_listed(
    client: &Client,
    target: &Target,
) -> Result<Option<ListedPage>, ConfluenceError> {
    match target {
        Target::Id(id) => client.find_by_id(id).await,
        Target::Title { space_key, title } => client.find_by_title(space_key, title).await,
    }
}

/// The page with its restrictions, and its space.
async fn find_and_complete(
    client: &Client,
    target: &Target,
) -> Result<Option<(ListedPage, ListedSpace)>, ConfluenceError> {
    let Some(mut page) = find_listed(client, target).await? else {
        return Ok(None);
    };
    if page.view_restricted.is_none() {
        let told = client
            .view_restrictions(std::slice::from_ref(&page.id))
            .await?;
        page.view_restricted = told.get(&page.id).copied();
    }
    let space = client.space(&page.space_key).await?;
    Ok(Some((page, space)))
}
