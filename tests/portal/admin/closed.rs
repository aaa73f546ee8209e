//! Every admin route without a sign-in.

use super::browser::{EMAIL, PASSWORD, db_account, portal_and_admin};
use crate::support::Portal;

const ID: &str = "11111111-1111-4111-8111-111111111111";

const READ: [&str; 13] = [
    "",
    "/shares/new",
    "/shares/pages",
    "/shares/{id}",
    "/shares/{id}/unlock-secret",
    "/shares/{id}/activity",
    "/shares/{id}/deletion",
    "/connections",
    "/connections/{id}",
    "/connections/{id}/deletion",
    "/tokens",
    "/account",
    "/nothing",
];

const CHANGE: [&str; 20] = [
    "/shares/new",
    "/shares/{id}",
    "/shares/{id}/password",
    "/shares/{id}/password/removal",
    "/shares/{id}/unlock-secret",
    "/shares/{id}/unlock-link",
    "/shares/{id}/token-check",
    "/shares/{id}/embedding",
    "/shares/{id}/state",
    "/shares/{id}/passes/end",
    "/shares/{id}/guesses/clear",
    "/shares/{id}/deletion",
    "/connections",
    "/connections/{id}",
    "/connections/{id}/import",
    "/connections/{id}/deletion",
    "/tokens",
    "/tokens/{id}/revocation",
    "/account/password",
    "/sign-out",
];

fn full(path: &str) -> String {
    format!("/admin{}", path.replace("{id}", ID))
}

#[actix_web::test]
async fn reading_anything_without_a_sign_in_leads_to_the_form() {
    let portal = Portal::start().await;
    let stranger = portal.browser();
    for path in READ.map(full) {
        let answer = stranger.get(&path).await;
        let expected = format!("/admin/sign-in?next={}", path.replace('/', "%2F"));
        assert_eq!(
            (answer.status, answer.location()),
            (303, expected.as_str()),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn changing_anything_without_a_sign_in_is_refused() {
    let portal = Portal::start().await;
    let stranger = portal.browser();
    for path in CHANGE.map(full) {
        let answer = stranger.submit(&path, &[("csrf", "")]).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.text_of("h1"), "You are signed out", "{path}");
    }
}

#[actix_web::test]
async fn a_cookie_that_was_not_made_here_is_no_sign_in() {
    let portal = Portal::start().await;
    let stranger = portal.browser();
    stranger.hold("vst_admin", "forged", "/admin");
    assert_eq!(stranger.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn a_session_ends_with_its_account() {
    use diesel::connection::SimpleConnection as _;
    let (portal, browser) = portal_and_admin().await;
    assert_eq!(browser.get("/admin").await.status, 200);
    portal
        .db(|db| db.batch_execute("delete from account"))
        .unwrap();
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn a_form_survives_a_session_that_ended_meanwhile() {
    let portal = Portal::start().await;
    db_account(&portal);
    let browser = portal.browser();
    browser.sign_in(EMAIL, PASSWORD).await;
    let open_form = browser.get("/admin/tokens").await.token();
    // The admin signs in again in another tab of the same browser, as the page says.
    browser.sign_in(EMAIL, PASSWORD).await;
    let fields = [
        ("csrf", open_form.as_str()),
        ("name", "CI"),
        ("scope", "read"),
        ("lifetime", "30"),
    ];
    assert_eq!(browser.submit("/admin/tokens", &fields).await.status, 200);
}

#[actix_web::test]
async fn admin_pages_may_be_neither_framed_nor_cached() {
    let (_portal, browser) = portal_and_admin().await;
    let page = browser.get("/admin").await;
    let header = |name: &str| page.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert!(header("content-security-policy").ends_with("frame-ancestors 'none'"));
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("cache-control"), "private, no-store");
}
