//! `/e/{key}/content/{share}/…`: pages inside frames for browsers that keep no cookie there. The handlers are those of
//! `/content`; here is decided where a key counts.
//!
//! It counts where only our own framed pages can ask: for a frame, and for parts of pages of our origin. A tab gets in by
//! it only when a page of ours opens it, and then by a cookie of its own. Pasted, mailed or linked from another site, a
//! key opens nothing; a browser that does not say what it asks for gets nothing, either.

use actix_web::HttpResponse;

use super::paths::base_path;
use super::visit::{Arrival, Visit};
use crate::config::Cookieless;
use crate::shares::access::{self, Access, Destination};
use crate::shares::cookieless::{CookielessKey, idle, user_agent_digest};
use crate::shares::pass::Pass;
use crate::shares::store::frames;
use crate::web::error::{Failure, PageError};
use crate::web::page;

/// Where a key counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// A frame, or a part of a page of ours.
    Framed,
    /// A tab that a page of ours opens.
    OwnTab,
}

/// What the key in the path opens now, if it opens this share here.
pub(super) async fn open(visit: &Visit) -> Result<Option<(Door, Pass)>, Failure> {
    let Some(door) = door(visit.destination, visit.is_same_origin) else {
        return Ok(None);
    };
    let pass = live_pass(visit).await?;
    Ok(pass.map(|pass| (door, pass)))
}

fn door(destination: Destination, is_same_origin: bool) -> Option<Door> {
    match (destination, is_same_origin) {
        (Destination::Frame, _) | (Destination::Part, true) => Some(Door::Framed),
        (Destination::Tab, true) => Some(Door::OwnTab),
        _ => None,
    }
}

/// The pass behind the key, if it opens this share now.
async fn live_pass(visit: &Visit) -> Result<Option<Pass>, Failure> {
    if visit.state.settings.embedding.cookieless == Cookieless::Off {
        return Ok(None);
    }
    let Some(key) = visit.key().and_then(CookielessKey::parse) else {
        return Ok(None);
    };
    let (share, now) = (visit.share(), visit.now);
    let (key, browser, id) = (key.digest(), digest_of_browser(visit), share.id);
    let idle = idle(share);
    let found = visit
        .state
        .db
        .run(move |db| frames::find_pass(db, &key, id, &browser, idle, now))
        .await?;
    let passes: Vec<Pass> = found.into_iter().collect();
    Ok(
        match access::decide(share, &passes, visit.destination, now) {
            Access::ByPass(pass) => Some(pass),
            _ => None,
        },
    )
}

/// Of the browser that a key is given to.
pub(super) fn digest_of_browser(visit: &Visit) -> [u8; 32] {
    let user_agent = visit.request.headers().get("user-agent");
    user_agent_digest(user_agent.map_or(b"", |value| value.as_bytes()))
}

/// `POST /e/{key}/content/{share}/session/end`: the key is good for nothing any more.
pub async fn end_session(arrival: Arrival) -> Result<HttpResponse, PageError> {
    arrival
        .answer(async |visit| {
            if let Some(key) = visit.key().and_then(CookielessKey::parse) {
                let digest = key.digest();
                let db = &visit.state.db;
                let ended = db.run(move |db| frames::end_pass(db, &digest)).await;
                ended.map_err(PageError::from)?;
            }
            Ok(page::see_other(&base_path(visit.share().id)))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::{Door, door};
    use crate::shares::access::Destination;

    #[test]
    fn a_key_counts_only_where_our_own_framed_pages_ask() {
        assert_eq!(door(Destination::Frame, true), Some(Door::Framed));
        assert_eq!(door(Destination::Frame, false), Some(Door::Framed));
        assert_eq!(door(Destination::Part, true), Some(Door::Framed));
        assert_eq!(door(Destination::Part, false), None);
        assert_eq!(door(Destination::Tab, true), Some(Door::OwnTab));
        assert_eq!(door(Destination::Tab, false), None);
        for is_same_origin in [true, false] {
            assert_eq!(door(Destination::Unknown, is_same_origin), None);
        }
    }
}
