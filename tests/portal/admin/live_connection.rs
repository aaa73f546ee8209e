//! Pages of live connections, as far as no site has to answer: forms and their refusals, the page of a connection, the
//! way back from Atlassian.

use diesel::connection::SimpleConnection as _;

use super::browser::portal_and_admin;
use super::content::db_content;
use crate::support::{Answer, Portal, Visitor};

const WIKI: &str = "33333333-3333-4333-8333-333333333333";
const NEW: &str = "/admin/connections/new";

/// A connection to a Data Center server that nobody asks: its credentials are not there.
fn db_wiki(portal: &Portal) {
    let report = r#"{"product": "data_center", "version": "9.2.1", "account": {"id": "1", "display_name": "Portal"},
        "checks": [{"name": "reachable", "outcome": "ok", "detail": "It answers."},
                   {"name": "search", "outcome": "failed", "detail": "Search is not allowed."}]}"#;
    let sql = format!(
        "insert into connection (id, kind, name, wiki_url, auth, created_at, updated_at)
           values ('{WIKI}', 'data_center', 'Wiki', 'https://wiki.example.com', 'personal_access_token', now(), now());
         insert into connection_health (connection_id, last_failure_at, last_failure, stopped, test_report, tested_at)
           values ('{WIKI}', now(), 'The token was refused.', true, '{report}', now());
         insert into page_snapshot (connection_id, content_id, kind, space_key, title, position, body, body_format,
           version, view_restricted, search_text, findings, failures, failure) values
           ('{WIKI}', '1', 'page', 'DOC', 'Home', 0, '<p>Home</p>', 'storage', 1, false, '', '[]', 0, null),
           ('{WIKI}', '2', 'page', 'DOC', 'Broken', 1, '', 'storage', 0, false, '', '[]', 3, 'It came cut off.')"
    );
    portal.db(|db| db.batch_execute(&sql)).unwrap();
}

async fn portal_with_wiki() -> (Portal, Visitor) {
    let (portal, browser) = portal_and_admin().await;
    db_wiki(&portal);
    (portal, browser)
}

fn wiki(below: &str) -> String {
    format!("/admin/connections/{WIKI}{below}")
}

async fn connect(browser: &Visitor, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![
        ("name", "Wiki"),
        ("refresh_after", "300"),
        ("requests_per_hour", "20000"),
        ("file_limit_mib", "256"),
    ];
    all.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
    all.extend_from_slice(fields);
    browser.send(NEW, NEW, &all).await
}

#[actix_web::test]
async fn only_what_the_chosen_kind_needs_is_missed() {
    let (_portal, browser) = portal_and_admin().await;
    let cloud = [("kind", "cloud"), ("cloud_auth", "api_token")];
    let refused = connect(&browser, &cloud).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["address", "email", "api_token"]);
    let server = [
        ("kind", "data_center"),
        ("address", "https://wiki.example.com"),
        ("data_center_auth", "basic"),
    ];
    let refused = connect(&browser, &server).await;
    assert_eq!(refused.wrong_fields(), ["username", "account_password"]);
}

#[actix_web::test]
async fn a_refused_form_keeps_what_was_typed_but_no_secret() {
    let (_portal, browser) = portal_and_admin().await;
    let fields = [
        ("kind", "cloud"),
        ("address", "acme.atlassian.net"),
        ("cloud_auth", "scoped_token"),
        ("scoped_email", "ada@example.com"),
        ("scoped_token", "s3cr3t-t0k3n"),
        ("requests_per_hour", "7"),
    ];
    let refused = connect(&browser, &fields[..]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.wrong_fields(),
        ["requests_per_hour", "scoped_token"]
    );
    assert_eq!(refused.value("address"), "acme.atlassian.net");
    assert_eq!(refused.value("scoped_email"), "ada@example.com");
    assert!(
        refused
            .attribute("[name=cloud_auth][value=scoped_token]", "checked")
            .is_some()
    );
    assert!(!refused.text().contains("s3cr3t-t0k3n"));
}

#[actix_web::test]
async fn an_address_that_is_none_is_refused_beside_the_field() {
    let (_portal, browser) = portal_and_admin().await;
    let fields = [
        ("kind", "data_center"),
        ("address", "no address at all"),
        ("data_center_auth", "personal_access_token"),
        ("personal_access_token", "s3cr3t"),
    ];
    let refused = connect(&browser, &fields).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["address", "personal_access_token"]);
    assert!(!refused.text().contains("s3cr3t"));
}

#[actix_web::test]
async fn the_list_tells_kinds_apart_and_says_what_does_not_work() {
    let (portal, browser) = portal_with_wiki().await;
    db_content(&portal);
    let list = browser.get("/admin/connections").await;
    let titles = list.texts(".row-title");
    assert_eq!(
        titles,
        ["Manual Export", "Spare Export", "Wiki Data Center Stopped"]
    );
    assert!(list.texts(".row-facts")[2].contains("1 of 2 pages fetched"));
    assert_eq!(list.texts(".row-trouble"), ["The token was refused."]);
}

