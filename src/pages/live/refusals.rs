//! Calls of the app that were refused, for the admin who waits for an installation. Kept in memory, on each node its own:
//! anybody can send such calls, and nothing hangs on them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;

use super::{Live, LiveError};
use crate::pages::installation::AppKind;
use crate::pages::store::installations;

const KEPT: usize = 20;

/// A call that was refused. What it says of the caller nobody has vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: AppKind,
    /// What it told, such as `installed`.
    pub event: &'static str,
    /// Client key or installation id; empty if it named none.
    pub client_key: String,
    /// Of the site; empty if it named none.
    pub host: String,
    pub reason: String,
    /// What to do.
    pub remedy: &'static str,
}

/// The last of them, the newest first.
#[derive(Default)]
pub struct Refusals(Mutex<VecDeque<(OffsetDateTime, Refusal)>>);

impl Refusals {
    /// The same once more takes the place of the earlier one.
    fn record(&self, refusal: Refusal, now: OffsetDateTime) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, earlier)| *earlier != refusal);
        kept.push_front((now, refusal));
        kept.truncate(KEPT);
    }

    fn forget(&self, kind: AppKind, client_key: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, refusal)| (refusal.kind, &*refusal.client_key) != (kind, client_key));
    }

    pub fn list(&self) -> Vec<(OffsetDateTime, Refusal)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }
}

impl Live {
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Keeps a refusal; that of a known installation also as its problem.
    pub async fn record_refusal(
        self: &Arc<Self>,
        refusal: Refusal,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let Refusal {
            event,
            reason,
            remedy,
            ..
        } = &refusal;
        let sentence = format!("“{event}”, {reason}. {remedy}");
        let (kind, client_key) = (refusal.kind, refusal.client_key.clone());
        self.refusals.record(refusal, now);
        self.db
            .run(move |db| installations::record_refusal(db, kind, &client_key, &sentence, now))
            .await?;
        Ok(())
    }

    /// A call of an installation was taken, so that what was refused before is settled.
    pub async fn settle_refusals(
        self: &Arc<Self>,
        kind: AppKind,
        client_key: &str,
    ) -> Result<(), LiveError> {
        self.refusals.forget(kind, client_key);
        let client_key = client_key.to_owned();
        self.db
            .run(move |db| installations::settle_refusal(db, kind, &client_key))
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::{KEPT, Refusal, Refusals};
    use crate::pages::installation::AppKind;

    fn refusal(client_key: &str) -> Refusal {
        Refusal {
            kind: AppKind::Connect,
            event: "installed",
            client_key: client_key.to_owned(),
            host: String::new(),
            reason: "the token has expired".to_owned(),
            remedy: "Check the clock.",
        }
    }

    #[test]
    fn the_last_ones_are_kept_each_once() {
        let (refusals, now) = (Refusals::default(), OffsetDateTime::UNIX_EPOCH);
        for number in 0..KEPT + 5 {
            refusals.record(refusal(&number.to_string()), now);
        }
        refusals.record(refusal("24"), now);
        refusals.record(refusal("23"), now);
        let kept: Vec<_> = refusals.list();
        let keys = kept.iter().map(|(_, kept)| &*kept.client_key);
        assert_eq!(keys.take(3).collect::<Vec<_>>(), ["23", "24", "22"]);
        assert_eq!(kept.len(), KEPT);
        refusals.forget(AppKind::Forge, "23");
        assert_eq!(refusals.list().len(), KEPT);
        refusals.forget(AppKind::Connect, "23");
        assert_eq!(refusals.list().len(), KEPT - 1);
    }
}
