//! What is due, on every node: listings of what is shared, and the bodies that they found changed.
//!
//! Each is taken by one node, in one statement, so that any number of nodes ask the site no more than one would.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as StdDuration;

use diesel::PgConnection;
use futures_util::StreamExt as _;
use futures_util::stream;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::access::{Access, left_of_hour};
use super::refresh_page::Occasion;
use super::{Live, LiveError};
use crate::pages::model::PageKind;
use crate::pages::scope::ContentScope;
use crate::pages::store::followed::{self, FollowedRoot};
use crate::pages::store::health::{self, AfterFailure};
use crate::pages::store::{attachments, connections, outline, refresh, wanted_renderings};

/// How long nobody looks for what is due, if nothing wakes the schedule.
const REST: StdDuration = StdDuration::from_secs(5);
/// How long a page that the site no longer has can come back whole.
const GONE_KEPT: Duration = Duration::days(30);
/// After that rights count as changed, although a page is the same.
const RENDERINGS_COUNT: Duration = Duration::days(1);
/// Pages that one node fetches at once from one site.
const PAGES_AT_ONCE: usize = 4;
const PAGES_TAKEN: i64 = 16;
/// How long a reader waits for a page that was never fetched.
const READER_WAITS: StdDuration = StdDuration::from_secs(12);

/// Runs until the process ends. `clock` tells the time, which below the handlers nothing may read.
pub async fn run(live: Arc<Live>, clock: fn() -> OffsetDateTime) {
    live.reseal().await;
    loop {
        if let Err(error) = live.look(clock).await {
            tracing::warn!(%error, "what is due of live connections was not looked up");
        }
        let _woken = tokio::time::timeout(REST, live.wake.notified()).await;
    }
}

impl Live {
    /// Starts work for every site of which something is due. Sites never wait for each other.
    async fn look(self: &Arc<Self>, clock: fn() -> OffsetDateTime) -> Result<(), LiveError> {
        let now = clock();
        self.want_renderings(None, now).await?;
        let due = self
            .db
            .run(move |db| {
                followed::follow_shares(db, now)?;
                followed::connections_with_work(db, now)
            })
            .await?;
        for connection_id in due {
            if self.resting.contains_key(&connection_id) || !self.begin_work(connection_id) {
                continue;
            }
            let live = Arc::clone(self);
            tokio::spawn(async move {
                if let Err(error) = live.work_off(connection_id, clock).await {
                    tracing::warn!(connection = %connection_id, %error, "a site was not asked");
                }
                live.end_work(connection_id);
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
            self.want_renderings(Some(connection_id), clock()).await?;
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
        let access = match self.access(connection_id, clock()).await {
            Ok(access) => access,
            Err(error @ LiveError::Db(_)) => return Err(error),
            Err(error) => {
                self.resting.insert(connection_id, ());
                self.record_outcome(connection_id, Some(&error), clock())
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
        let (live, access) = (&Arc::clone(self), &access);
        stream::iter(taken)
            .for_each_concurrent(PAGES_AT_ONCE, |page| async move {
                let refreshed = live.refresh_taken(access, &page, Occasion::Due, clock()).await;
                if let Err(error) = refreshed {
                    is_paused.fetch_or(error.is_pause(), Ordering::Relaxed);
                    tracing::info!(connection = %connection_id, page = page.content_id, %error, "a page was not fetched");
                }
            })
            .await;
        if is_paused.load(Ordering::Relaxed) {
            self.resting.insert(connection_id, ());
            return Ok(0);
        }
        Ok(count)
    }

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
        let (live, content_id) = (Arc::clone(self), content_id.to_owned());
        tokio::spawn(async move {
            let refreshed = live
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
        let access = self.access(connection_id, now).await?;
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
        let access = self.access(connection_id, clock()).await?;
        let content_id = match first {
            FirstFetch::Listed { content_id } => content_id.to_owned(),
            FirstFetch::Root { content_id, kind } => {
                self.list_first(&access, content_id, kind, clock()).await?;
                content_id.to_owned()
            }
        };
        self.want_rendering(scope, &content_id, clock()).await?;
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
        content_id: &str,
        kind: PageKind,
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
            return Err(LiveError::NoPage);
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

    /// Adds up what was sent, whatever came of it.
    pub(super) async fn record_requests(
        &self,
        id: Uuid,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let Some(pace) = self.cached_pace(id) else {
            return Ok(());
        };
        let sent = i32::try_from(pace.requests_since_last_flush()).unwrap_or(i32::MAX);
        let used = self
            .db
            .run(move |db| health::add_requests(db, id, sent, now))
            .await?;
        pace.set_used(u32::try_from(used).unwrap_or(0), left_of_hour(now));
        Ok(())
    }

    /// Stores how it went, and how much was sent.
    pub(super) async fn record_outcome(
        &self,
        connection_id: Uuid,
        failure: Option<&LiveError>,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let pace = self.cached_pace(connection_id);
        let limits = pace.and_then(|pace| serde_json::to_value(pace.snapshot(now)).ok());
        let recorded = failure.map(|error| {
            let after = if error.is_refusal() {
                AfterFailure::Stop
            } else {
                AfterFailure::GoOn
            };
            (error.sentence(), after)
        });
        self.db
            .run(move |db| match &recorded {
                None => health::record_success(db, connection_id, limits.as_ref(), now),
                Some((sentence, after)) => {
                    health::record_failure(db, connection_id, sentence, *after, now)
                }
            })
            .await?;
        self.record_requests(connection_id, now).await
    }
}

/// Which page a reader waits for.
#[derive(Debug, Clone, Copy)]
pub enum FirstFetch<'a> {
    /// A share's root page, of which nothing is known.
    Root { content_id: &'a str, kind: PageKind },
    /// A page that a listing named and whose body is not there yet.
    Listed { content_id: &'a str },
}
