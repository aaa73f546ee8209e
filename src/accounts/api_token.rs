//! Bearer tokens of the web API: what they are and what they look like. Queries on them are `store::api_token`.

use std::fmt;

use rand::{
    TryRng,
    rngs::{SysError, SysRng},
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::name::{self, NameError};

/// So that people and secret scanners recognise one.
const PREFIX: &str = "vst_";
const RANDOM_BYTES: usize = 32;

/// A token as its bearer holds it. It exists only at creation; afterwards nobody can read it again. No `Display`,
/// `Clone` or `Serialize`: a leak needs intent.
pub struct PlainToken(String);

/// The operating system's random generator gave no bytes; no token was made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random generator failed: {0}")]
pub struct NoRandomness(#[from] SysError);

impl PlainToken {
    /// A new token, straight from the operating system's generator.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; RANDOM_BYTES];
        SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(format!("{PREFIX}{}", hex::encode(bytes))))
    }

    /// The text, to be shown once: on the admin page or on the standard output of the command line.
    pub fn reveal(self) -> String {
        self.0
    }

    pub(super) fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlainToken")
    }
}

/// What is kept of a token. One SHA-256 is enough: nobody guesses 32 random bytes, and looking the hash up says
/// nothing useful about the time a comparison takes.
pub(super) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented.as_bytes()).into())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    Read,
    /// Reading, too.
    Write,
}

impl TokenScope {
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The word in the database, in forms and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// What people call a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    /// See [`crate::name`].
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        name::parse(typed).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A token to be made.
#[derive(Debug)]
pub struct NewApiToken {
    pub name: TokenName,
    pub scope: TokenScope,
    /// Who made it: an account's e-mail, or `command line`.
    pub created_by: String,
    /// `None` for a token that lives until it is deleted.
    pub expires_at: Option<OffsetDateTime>,
}

/// A token as it is kept: everything but the token.
#[derive(Debug, Clone)]
pub struct ApiToken {
    pub id: Uuid,
    pub name: String,
    pub scope: TokenScope,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    /// To the minute.
    pub last_used_at: Option<OffsetDateTime>,
}

impl ApiToken {
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{PlainToken, TokenHash, TokenScope};

    #[test]
    fn a_token_is_the_prefix_and_64_hex_digits_and_no_two_are_alike() {
        let tokens: HashSet<String> = (0..1000)
            .map(|_| PlainToken::generate().unwrap().reveal())
            .collect();
        assert_eq!(tokens.len(), 1000);
        assert!(tokens.iter().all(|token| {
            let digits = token.strip_prefix("vst_").unwrap();
            digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        }));
    }

    #[test]
    fn the_hash_kept_is_the_hash_of_what_its_bearer_presents() {
        let token = PlainToken::generate().unwrap();
        let kept = token.hash();
        let presented = token.reveal();
        assert_eq!(TokenHash::of(&presented).as_bytes(), kept.as_bytes());
        assert_ne!(
            TokenHash::of(&presented.to_uppercase()).as_bytes(),
            kept.as_bytes()
        );
    }

    #[test]
    fn debug_prints_the_name_of_the_type_only() {
        let token = PlainToken::generate().unwrap();
        assert_eq!(format!("{token:?}"), "PlainToken");
    }

    #[test]
    fn every_scope_is_read_from_its_own_word() {
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(TokenScope::parse("admin"), None);
    }
}
