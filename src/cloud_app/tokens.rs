//! Tokens in people's names, kept as long as they are good, and for a short while that there is none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;

use crate::confluence::{ConfluenceError, Secret};
use crate::connections::NotInTheirName;

/// How long nobody asks again for somebody who cannot be impersonated.
const NOT_ACTIVE: Duration = Duration::from_secs(300);
/// The same for the whole app. An update or a re-installation is noticed after that.
const NOT_FOR_ANYBODY: Duration = Duration::from_secs(60);
/// How long the authorization server is left alone after it failed.
const FAILED: Duration = Duration::from_secs(15);
const MOST_TOKENS: u64 = 10_000;

/// Which token: a re-installation changes the last part, so that the old ones are never used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) client_key: String,
    pub(super) person: String,
    pub(super) scope: &'static str,
    pub(super) oauth_client_id: String,
}

#[derive(Clone)]
pub(super) enum Held {
    Token(Arc<Secret>),
    Not(NotInTheirName),
    /// There was none to be had a moment ago, with a sentence.
    Failed(String),
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) held: Held,
    pub(super) lives: Duration,
}

struct Lives;

impl Expiry<Key, Entry> for Lives {
    fn expire_after_create(&self, _key: &Key, entry: &Entry, _at: Instant) -> Option<Duration> {
        Some(entry.lives)
    }

    /// What takes an entry's place lives as long as it says itself.
    fn expire_after_update(
        &self,
        _key: &Key,
        entry: &Entry,
        _at: Instant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.lives)
    }
}

/// Tokens in people's names; each is fetched once, whoever waits for it.
pub(super) struct Tokens(pub(super) Cache<Key, Entry>);

impl Default for Tokens {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(MOST_TOKENS)
            .expire_after(Lives);
        Self(cache.build())
    }
}

impl Entry {
    pub(super) fn failed(error: &ConfluenceError) -> Self {
        let sentence = error.sentence();
        Self {
            held: Held::Failed(format!(
                "There was no token in the person's name to be had. {sentence}"
            )),
            lives: error.retry_after().map_or(FAILED, |told| told.max(FAILED)),
        }
    }

    pub(super) fn not(reason: NotInTheirName) -> Self {
        Self {
            held: Held::Not(reason),
            lives: match reason.is_about_the_app() {
                true => NOT_FOR_ANYBODY,
                false => NOT_ACTIVE,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Entry, Held, Key, NotInTheirName, Tokens};

    #[tokio::test]
    async fn an_entry_that_replaces_another_lives_as_long_as_it_says() {
        let tokens = Tokens::default();
        let key = Key {
            client_key: "site".to_owned(),
            person: "557058:ada".to_owned(),
            scope: "READ",
            oauth_client_id: "client".to_owned(),
        };
        let entry = |lives| Entry {
            held: Held::Not(NotInTheirName::NotActive),
            lives,
        };
        let long = entry(Duration::from_secs(600));
        tokens.0.insert(key.clone(), long).await;
        let short = entry(Duration::from_millis(20));
        tokens.0.insert(key.clone(), short).await;

        tokio::time::sleep(Duration::from_millis(100)).await;

        assert!(tokens.0.get(&key).await.is_none());
    }
}
