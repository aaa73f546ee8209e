//! How long something waits that could not be had of a site.

use time::Duration;

use crate::connections::LiveError;

/// After so many failures in a row the waiting time grows no more.
const MAX_DOUBLINGS: i32 = 6;

/// Longer after every failure in a row, and as long as the site says.
pub(super) fn wait_after(failures: i32, error: &LiveError) -> Duration {
    let doublings = failures.clamp(0, MAX_DOUBLINGS);
    let own = Duration::seconds(20) * 2_i32.pow(doublings.unsigned_abs());
    let told = match error {
        LiveError::Confluence(error) => error.retry_after(),
        _ => None,
    };
    told.and_then(|told| Duration::try_from(told).ok())
        .map_or(own, |told| told.max(own))
}
