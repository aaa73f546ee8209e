//! Values of a share as people set them, each parsed once. What a form refuses the API refuses, because both come here.

use std::ops::RangeInclusive;

use time::OffsetDateTime;

use super::error::{ENDS_BEFORE_START, Field, FieldError, ONLY_WITHOUT_SITES};
use crate::config::EmbedWildcards;
use crate::name::{self, NameError};
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::labels::Labels;
use crate::shares::share::PassLifetime;

/// How old a page of a live connection may be before it is compared with its site.
pub const REFRESH_AFTER_SECONDS: RangeInclusive<i64> = 60..=86_400;

/// The most requests to a site, over all processes.
pub const REQUESTS_PER_HOUR: RangeInclusive<i64> = 100..=1_000_000;

/// Larger files are not fetched; no attachment of a wiki is as large as the last of these.
pub const FILE_LIMIT_BYTES: RangeInclusive<i64> = 0..=100 << 40;

const LONGEST_NOTE: usize = 2000;

/// What visitors read above the pages of a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareName(String);

impl ShareName {
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        name::parse(typed).map(Self)
    }

    /// For a share that was given no name: it is called like the page or space that it shows.
    pub fn of_title(title: &str) -> Self {
        let name = name::parse(&name::shortened(title));
        Self(name.unwrap_or_else(|_no_name| "Share".to_owned()))
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

/// What admins write beside a share; visitors never see it. At most 2,000 characters, and lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    pub fn parse(typed: &str) -> Result<Self, String> {
        let text = typed.replace("\r\n", "\n").trim().to_owned();
        let is_forbidden = |char: char| char.is_control() && !matches!(char, '\n' | '\t');
        if text.contains(is_forbidden) {
            return Err("The note holds a control character.".to_owned());
        }
        match text.chars().count() {
            count if count > LONGEST_NOTE => Err(format!(
                "The note has {count} characters; at most {LONGEST_NOTE} are possible."
            )),
            _ => Ok(Self(text)),
        }
    }

    pub fn into_text(self) -> String {
        self.0
    }
}

/// From when until when a share answers; it ends after it starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    starts_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
}

impl Period {
    pub fn new(
        starts_at: Option<OffsetDateTime>,
        expires_at: Option<OffsetDateTime>,
    ) -> Result<Self, FieldError> {
        if let (Some(starts_at), Some(expires_at)) = (starts_at, expires_at)
            && expires_at <= starts_at
        {
            return Err(FieldError::new(Field::ExpiresAt, ENDS_BEFORE_START));
        }
        Ok(Self {
            starts_at,
            expires_at,
        })
    }

    /// Of a new share, which must not have ended before anybody could open it.
    pub fn of_new(self, now: OffsetDateTime) -> Result<Self, FieldError> {
        match self.expires_at {
            Some(end) if end <= now => {
                Err(FieldError::new(Field::ExpiresAt, "The end is in the past."))
            }
            _ => Ok(self),
        }
    }

    pub fn starts_at(self) -> Option<OffsetDateTime> {
        self.starts_at
    }

    pub fn expires_at(self) -> Option<OffsetDateTime> {
        self.expires_at
    }
}

/// Which sites may embed a share, and whether it opens nowhere else; then there is a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbedList {
    origins: EmbedOrigins,
    only: bool,
}

impl EmbedList {
    pub fn new(origins: EmbedOrigins, only: bool) -> Result<Self, FieldError> {
        if only && origins == EmbedOrigins::None {
            return Err(FieldError::new(Field::EmbedOrigins, ONLY_WITHOUT_SITES));
        }
        Ok(Self { origins, only })
    }

    pub fn is_only(&self) -> bool {
        self.only
    }

    pub fn into_origins(self) -> EmbedOrigins {
        self.origins
    }
}

/// Reads a list of origins; every wrong one is an error of its own.
pub fn parse_origins<'a>(
    entries: impl IntoIterator<Item = &'a str>,
    wildcards: EmbedWildcards,
) -> Result<EmbedOrigins, Vec<FieldError>> {
    EmbedOrigins::parse_with(entries, wildcards).map_err(|errors| each(Field::EmbedOrigins, errors))
}

/// Reads a list of labels; every wrong one is an error of its own.
pub fn parse_labels<'a>(
    field: Field,
    entries: impl IntoIterator<Item = &'a str>,
) -> Result<Labels, Vec<FieldError>> {
    Labels::parse(entries).map_err(|errors| each(field, errors))
}

fn each<E: std::fmt::Display>(field: Field, errors: Vec<E>) -> Vec<FieldError> {
    let sentence = |error: E| FieldError::new(field, format_args!("{error}."));
    errors.into_iter().map(sentence).collect()
}

/// How long visitors stay in after their last request, in seconds.
pub fn parse_lifetime(seconds: i64) -> Result<PassLifetime, &'static str> {
    PassLifetime::from_seconds(seconds).ok_or(
        "Choose how long visitors stay in: between 60 (a minute) and 2592000 (30 days) seconds.",
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{EmbedList, Note, Period, ShareName};
    use crate::shares::embed_origins::EmbedOrigins;
    use crate::sharing::error::Field;

    #[test]
    fn a_share_without_a_name_is_called_like_what_it_shows() {
        assert_eq!(ShareName::of_title(" Manual ").into_text(), "Manual");
        assert_eq!(ShareName::of_title(&"x".repeat(300)).into_text().len(), 200);
        assert_eq!(ShareName::of_title("").into_text(), "Share");
    }

    #[test]
    fn a_note_has_lines_and_nothing_that_cannot_be_shown() {
        assert_eq!(Note::parse(" a\r\nb \n").unwrap().into_text(), "a\nb");
        assert!(Note::parse(&"x".repeat(2000)).is_ok());
        assert!(Note::parse(&"x".repeat(2001)).is_err());
        assert!(Note::parse("a\u{0}b").is_err());
    }

    #[test]
    fn a_period_ends_after_it_starts_and_a_new_one_not_in_the_past() {
        let [early, late] = [
            datetime!(2026-06-03 10:00 UTC),
            datetime!(2026-06-03 11:00 UTC),
        ];
        assert!(Period::new(Some(early), Some(late)).is_ok());
        assert!(Period::new(None, Some(early)).is_ok());
        for wrong in [
            Period::new(Some(late), Some(early)),
            Period::new(Some(late), Some(late)),
        ] {
            assert_eq!(wrong.unwrap_err().field, Field::ExpiresAt);
        }
        let period = Period::new(None, Some(late)).unwrap();
        assert!(period.of_new(early).is_ok());
        assert_eq!(period.of_new(late).unwrap_err().field, Field::ExpiresAt);
    }

    #[test]
    fn only_inside_no_site_would_be_nowhere() {
        assert!(EmbedList::new(EmbedOrigins::None, true).is_err());
        assert!(EmbedList::new(EmbedOrigins::None, false).is_ok());
        assert!(EmbedList::new(EmbedOrigins::Any, true).unwrap().is_only());
    }
}
