//! Rows four to eight of the token rule: `iss`, `nbf` and `exp`, the window, and the window against the clock. All
//! other claims are ignored. Times are Unix seconds; there is no leeway.

use uuid::Uuid;

use crate::strict_json::{Object, Value, shown};

/// The longest `exp - nbf`, in seconds.
pub(super) const MAX_WINDOW: i64 = 60;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WrongIssuer {
    #[error("iss is missing. Put the share's UUID there: {0}")]
    Missing(Uuid),
    #[error("iss is not a text. Put the share's UUID there, as a text: {0}")]
    NotText(Uuid),
    #[error(
        "iss is another spelling of this share's UUID. Write the 36 characters with hyphens and nothing else: {0}"
    )]
    Spelling(Uuid),
    #[error("iss is {}, perhaps another share's UUID. This share's is {share_id}", shown(.seen))]
    OtherShare { seen: String, share_id: Uuid },
    #[error("iss is {}, not a UUID. Put the share's UUID there: {share_id}", shown(.seen))]
    NotUuid { seen: String, share_id: Uuid },
}

pub(super) fn check_issuer(claims: &Object<'_>, share_id: Uuid) -> Result<(), WrongIssuer> {
    let iss = match claims.get("iss") {
        None => return Err(WrongIssuer::Missing(share_id)),
        Some(Value::String(iss)) => iss,
        Some(_) => return Err(WrongIssuer::NotText(share_id)),
    };
    let wanted = share_id.hyphenated().to_string();
    if iss.eq_ignore_ascii_case(&wanted) {
        return Ok(());
    }
    let seen = iss.to_string();
    Err(match Uuid::parse_str(iss) {
        _ if iss.to_ascii_lowercase().contains(&wanted) => WrongIssuer::Spelling(share_id),
        Ok(uuid) if uuid == share_id => WrongIssuer::Spelling(share_id),
        Ok(_) => WrongIssuer::OtherShare { seen, share_id },
        Err(_) => WrongIssuer::NotUuid { seen, share_id },
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) not_before: i64,
    pub(super) expires: i64,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadDate {
    #[error("{0} is missing. {advice}", advice = DATES_ADVICE)]
    Missing(&'static str),
    #[error("{0} is a text. Write the number without quotes. {advice}", advice = DATES_ADVICE)]
    Text(&'static str),
    #[error("{name} is {}, not a whole number of 64 bits. Round it down. {advice}", shown(.number), advice = DATES_ADVICE)]
    NotInteger { name: &'static str, number: String },
    #[error("{0} is not a number. {advice}", advice = DATES_ADVICE)]
    NotNumber(&'static str),
}

pub(super) const DATES_ADVICE: &str =
    "Sign nbf = now - 5 and exp = now + 55, in whole seconds since 1970 (UTC).";

pub(super) fn read_date(claims: &Object<'_>, name: &'static str) -> Result<i64, BadDate> {
    match claims.get(name) {
        Some(Value::Integer(seconds)) => Ok(*seconds),
        Some(Value::OtherNumber(number)) => Err(BadDate::NotInteger {
            name,
            number: (*number).to_owned(),
        }),
        Some(Value::String(_)) => Err(BadDate::Text(name)),
        Some(_) => Err(BadDate::NotNumber(name)),
        None => Err(BadDate::Missing(name)),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadWindow {
    Backwards,
    /// Seconds; as many as fit when there are more.
    TooLong(i64),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotYetValid;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expired;

impl Dates {
    /// The window's seconds, 1 to 60.
    pub(super) fn check_window(self) -> Result<i64, BadWindow> {
        // Saturating, because the token may say i64::MIN and i64::MAX: that is too long, too.
        match self.expires.saturating_sub(self.not_before) {
            ..=0 => Err(BadWindow::Backwards),
            seconds @ 1..=MAX_WINDOW => Ok(seconds),
            seconds => Err(BadWindow::TooLong(seconds)),
        }
    }

    pub(super) fn check_begun(self, now: i64) -> Result<(), NotYetValid> {
        if self.not_before <= now {
            Ok(())
        } else {
            Err(NotYetValid)
        }
    }

    pub(super) fn check_not_over(self, now: i64) -> Result<(), Expired> {
        if now < self.expires {
            Ok(())
        } else {
            Err(Expired)
        }
    }

    /// How far the client's clock is ahead of ours (or behind, below zero), supposing that it signed at `nbf` and
    /// sent the token at once. Client sites that sign `nbf = now - 5` look five seconds slower than they are.
    pub(super) fn clock_difference(self, now: i64) -> i64 {
        self.not_before.saturating_sub(now)
    }
}
