//! The admin's own account.

use super::browser::{EMAIL, PASSWORD, portal_and_admin};
use crate::support::{Answer, Visitor};

const FRESH: &str = "a new and long password";

async fn change(browser: &Visitor, current: &str, fresh: &str, again: &str) -> Answer {
    let fields = [("current", current), ("fresh", fresh), ("again", again)];
    browser
        .send("/admin/account", "/admin/account/password", &fields)
        .await
}

#[actix_web::test]
async fn a_new_password_ends_other_sessions_and_keeps_this_one() {
    let (portal, browser) = portal_and_admin().await;
    let elsewhere = portal.browser();
    elsewhere.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(change(&browser, PASSWORD, FRESH, FRESH).await.status, 303);
    assert_eq!(browser.get("/admin").await.status, 200);
    assert_eq!(elsewhere.get("/admin").await.status, 303);
    assert_eq!(elsewhere.sign_in(EMAIL, PASSWORD).await.status, 422);
    assert_eq!(elsewhere.sign_in(EMAIL, FRESH).await.status, 303);
}

#[actix_web::test]
async fn a_refused_change_names_the_field_and_changes_nothing() {
    let (_portal, browser) = portal_and_admin().await;
    let table = [
        ("wrong", FRESH, FRESH, "current"),
        (PASSWORD, "short", "short", "fresh"),
        (PASSWORD, FRESH, "another long password", "again"),
        ("", FRESH, FRESH, "current"),
    ];
    for (current, fresh, again, field) in table {
        let answer = change(&browser, current, fresh, again).await;
        assert_eq!(answer.status, 422, "{field}");
        assert_eq!(answer.wrong_fields(), [field]);
    }
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn an_unlocked_screen_is_no_place_to_guess_at() {
    let (_portal, browser) = portal_and_admin().await;
    for guess in ["a", "b", "c", "d", "e"] {
        assert_eq!(change(&browser, guess, FRESH, FRESH).await.status, 422);
    }
    assert_eq!(change(&browser, PASSWORD, FRESH, FRESH).await.status, 429);
}

#[actix_web::test]
async fn all_sessions_can_be_ended_at_once() {
    let (portal, browser) = portal_and_admin().await;
    let elsewhere = portal.browser();
    elsewhere.sign_in(EMAIL, PASSWORD).await;
    browser
        .send("/admin/account", "/admin/account/sessions/end", &[])
        .await;
    assert_eq!(browser.get("/admin").await.status, 303);
    assert_eq!(elsewhere.get("/admin").await.status, 303);
}
