//! Signing in and out.

use super::browser::{EMAIL, PASSWORD, db_account, portal_and_admin};
use crate::support::{Portal, Visitor};

async fn portal_and_browser() -> (Portal, Visitor) {
    let portal = Portal::start().await;
    db_account(&portal);
    let browser = portal.browser();
    (portal, browser)
}

#[actix_web::test]
async fn the_right_password_signs_in_and_leads_on() {
    let (_portal, browser) = portal_and_browser().await;
    let fields = [
        ("email", " Ada@Example.COM "),
        ("password", PASSWORD),
        ("next", "/admin/tokens"),
    ];
    let answer = browser.submit("/admin/sign-in", &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/admin/tokens"));
    assert_eq!(browser.get("/admin/tokens").await.status, 200);
}

#[actix_web::test]
async fn the_cookie_is_strict_and_out_of_reach_of_scripts() {
    let (_portal, browser) = portal_and_browser().await;
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.starts_with("vst_admin="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    assert!(!cookie.contains("Max-Age"), "{cookie}");
}

#[actix_web::test]
async fn signing_in_never_leads_to_another_site() {
    let (_portal, browser) = portal_and_browser().await;
    for outside in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/content/x",
    ] {
        let fields = [("email", EMAIL), ("password", PASSWORD), ("next", outside)];
        assert_eq!(
            browser.submit("/admin/sign-in", &fields).await.location(),
            "/admin",
            "{outside}"
        );
    }
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_account_read_the_same() {
    let (_portal, browser) = portal_and_browser().await;
    let wrong = browser.sign_in(EMAIL, "wrong").await;
    let unknown = browser.sign_in("eve@example.com", "wrong").await;
    assert_eq!(wrong.status, 422);
    assert_eq!(unknown.status, 422);
    assert_eq!(wrong.text_of(".notice"), unknown.text_of(".notice"));
    assert_eq!(wrong.value("email"), EMAIL);
    assert_eq!(wrong.value("password"), "");
}

#[actix_web::test]
async fn after_five_wrong_guesses_even_the_right_one_waits() {
    let (_portal, browser) = portal_and_browser().await;
    for guess in ["a", "b", "c", "d", "e"] {
        assert_eq!(browser.sign_in(EMAIL, guess).await.status, 422);
    }
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.status, 429);
    let wait: i64 = answer
        .headers
        .get("retry-after")
        .unwrap()
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((300..=360).contains(&wait), "{wait}");
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn an_unknown_account_is_throttled_like_a_known_one() {
    let (_portal, browser) = portal_and_browser().await;
    for guess in ["a", "b", "c", "d", "e"] {
        assert_eq!(browser.sign_in("eve@example.com", guess).await.status, 422);
    }
    assert_eq!(browser.sign_in("eve@example.com", "f").await.status, 429);
}

#[actix_web::test]
async fn the_right_password_costs_no_guess() {
    let (_portal, browser) = portal_and_browser().await;
    for _ in 0..8 {
        assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status, 303);
    }
}

#[actix_web::test]
async fn parallel_guesses_get_no_more_than_five() {
    let (_portal, browser) = portal_and_browser().await;
    let guesses: Vec<String> = (0..20).map(|number| format!("guess {number}")).collect();
    let answers = guesses.iter().map(|guess| browser.sign_in(EMAIL, guess));
    let answers = futures_util::future::join_all(answers).await;
    let checked = answers.iter().filter(|answer| answer.status == 422).count();
    assert!(checked <= 5, "{checked}");
}

#[actix_web::test]
async fn signing_out_takes_the_cookie_away() {
    let (_portal, browser) = portal_and_admin().await;
    let answer = browser.send("/admin", "/admin/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/admin/sign-in"));
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[actix_web::test]
async fn a_portal_without_accounts_says_how_to_make_one() {
    let portal = Portal::start().await;
    let page = portal.browser().get("/admin/sign-in").await;
    assert_eq!(
        page.text_of(".example"),
        "vestibule admin add you@example.com"
    );
}
