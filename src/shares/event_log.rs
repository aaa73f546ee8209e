//! Writes what happens at shares' doors, many events in one statement and never in a visitor's way.
//!
//! When more happens than the database takes, events are dropped and counted in the log; the door stays quick.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use time::OffsetDateTime;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::event::{Event, NewEvent, Visitor};
use super::share::ShareId;
use super::store::events::{self, HEARSAY_PER_MINUTE};
use crate::db::Db;

/// Events that may wait for the database.
const WAITING: usize = 10_000;
const BATCH: usize = 500;
/// After a failed write, before the next.
const PAUSE: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Shares, or visitors of shares, that a minute is remembered of.
const REMEMBERED: u64 = 10_000;
/// Where handlers leave events.
pub struct EventLog {
    waiting: Sender<NewEvent>,
    /// Who has seen a share in a frame in the last minute.
    framed: Cache<(ShareId, Visitor), ()>,
    /// Reports on a share in this minute.
    reports: Cache<ShareId, Arc<AtomicU32>>,
}

/// Makes the log and its writer.
pub fn event_log(db: Db) -> (EventLog, EventWriter) {
    let (sender, receiver) = channel(WAITING);
    let log = EventLog {
        waiting: sender,
        framed: for_a_minute(),
        reports: for_a_minute(),
    };
    (log, EventWriter { db, receiver })
}

fn for_a_minute<K, V>() -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(REMEMBERED)
        .time_to_live(MINUTE)
        .build()
}

impl EventLog {
    pub fn record(&self, share: ShareId, event: Event, visitor: Visitor, at: OffsetDateTime) {
        let new = NewEvent {
            share,
            event,
            visitor,
            at,
        };
        if self.waiting.try_send(new).is_err() {
            tracing::warn!(%share, "an event of a share was dropped: the database does not keep up");
        }
    }

    /// Records that a page of the share opened in a frame: once a minute for a site and a family of browsers, for pages
    /// are read far more often than anybody wants to count.
    pub fn record_framed_view(&self, share: ShareId, visitor: Visitor, at: OffsetDateTime) {
        let entry = self.framed.entry((share, visitor.clone()));
        if entry.or_insert(()).is_fresh() {
            self.record(share, Event::FramedView, visitor, at);
        }
    }

    /// Records what a browser, or somebody who plays one, reports. Whoever sends more than is kept must not crowd out what
    /// else happens.
    pub fn record_report(
        &self,
        share: ShareId,
        event: Event,
        visitor: Visitor,
        at: OffsetDateTime,
    ) {
        let reports = self.reports.get_with(share, Arc::default);
        if reports.fetch_add(1, Ordering::Relaxed) < HEARSAY_PER_MINUTE {
            self.record(share, event, visitor, at);
        }
    }
}

/// Carries events to the database until every [`EventLog`] is gone.
pub struct EventWriter {
    db: Db,
    receiver: Receiver<NewEvent>,
}

impl EventWriter {
    pub async fn run(mut self) {
        loop {
            let mut batch = Vec::with_capacity(BATCH);
            if self.receiver.recv_many(&mut batch, BATCH).await == 0 {
                return;
            }
            let count = batch.len();
            let written = self
                .db
                .run(move |db| events::record_events(db, &batch))
                .await;
            if let Err(error) = written {
                tracing::warn!(%error, count, "events of shares were lost");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
