//! What happens when somebody reads a page of a live connection: an old one is compared with the site, one that was never
//! fetched is fetched while the reader waits.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use diesel::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::SiteSync;
use super::refresh_page::Occasion;
use crate::connections::LiveError;
use crate::connections::access::Access;
use crate::pages::model::PageKind;
use crate::pages::scope::ContentScope;
use crate::pages::store::followed::FollowedRoot;
use crate::pages::store::{reach, refresh};

/// How long a reader waits for a page that was never fetched.
const READER_WAITS: StdDuration = StdDuration::from_secs(12);

/// Which page a reader waits for.
#[derive(Debug, Clone, Copy)]
pub enum FirstFetch<'a> {
    /// A share's root page, of which nothing is known.
    Root { content_id: &'a str, kind: PageKind },
    /// A page that a listing named and whose body is not there yet.
    Listed { content_id: &'a str },
}

impl SiteSync {
    /// Somebody looks at a page of a live connection: compares it with the site if that was long ago. Nobody waits.
    pub fn looked_at(
        self: &Arc<Self>,
        connection_id: Uuid,
        content_id: &str,
        clock: fn() -> OffsetDateTime,
    ) {
        let key = (connection_id, content_id.to_owned());
        if self.looked_at.contains_key(&key) {
            return;
        }
        self.looked_at.insert(key, ());
        let (sync, content_id) = (Arc::clone(self), content_id.to_owned());
        tokio::spawn(async move {
            let refreshed = sync
                .refresh_if_stale(connection_id, &content_id, clock())
                .await;
            if let Err(error) = refreshed {
                tracing::info!(connection = %connection_id, page = content_id, %error, "a page was not compared with its site");
            }
        });
    }

    async fn refresh_if_stale(
        self: &Arc<Self>,
        connection_id: Uuid,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let access = self.connections.access(connection_id, now).await?;
        let age = Duration::seconds(access.connection.settings.refresh_after_seconds.into());
        let id = content_id.to_owned();
        let taken = self
            .db
            .run(move |db| refresh::take_page(db, connection_id, &id, now - age, now))
            .await?;
        match taken {
            Some(taken) => {
                self.refresh_taken(&access, &taken, Occasion::LookedAt, now)
                    .await
            }
            None => Ok(()),
        }
    }

    /// Fetches a page that was never fetched, or never rendered for the viewers of the reader's scope, while the reader
    /// waits. The only way on which a reader meets the site.
    pub async fn fetch_first(
        self: &Arc<Self>,
        scope: &ContentScope,
        first: FirstFetch<'_>,
        clock: fn() -> OffsetDateTime,
    ) -> Result<(), LiveError> {
        let fetching = self.fetch_first_unbounded(scope, first, clock);
        match tokio::time::timeout(READER_WAITS, fetching).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(LiveError::TooSlow),
        }
    }

    async fn fetch_first_unbounded(
        self: &Arc<Self>,
        scope: &ContentScope,
        first: FirstFetch<'_>,
        clock: fn() -> OffsetDateTime,
    ) -> Result<(), LiveError> {
        let connection_id = scope.connection_id;
        let access = self.connections.access(connection_id, clock()).await?;
        let content_id = match first {
            FirstFetch::Listed { content_id } => content_id.to_owned(),
            FirstFetch::Root { content_id, kind } => {
                self.list_first(&access, scope, (content_id, kind), clock())
                    .await?;
                content_id.to_owned()
            }
        };
        self.cloud_app
            .want_rendering(scope, &content_id, clock())
            .await?;
        let (id, now) = (content_id.clone(), clock());
        let taken = self
            .db
            .run(move |db| refresh::take_page(db, connection_id, &id, now, now))
            .await?;
        if let Some(taken) = taken {
            return self
                .refresh_taken(&access, &taken, Occasion::LookedAt, clock())
                .await;
        }
        self.wait_for_body(scope, content_id).await
    }

    /// Somebody else, here or on another node, is fetching it.
    async fn wait_for_body(
        &self,
        scope: &ContentScope,
        content_id: String,
    ) -> Result<(), LiveError> {
        let connection_id = scope.connection_id;
        loop {
            let (id, viewers) = (content_id.clone(), scope.viewers.clone());
            let state = self
                .db
                .run(move |db| refresh::body_state(db, connection_id, &id, viewers.as_ref()))
                .await?;
            match state {
                refresh::BodyState::Coming => {
                    tokio::time::sleep(StdDuration::from_millis(150)).await;
                }
                refresh::BodyState::There | refresh::BodyState::NoPage => return Ok(()),
                refresh::BodyState::Failed(sentence) => {
                    return Err(LiveError::FailedBefore(sentence));
                }
            }
        }
    }

    /// The root page alone; everything below it comes with the listing that is due. A page that is known, and yet not
    /// to be seen, is not asked for again and again; nor is one that the site does not have.
    async fn list_first(
        self: &Arc<Self>,
        access: &Access,
        scope: &ContentScope,
        (content_id, kind): (&str, PageKind),
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let connection_id = access.connection.id;
        let key = (connection_id, content_id.to_owned());
        if self.absent.contains_key(&key) {
            return Err(LiveError::NoPage);
        }
        let id = content_id.to_owned();
        let is_known = move |db: &mut PgConnection| refresh::is_known(db, connection_id, &id);
        if self.db.run(is_known.clone()).await? {
            // The schedule, or another reader, may have listed it since this one found nothing.
            let (scope, id) = (scope.clone(), content_id.to_owned());
            let is_open = self
                .db
                .run(move |db| reach::is_in_scope(db, &scope, &id))
                .await?;
            return is_open.then_some(()).ok_or(LiveError::NoPage);
        }
        let root = FollowedRoot {
            connection_id,
            scope: match kind {
                PageKind::Page => "page",
                PageKind::BlogPost => "blog_post",
            }
            .to_owned(),
            space_key: String::new(),
            root_content_id: content_id.to_owned(),
            listed_at: None,
            failures: 0,
            failure: None,
            failed_at: None,
        };
        self.refresh_root(&root, now).await?;
        if self.db.run(is_known).await? {
            return Ok(());
        }
        self.absent.insert(key, ());
        Err(LiveError::NoPage)
    }
}
