//! Sentences about a token's times: what they are, how far off, and the usual reasons. Whether they are good is
//! decided in `claims`.

use time::{OffsetDateTime, macros::format_description};

use super::claims::{BadWindow, DATES_ADVICE, Dates, MAX_WINDOW};

const HALF_HOUR: u64 = 1800;

pub(super) fn dates(dates: Dates) -> String {
    format!(
        "nbf = {}, exp = {}.",
        shown_time(dates.not_before),
        shown_time(dates.expires)
    )
}

pub(super) fn bad_window(dates: Dates, problem: &BadWindow) -> String {
    if let Some(advice) = wrong_unit(dates) {
        return advice;
    }
    match problem {
        BadWindow::Backwards => format!("exp is not after nbf. {DATES_ADVICE}"),
        BadWindow::TooLong(seconds) => {
            format!("exp - nbf is {seconds} s; at most {MAX_WINDOW} s are allowed. {DATES_ADVICE}")
        }
    }
}

pub(super) fn not_yet_valid(dates: Dates, now: i64) -> String {
    let ahead = dates.clock_difference(now);
    let reason = wrong_unit(dates)
        .or_else(|| local_time(ahead))
        .unwrap_or_else(|| {
            format!(
                "The clock that signed seems to be about {ahead} s ahead of ours: synchronise it. {DATES_ADVICE}"
            )
        });
    format!("nbf is {ahead} s after now, {}. {reason}", shown_time(now))
}

pub(super) fn expired(dates: Dates, now: i64) -> String {
    let ago = now.saturating_sub(dates.expires);
    let difference = dates.clock_difference(now);
    let reason = wrong_unit(dates)
        .or_else(|| local_time(difference))
        .unwrap_or_else(|| old_or_slow(difference.unsigned_abs()));
    format!("exp was {ago} s before now, {}. {reason}", shown_time(now))
}

fn old_or_slow(behind: u64) -> String {
    format!(
        "A token that was copied by hand is usually too old when it is pasted here, and no mistake. If visitors are \
         refused: sign a new token for each page view and keep none in a cache, or the clock that signed is about \
         {behind} s behind ours: synchronise it."
    )
}

fn wrong_unit(dates: Dates) -> Option<String> {
    // Seconds reach twelve digits in the year 5138; milliseconds had them by 1973.
    let is_too_large = |seconds: i64| seconds.unsigned_abs() >= 100_000_000_000;
    if is_too_large(dates.not_before) || is_too_large(dates.expires) {
        return Some("These look like milliseconds: divide by 1000 and round down.".to_owned());
    }
    // Four months after the start of 1970.
    let is_duration = |seconds: i64| (0..10_000_000).contains(&seconds);
    is_duration(dates.expires)
        .then(|| format!("exp looks like a duration, but it is a moment. {DATES_ADVICE}"))
}

/// A difference of whole or half hours, give or take the age of a token, is a time zone.
fn local_time(difference: i64) -> Option<String> {
    let distance = difference.unsigned_abs();
    let half_hours = distance.saturating_add(60) / HALF_HOUR;
    let remainder = distance.abs_diff(half_hours * HALF_HOUR);
    ((1..=28).contains(&half_hours) && remainder <= 65).then(|| {
        format!(
            "That is close to {} h: was local time taken for UTC? {DATES_ADVICE}",
            hours(half_hours)
        )
    })
}

fn hours(half_hours: u64) -> String {
    match half_hours % 2 {
        0 => format!("{}", half_hours / 2),
        _ => format!("{}.5", half_hours / 2),
    }
}

fn shown_time(seconds: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(format).ok())
        .map_or_else(|| seconds.to_string(), |date| format!("{seconds} ({date})"))
}
