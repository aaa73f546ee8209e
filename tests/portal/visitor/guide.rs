//! The guide for the developers of client sites.

use std::collections::BTreeSet;

use vestibule::client_kit::CLIENT_SITES;

use crate::support::Portal;

const GUIDE: &str = "/docs/embedding";

#[tokio::test]
async fn anybody_may_read_it_and_nobody_may_frame_it() {
    let portal = Portal::start().await;

    let guide = portal.visitor().get(GUIDE).await;

    assert_eq!(guide.status, 200);
    assert!(guide.cookies().is_empty());
    assert_eq!(guide.texts("h1"), ["Embedding a share"]);
    let policy = guide.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    for css in ["link[rel=stylesheet]", "script"] {
        let attribute = if css == "script" { "src" } else { "href" };
        let [asset] = &guide.attributes(css, attribute)[..] else {
            panic!("not one {css}");
        };
        assert_eq!(portal.visitor().get(asset).await.status, 200, "{asset}");
    }
}

#[tokio::test]
async fn its_snippets_name_this_portal_and_show_every_language() {
    let portal = Portal::start().await;

    let guide = portal.visitor().get(GUIDE).await;

    let languages = CLIENT_SITES.map(|site| site.language.to_owned());
    assert_eq!(guide.texts("#servers summary"), languages);
    for code in guide.texts("#servers details pre") {
        assert!(code.contains(&portal.url("")), "{code}");
    }
    assert!(!guide.text().contains("portal.example.com"));
}

/// The words of `RefusalCode`, which are those of the header `Vestibule-Unlock`.
#[tokio::test]
async fn every_code_is_explained_in_the_order_of_the_rule() {
    let portal = Portal::start().await;

    let guide = portal.visitor().get(GUIDE).await;

    let codes = [
        "malformed",
        "bad_alg",
        "bad_signature",
        "wrong_share",
        "bad_claims",
        "window_too_long",
        "not_yet_valid",
        "expired",
        "share_unavailable",
    ];
    assert_eq!(guide.texts("#token td:last-child > code"), codes);
    assert_eq!(guide.texts("#codes ~ .wide td:first-child"), codes);
}

#[tokio::test]
async fn its_own_links_lead_somewhere() {
    let portal = Portal::start().await;

    let guide = portal.visitor().get(GUIDE).await;

    let ids: BTreeSet<String> = guide.attributes("[id]", "id").into_iter().collect();
    let links = guide.attributes("a[href^='#']", "href");
    assert!(links.len() > 15);
    for link in links {
        assert!(ids.contains(&link[1..]), "{link}");
    }
}
