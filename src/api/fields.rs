//! The checks of single values that a share is made of. What the values mean is `shares`; which fields a call takes
//! stands with its body.

use std::convert::Infallible;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::problems::Problems;
use crate::config::EmbedWildcards;
use crate::password::{Password, PasswordError};
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::share::PassLifetime;
use crate::web::error::ONLY_WITHOUT_SITES;

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

pub(super) const NAME_CHARS: usize = 200;

pub(super) fn name(value: String) -> Result<String, String> {
    line(value, NAME_CHARS)
}

pub(super) fn description(value: String) -> Result<String, String> {
    text(value, 2000)
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

pub(super) fn lifetime(seconds: i64) -> Result<PassLifetime, &'static str> {
    PassLifetime::from_seconds(seconds)
        .ok_or("This must be between 60 (a minute) and 2592000 (30 days).")
}

pub(super) fn origins(
    entries: Vec<String>,
    wildcards: EmbedWildcards,
) -> Result<EmbedOrigins, String> {
    let parsed = EmbedOrigins::parse_with(entries.iter().map(String::as_str), wildcards);
    parsed.map_err(|errors| {
        let sentences: Vec<String> = errors.iter().map(ToString::to_string).collect();
        format!("{}.", sentences.join("; "))
    })
}

/// For a share whose list of sites is sent with it, so that this is reported with everything else.
pub(super) fn check_sites(
    problems: &mut Problems,
    embed_only: bool,
    embed_origins: Option<&EmbedOrigins>,
) {
    if embed_only && embed_origins == Some(&EmbedOrigins::None) {
        problems.add("embedOrigins", ONLY_WITHOUT_SITES);
    }
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

/// For two dates that are sent together, so that this is reported with everything else.
pub(super) fn check_order(
    problems: &mut Problems,
    starts_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
) {
    if let (Some(starts_at), Some(expires_at)) = (starts_at, expires_at)
        && expires_at <= starts_at
    {
        problems.add("expiresAt", "The share must end after it starts.");
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{description, moment, name, origins};
    use crate::config::EmbedWildcards;

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

    #[test]
    fn names_are_one_visible_line_and_descriptions_hold_no_nul() {
        assert_eq!(name(" Manual ".to_owned()), Ok("Manual".to_owned()));
        assert!(name(" \t ".to_owned()).is_err());
        assert!(name("a\nb".to_owned()).is_err());
        assert!(name("é".repeat(200)).is_ok());
        assert!(name("é".repeat(201)).is_err());
        assert!(description("a\nb".to_owned()).is_ok());
        assert!(description("a\0b".to_owned()).is_err());
    }

    #[test]
    fn every_wrong_origin_is_named() {
        let entries = ["https://ok.example", "nope", "http://plain.example"];
        let problem =
            origins(entries.map(str::to_owned).to_vec(), EmbedWildcards::Refuse).unwrap_err();
        assert!(problem.contains("nope") && problem.contains("plain.example"));
    }
}
