//! Who is asking the single sign-on about whom right now.
//!
//! A page with ten requests asks once, and a site that does not answer is left alone for a while. A cache of this process;
//! dropping it costs a question.

use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// Accounts share turns by a byte of their ids: more than people who click at the same moment.
const TURNS: usize = 64;
const LEFT_ALONE: Duration = Duration::from_secs(20);

pub struct SignOnTurns {
    turns: Vec<Mutex<()>>,
    /// Connections whose site did not answer a moment ago, with the sentence about it.
    silent: Cache<Uuid, String>,
}

impl Default for SignOnTurns {
    fn default() -> Self {
        Self {
            turns: (0..TURNS).map(|_| Mutex::default()).collect(),
            silent: Cache::builder()
                .max_capacity(100)
                .time_to_live(LEFT_ALONE)
                .build(),
        }
    }
}

impl SignOnTurns {
    /// Waits until nobody else asks about the account. `None` never comes of an id.
    pub async fn take(&self, account_id: Uuid) -> Option<MutexGuard<'_, ()>> {
        let [.., last] = account_id.into_bytes();
        let turn = self.turns.get(usize::from(last) % TURNS)?;
        Some(turn.lock().await)
    }

    /// What was wrong with the site a moment ago.
    pub fn silence(&self, connection_id: Uuid) -> Option<String> {
        self.silent.get(&connection_id)
    }

    pub fn note_silence(&self, connection_id: Uuid, sentence: String) {
        self.silent.insert(connection_id, sentence);
    }
}
