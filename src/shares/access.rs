//! The access decision: may this visitor read this share now? Pure; what the browser gets to see is `visitor`'s subject.

use time::OffsetDateTime;

use super::pass::Pass;
use super::share::{Availability, Share};

/// The answer to a request for a page, a file or a search.
#[derive(Debug, PartialEq, Eq)]
pub enum Access {
    /// No password is set: whoever has the link may read.
    Open,
    /// The visitor holds this live pass.
    ByPass(Pass),
    /// The password page comes first.
    Locked,
    /// Nobody gets in at the moment.
    Unavailable(Availability),
}

/// `passes` are those with a right signature, whatever they say.
pub fn decide(share: &Share, passes: &[Pass], now: OffsetDateTime) -> Access {
    match share.availability(now) {
        Availability::Open => {}
        closed => return Access::Unavailable(closed),
    }
    if share.password_hash.is_none() {
        return Access::Open;
    }
    passes
        .iter()
        .find(|pass| is_live(pass, share, now))
        .map_or(Access::Locked, |pass| Access::ByPass(*pass))
}

fn is_live(pass: &Pass, share: &Share, now: OffsetDateTime) -> bool {
    let now = now.unix_timestamp();
    pass.share == share.id && pass.epoch == share.epoch && now < pass.expires
}
