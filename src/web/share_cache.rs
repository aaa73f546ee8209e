//! Shares in memory for the hot path.
//!
//! A share is read from the database at most about twice a second, however many visitors it has, and a change of it is
//! seen by every node within a second. Only while the database cannot be reached at all is an older state served.
//! Dropped at any time without loss.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use tokio::sync::Mutex;

use crate::db::{Db, DbError};
use crate::shares::share::{Share, ShareId};
use crate::shares::store::{self, ContentSource, StoreError};

/// After this age one request reads the share anew while the others go on with what is there.
const FRESH: Duration = Duration::from_millis(400);
/// After this age everybody waits for the reading: a raised epoch must be seen within one second.
const STALE: Duration = Duration::from_millis(900);
/// How long nobody waits for a database that was out of reach a moment ago.
const OUTAGE: Duration = Duration::from_secs(2);
const MAX_SHARES: u64 = 10_000;

/// A share as it was a moment ago.
pub struct CachedShare {
    pub share: Share,
    /// Rises with every change to the content of its connection.
    pub content_revision: i64,
    pub source: ContentSource,
    /// Milliseconds of the cache's clock.
    read_at: u64,
    being_read: AtomicBool,
    /// Held while the share is read because it is stale: the others wait for the same reading.
    reading: Mutex<()>,
}

#[derive(Clone)]
pub struct ShareCache {
    db: Db,
    clock: Instant,
    known: Cache<ShareId, Arc<CachedShare>>,
    /// Until when the database counts as out of reach, in milliseconds of the cache's clock.
    outage_until: Arc<AtomicU64>,
}

impl ShareCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            clock: Instant::now(),
            known: Cache::new(MAX_SHARES),
            outage_until: Arc::default(),
        }
    }

    /// The share, or `None` when there is none. A database that is out of reach only matters for shares that nobody
    /// has opened since the start.
    pub async fn find(&self, id: ShareId) -> Result<Option<Arc<CachedShare>>, StoreError> {
        let Some(known) = self.known.get(&id) else {
            return self.read(id).await;
        };
        let age = self.age(&known);
        if age < FRESH {
            return Ok(Some(known));
        }
        if age < STALE || self.is_outage() {
            self.read_aside(&known);
            return Ok(Some(known));
        }
        let _turn = known.reading.lock().await;
        if let Some(newer) = self.known.get(&id).filter(|newer| self.age(newer) < FRESH) {
            return Ok(Some(newer));
        }
        match self.read(id).await {
            Err(StoreError::Db(DbError::Unavailable(_))) => Ok(Some(Arc::clone(&known))),
            answer => answer,
        }
    }

    /// Forgets a share that this node has just changed.
    pub fn forget(&self, id: ShareId) {
        self.known.invalidate(&id);
    }

    /// Forgets all: the content of a connection changed.
    pub fn forget_all(&self) {
        self.known.invalidate_all();
    }

    fn age(&self, known: &CachedShare) -> Duration {
        Duration::from_millis(self.clock_ms().saturating_sub(known.read_at))
    }

    fn is_outage(&self) -> bool {
        self.clock_ms() < self.outage_until.load(Ordering::Acquire)
    }

    /// Reads while nobody waits; one reading at a time.
    fn read_aside(&self, known: &Arc<CachedShare>) {
        if known.being_read.swap(true, Ordering::AcqRel) {
            return;
        }
        let (cache, known) = (self.clone(), Arc::clone(known));
        actix_web::rt::spawn(async move {
            let id = known.share.id;
            if let Err(error) = cache.read(id).await {
                tracing::warn!(%error, share = %id, "a share could not be read again");
            }
            known.being_read.store(false, Ordering::Release);
        });
    }

    async fn read(&self, id: ShareId) -> Result<Option<Arc<CachedShare>>, StoreError> {
        let read_at = self.clock_ms();
        let found = self
            .db
            .run(move |db| store::find_connected_share(db, id))
            .await;
        if let Err(StoreError::Db(DbError::Unavailable(_))) = &found {
            let until = self.clock_ms() + u64::try_from(OUTAGE.as_millis()).unwrap_or(0);
            self.outage_until.store(until, Ordering::Release);
        }
        let Some(found) = found? else {
            self.known.invalidate(&id);
            return Ok(None);
        };
        let known = Arc::new(CachedShare {
            share: found.share,
            content_revision: found.content_revision,
            source: found.source,
            read_at,
            being_read: AtomicBool::new(false),
            reading: Mutex::new(()),
        });
        self.known.insert(id, Arc::clone(&known));
        Ok(Some(known))
    }

    fn clock_ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
