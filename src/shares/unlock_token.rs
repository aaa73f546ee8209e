//! The unlock token rule: whether a token signed by a client site opens a share now.
//!
//! No HTTP, no clock, no database: handlers bring the share, its secrets and the time. The library's own validation
//! of claims is not used, because its defaults differ from the rule (leeway, optional `nbf`, `iss` lists, rounded
//! dates). The rows of the rule, in their order, are the files `shape`, `header`, `signature`, `claims`.

mod check_report;
mod claims;
mod clock_advice;
mod findings;
mod header;
mod key_mistakes;
mod mint;
mod shape;
mod shown;
mod signature;
mod strict_json;

use std::fmt;

use uuid::Uuid;

pub use self::{
    check_report::{CheckLine, CheckOutcome, Explanation, explain},
    mint::{MintedToken, NotSigned, UnlockToken, mint},
};
use self::{
    claims::{BadWindow, Dates},
    findings::Findings,
};
use super::unlock_secret::UnlockSecret;

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

/// Whether the token opens the share. Never panics, whatever the token is.
pub fn check(token: &str, rule: &TokenRule<'_>) -> Result<Accepted, Refused> {
    let Ok(findings) = Findings::gather(token, rule) else {
        return Err(Refused {
            code: RefusalCode::Malformed,
            not_before: None,
            expires: None,
            clock_difference_seconds: None,
            signed_with: None,
        });
    };
    judge(&findings, rule).map_err(|code| refuse(code, &findings, rule))
}

/// The rule itself, row by row. The order decides which code a token gets that breaks several rows.
fn judge(findings: &Findings<'_>, rule: &TokenRule<'_>) -> Result<Accepted, RefusalCode> {
    findings
        .header
        .as_ref()
        .map_err(|_error| RefusalCode::BadAlg)?;
    let signed_with = findings.signed_with.ok_or(RefusalCode::BadSignature)?;
    findings
        .issuer
        .as_ref()
        .map_err(|_error| RefusalCode::WrongShare)?;
    let dates = findings.dates().map_err(|_error| RefusalCode::BadClaims)?;
    dates.check_window().map_err(|error| match error {
        BadWindow::Backwards => RefusalCode::BadClaims,
        BadWindow::TooLong(_) => RefusalCode::WindowTooLong,
    })?;
    dates
        .check_begun(rule.now)
        .map_err(|_error| RefusalCode::NotYetValid)?;
    dates
        .check_not_over(rule.now)
        .map_err(|_error| RefusalCode::Expired)?;
    match rule.share {
        Availability::Open => Ok(Accepted {
            signed_with,
            not_before: dates.not_before,
            expires: dates.expires,
        }),
        Availability::Closed => Err(RefusalCode::ShareUnavailable),
    }
}

fn refuse(code: RefusalCode, findings: &Findings<'_>, rule: &TokenRule<'_>) -> Refused {
    let wrong_time = matches!(code, RefusalCode::NotYetValid | RefusalCode::Expired);
    let clock_difference = |dates: Dates| dates.clock_difference(rule.now);
    Refused {
        code,
        not_before: findings.not_before.as_ref().ok().copied(),
        expires: findings.expires.as_ref().ok().copied(),
        clock_difference_seconds: findings
            .dates()
            .ok()
            .filter(|_| wrong_time)
            .map(clock_difference),
        signed_with: findings.signed_with,
    }
}
