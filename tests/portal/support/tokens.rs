//! Unlock tokens as a client site would sign them; not with the product's own code.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use vestibule::clock;
use vestibule::shares::share::Share;

/// A token that opens the share now.
pub(crate) fn token(share: &Share) -> String {
    token_with(share, |_claims, _now| {})
}

/// The same with other claims; `now` is in Unix seconds.
pub(crate) fn token_with(share: &Share, change: impl FnOnce(&mut Value, i64)) -> String {
    let now = clock::now().unix_timestamp();
    let mut claims = json!({ "iss": share.id.to_string(), "nbf": now - 5, "exp": now + 55 });
    change(&mut claims, now);
    sign(
        r#"{"alg":"HS256","typ":"JWT"}"#,
        &claims.to_string(),
        share.unlock_secret.as_bytes(),
    )
}

/// Any header and claims under an HMAC-SHA256.
pub(crate) fn sign(header: &str, claims: &str, key: &[u8]) -> String {
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let mac = Hmac::<Sha256>::new_from_slice(key)
        .unwrap()
        .chain_update(&text)
        .finalize()
        .into_bytes();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac))
}
