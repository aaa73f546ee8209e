//! What becomes of a share in another site's frame, for its admin: blocked, as far as a request tells, or shown. What
//! browsers report of it comes by `reports`.

use super::visit::Visit;
use crate::shares::embed_health::may_embed;
use crate::shares::event::{Embedder, Event, Noticed};

/// Records a frame that the browser will not show, because the site around it is not listed. Whatever the answer is.
pub(super) fn record_blocked(visit: &Visit) {
    if visit.is_put_in_a_frame
        && let Embedder::Site(site) = &visit.embedder
        && !may_embed(&visit.share().embed_origins, site)
    {
        visit.record(Event::FrameBlocked(Noticed::ByRequest));
    }
}

/// Records that a frame is answered with a page.
///
/// The redirects of an unlock hide the site around the frame; but then the unlock itself tells of it, and a share without a
/// password knows none.
pub(super) fn record_shown(visit: &Visit) {
    if !visit.is_put_in_a_frame {
        return;
    }
    let share = visit.share();
    let is_shown = match &visit.embedder {
        Embedder::Nobody => false,
        Embedder::Unknown => share.password_hash.is_none(),
        Embedder::Site(site) => may_embed(&share.embed_origins, site),
    };
    if is_shown {
        let events = &visit.state.events;
        events.record_framed_view(share.id, visit.visitor(), visit.now);
    }
}
