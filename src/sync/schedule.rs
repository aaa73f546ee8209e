//! What is due, on every node: listings of what is shared, and the bodies that they found changed.
//!
//! Each is taken by one node, in one statement, so that any number of nodes ask the site no more than one would.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as StdDuration;

use futures_util::StreamExt as _;
use futures_util::stream;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::SiteSync;
use super::refresh_page::Occasion;
use crate::connections::LiveError;
use crate::pages::store::{
    attachments, connections, followed, outline, refresh, wanted_renderings,
};

/// How long nobody looks for what is due, if nothing wakes the schedule.
const REST: StdDuration = StdDuration::from_secs(5);
/// How long a page that the site no longer has can come back whole.
const GONE_KEPT: Duration = Duration::days(30);
/// After that rights count as changed, although a page is the same.
const RENDERINGS_COUNT: Duration = Duration::days(1);
/// Pages that one node fetches at once from one site.
const PAGES_AT_ONCE: usize = 4;
const PAGES_TAKEN: i64 = 16;

/// Runs until the process ends. `clock` tells the time, which below the handlers nothing may read.
pub async fn run(sync: Arc<SiteSync>, clock: fn() -> OffsetDateTime) {
    sync.connections.reseal().await;
    loop {
        if let Err(error) = sync.begin_due(clock).await {
            tracing::warn!(%error, "what is due of live connections was not looked up");
        }
        let _woken = tokio::time::timeout(REST, sync.connections.woken()).await;
    }
}

impl SiteSync {
    /// Starts work for every site of which something is due. Sites never wait for each other.
    async fn begin_due(self: &Arc<Self>, clock: fn() -> OffsetDateTime) -> Result<(), LiveError> {
        let now = clock();
        self.cloud_app.want_renderings(None, now).await?;
        let due = self
            .db
            .run(move |db| {
                followed::follow_shares(db, now)?;
                followed::connections_with_work(db, now)
            })
            .await?;
        for connection_id in due {
            if self.connections.is_resting(connection_id) || !self.begin_work(connection_id) {
                continue;
            }
            let sync = Arc::clone(self);
            tokio::spawn(async move {
                if let Err(error) = sync.work_off(connection_id, clock).await {
                    tracing::warn!(connection = %connection_id, %error, "a site was not asked");
                }
                sync.end_work(connection_id);
            });
        }
        Ok(())
    }

    /// Once in a while: what has been gone for long is deleted, with the bytes that nothing names any more.
    pub async fn clean_up(self: &Arc<Self>, now: OffsetDateTime) -> Result<(), LiveError> {
        let connections = self
            .db
            .run(move |db| {
                outline::delete_long_gone(db, now - GONE_KEPT)?;
                wanted_renderings::clean_up(db, now - RENDERINGS_COUNT, now)?;
                connections::list_connections(db)
            })
            .await?;
        let live = connections.into_iter().filter(|found| found.kind.is_live());
        for id in live.map(|found| found.id) {
            let needed = self
                .db
                .run(move |db| attachments::needed_objects(db, id))
                .await?;
            let needed = needed.into_iter().collect();
            let before = (now - Duration::hours(1)).unix_timestamp();
            self.files.remove_unneeded(id, &needed, before).await?;
        }
        Ok(())
    }

    /// Listings first, then bodies in small helpings, until nothing of the site is due.
    async fn work_off(
        self: &Arc<Self>,
        connection_id: Uuid,
        clock: fn() -> OffsetDateTime,
    ) -> Result<(), LiveError> {
        loop {
            let now = clock();
            let due = self
                .db
                .run(move |db| followed::take_due(db, connection_id, now))
                .await?;
            if let Some(root) = due {
                if let Err(error) = self.refresh_root(&root, clock()).await {
                    tracing::warn!(connection = %connection_id, scope = root.scope, root = root.root_content_id, %error,
                        "a part of a site was not listed");
                }
                continue;
            }
            self.cloud_app
                .want_renderings(Some(connection_id), clock())
                .await?;
            if self.fetch_due(connection_id, clock).await? == 0 {
                return Ok(());
            }
        }
    }

    /// Fetches some bodies that are due. An error of one page is stored with it; what stops the whole site stops this.
    async fn fetch_due(
        self: &Arc<Self>,
        connection_id: Uuid,
        clock: fn() -> OffsetDateTime,
    ) -> Result<usize, LiveError> {
        let access = match self.connections.access(connection_id, clock()).await {
            Ok(access) => access,
            Err(error @ LiveError::Db(_)) => return Err(error),
            Err(error) => {
                self.connections.rest(connection_id);
                self.connections
                    .record_outcome(connection_id, Some(&error), clock())
                    .await?;
                return Ok(0);
            }
        };
        let now = clock();
        let taken = self
            .db
            .run(move |db| refresh::take_due_pages(db, connection_id, PAGES_TAKEN, now))
            .await?;
        let count = taken.len();
        let is_paused = &AtomicBool::new(false);
        let (sync, access) = (&Arc::clone(self), &access);
        stream::iter(taken)
            .for_each_concurrent(PAGES_AT_ONCE, |page| async move {
                let refreshed = sync.refresh_taken(access, &page, Occasion::Due, clock()).await;
                if let Err(error) = refreshed {
                    is_paused.fetch_or(error.is_pause(), Ordering::Relaxed);
                    tracing::info!(connection = %connection_id, page = page.content_id, %error, "a page was not fetched");
                }
            })
            .await;
        if is_paused.load(Ordering::Relaxed) {
            self.connections.rest(connection_id);
            return Ok(0);
        }
        Ok(count)
    }
}
