//! What browsers say, and what is made of it.

use actix_web::HttpRequest;
use actix_web::test::TestRequest;

use super::{embedder, family, other_site};
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::event::{BrowserFamily, Embedder};
use crate::web::fetch_metadata::destination;

const USER_AGENTS: &[(BrowserFamily, &str)] = &[
    (
        BrowserFamily::Chrome,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
    ),
    (
        BrowserFamily::Chrome,
        "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36",
    ),
    (
        BrowserFamily::Chrome,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/148.0.0.0 Safari/537.36",
    ),
    (
        BrowserFamily::Edge,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0",
    ),
    (
        BrowserFamily::Edge,
        "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36 EdgA/148.0.0.0",
    ),
    (
        BrowserFamily::Firefox,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0",
    ),
    (
        BrowserFamily::Firefox,
        "Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0",
    ),
    (
        BrowserFamily::Safari,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15",
    ),
    (
        BrowserFamily::Safari,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1",
    ),
    (
        BrowserFamily::Safari,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/148.0.0.0 Mobile/15E148 Safari/604.1",
    ),
    (
        BrowserFamily::Safari,
        "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/153.0 Mobile/15E148 Safari/605.1.15",
    ),
    (
        BrowserFamily::Other,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 OPR/132.0.0.0",
    ),
    (
        BrowserFamily::Other,
        "Mozilla/5.0 (Linux; Android 16; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/148.0.0.0 Mobile Safari/537.36",
    ),
    (
        BrowserFamily::Other,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15 Epiphany/605.1.15",
    ),
    (BrowserFamily::Other, "curl/8.14.1"),
    (BrowserFamily::Other, ""),
];

#[test]
fn families_are_told_by_the_user_agent() {
    for (expected, user_agent) in USER_AGENTS {
        assert_eq!(family(user_agent), *expected, "{user_agent}");
    }
}

fn asked(dest: &str, site: &str, referrer: &str) -> HttpRequest {
    TestRequest::get()
        .insert_header(("host", "docs.example"))
        .insert_header(("sec-fetch-dest", dest))
        .insert_header(("sec-fetch-site", site))
        .insert_header(("referer", referrer))
        .to_http_request()
}

#[test]
fn the_site_around_a_frame_is_the_one_that_refers_to_it() {
    let one = EmbedOrigins::parse(["https://client.example"]).unwrap();
    let two = EmbedOrigins::parse(["https://client.example", "https://b.example"]).unwrap();
    let said = |dest: &str, site: &str, referrer: &str, list: &EmbedOrigins| {
        let request = asked(dest, site, referrer);
        match embedder(&request, destination(&request), list) {
            Embedder::Nobody => "nobody".to_owned(),
            Embedder::Unknown => "unknown".to_owned(),
            Embedder::Site(origin) => origin.as_str().to_owned(),
        }
    };
    let other = "https://Other.example:443/a/path?with=secrets";
    assert_eq!(said("document", "cross-site", other, &one), "nobody");
    assert_eq!(said("image", "cross-site", other, &one), "nobody");
    assert_eq!(
        said("iframe", "cross-site", other, &one),
        "https://other.example"
    );
    assert_eq!(
        said("object", "same-site", other, &one),
        "https://other.example"
    );
    assert_eq!(said("iframe", "cross-site", "", &one), "unknown");
    // What cannot be listed is not known.
    assert_eq!(
        said("iframe", "cross-site", "http://intranet/", &one),
        "unknown"
    );

    // A page of ours asks, which stands in a site that may show it.
    let ours = "https://docs.example/content/x";
    assert_eq!(
        said("iframe", "same-origin", ours, &one),
        "https://client.example"
    );
    assert_eq!(
        said("iframe", "cross-site", ours, &one),
        "https://client.example"
    );
    assert_eq!(said("iframe", "same-origin", ours, &two), "unknown");
    assert_eq!(
        said("iframe", "same-origin", ours, &EmbedOrigins::Any),
        "unknown"
    );
}

#[test]
fn an_origin_is_all_that_is_kept_of_an_address() {
    let request = asked("report", "same-origin", "");
    let kept =
        |address: &str| other_site(&request, address).map(|origin| origin.as_str().to_owned());
    assert_eq!(
        kept("https://u:p@Müller.example:8443/a?b#c").as_deref(),
        Some("https://xn--mller-kva.example:8443")
    );
    assert_eq!(
        kept("http://127.0.0.1:8090/x").as_deref(),
        Some("http://127.0.0.1:8090")
    );
    for nothing in [
        "",
        "null",
        "about:srcdoc",
        "data:text/html,x",
        "http://plain.example/",
        "https://*.a.example/",
        "https://docs.example/content/x",
    ] {
        assert_eq!(kept(nothing), None, "{nothing}");
    }
}
