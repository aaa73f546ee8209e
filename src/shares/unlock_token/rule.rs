//! What a token is held against, and what comes of it.

use std::fmt;

use uuid::Uuid;

use crate::shares::unlock_secret::UnlockSecret;

/// What a token for one share is held against, at one moment.
pub struct TokenRule<'a> {
    pub share_id: Uuid,
    pub secrets: SecretsInForce<'a>,
    pub share: Availability,
    /// Unix seconds.
    pub now: i64,
}

/// The secrets a token may be signed with. The previous one is in force only while its overlap lasts; the caller
/// knows when that ends.
pub struct SecretsInForce<'a> {
    pub current: &'a UnlockSecret,
    pub previous: Option<&'a UnlockSecret>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Enabled, started and not ended.
    Open,
    Closed,
}

/// A token that passed the whole rule. Times are Unix seconds.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    pub signed_with: SigningKey,
    pub not_before: i64,
    pub expires: i64,
}

/// Why a token was refused, and what it said, for the share's admin. Without a `signed_with` the times are what
/// anybody may have written.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub code: RefusalCode,
    /// Unix seconds, when it could be read; any 64-bit number.
    pub not_before: Option<i64>,
    /// Unix seconds, when it could be read; any 64-bit number.
    pub expires: Option<i64>,
    /// How far the client's clock seems to be ahead of ours (behind, below zero), when the token came too early or
    /// too late.
    pub clock_difference_seconds: Option<i64>,
    pub signed_with: Option<SigningKey>,
}

/// Which secret, and in which form, made the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningKey {
    Current,
    CurrentHexText,
    Previous,
    PreviousHexText,
}

impl SigningKey {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::CurrentHexText => "current_hex_text",
            Self::Previous => "previous",
            Self::PreviousHexText => "previous_hex_text",
        }
    }
}

/// The first row of the rule that a token breaks, in the order of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    Malformed,
    BadAlg,
    BadSignature,
    WrongShare,
    BadClaims,
    WindowTooLong,
    NotYetValid,
    Expired,
    ShareUnavailable,
}

impl RefusalCode {
    /// The word in the `Vestibule-Unlock` header, the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::BadAlg => "bad_alg",
            Self::BadSignature => "bad_signature",
            Self::WrongShare => "wrong_share",
            Self::BadClaims => "bad_claims",
            Self::WindowTooLong => "window_too_long",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::ShareUnavailable => "share_unavailable",
        }
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
