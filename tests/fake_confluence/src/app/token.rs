//! JWTs that can be built wrong in every way, and the check of those that come in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::rsa_keys::RsaKey;

/// What makes the signature, whatever the header says.
#[derive(Clone, Debug)]
pub enum Signer {
    Secret(String),
    Rsa(RsaKey),
    /// No signature.
    Nobody,
}

/// A token until it is sent. Everything in it may be changed.
#[derive(Clone, Debug)]
pub struct Token {
    pub header: Value,
    pub claims: Value,
    pub signer: Signer,
}

impl Token {
    pub fn hs256(secret: &str, claims: Value) -> Self {
        Self {
            header: json!({"typ": "JWT", "alg": "HS256"}),
            claims,
            signer: Signer::Secret(secret.to_owned()),
        }
    }

    pub fn rs256(key: RsaKey, key_id: &str, claims: Value) -> Self {
        Self {
            header: json!({"typ": "JWT", "alg": "RS256", "kid": key_id}),
            claims,
            signer: Signer::Rsa(key),
        }
    }

    /// Fields of the patch replace those of the claims; `null` takes one away.
    pub fn claims(mut self, patch: &Value) -> Self {
        merge(&mut self.claims, patch);
        self
    }

    pub fn header(mut self, patch: &Value) -> Self {
        merge(&mut self.header, patch);
        self
    }

    pub fn signed_by(mut self, signer: Signer) -> Self {
        self.signer = signer;
        self
    }

    pub fn text(&self) -> String {
        let [header, claims] =
            [&self.header, &self.claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = match &self.signer {
            Signer::Secret(secret) => URL_SAFE_NO_PAD.encode(mac(secret, &signed)),
            Signer::Rsa(key) => key.sign(&signed),
            Signer::Nobody => String::new(),
        };
        format!("{signed}.{signature}")
    }
}

/// Later fields win; `null` removes.
pub(super) fn merge(into: &mut Value, patch: &Value) {
    let into = into.as_object_mut().unwrap();
    for (name, value) in patch.as_object().unwrap() {
        match value {
            Value::Null => into.remove(name),
            value => into.insert(name.clone(), value.clone()),
        };
    }
}

/// The claims of a token, before anything of it is believed.
pub(super) fn peek(token: &str) -> Result<Value, String> {
    let claims = token.split('.').nth(1).unwrap_or_default();
    part(claims)
}

/// The claims of a token that this secret has signed.
pub(super) fn verify(token: &str, secret: &str) -> Result<Value, String> {
    let (signed, signature) = token.rsplit_once('.').ok_or("it is no token")?;
    let (header, claims) = signed.split_once('.').ok_or("it is no token")?;
    if part(header)?["alg"] != "HS256" {
        return Err("its algorithm is not HS256".to_owned());
    }
    if URL_SAFE_NO_PAD.decode(signature) != Ok(mac(secret, signed)) {
        return Err("its signature is not of the shared secret".to_owned());
    }
    part(claims)
}

fn part(text: &str) -> Result<Value, String> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    let bytes = bytes.map_err(|_error| "it is not base64url".to_owned())?;
    serde_json::from_slice(&bytes).map_err(|_error| "it is not JSON".to_owned())
}

fn mac(secret: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
