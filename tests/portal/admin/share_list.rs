//! The list of shares.

use super::browser::portal_and_admin;
use super::content::{MANUAL, SPARE, db_content, make_share};
use crate::support::{Portal, Visitor};

async fn portal_with_shares() -> (Portal, Visitor) {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    for name in ["Banana", "apple", "100% cherry"] {
        make_share(&browser, name, "").await;
    }
    (portal, browser)
}

async fn names(browser: &Visitor, query: &str) -> Vec<String> {
    browser
        .get(&format!("/admin?{query}"))
        .await
        .texts(".row-title a")
}

#[actix_web::test]
async fn an_empty_portal_shows_the_first_step() {
    let (portal, browser) = portal_and_admin().await;
    assert_eq!(
        browser.get("/admin").await.text_of(".empty .button"),
        "Connect Confluence"
    );
    db_content(&portal);
    assert_eq!(
        browser.get("/admin").await.text_of(".empty .button"),
        "Create the first share"
    );
}

#[actix_web::test]
async fn shares_are_searched_by_name_and_signs_mean_themselves() {
    let (_portal, browser) = portal_with_shares().await;
    assert_eq!(names(&browser, "query=BANANA").await, ["Banana"]);
    assert_eq!(names(&browser, "query=%25").await, ["100% cherry"]);
    assert!(names(&browser, "query=_").await.is_empty());
    assert_eq!(
        browser.get("/admin?query=zzz").await.text_of(".empty h2"),
        "No share fits"
    );
}

#[actix_web::test]
async fn shares_are_filtered_by_state_and_connection() {
    let (_portal, browser) = portal_with_shares().await;
    let path = make_share(&browser, "Later", "").await;
    browser
        .send(&path, &format!("{path}/state"), &[("state", "disabled")])
        .await;
    assert_eq!(names(&browser, "state=disabled").await, ["Later"]);
    assert_eq!(names(&browser, "state=active").await.len(), 3);
    assert_eq!(
        names(&browser, &format!("connection={MANUAL}")).await.len(),
        4
    );
    assert!(
        names(&browser, &format!("connection={SPARE}"))
            .await
            .is_empty()
    );
}

#[actix_web::test]
async fn shares_are_ordered_and_paged() {
    let (_portal, browser) = portal_with_shares().await;
    assert_eq!(
        names(&browser, "sort=oldest").await,
        ["Banana", "apple", "100% cherry"]
    );
    assert_eq!(
        names(&browser, "").await,
        ["100% cherry", "apple", "Banana"]
    );
    for number in 0..23 {
        make_share(&browser, &format!("Share {number}"), "").await;
    }
    let first = browser.get("/admin").await;
    assert_eq!(first.text_of(".count"), "1–25 of 26 shares");
    assert_eq!(
        first.attribute(".numbers a:last-child", "href").unwrap(),
        "/admin?page=2"
    );
    assert_eq!(names(&browser, "page=2").await, ["Banana"]);
    assert_eq!(
        names(&browser, "page=999").await,
        ["Banana"],
        "a page that is gone shows the last one"
    );
}
