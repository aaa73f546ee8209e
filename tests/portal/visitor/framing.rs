//! Who may frame what: the headers, whole, for each kind of page and list of origins.

use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::share::Share;

use crate::support::{Answer, Portal, Shown, path};

const POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; font-src 'self'; style-src 'self'; \
    script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'none'; \
    frame-ancestors ";

/// What follows the list of ancestors on a page of a share.
fn ancestors_of(share: &Share, ancestors: &str) -> String {
    format!("{ancestors}; report-uri {}/reports", path(share))
}

/// The headers that decide about frames: CSP, X-Frame-Options, COEP, CORP, COOP.
#[track_caller]
fn assert_frames(answer: &Answer, ancestors: &str, others: [Option<&str>; 4]) {
    let policy = format!("{POLICY}{ancestors}");
    assert_eq!(
        answer.header("content-security-policy"),
        Some(policy.as_str())
    );
    let policies = answer.headers.get_all("content-security-policy");
    assert_eq!(policies.iter().count(), 1);
    // With a reporting endpoint Chromium would not report a blocked frame.
    assert_eq!(answer.header("reporting-endpoints"), None);
    let names = [
        "x-frame-options",
        "cross-origin-embedder-policy",
        "cross-origin-resource-policy",
        "cross-origin-opener-policy",
    ];
    assert_eq!(names.map(|name| answer.header(name)), others);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    assert_eq!(
        answer.header("permissions-policy"),
        Some("camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()")
    );
}

const NOBODY: [Option<&str>; 4] = [
    Some("DENY"),
    None,
    Some("same-origin"),
    Some("same-origin-allow-popups"),
];
const EMBEDDABLE: [Option<&str>; 4] = [
    None,
    Some("require-corp"),
    Some("cross-origin"),
    Some("same-origin-allow-popups"),
];

#[tokio::test]
async fn every_page_of_a_share_says_who_may_frame_it() {
    let portal = Portal::with_sample().await;
    let listed = ["https://intranet.example.com", "http://localhost:3000"];
    let lists = [
        (vec![], "'none'", NOBODY),
        (vec!["*"], "*", EMBEDDABLE),
        (
            listed.to_vec(),
            "https://intranet.example.com http://localhost:3000",
            EMBEDDABLE,
        ),
    ];
    for (entries, ancestors, others) in lists {
        let share =
            portal.db_share(|new| new.embed_origins = EmbedOrigins::parse(entries).unwrap());
        let visitor = portal.visitor_in(Shown::Iframe);

        let locked = visitor.get(&path(&share)).await;
        let refused = visitor.get(&format!("{}?unlock=x", path(&share))).await;
        let wrong = visitor.enter(&share, "wrong").await;
        visitor.unlock(&share).await;
        let page = visitor.get(&path(&share)).await;
        let search = visitor.get(&format!("{}/search?q=a", path(&share))).await;
        let outside = visitor.get(&format!("{}/999", path(&share))).await;

        let answers = [&locked, &refused, &wrong, &page, &search, &outside];
        assert_eq!(
            answers.map(|answer| answer.status),
            [401, 401, 422, 200, 200, 404]
        );
        for answer in answers {
            assert_frames(answer, &ancestors_of(&share, ancestors), others);
        }
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    }
}

#[tokio::test]
async fn a_closed_share_is_framed_as_an_open_one() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.enabled = false;
        new.embed_origins = EmbedOrigins::Any;
    });
    let answer = portal.visitor().get(&path(&share)).await;
    assert_eq!(answer.status, 403);
    assert_frames(&answer, &ancestors_of(&share, "*"), EMBEDDABLE);
}

#[tokio::test]
async fn nobody_frames_what_belongs_to_no_share() {
    let portal = Portal::with_sample().await;
    let plain = [Some("DENY"), None, Some("same-origin"), Some("same-origin")];
    for address in ["/", "/nothing", "/access", "/content/nonsense"] {
        assert_frames(&portal.visitor().get(address).await, "'none'", plain);
    }
}

#[tokio::test]
async fn a_file_may_be_framed_where_its_share_may() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.password_hash = None;
        new.embed_origins = EmbedOrigins::parse(["https://intranet.example.com"]).unwrap();
    });
    let file = portal.db_file(&share, 1_310_780, "tern-22-data-sheet.pdf");
    let answer = portal.visitor().get(&file).await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("; frame-ancestors https://intranet.example.com"),
        "{policy}"
    );
}
