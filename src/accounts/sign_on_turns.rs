//! Who is asking the single sign-on about whom right now.
//!
//! A page with ten requests asks once, strangers at the door are asked about a few at a time, and a site that does not answer
//! is left alone for a while. A cache of this process; dropping it costs a question.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, SemaphorePermit};
use uuid::Uuid;

/// More people than click at the same moment. Whoever's turn is forgotten early asks once more.
const TURNS: u64 = 10_000;
const AT_THE_DOOR: usize = 8;
const LEFT_ALONE: Duration = Duration::from_secs(20);

pub struct SignOnTurns {
    turns: Cache<Uuid, Arc<Mutex<()>>>,
    door: Semaphore,
    /// Connections whose site did not answer a moment ago, with the sentence about it.
    silent: Cache<Uuid, String>,
}

impl Default for SignOnTurns {
    fn default() -> Self {
        Self {
            turns: Cache::builder()
                .max_capacity(TURNS)
                .time_to_idle(Duration::from_mins(5))
                .build(),
            door: Semaphore::new(AT_THE_DOOR),
            silent: Cache::builder()
                .max_capacity(100)
                .time_to_live(LEFT_ALONE)
                .build(),
        }
    }
}

impl SignOnTurns {
    /// Waits until nobody else asks about the account.
    pub async fn take(&self, account_id: Uuid) -> OwnedMutexGuard<()> {
        let turn = self.turns.get_with(account_id, Arc::default);
        turn.lock_owned().await
    }

    /// A place at the door for as long as somebody is asked about who is not in yet; `None` while all are taken.
    pub fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.door.try_acquire().ok()
    }

    /// What was wrong with the site a moment ago.
    pub fn silence(&self, connection_id: Uuid) -> Option<String> {
        self.silent.get(&connection_id)
    }

    pub fn record_silence(&self, connection_id: Uuid, sentence: String) {
        self.silent.insert(connection_id, sentence);
    }
}
