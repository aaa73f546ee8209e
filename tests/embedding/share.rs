//! A share as its integrator knows it: an address, an id and a secret to sign unlock tokens with.

use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Share {
    pub(crate) id: String,
    /// `/content/{share}`.
    pub(crate) path: String,
    /// The same with the portal's address before it.
    pub(crate) url: String,
    key: EncodingKey,
}

impl Share {
    /// From the API's answer.
    pub(super) fn new(portal: &str, answer: &Value) -> Self {
        let id = answer["id"].as_str().unwrap().to_owned();
        let secret = answer["unlockSecret"].as_str().unwrap();
        let path = format!("/content/{id}");
        Self {
            url: format!("{portal}{path}"),
            path,
            key: EncodingKey::from_secret(&hex::decode(secret).unwrap()),
            id,
        }
    }

    /// Good for the next minute.
    pub(crate) fn token(&self) -> String {
        self.sign(0)
    }

    /// An address that opens the share for the next minute.
    pub(crate) fn unlock_url(&self) -> String {
        format!("{}?unlock={}", self.url, self.token())
    }

    /// An address that an hour ago would have opened it.
    pub(crate) fn stale_url(&self) -> String {
        format!("{}?unlock={}", self.url, self.sign(3600))
    }

    fn sign(&self, seconds_ago: u64) -> String {
        let now = get_current_timestamp() - seconds_ago;
        let claims = json!({ "iss": self.id, "nbf": now - 5, "exp": now + 55 });
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.key).unwrap()
    }
}
