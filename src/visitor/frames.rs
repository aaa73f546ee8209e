//! What becomes of a share in another site's frame, for its admin: blocked, as far as a request tells, or shown. What
//! browsers report of it comes by `reports`.

use actix_web::HttpRequest;
use time::OffsetDateTime;

use super::embedder::{is_put_in_a_frame, visitor};
use crate::shares::embed_health::may_embed;
use crate::shares::event::{Embedder, Event, Noticed};
use crate::shares::share::Share;
use crate::web::state::AppState;

/// Notes a frame that the browser will not show, because the site around it is not listed. Whatever the answer is.
pub(super) fn record_blocked(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    now: OffsetDateTime,
) {
    if !is_put_in_a_frame(request) {
        return;
    }
    let visitor = visitor(request, share);
    if let Embedder::Site(site) = &visitor.embedder
        && !may_embed(&share.embed_origins, site)
    {
        let event = Event::FrameBlocked(Noticed::ByRequest);
        state.events.record(share.id, event, visitor, now);
    }
}

/// Notes that a frame is answered with a page.
///
/// The redirects of an unlock hide the site around the frame; but
/// then the unlock itself tells of it, and a share without a password knows none.
pub(super) fn record_shown(
    state: &AppState,
    request: &HttpRequest,
    share: &Share,
    now: OffsetDateTime,
) {
    if !is_put_in_a_frame(request) {
        return;
    }
    let visitor = visitor(request, share);
    let is_shown = match &visitor.embedder {
        Embedder::Nobody => false,
        Embedder::Unknown => share.password_hash.is_none(),
        Embedder::Site(site) => may_embed(&share.embed_origins, site),
    };
    if is_shown {
        state.events.record_framed_view(share.id, visitor, now);
    }
}
