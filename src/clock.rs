//! The one place that reads the clock. Everything below the handlers takes `now` as an argument.

use time::OffsetDateTime;

/// The current time, UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one source of time that the lint points to"
)]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
