//! Moments as admins read and type them: in UTC, because a portal's admins and readers live in many time zones.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::web::error::words::moment_in_words;

/// A moment in two spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// For people: `3 June 2026, 14:05 UTC`.
    pub label: String,
    /// For machines: RFC 3339.
    pub iso: String,
}

impl From<OffsetDateTime> for Moment {
    fn from(moment: OffsetDateTime) -> Self {
        Self {
            label: moment_in_words(moment),
            iso: moment
                .to_offset(UtcOffset::UTC)
                .format(&Rfc3339)
                .unwrap_or_default(),
        }
    }
}

/// `23 hours 10 minutes`, `40 seconds`: the two largest units; never less than a second.
pub fn duration_in_words(duration: Duration) -> String {
    let seconds = duration.whole_seconds().max(1);
    let parts = [
        (seconds / 86_400, "day"),
        (seconds % 86_400 / 3600, "hour"),
        (seconds % 3600 / 60, "minute"),
        (seconds % 60, "second"),
    ];
    let shown = parts
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0);
    let words =
        shown.map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }));
    words.collect::<Vec<_>>().join(" ")
}

/// Why a typed date cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("Write the date and time as 2026-06-03T14:05.")]
pub struct NotAMoment;

/// Reads what a `datetime-local` field sends, as UTC; nothing typed is no moment.
pub fn parse_typed(typed: &str) -> Result<Option<OffsetDateTime>, NotAMoment> {
    let typed = typed.trim().trim_end_matches('Z').replace(' ', "T");
    if typed.is_empty() {
        return Ok(None);
    }
    let minutes = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    let seconds = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    PrimitiveDateTime::parse(&typed, minutes)
        .or_else(|_no_minutes| PrimitiveDateTime::parse(&typed, seconds))
        .map(|moment| Some(moment.assume_utc()))
        .map_err(|_neither| NotAMoment)
}

/// What a `datetime-local` field is filled with.
pub fn as_typed(moment: Option<OffsetDateTime>) -> String {
    let utc = moment.map(|moment| moment.to_offset(UtcOffset::UTC));
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    utc.and_then(|utc| utc.format(format).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::{NotAMoment, as_typed, duration_in_words, parse_typed};

    #[test]
    fn typed_moments_are_utc_with_or_without_seconds() {
        let moment = datetime!(2026-06-03 14:05 UTC);
        assert_eq!(parse_typed("2026-06-03T14:05"), Ok(Some(moment)));
        assert_eq!(parse_typed(" 2026-06-03 14:05:00Z "), Ok(Some(moment)));
        assert_eq!(parse_typed(" "), Ok(None));
        assert_eq!(parse_typed("tomorrow"), Err(NotAMoment));
        assert_eq!(parse_typed("2026-13-03T14:05"), Err(NotAMoment));
    }

    #[test]
    fn a_moment_is_shown_as_it_is_typed() {
        assert_eq!(
            as_typed(Some(datetime!(2026-06-03 16:05 +2))),
            "2026-06-03T14:05"
        );
        assert_eq!(as_typed(None), "");
    }

    #[test]
    fn durations_show_their_two_largest_units() {
        assert_eq!(
            duration_in_words(Duration::seconds(83_430)),
            "23 hours 10 minutes"
        );
        assert_eq!(duration_in_words(Duration::seconds(3600)), "1 hour");
        assert_eq!(duration_in_words(Duration::seconds(86_400 + 60)), "1 day");
        assert_eq!(duration_in_words(Duration::ZERO), "1 second");
    }
}
