//! What a browser says of its request by Fetch Metadata (W3C): where the answer will be shown, and whether a page of ours
//! asks.
//!
//! Pages cannot forge these headers. What they mean for a share is decided in `shares::access`.

use actix_web::HttpRequest;
use actix_web::http::header::{self, AsHeaderName};
use url::Url;

use crate::shares::access::Destination;

/// By `Sec-Fetch-Dest`. Safari before 16.4 does not send it, nor any browser over plain http away from localhost.
pub fn destination(request: &HttpRequest) -> Destination {
    match text(request, "sec-fetch-dest") {
        None | Some("") => Destination::Unknown,
        Some("document") => Destination::Tab,
        Some("iframe" | "frame" | "embed" | "object" | "fencedframe") => Destination::Frame,
        Some(_) => Destination::Part,
    }
}

/// A page of ours asks, and not inside a sandbox that made it a stranger.
pub fn is_same_origin(request: &HttpRequest) -> bool {
    text(request, "sec-fetch-site") == Some("same-origin")
}

/// As [`is_same_origin`], or the `Referer` names this host. Pictures of shared pages send their origin in it even from
/// a sandboxed frame, whose requests count as those of another site.
pub fn is_from_our_page(request: &HttpRequest) -> bool {
    is_same_origin(request) || refers_to_us(request)
}

/// Whether the `Referer` names this host.
pub fn refers_to_us(request: &HttpRequest) -> bool {
    let referrer = text(request, header::REFERER).and_then(|address| Url::parse(address).ok());
    referrer.is_some_and(|url| is_ours(request, &url))
}

/// Whether an address is one of the host that was asked.
pub fn is_ours(request: &HttpRequest, url: &Url) -> bool {
    text(request, header::HOST).is_some_and(|host| url.authority().eq_ignore_ascii_case(host))
}

/// A header, if it is there and readable.
pub fn text(request: &HttpRequest, name: impl AsHeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::is_from_our_page;

    #[test]
    fn a_page_of_ours_is_known_by_its_site_or_its_referrer() {
        let asked = |site: &str, referrer: &str| {
            let request = TestRequest::get()
                .insert_header(("host", "docs.example:8443"))
                .insert_header(("sec-fetch-site", site))
                .insert_header(("referer", referrer));
            is_from_our_page(&request.to_http_request())
        };
        assert!(asked("same-origin", ""));
        assert!(asked("cross-site", "https://docs.example:8443/"));
        for stranger in [
            "",
            "https://docs.example/",
            "https://evil.example/https://docs.example:8443/",
            "https://docs.example:8443@evil.example/",
            "nonsense",
        ] {
            assert!(!asked("cross-site", stranger), "{stranger}");
        }
    }
}
