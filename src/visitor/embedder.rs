//! Who frames a page and in what browser, by what the request says of it. Anybody can say anything: this is for the
//! admin to read, and lets nobody in.

use actix_web::HttpRequest;
use actix_web::http::header;
use url::Url;

use crate::shares::access::Destination;
use crate::shares::embed_origins::{EmbedOrigins, Origin};
use crate::shares::event::{BrowserFamily, Embedder};
use crate::web::fetch_metadata::{is_ours, refers_to_us, text};

/// Whether another site's page has put this request into a frame, and not a page of ours that stands there already.
pub(super) fn is_put_in_a_frame(request: &HttpRequest, destination: Destination) -> bool {
    let by_another = matches!(
        text(request, "sec-fetch-site"),
        Some("cross-site" | "same-site")
    );
    // A frame in a sandbox is a stranger to its own site, but refers to it.
    destination == Destination::Frame && by_another && !refers_to_us(request)
}

/// The family that the request's `User-Agent` belongs to.
pub fn browser(request: &HttpRequest) -> BrowserFamily {
    family(text(request, header::USER_AGENT).unwrap_or_default())
}

/// The other site whose page `Referer` names.
pub fn referring_site(request: &HttpRequest) -> Option<Origin> {
    other_site(request, text(request, header::REFERER)?)
}

/// The origin in an address. `None` for our own, and for what can stand in no list of embedding sites.
pub fn other_site(request: &HttpRequest, address: &str) -> Option<Origin> {
    let url = Url::parse(address).ok()?;
    if is_ours(request, &url) {
        return None;
    }
    Origin::parse(&url.origin().ascii_serialization()).ok()
}

/// The site around the frame that is asked for.
pub(super) fn embedder(
    request: &HttpRequest,
    destination: Destination,
    listed: &EmbedOrigins,
) -> Embedder {
    if destination != Destination::Frame {
        return Embedder::Nobody;
    }
    let site = if is_put_in_a_frame(request, destination) {
        referring_site(request)
    } else {
        only_site(listed)
    };
    site.map_or(Embedder::Unknown, Embedder::Site)
}

/// A page of ours that is shown in a frame stands in one of the listed sites; so if there is but one, it is that.
fn only_site(listed: &EmbedOrigins) -> Option<Origin> {
    match listed {
        EmbedOrigins::Listed(origins) => match origins.as_slice() {
            [only] if !only.is_wildcard() => Some(only.clone()),
            _ => None,
        },
        EmbedOrigins::None | EmbedOrigins::Any => None,
    }
}

/// On iOS every browser is Safari under another name, and treats cookies as Safari does. Browsers that are built on
/// Chromium with rules of their own, and pages inside apps, are none of the four; Brave cannot be told from Chrome.
fn family(user_agent: &str) -> BrowserFamily {
    let has = |word: &str| user_agent.contains(word);
    let has_any = |words: &[&str]| words.iter().any(|word| has(word));
    if has_any(&["iPhone", "iPad", "iPod"]) && has("AppleWebKit/") {
        BrowserFamily::Safari
    } else if has_any(&["OPR/", "SamsungBrowser/", "YaBrowser/", "Vivaldi/", "; wv)"]) {
        BrowserFamily::Other
    } else if has_any(&["Edg/", "EdgA/"]) {
        BrowserFamily::Edge
    } else if has("Firefox/") {
        BrowserFamily::Firefox
    } else if has_any(&["Chrome/", "Chromium/"]) {
        BrowserFamily::Chrome
    } else if has("Macintosh") && has("Version/") && has("Safari/") {
        BrowserFamily::Safari
    } else {
        BrowserFamily::Other
    }
}

#[cfg(test)]
mod tests;
