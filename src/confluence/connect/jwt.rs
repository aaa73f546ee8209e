//! Tokens of Connect: shape, signature and times. The hash of the request is `qsh`'s subject, which keys there are the
//! caller's.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::confluence::Secret;
use crate::confluence::public_key::PublicKey;
use crate::confluence::signed_token::{
    self, Algorithm, SignedToken, Unreadable, is_ahead, is_over,
};

/// How far the clocks of Confluence and the portal may differ.
const LEEWAY_SECONDS: i64 = 30;

/// Confluence's own tokens live for three minutes, those of its scripts for fifteen. One that is good for days was not
/// made by Confluence.
const LONGEST_LIFE_SECONDS: i64 = 24 * 60 * 60;

/// Of tokens that we sign, as Atlassian's libraries have it.
const OUR_LIFE_SECONDS: i64 = 180;

/// What stands in a token whose signature was right.
#[derive(Debug, Clone)]
pub struct Claims {
    pub issuer: String,
    /// The Atlassian account id of whoever looks at the page.
    pub subject: Option<String>,
    pub audience: Vec<String>,
    pub qsh: Option<String>,
    pub context: Option<Value>,
}

/// What a token says about its key, before anything of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// Which key has to be looked up: the `clientKey` of an installation.
    pub issuer: String,
    /// `kid` of the header, if any.
    pub key_id: Option<String>,
    pub is_rs256: bool,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token names another algorithm")]
    Algorithm,
    #[error("the signature is wrong")]
    Signature,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("a claim is missing or of the wrong kind")]
    Claims,
    #[error("the token is for another request")]
    Request,
    #[error("there is no secret to sign with")]
    NoSecret,
}

/// Reads which key a token wants. Nothing is checked but its shape.
pub fn peek(token: &str) -> Result<Unverified, JwtError> {
    let token = SignedToken::read(token)?;
    Ok(Unverified {
        issuer: issuer(&token)?,
        key_id: token.key_id().map(str::to_owned),
        is_rs256: token.algorithm() == Algorithm::Rs256,
    })
}

/// Reads what a token says, and checks its times. Nothing of it may be believed before its signature was checked.
pub(super) fn read_unverified(token: &str, now: OffsetDateTime) -> Result<Claims, JwtError> {
    claims(&SignedToken::read(token)?, now)
}

/// Checks a token with a shared secret (HS256), with 30 seconds of leeway.
pub fn verify(token: &str, secret: &Secret, now: OffsetDateTime) -> Result<Claims, JwtError> {
    let token = SignedToken::read(token)?;
    if token.algorithm() != Algorithm::Hs256 {
        return Err(JwtError::Algorithm);
    }
    if !token.is_by_secret(secret) {
        return Err(JwtError::Signature);
    }
    claims(&token, now)
}

/// Checks a token with a public key of Atlassian's (RS256), in the same way.
pub(super) fn verify_by_key(
    token: &str,
    key: &PublicKey,
    now: OffsetDateTime,
) -> Result<Claims, JwtError> {
    let token = SignedToken::read(token)?;
    if token.algorithm() != Algorithm::Rs256 {
        return Err(JwtError::Algorithm);
    }
    if !token.is_by_key(key) {
        return Err(JwtError::Signature);
    }
    claims(&token, now)
}

/// A token for one request of ours to Confluence, good for three minutes.
pub fn sign(
    app_key: &str,
    client_key: &str,
    secret: &Secret,
    qsh: &str,
    now: OffsetDateTime,
) -> Result<String, JwtError> {
    let issued_at = now.unix_timestamp();
    let claims = json!({
        "iss": app_key,
        "iat": issued_at,
        "exp": issued_at + OUR_LIFE_SECONDS,
        "qsh": qsh,
        "aud": [client_key],
    });
    signed_token::sign(&claims, secret).ok_or(JwtError::NoSecret)
}

impl From<Unreadable> for JwtError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed => Self::Malformed,
            Unreadable::Algorithm => Self::Algorithm,
        }
    }
}

fn issuer(token: &SignedToken<'_>) -> Result<String, JwtError> {
    let issuer = token.text("iss").filter(|issuer| !issuer.is_empty());
    Ok(issuer.ok_or(JwtError::Claims)?.to_owned())
}

fn claims(token: &SignedToken<'_>, now: OffsetDateTime) -> Result<Claims, JwtError> {
    check_times(token, now)?;
    Ok(Claims {
        issuer: issuer(token)?,
        subject: optional_text(token, "sub")?,
        audience: token.audience().ok_or(JwtError::Claims)?,
        qsh: optional_text(token, "qsh")?,
        context: token.claims.get("context").cloned(),
    })
}

fn check_times(token: &SignedToken<'_>, now: OffsetDateTime) -> Result<(), JwtError> {
    let expires = token.seconds("exp").ok_or(JwtError::Claims)?;
    for begins in ["iat", "nbf"] {
        if !token.claims.contains_key(begins) {
            continue;
        }
        let begin = token.seconds(begins).ok_or(JwtError::Claims)?;
        if is_ahead(begin, now, LEEWAY_SECONDS) {
            return Err(JwtError::NotYetValid);
        }
        if expires <= begin {
            return Err(JwtError::Claims);
        }
    }
    if is_over(expires, now, LEEWAY_SECONDS) {
        return Err(JwtError::Expired);
    }
    match is_ahead(expires, now, LONGEST_LIFE_SECONDS) {
        true => Err(JwtError::Claims),
        false => Ok(()),
    }
}

/// `null` counts as absent.
fn optional_text(token: &SignedToken<'_>, claim: &str) -> Result<Option<String>, JwtError> {
    match token.claims.get(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JwtError::Claims),
    }
}

#[cfg(test)]
mod tests;
