//! The set of keys that sign invocations, fetched as a whole and kept in memory. Whoever calls names a key before being
//! believed, so that unknown names make us ask at most once a minute.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use reqwest::{Method, StatusCode, header::ACCEPT};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use url::Url;

use crate::confluence::addresses::Reach;
use crate::confluence::error::{ConfluenceError, Need, Problem, answer};
use crate::confluence::http::{self, Http};
use crate::confluence::product::Product;
use crate::confluence::public_key::PublicKey;

const ANSWER_BYTES: u64 = 256 * 1024;
const MOST_KEYS: usize = 100;
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(4);

/// Between two requests, whatever they brought.
const PAUSE: Duration = Duration::MINUTE;

/// Then the set is asked for again, so that a withdrawn key stops counting.
const FRESH: Duration = Duration::HOUR;

/// How long the last set counts if no new one can be had.
const KEPT: Duration = Duration::DAY;

/// The keys of Forge, fetched and kept in memory.
pub struct ForgeKeys {
    url: Url,
    set: RwLock<Set>,
    /// When the set was last asked for, and why it did not come. Held while asking, so that one request serves all who
    /// wait.
    asked: Mutex<Option<(OffsetDateTime, Option<ConfluenceError>)>>,
}

#[derive(Default)]
struct Set {
    keys: HashMap<String, PublicKey>,
    fetched_at: Option<OffsetDateTime>,
}

impl ForgeKeys {
    /// `url` of the whole set.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            set: RwLock::default(),
            asked: Mutex::default(),
        }
    }

    /// `None` if the set has no such key.
    pub(super) async fn find(
        &self,
        http: &Http,
        key_id: &str,
        now: OffsetDateTime,
    ) -> Result<Option<PublicKey>, ConfluenceError> {
        if let Some(key) = self.kept(key_id, FRESH, now) {
            return Ok(Some(key));
        }
        let refreshed = self.refresh(http, key_id, now).await;
        match (self.kept(key_id, KEPT, now), refreshed) {
            (Some(key), _) => Ok(Some(key)),
            (None, refreshed) => refreshed.map(|()| None),
        }
    }

    fn kept(&self, key_id: &str, longest: Duration, now: OffsetDateTime) -> Option<PublicKey> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        let age = now - set.fetched_at?;
        (age.abs() < longest).then(|| set.keys.get(key_id).cloned())?
    }

    async fn refresh(
        &self,
        http: &Http,
        key_id: &str,
        now: OffsetDateTime,
    ) -> Result<(), ConfluenceError> {
        let mut asked = self.asked.lock().await;
        // Somebody else may have brought it while we waited.
        if self.kept(key_id, FRESH, now).is_some() {
            return Ok(());
        }
        if let Some((asked_at, failure)) = asked.as_ref()
            && (now - *asked_at).abs() < PAUSE
        {
            return failure.clone().map_or(Ok(()), Err);
        }
        // Whoever asks may go away before there is an answer.
        *asked = Some((now, Some(Problem::TimedOut.into())));
        let answer = ask(http, &self.url).await;
        *asked = Some((now, answer.as_ref().err().cloned()));
        let keys = answer?;
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        *set = Set {
            keys,
            fetched_at: Some(now),
        };
        Ok(())
    }
}

async fn ask(http: &Http, url: &Url) -> Result<HashMap<String, PublicKey>, ConfluenceError> {
    let reach = Reach::of(Product::Cloud, url);
    let request = http.request(Method::GET, url.clone(), reach)?;
    let request = request.timeout(PATIENCE).header(ACCEPT, "application/json");
    let response = request.send().await.map_err(http::problem_of)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http::read(response, ANSWER_BYTES).await?;
    if status != StatusCode::OK {
        return Err(answer::problem(status, &headers, &body, Need::Account).into());
    }
    let keys = read(&body).ok_or_else(|| Problem::NotUnderstood {
        what: "no set of RSA keys in the answer".to_owned(),
    })?;
    Ok(keys)
}

/// Keys of other kinds are passed over; a set without any of ours is none.
fn read(body: &[u8]) -> Option<HashMap<String, PublicKey>> {
    #[derive(Deserialize)]
    struct KeySet {
        keys: Vec<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Key {
        kid: String,
        kty: String,
        #[serde(rename = "use")]
        purpose: Option<String>,
        alg: Option<String>,
        n: String,
        e: String,
    }
    let set: KeySet = serde_json::from_slice(body).ok()?;
    let keys: HashMap<_, _> = set
        .keys
        .into_iter()
        .take(MOST_KEYS)
        .filter_map(|key| serde_json::from_value::<Key>(key).ok())
        .filter(|key| key.kty == "RSA")
        .filter(|key| {
            key.purpose
                .as_deref()
                .is_none_or(|purpose| purpose == "sig")
        })
        .filter(|key| key.alg.as_deref().is_none_or(|alg| alg == "RS256"))
        .filter_map(|key| Some((key.kid, PublicKey::from_components(&key.n, &key.e)?)))
        .collect();
    (!keys.is_empty()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;
    use crate::confluence::tests::keys;

    #[test]
    fn only_keys_for_signatures_of_ours_are_taken() {
        let (n, e) = keys::pair().components();
        let key = |kid: &str, change: serde_json::Value| {
            let mut key =
                json!({"kid": kid, "kty": "RSA", "use": "sig", "alg": "RS256", "n": n, "e": e});
            for (field, value) in change.as_object().unwrap() {
                key[field] = value.clone();
            }
            key
        };
        let set = json!({"keys": [
            key("good", json!({})),
            key("bare", json!({"use": null, "alg": null})),
            key("other purpose", json!({"use": "enc"})),
            key("other algorithm", json!({"alg": "RS512"})),
            key("other kind", json!({"kty": "EC"})),
            key("short", json!({"n": "AQAB"})),
            {"kid": "no key"},
            7,
        ]});
        let keys = read(set.to_string().as_bytes()).unwrap();
        let mut names: Vec<_> = keys.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["bare", "good"]);
        assert!(read(br#"{"keys":[]}"#).is_none());
        assert!(read(b"<html>").is_none());
    }
}
