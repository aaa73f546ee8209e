//! Writes what happens at shares' doors, many events in one statement and never in a visitor's way.
//!
//! When more happens than the database takes, events are dropped and counted in the log; the door stays quick.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::db::Db;
use crate::shares::event::{Event, NewEvent};
use crate::shares::share::ShareId;
use crate::shares::store::events;

/// Events that may wait for the database.
const WAITING: usize = 10_000;
const BATCH: usize = 500;
/// After a failed write, before the next.
const PAUSE: Duration = Duration::from_secs(1);

/// Where handlers leave events.
pub struct EventLog(Sender<NewEvent>);

/// Makes the log and its writer.
pub fn event_log(db: Db) -> (EventLog, EventWriter) {
    let (sender, receiver) = channel(WAITING);
    (EventLog(sender), EventWriter { db, receiver })
}

impl EventLog {
    pub fn record(&self, share: ShareId, event: Event, at: OffsetDateTime) {
        if self.0.try_send(NewEvent { share, event, at }).is_err() {
            tracing::warn!(%share, "an event of a share was dropped: the database does not keep up");
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
