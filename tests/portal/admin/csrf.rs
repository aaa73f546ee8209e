//! Forms from elsewhere: by origin, and by token.

use super::browser::{EMAIL, PASSWORD, db_account, portal_and_admin};
use crate::support::{Portal, Visitor};

/// Sends the form that makes an API token, with these headers.
async fn make_token(browser: &Visitor, headers: &[(&'static str, &str)], token: &str) -> u16 {
    let fields = [
        ("csrf", token),
        ("name", "CI"),
        ("scope", "read"),
        ("lifetime", "30"),
    ];
    let request = browser.post("/admin/tokens", &fields);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    request.await.status
}

#[actix_web::test]
async fn only_own_pages_can_send_forms() {
    let (_portal, browser) = portal_and_admin().await;
    let token = browser.get("/admin/tokens").await.token();
    let own = browser.url("");
    let table: [(&[(&str, &str)], u16); 10] = [
        (&[("sec-fetch-site", "same-origin")], 200),
        (&[("sec-fetch-site", "none")], 200),
        (&[("origin", &own)], 200),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", &own)], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("referer", &own)], 403),
        (&[], 403),
    ];
    for (headers, expected) in table {
        assert_eq!(
            make_token(&browser, headers, &token).await,
            expected,
            "{headers:?}"
        );
    }
}

#[actix_web::test]
async fn a_form_without_the_sessions_token_is_refused() {
    let (_portal, browser) = portal_and_admin().await;
    let token = browser.get("/admin/tokens").await.token();
    let same_origin = [("sec-fetch-site", "same-origin")];
    let changed = format!("{}0", &token[1..]);
    for wrong in ["", "0", &changed, &token[..63], &token.to_uppercase()] {
        assert_eq!(
            make_token(&browser, &same_origin, wrong).await,
            403,
            "{wrong:?}"
        );
    }
    assert_eq!(make_token(&browser, &same_origin, &token).await, 200);
}

#[actix_web::test]
async fn the_token_of_another_session_is_refused() {
    let (portal, browser) = portal_and_admin().await;
    let other = portal.browser();
    other.sign_in(EMAIL, PASSWORD).await;
    let foreign = other.get("/admin/tokens").await.token();
    assert_eq!(
        make_token(&browser, &[("sec-fetch-site", "same-origin")], &foreign).await,
        403
    );
}

#[actix_web::test]
async fn another_site_cannot_sign_somebody_in() {
    let portal = Portal::start().await;
    db_account(&portal);
    let browser = portal.browser();
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let answer = browser
        .post("/admin/sign-in", &fields)
        .header("origin", "https://evil.example")
        .await;
    assert_eq!(answer.status, 403);
    assert!(answer.headers.get("set-cookie").is_none());
}
