//! Signed tokens (JWT) as Connect and Forge use them: cut into parts, read strictly, held against a key. Times and claims
//! are the callers'.
//!
//! The header chooses nothing: which algorithm a token must have is known by whoever checks it. The library's own
//! validation is not used, as with unlock tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey, crypto};
use serde_json::Value;
use time::OffsetDateTime;

use super::{public_key::PublicKey, secret::Secret};
use crate::strict_json::{Whole as Object, parse_whole};

/// Tokens travel in headers and URLs, which are not longer.
const LONGEST: usize = 8 * 1024;

/// Fields that would change what signature or payload mean.
const REFUSED_FIELDS: [&str; 4] = ["crit", "b64", "zip", "enc"];

/// How all tokens of ours begin: `{"typ":"JWT","alg":"HS256"}`.
pub(super) const OUR_HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// With a shared secret.
    Hs256,
    /// With a key pair.
    Rs256,
}

/// Why a token cannot be held against any key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    Malformed,
    Algorithm,
}

/// Nothing in it is believed before one of the `is_by` functions says so.
pub(super) struct SignedToken<'a> {
    /// Header and payload with the dot between them.
    signed: &'a str,
    signature: &'a str,
    algorithm: Algorithm,
    header: Object,
    pub(super) claims: Object,
}

impl<'a> SignedToken<'a> {
    pub(super) fn read(token: &'a str) -> Result<Self, Unreadable> {
        let Parts {
            signed,
            signature,
            header,
            claims,
        } = Parts::cut(token).ok_or(Unreadable::Malformed)?;
        let algorithm = match header.get("alg").and_then(Value::as_str) {
            Some("HS256") => Algorithm::Hs256,
            Some("RS256") => Algorithm::Rs256,
            _ => return Err(Unreadable::Algorithm),
        };
        if !is_plain(&header) {
            return Err(Unreadable::Malformed);
        }
        Ok(Self {
            signed,
            signature,
            algorithm,
            header,
            claims,
        })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// Compares in constant time. An empty secret has signed nothing.
    pub(super) fn is_by_secret(&self, secret: &Secret) -> bool {
        let key = DecodingKey::from_secret(secret.reveal().as_bytes());
        let (signed, algorithm) = (self.signed.as_bytes(), jsonwebtoken::Algorithm::HS256);
        self.algorithm == Algorithm::Hs256
            && !secret.reveal().is_empty()
            && crypto::verify(self.signature, signed, &key, algorithm).unwrap_or(false)
    }

    pub(super) fn is_by_key(&self, key: &PublicKey) -> bool {
        self.algorithm == Algorithm::Rs256 && key.has_signed(self.signed, self.signature)
    }

    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// Whole seconds; `None` also for a claim that is not there.
    pub(super) fn seconds(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim)?.as_i64()
    }

    /// `aud`, which is one text or several. `None` if it is anything else; empty if it is not there.
    pub(super) fn audience(&self) -> Option<Vec<String>> {
        match self.claims.get("aud") {
            None => Some(Vec::new()),
            Some(Value::String(one)) => Some(vec![one.clone()]),
            Some(Value::Array(several)) => several
                .iter()
                .map(|one| one.as_str().map(str::to_owned))
                .collect(),
            Some(_) => None,
        }
    }
}

/// `None` for an empty secret.
pub(super) fn sign(claims: &Value, secret: &Secret) -> Option<String> {
    if secret.reveal().is_empty() {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    let signed = format!("{OUR_HEADER}.{payload}");
    let key = EncodingKey::from_secret(secret.reveal().as_bytes());
    let signature = crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).ok()?;
    Some(format!("{signed}.{signature}"))
}

/// A time is later than `now`, by more than clocks may differ.
pub(super) fn is_ahead(seconds: i64, now: OffsetDateTime, leeway: i64) -> bool {
    seconds > now.unix_timestamp().saturating_add(leeway)
}

/// A time has come, even for a clock that is behind.
pub(super) fn is_over(seconds: i64, now: OffsetDateTime, leeway: i64) -> bool {
    seconds.saturating_add(leeway) <= now.unix_timestamp()
}

struct Parts<'a> {
    signed: &'a str,
    signature: &'a str,
    header: Object,
    claims: Object,
}

impl<'a> Parts<'a> {
    /// Three parts in the one canonical base64url form of their bytes, two of them strict JSON.
    fn cut(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        URL_SAFE_NO_PAD.decode(signature).ok()?;
        let object = |part| parse_whole(&URL_SAFE_NO_PAD.decode(part).ok()?);
        Some(Self {
            signed,
            signature,
            header: object(header)?,
            claims: object(payload)?,
        })
    }
}

fn is_plain(header: &Object) -> bool {
    let is_jwt = match header.get("typ") {
        None => true,
        Some(Value::String(kind)) => kind.eq_ignore_ascii_case("JWT"),
        Some(_) => false,
    };
    is_jwt
        && !REFUSED_FIELDS
            .iter()
            .any(|field| header.contains_key(*field))
}