#[actix_web::test]
async fn a_connections_page_shows_its_test_its_progress_and_what_failed() {
    let (_portal, browser) = portal_with_wiki().await;
    let page = browser.get(&wiki("")).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.texts(".checks tbody th"), ["Reachable", "Search"]);
    assert_eq!(
        page.texts(".checks tbody td:nth-child(2)"),
        ["Good", "Failed"]
    );
    assert_eq!(page.text_of(".progress-line b"), "1 of 2 pages");
    assert!(
        page.text_of("#work .notice-error")
            .contains("The token was refused.")
    );
    assert!(
        page.text_of(".failing")
            .starts_with("Broken It came cut off.")
    );
    assert!(page.text().contains("Data Center 9.2.1, signed in as"));
}

#[actix_web::test]
async fn new_webhook_secrets_replace_the_old_ones() {
    let (_portal, browser) = portal_with_wiki().await;
    let before = browser.get(&wiki("")).await;
    let renewed = browser.send(&wiki(""), &wiki("/webhook"), &[]).await;
    assert_eq!(renewed.status, 303);
    let after = browser.get(&wiki("")).await;
    assert!(
        after
            .value("webhook-url")
            .contains(&format!("/hooks/{WIKI}/"))
    );
    assert_ne!(before.value("webhook-url"), after.value("webhook-url"));
    assert_ne!(
        before.value("signing-secret"),
        after.value("signing-secret")
    );
}

#[actix_web::test]
async fn settings_are_saved_and_wrong_ones_named() {
    let (_portal, browser) = portal_with_wiki().await;
    let path = wiki("/settings");
    let wrong = [
        ("refresh_after", "5"),
        ("requests_per_hour", "x"),
        ("file_limit_mib", "10"),
    ];
    let refused = browser.send(&path, &path, &wrong).await;
    assert_eq!(
        refused.wrong_fields(),
        ["refresh_after", "requests_per_hour"]
    );
    assert_eq!(refused.value("file_limit_mib"), "10");
    let right = [
        ("refresh_after", "600"),
        ("requests_per_hour", "500"),
        ("file_limit_mib", "10"),
    ];
    assert_eq!(browser.send(&path, &path, &right).await.status, 303);
    assert_eq!(browser.get(&path).await.value("requests_per_hour"), "500");
}

#[actix_web::test]
async fn a_changed_access_asks_for_the_secret_and_keeps_the_product() {
    let (_portal, browser) = portal_with_wiki().await;
    let path = wiki("/access");
    let page = browser.get(&path).await;
    assert_eq!(page.value("address"), "https://wiki.example.com");
    let sent = [
        ("kind", "cloud"),
        ("address", "https://other.example.com"),
        ("data_center_auth", "personal_access_token"),
    ];
    let refused = browser.send(&path, &path, &sent).await;
    assert_eq!(refused.wrong_fields(), ["personal_access_token"]);
    assert_eq!(
        refused.attribute("[name=kind]", "value").unwrap(),
        "data_center"
    );
}

#[actix_web::test]
async fn an_import_has_no_pages_of_a_live_connection() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = |below| format!("/admin/connections/{}/{below}", super::content::MANUAL);
    assert_eq!(browser.get(&path("access")).await.status, 404);
    assert_eq!(browser.get(&path("settings")).await.status, 404);
    let tested = browser.send("/admin/connections", &path("test"), &[]).await;
    assert_eq!(tested.status, 404);
}

#[actix_web::test]
async fn the_way_back_from_atlassian_needs_no_session_and_does_nothing() {
    let portal = Portal::start().await;
    let stranger = portal.browser();
    let page = stranger
        .get("/admin/connections/oauth?code=a%26b&state=%22%3E&other=1")
        .await;
    assert_eq!(page.status, 200);
    let onward = "/admin/connections/consent?code=a%26b&state=%22%3E&error=";
    assert_eq!(page.attribute("a.button", "href").unwrap(), onward);
    assert_eq!(
        page.attribute("meta[http-equiv=refresh]", "content")
            .unwrap(),
        format!("0; url={onward}")
    );
    assert!(
        stranger
            .get(onward)
            .await
            .location()
            .starts_with("/admin/sign-in")
    );
}

#[actix_web::test]
async fn a_consent_that_this_session_did_not_ask_for_is_not_used() {
    let (_portal, browser) = portal_with_wiki().await;
    let answer = browser
        .get("/admin/connections/consent?code=stolen&state=guessed")
        .await;
    assert_eq!(answer.location(), "/admin/connections");
    let list = browser.get("/admin/connections").await;
    assert!(
        list.text_of(".flash")
            .starts_with("Nobody asked for this consent")
    );
}
