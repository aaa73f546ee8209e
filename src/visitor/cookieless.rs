//! `/e/{key}/content/{share}/…`: pages inside frames for browsers that keep no cookie there. The handlers are those of
//! `/content`; here is decided where a key counts.
//!
//! It counts where only our own framed pages can ask: for a frame, and for parts of pages of our origin. A tab gets in by
//! it only when a page of ours opens it, and then by a cookie of its own. Pasted, mailed or linked from another site, a
//! key opens nothing; a browser that does not say what it asks for gets nothing, either.

use std::sync::Arc;

use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use time::OffsetDateTime;

use super::gate::{Refusal, Unlocked, UsedPass, base_path, named_share};
use super::probe::digest_of_browser;
use super::query::{Query, with_token};
use super::signed_files;
use super::unlock::admit;
use crate::config::Cookieless;
use crate::shares::access::{self, Access, Destination};
use crate::shares::cookieless::{CookielessKey, idle};
use crate::shares::pass::Pass;
use crate::shares::share::Share;
use crate::shares::store::frames;
use crate::web::error::{Failure, PageError};
use crate::web::fetch_metadata::{destination, is_same_origin};
use crate::web::page;
use crate::web::share_cache::KnownShare;
use crate::web::state::AppState;

/// The gate of addresses with a key.
pub(super) async fn pass_gate(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    known: Arc<KnownShare>,
    key: &str,
    query: &Query,
    now: OffsetDateTime,
) -> Result<Unlocked, Refusal> {
    let share = &known.share;
    // An escaped way to write `/e/` would miss everything that looks for it.
    if !request.path().starts_with("/e/") {
        return Err(Failure::NotFound.into());
    }
    let clean = query.clean(clean_path(request.path()));
    if let Some(token) = &query.token {
        let unlock = page::see_other(&with_token(&clean, token));
        return Err(Refusal::Answer(unlock));
    }
    let door = door(request);
    if door != Door::None
        && let Some(pass) = live_pass(state, request, share, key, now)
            .await
            .map_err(|failure| Refusal::of(share, failure))?
    {
        if door == Door::OwnTab {
            // A link of a framed page opens a tab: there a cookie is kept.
            let in_a_tab = admit(state, request, share, &pass, &clean, now);
            return Err(Refusal::Answer(in_a_tab));
        }
        request.extensions_mut().insert(UsedPass {
            expires: pass.expires,
            context: pass.context,
            cookie: None,
        });
        let key = key.to_owned();
        return Ok(Unlocked::by_key(known, key, pass));
    }
    if signed_files::opens(state, request, share, now) {
        return Ok(Unlocked::by_signature(known));
    }
    Err(Refusal::Answer(page::see_other(&clean)))
}

/// Where a key would count.
#[derive(Debug, PartialEq, Eq)]
enum Door {
    /// A frame, or a part of a page of ours.
    Framed,
    /// A tab that a page of ours opens.
    OwnTab,
    None,
}

fn door(request: &HttpRequest) -> Door {
    match (destination(request), is_same_origin(request)) {
        (Destination::Frame, _) | (Destination::Part, true) => Door::Framed,
        (Destination::Tab, true) => Door::OwnTab,
        _ => Door::None,
    }
}

/// The pass behind a key, if it opens this share now.
async fn live_pass(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    share: &Share,
    key: &str,
    now: OffsetDateTime,
) -> Result<Option<Pass>, Failure> {
    if state.settings.embedding.cookieless == Cookieless::Off {
        return Ok(None);
    }
    let Some(key) = CookielessKey::parse(key) else {
        return Ok(None);
    };
    let (key, browser, id) = (key.digest(), digest_of_browser(request), share.id);
    let idle = idle(share);
    let found = state
        .db
        .run(move |db| frames::find_pass(db, &key, id, &browser, idle, now))
        .await?;
    let passes: Vec<Pass> = found.into_iter().collect();
    Ok(
        match access::decide(share, &passes, destination(request), now) {
            Access::ByPass(pass) => Some(pass),
            _ => None,
        },
    )
}

/// `POST /e/{key}/content/{share}/session/end`: the key is good for nothing any more.
pub async fn end_session(
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let known = named_share(&state, &request).await?;
    let key = request
        .match_info()
        .get("key")
        .and_then(CookielessKey::parse);
    if let Some(key) = key {
        let digest = key.digest();
        let ended = state.db.run(move |db| frames::end_pass(db, &digest)).await;
        ended.map_err(PageError::from)?;
    }
    Ok(page::see_other(&base_path(known.share.id)))
}

/// A path without its key.
pub(super) fn clean_path(path: &str) -> &str {
    let below = path
        .strip_prefix("/e/")
        .and_then(|rest| rest.find('/').and_then(|end| rest.get(end..)));
    below.unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::{Door, clean_path, door};

    #[test]
    fn a_key_counts_only_where_our_own_framed_pages_ask() {
        let asked = |destination: &str, site: &str| {
            let request = TestRequest::get()
                .insert_header(("sec-fetch-dest", destination))
                .insert_header(("sec-fetch-site", site));
            door(&request.to_http_request())
        };
        for site in ["same-origin", "same-site", "cross-site", "none"] {
            assert_eq!(asked("iframe", site), Door::Framed, "{site}");
        }
        for part in ["image", "style", "script", "video", "empty", "track"] {
            assert_eq!(asked(part, "same-origin"), Door::Framed, "{part}");
            for site in ["same-site", "cross-site", "none", ""] {
                assert_eq!(asked(part, site), Door::None, "{part} {site}");
            }
        }
        assert_eq!(asked("document", "same-origin"), Door::OwnTab);
        for site in ["same-site", "cross-site", "none", ""] {
            assert_eq!(asked("document", site), Door::None, "{site}");
        }
        let silent = TestRequest::get().to_http_request();
        assert_eq!(door(&silent), Door::None);
    }

    #[test]
    fn a_path_loses_its_key_and_nothing_else() {
        assert_eq!(clean_path("/e/key/content/s/1"), "/content/s/1");
        assert_eq!(clean_path("/content/s/e/1"), "/content/s/e/1");
        assert_eq!(clean_path("/e/key"), "/e/key");
    }
}
