//! Signs unlock tokens, for "Try it", the API's unlock links, the command line and the demo's client site. Client
//! sites sign their own.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use uuid::Uuid;

use crate::shares::unlock_secret::UnlockSecret;

/// So that a server whose clock is a little behind takes the token, too. Together they are the whole window.
const SECONDS_BEFORE_NOW: i64 = 5;
const SECONDS_AFTER_NOW: i64 = 55;

/// A signed token as text. No `Display`, `Serialize` or `Clone`: it opens a share, so it must not slip into a log.
pub struct UnlockToken(String);

impl UnlockToken {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnlockToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UnlockToken")
    }
}

/// Times are Unix seconds.
#[derive(Debug)]
pub struct MintedToken {
    pub token: UnlockToken,
    pub not_before: i64,
    pub expires: i64,
}

#[derive(Debug, thiserror::Error)]
#[error("an unlock token could not be signed: {0}")]
pub struct NotSigned(#[from] jsonwebtoken::errors::Error);

#[derive(Serialize)]
struct Claims {
    iss: Uuid,
    nbf: i64,
    exp: i64,
}

/// A token that opens the share from five seconds before `now` (Unix seconds) until 55 seconds after it.
pub fn mint(share_id: Uuid, secret: &UnlockSecret, now: i64) -> Result<MintedToken, NotSigned> {
    let not_before = now.saturating_sub(SECONDS_BEFORE_NOW);
    let expires = now.saturating_add(SECONDS_AFTER_NOW);
    let token = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &Claims {
            iss: share_id,
            nbf: not_before,
            exp: expires,
        },
        &EncodingKey::from_secret(secret.as_bytes()),
    )?;
    Ok(MintedToken {
        token: UnlockToken(token),
        not_before,
        expires,
    })
}
