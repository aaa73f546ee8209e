//! What a failure says to people: titles, sentences, and how they name sizes and times.

use time::OffsetDateTime;

use super::Failure;
use crate::shares::share::Availability;

impl Failure {
    /// A title and sentences for people.
    pub fn words(&self) -> (String, Vec<String>) {
        let (title, sentence): (&str, String) = match self {
            Self::NotFound => (
                "Page not found",
                "There is nothing at this address. The link may be incomplete, or what it pointed to is no longer shared. Please ask the person who gave it to you.".into(),
            ),
            Self::Unavailable(availability) => unavailable(*availability),
            Self::OnlyInItsSites => (
                "This does not open here",
                "This content opens only inside the site it belongs to.".into(),
            ),
            Self::BadRequest(sentence) => ("This request cannot be answered", sentence.clone()),
            Self::Invalid(problems) => (
                "Some values are wrong",
                problems.iter().map(|problem| format!("{}: {}", problem.field, problem.detail)).collect::<Vec<_>>().join(" "),
            ),
            Self::Unauthorized(sentence) => ("Sign in first", sentence.clone()),
            Self::Forbidden(sentence) => ("This is not allowed", sentence.clone()),
            Self::Conflict(sentence) => ("This cannot be done now", sentence.clone()),
            Self::MethodNotAllowed(methods) => (
                "This cannot be done here",
                format!("This address answers to {methods} only."),
            ),
            Self::UnsupportedMediaType(wanted) => (
                "This type of content is not accepted",
                format!("Send the body as {wanted}, and say so in Content-Type."),
            ),
            Self::TooLarge(limit) => (
                "This is too large",
                format!("At most {} are accepted.", size_in_words(*limit)),
            ),
            Self::Throttled(seconds) => ("Too many tries", format!("Please try again in {}.", wait_in_words(*seconds))),
            Self::Unreachable(_) => (
                "The portal is busy",
                "This page cannot be shown right now. Please try again in a few seconds.".into(),
            ),
            Self::ServiceDown(sentence) => ("A service does not answer", sentence.clone()),
            Self::NotFetched(seconds) => (
                "The wiki does not answer",
                not_fetched(*seconds),
            ),
            Self::FileTooLarge(limit) => (
                "This file is too large",
                file_too_large(*limit),
            ),
            Self::Internal(_) => (
                "Something went wrong",
                "The mistake is ours, and it was recorded. Please try again later.".into(),
            ),
        };
        (title.to_owned(), vec![sentence])
    }
}

/// Why a share does not open. Readers learn nothing of the wiki behind it.
fn unavailable(availability: Availability) -> (&'static str, String) {
    let ask = "Please ask the person who gave you the link.";
    match availability {
        Availability::Ended => (
            "This share has ended",
            format!("The page is no longer shared. {ask}"),
        ),
        Availability::NotStarted { starts_at } => (
            "This share has not started yet",
            format!("It opens on {}.", moment_in_words(starts_at)),
        ),
        Availability::Withdrawn { .. } => (
            "This share is not available",
            format!("What it shows can no longer be had from its wiki. {ask}"),
        ),
        Availability::Disabled | Availability::Open => (
            "This share is not available",
            format!("It is switched off at the moment. {ask}"),
        ),
    }
}

fn not_fetched(seconds: i64) -> String {
    format!(
        "This has not been fetched from the wiki yet, and the wiki does not answer at the moment. Please try again in {}.",
        wait_in_words(seconds)
    )
}

fn file_too_large(limit: u64) -> String {
    format!(
        "Files of more than {} are not fetched from the wiki. Please ask the person who gave you the link.",
        size_in_words(limit)
    )
}

/// `64 KiB`, `4096 MiB`: for limits, which are whole ones.
fn size_in_words(bytes: u64) -> String {
    if bytes < 1 << 20 {
        format!("{} KiB", bytes >> 10)
    } else {
        format!("{} MiB", bytes >> 20)
    }
}

/// `20 seconds`, `6 minutes`: rounded up, never zero.
pub fn wait_in_words(seconds: i64) -> String {
    let seconds = seconds.max(1);
    let (count, unit) = if seconds <= 90 {
        (seconds, "second")
    } else {
        ((seconds + 59) / 60, "minute")
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `3 June 2026, 14:05 UTC`.
pub fn moment_in_words(moment: OffsetDateTime) -> String {
    let utc = moment.to_offset(time::UtcOffset::UTC);
    format!(
        "{} {} {}, {:02}:{:02} UTC",
        utc.day(),
        utc.month(),
        utc.year(),
        utc.hour(),
        utc.minute()
    )
}
