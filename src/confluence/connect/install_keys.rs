//! The public keys that sign installations, by their ids, from Atlassian's host for them. Kept in memory.
//!
//! Whoever sends a call-back chooses the key id, before anything is known of them. So an id must look like one before it
//! becomes part of a URL, an id that the host does not know is not asked again for a while, and made-up ids cannot make
//! us ask more often than a budget allows: one for each client beneath a larger one for all, so that strangers spend
//! their own. Keys that are kept cost nothing of it, and outlast a budget that is spent and a host that is down.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::future::Cache;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::confluence::addresses::Reach;
use crate::confluence::error::{ConfluenceError, Need, Problem, answer};
use crate::confluence::http::{self, Http};
use crate::confluence::product::Product;
use crate::confluence::public_key::PublicKey;

/// Then a key is asked for again, so that one that Atlassian withdraws stops counting.
const FRESH: Duration = Duration::from_secs(3600);

/// How long a key counts if it cannot be asked for.
const KEPT: Duration = Duration::from_secs(24 * 3600);

const UNKNOWN_FOR: Duration = Duration::from_secs(60);
const MOST_KEYS: u64 = 1_000;

const ANSWER_BYTES: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

const MINUTE: Duration = Duration::from_secs(60);
const REQUESTS_A_MINUTE: usize = 600;
const REQUESTS_A_MINUTE_FOR_ONE: usize = 20;

/// Keys that were fetched.
pub struct InstallKeys {
    server: Url,
    fresh: Cache<String, PublicKey>,
    /// The same and older ones.
    kept: Cache<String, PublicKey>,
    unknown: Cache<String, ()>,
    budget: Mutex<Budget>,
}

struct Budget {
    minute_began: Instant,
    spent: usize,
    /// Not more clients than requests in a minute.
    spent_by: HashMap<String, usize>,
}

impl Budget {
    fn begin() -> Self {
        Self {
            minute_began: Instant::now(),
            spent: 0,
            spent_by: HashMap::new(),
        }
    }
}

/// Why there is no key.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoKey {
    #[error("the key id has a form that no key has")]
    BadId,
    #[error("there is no key with this id")]
    Unknown,
    #[error("the key could not be fetched: {0}")]
    Fetch(#[from] ConfluenceError),
}

impl InstallKeys {
    /// `server` without a path.
    pub fn new(server: Url) -> Self {
        Self {
            server,
            fresh: cache(FRESH),
            kept: cache(KEPT),
            unknown: cache(UNKNOWN_FOR),
            budget: Mutex::new(Budget::begin()),
        }
    }

    /// The public key. Many who want the same one wait for one request, which counts against the budget of one `client`.
    pub async fn find(&self, http: &Http, key_id: &str, client: &str) -> Result<PublicKey, NoKey> {
        if !is_key_id(key_id) {
            return Err(NoKey::BadId);
        }
        if self.unknown.contains_key(key_id) {
            return Err(NoKey::Unknown);
        }
        let fetched = self.fetch_or_keep(http, key_id, client);
        self.fresh
            .try_get_with_by_ref(key_id, fetched)
            .await
            .map_err(|error| (*error).clone())
    }

    async fn fetch_or_keep(
        &self,
        http: &Http,
        key_id: &str,
        client: &str,
    ) -> Result<PublicKey, NoKey> {
        match self.fetch(http, key_id, client).await {
            Err(NoKey::Fetch(error)) => {
                let kept = self.kept.get(key_id).await;
                kept.ok_or(NoKey::Fetch(error))
            }
            Err(error) => {
                self.kept.invalidate(key_id).await;
                Err(error)
            }
            Ok(key) => {
                self.kept.insert(key_id.to_owned(), key.clone()).await;
                Ok(key)
            }
        }
    }

    async fn fetch(&self, http: &Http, key_id: &str, client: &str) -> Result<PublicKey, NoKey> {
        self.spend(client).map_err(ConfluenceError::from)?;
        let mut url = self.server.clone();
        url.set_path(&format!("/{key_id}"));
        url.set_query(None);
        match ask(http, url).await? {
            Some(key) => Ok(key),
            None => {
                self.unknown.insert(key_id.to_owned(), ()).await;
                Err(NoKey::Unknown)
            }
        }
    }

    fn spend(&self, client: &str) -> Result<(), Problem> {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = budget.minute_began.elapsed();
        if gone >= MINUTE {
            *budget = Budget::begin();
        }
        let by_one = budget.spent_by.get(client).copied().unwrap_or_default();
        if budget.spent >= REQUESTS_A_MINUTE || by_one >= REQUESTS_A_MINUTE_FOR_ONE {
            return Err(Problem::BudgetSpent {
                retry_after: MINUTE.saturating_sub(gone),
            });
        }
        budget.spent += 1;
        budget.spent_by.insert(client.to_owned(), by_one + 1);
        Ok(())
    }

    /// As if an hour had passed.
    #[cfg(test)]
    pub(crate) fn age(&self) {
        self.fresh.invalidate_all();
        self.unknown.invalidate_all();
    }
}

fn cache<V: Clone + Send + Sync + 'static>(life: Duration) -> Cache<String, V> {
    let cache = Cache::builder().max_capacity(MOST_KEYS);
    cache.time_to_live(life).build()
}

fn is_key_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

/// `None` if the host has no such key. A store behind such a host may say 403 for what it does not have.
async fn ask(http: &Http, url: Url) -> Result<Option<PublicKey>, ConfluenceError> {
    let reach = Reach::of(Product::Cloud, &url);
    let request = http.request(Method::GET, url, reach)?.timeout(PATIENCE);
    let response = request.send().await.map_err(http::problem_of)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http::read(response, ANSWER_BYTES).await?;
    match status {
        StatusCode::OK => {
            let pem = std::str::from_utf8(&body).ok();
            let key = pem.and_then(PublicKey::from_pem);
            Ok(Some(key.ok_or_else(|| Problem::NotUnderstood {
                what: "no RSA key of 2048 bits or more in the answer".to_owned(),
            })?))
        }
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
        _ => Err(answer::problem(status, &headers, &body, Need::Account).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_key_id;

    #[test]
    fn only_what_looks_like_an_id_becomes_part_of_a_url() {
        assert!(is_key_id("f50f8562-f146-4b98-9bbb-7ce9545603b6"));
        assert!(is_key_id("A"));
        let long = "a".repeat(65);
        for id in [
            "",
            ".",
            "..",
            "../../evil",
            "a/b",
            "a%2fb",
            "a?b",
            "a#b",
            "a@b",
            "ä",
            &long,
        ] {
            assert!(!is_key_id(id), "{id}");
        }
    }
}
