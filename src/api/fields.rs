//! The checks of single values that a share is made of. What the values mean is `shares`; which fields a call takes
//! stands with its body.

use std::convert::Infallible;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::name::{self, NameError};
use crate::password::{Password, PasswordError};
use crate::sharing::values::{Note, ShareName};

/// For values whose type is all there is to check.
pub(super) fn any<T>(value: T) -> Result<T, Infallible> {
    Ok(value)
}

/// Refuses what the database or a page cannot show.
pub(super) fn text(value: String, most: usize) -> Result<String, String> {
    if value.chars().count() > most {
        return Err(format!("This is longer than {most} characters."));
    }
    let is_forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if value.contains(is_forbidden) {
        return Err("This holds a control character.".to_owned());
    }
    Ok(value)
}

/// At least one visible character, at most `most`, on one line.
pub(super) fn line(value: String, most: usize) -> Result<String, String> {
    let value = text(value, most)?;
    if value.contains(char::is_control) {
        return Err("This must be a single line.".to_owned());
    }
    match value.trim() {
        "" => Err("This is empty.".to_owned()),
        trimmed => Ok(trimmed.to_owned()),
    }
}

pub(super) fn name(value: String) -> Result<String, NameError> {
    name::parse(&value)
}

pub(super) fn share_name(value: String) -> Result<ShareName, NameError> {
    ShareName::parse(&value)
}

pub(super) fn note(value: String) -> Result<Note, String> {
    Note::parse(&value)
}

/// Anything but nothing; what it is will be judged where it is read.
pub(super) fn pasted(value: String, most: usize) -> Result<String, String> {
    if value.is_empty() || value.chars().count() > most {
        return Err(format!("This must have 1 to {most} characters."));
    }
    Ok(value)
}

pub(super) fn uuid(value: String) -> Result<Uuid, &'static str> {
    Uuid::try_parse(&value).map_err(|_not_a_uuid| "This is not a UUID.")
}

pub(super) fn password(value: String) -> Result<Password, PasswordError> {
    Password::new(&value)
}

pub(super) const DEFAULT_LIMIT: u8 = 50;

/// How many items a page of a list has, as a parameter of the query says it.
pub(super) fn limit(written: String) -> Result<u8, &'static str> {
    let limit = written
        .parse()
        .ok()
        .filter(|limit| (1..=200).contains(limit));
    limit.ok_or("This must be a whole number between 1 and 200.")
}

/// RFC 3339, turned into UTC. Years outside 0 to 9999 cannot be written back.
pub(super) fn moment(value: String) -> Result<OffsetDateTime, &'static str> {
    OffsetDateTime::parse(&value, &Rfc3339)
        .ok()
        .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
        .filter(|moment| (0..=9999).contains(&moment.year()))
        .ok_or("This is not a time. Write it as 2026-12-31T23:59:59Z (RFC 3339).")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::moment;

    #[test]
    fn times_of_every_offset_become_utc() {
        assert_eq!(
            moment("2026-11-23T12:00:00+05:30".to_owned()),
            Ok(datetime!(2026-11-23 06:30 UTC))
        );
        assert_eq!(
            moment("2026-11-23T12:00:00.5Z".to_owned()),
            Ok(datetime!(2026-11-23 12:00:00.5 UTC))
        );
    }

    #[test]
    fn times_without_offset_and_beyond_the_calendar_are_refused() {
        for text in [
            "2026-11-23",
            "2026-11-23T12:00:00",
            "1700000000",
            "2026-02-30T00:00:00Z",
            "0000-01-01T00:00:00+05:00",
            "9999-12-31T23:59:59-05:00",
        ] {
            assert!(moment(text.to_owned()).is_err(), "{text}");
        }
    }
}
