//! A key pair as Atlassian has them, made for the tests, and tokens that it signs.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rsa::{
    RsaPrivateKey,
    pkcs1::EncodeRsaPrivateKey,
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
    rand_core::OsRng,
    traits::PublicKeyParts,
};
use serde_json::{Value, json};

pub(in crate::confluence) struct Pair(RsaPrivateKey);

/// Making one takes a while.
static PAIR: LazyLock<Pair> = LazyLock::new(|| Pair(RsaPrivateKey::new(&mut OsRng, 2048).unwrap()));

pub(in crate::confluence) fn pair() -> &'static Pair {
    &PAIR
}

impl Pair {
    pub(in crate::confluence) fn public_pem(&self) -> String {
        let key = self.0.to_public_key();
        key.to_public_key_pem(LineEnding::LF).unwrap()
    }

    pub(in crate::confluence) fn private_pem(&self) -> String {
        self.0.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    }

    /// Modulus and exponent in base64url.
    pub(in crate::confluence) fn components(&self) -> (String, String) {
        let number = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        (number(self.0.n()), number(self.0.e()))
    }

    pub(in crate::confluence) fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let der = self.0.to_pkcs1_der().unwrap();
        let key = EncodingKey::from_rsa_der(der.as_bytes());
        let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::RS256).unwrap();
        format!("{signed}.{signature}")
    }
}

/// Signed with a shared secret, whatever the header says.
pub(in crate::confluence) fn sign_with_secret(
    header: &Value,
    claims: &Value,
    secret: &str,
) -> String {
    sign_text(&header.to_string(), &claims.to_string(), secret)
}

/// The same for parts that need not be JSON.
pub(in crate::confluence) fn sign_text(header: &str, claims: &str, secret: &str) -> String {
    let signed = [header, claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let key = EncodingKey::from_secret(secret.as_bytes());
    let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{signed}.{signature}")
}

pub(in crate::confluence) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// `value` with the members of `change` in place of its own; `null` takes one away.
pub(in crate::confluence) fn changed(value: &Value, change: &Value) -> Value {
    let mut value = value.clone();
    for (name, new) in change.as_object().unwrap() {
        match new {
            Value::Null => drop(value.as_object_mut().unwrap().remove(name)),
            new => value[name] = new.clone(),
        }
    }
    value
}

pub(in crate::confluence) fn rs256(key_id: &str) -> Value {
    json!({"typ": "JWT", "alg": "RS256", "kid": key_id})
}
