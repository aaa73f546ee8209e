//! API tokens: shown once, revoked at once.

use super::browser::portal_and_admin;
use crate::support::{Portal, Visitor};

async fn api_status(portal: &Portal, token: &str) -> u16 {
    let request = reqwest::Client::new()
        .get(portal.url("/api/v1/shares"))
        .bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

async fn make_token(browser: &Visitor) -> String {
    let fields = [("name", "CI"), ("scope", "read"), ("lifetime", "30")];
    let made = browser
        .send("/admin/tokens", "/admin/tokens", &fields)
        .await;
    assert_eq!(made.status, 200);
    made.value("fresh-token")
}

#[actix_web::test]
async fn a_token_is_shown_once_and_works_until_it_is_revoked() {
    let (portal, browser) = portal_and_admin().await;
    let token = make_token(&browser).await;
    assert_eq!(api_status(&portal, &token).await, 200);
    let list = browser.get("/admin/tokens").await;
    assert!(!list.text().contains(&token));
    assert_eq!(list.text_of(".row-title"), "CI");
    let action = list.attribute(".row form", "action").unwrap();
    browser.send("/admin/tokens", &action, &[]).await;
    assert_eq!(api_status(&portal, &token).await, 401);
    assert!(browser.get("/admin/tokens").await.texts(".row").is_empty());
}

#[actix_web::test]
async fn a_refused_token_form_names_every_problem() {
    let (_portal, browser) = portal_and_admin().await;
    let fields = [("name", " "), ("scope", "root"), ("lifetime", "1000")];
    let refused = browser
        .send("/admin/tokens", "/admin/tokens", &fields)
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["name", "scope", "lifetime"]);
    assert!(browser.get("/admin/tokens").await.texts(".row").is_empty());
}
