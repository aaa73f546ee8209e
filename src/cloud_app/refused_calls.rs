//! Calls of the app that were refused, for the admin who waits for an installation. Kept in memory, on each node its own:
//! anybody can send such calls, and nothing hangs on them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::connections::installation::AppKind;

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
pub struct RefusedCalls(Mutex<VecDeque<(OffsetDateTime, Refusal)>>);

impl RefusedCalls {
    /// The same once more takes the place of the earlier one.
    pub(super) fn record(&self, refusal: Refusal, now: OffsetDateTime) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, earlier)| *earlier != refusal);
        kept.push_front((now, refusal));
        kept.truncate(KEPT);
    }

    pub(super) fn forget(&self, kind: AppKind, client_key: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, refusal)| (refusal.kind, &*refusal.client_key) != (kind, client_key));
    }

    pub fn list(&self) -> Vec<(OffsetDateTime, Refusal)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::{KEPT, Refusal, RefusedCalls};
    use crate::connections::installation::AppKind;

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
        let (refusals, now) = (RefusedCalls::default(), OffsetDateTime::UNIX_EPOCH);
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
