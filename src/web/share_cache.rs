//! Shares in memory for the hot path.
//!
//! A share is read from the database at most about twice a second, however many
//! visitors it has, and a change of it is seen by every node within a second. Dropped at any time without loss.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;

use crate::db::Db;
use crate::shares::share::{Share, ShareId};
use crate::shares::store::{self, StoreError};

/// After this age one request reads the share anew while the others go on with what is there.
const FRESH: Duration = Duration::from_millis(400);
/// After this age everybody waits for the reading: a raised epoch must be seen within one second.
const STALE: Duration = Duration::from_millis(900);
const MAX_SHARES: u64 = 10_000;

/// A share as it was a moment ago.
pub struct KnownShare {
    pub share: Share,
    /// Rises with every change to the content of its connection.
    pub content_revision: i64,
    /// Milliseconds of the cache's clock.
    read_at: AtomicU64,
    being_read: AtomicBool,
}

#[derive(Clone)]
pub struct ShareCache {
    db: Db,
    clock: Instant,
    known: Cache<ShareId, Arc<KnownShare>>,
}

impl ShareCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            clock: Instant::now(),
            known: Cache::new(MAX_SHARES),
        }
    }

    /// The share, or `None` when there is none. A database that is out of reach only matters for shares that nobody
    /// has opened since the start.
    pub async fn find(&self, id: ShareId) -> Result<Option<Arc<KnownShare>>, StoreError> {
        let Some(known) = self.known.get(&id) else {
            return self.read(id).await;
        };
        let age = Duration::from_millis(
            self.clock_ms()
                .saturating_sub(known.read_at.load(Ordering::Acquire)),
        );
        let must_wait = age >= STALE;
        let may_read = age >= FRESH && !known.being_read.swap(true, Ordering::AcqRel);
        if !must_wait && !may_read {
            return Ok(Some(known));
        }
        match self.read(id).await {
            Err(StoreError::Db(error)) => {
                tracing::warn!(%error, "serving a share from memory");
                // Asking again with every request would make each wait for the connection's time-out.
                known.read_at.store(self.clock_ms(), Ordering::Release);
                known.being_read.store(false, Ordering::Release);
                Ok(Some(known))
            }
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

    async fn read(&self, id: ShareId) -> Result<Option<Arc<KnownShare>>, StoreError> {
        let read_at = AtomicU64::new(self.clock_ms());
        let found = self
            .db
            .run(move |db| store::find_share_with_revision(db, id))
            .await?;
        let Some((share, content_revision)) = found else {
            self.known.invalidate(&id);
            return Ok(None);
        };
        let known = Arc::new(KnownShare {
            share,
            content_revision,
            read_at,
            being_read: AtomicBool::new(false),
        });
        self.known.insert(id, Arc::clone(&known));
        Ok(Some(known))
    }

    fn clock_ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
