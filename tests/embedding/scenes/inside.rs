//! The portal inside Confluence: the dialog of a page in a frame of the site's page, in a browser that brings no cookies of
//! others. The site is a page of a client, which the fake Confluence calls its own address.

use serde_json::json;

use super::reading::{enter, shows};
use crate::front::{CLIENT, PORTAL};
use crate::mode::Mode;
use crate::stage::{Stage, until};
use fake_confluence::app::callback::Lifecycle;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::wiki::Wiki;

const APP: &str = "com.example.share";

pub(crate) async fn play(mode: Mode) {
    let fake = FakeConfluence::cloud().wiki(Wiki::sample()).start();
    let services = fake.gateway_url();
    let environment = [
        ("VESTIBULE_ATLASSIAN_APP", APP),
        ("VESTIBULE_APP_HOSTS", "127.0.0.1"),
        ("VESTIBULE_CONFLUENCE_NETWORKS", "127.0.0.0/8"),
        ("VESTIBULE_ATLASSIAN_API_URL", &services),
        ("VESTIBULE_INSTALL_KEYS_URL", &services),
        ("VESTIBULE_IMPERSONATION_URL", &services),
    ];
    let mut stage = Stage::set_with(mode, &environment).await;
    install(&stage, &fake).await;
    if mode.is_refusing() {
        let told = async |stage: &Stage| told_to_open_a_tab(stage, &fake).await;
        stage.play("a dialog without cookies", told).await;
    } else {
        let shared = async |stage: &Stage| a_page_is_shared(stage, &fake).await;
        stage.play("a page is shared", shared).await;
    }
    stage.end().await;
}

/// By a call-back that is carried past the front, for the names of the test exist in browsers only.
async fn install(stage: &Stage, fake: &FakeConfluence) {
    fake.installed_silently(APP, &stage.front.origin(PORTAL));
    let site = format!("{}/wiki", stage.front.origin(CLIENT));
    let callback = fake
        .callback(Lifecycle::Installed)
        .body(&json!({ "displayUrl": site }));
    let token = callback.token.text();
    let told = stage
        .portal
        .is_told("/atlassian/installed", &token, &callback.body);
    assert_eq!(told.await, 204);
}

/// Confluence makes a fresh address each time it shows its page.
fn page_with_dialog(stage: &Stage, fake: &FakeConfluence) -> String {
    let id = fake.wiki(|wiki| wiki.id_of("Handbook"));
    let url = fake.framed_url(
        &format!("/atlassian/share?pageId={id}&spaceKey=DS"),
        "alice",
    );
    stage.client_page("/wiki/handbook", move || {
        format!("<iframe src='{url}' width=640 height=560 title='Share externally'></iframe>")
    })
}

async fn a_page_is_shared(stage: &Stage, fake: &FakeConfluence) {
    let browser = &stage.browser;
    browser.open(&page_with_dialog(stage, fake)).await;
    enter(browser, "iframe").await;
    shows(browser, "Share externally").await;
    let password = browser.find("#password").await;
    let proposed = password.prop("value").await.unwrap().unwrap();
    assert_eq!(proposed.len(), 20);

    browser.click_through(".new-inside .button").await;

    let told = browser.find("#made-password").await;
    assert_eq!(told.prop("value").await.unwrap().unwrap(), proposed);
    let link = browser.find("#made-link").await;
    let link = link.prop("value").await.unwrap().unwrap();
    assert!(link.starts_with(&stage.front.origin(PORTAL)), "{link}");

    browser.click_through(".made-more a").await;
    shows(browser, "Handbook").await;
    // Confluence says who is signed in, and a sharer has one section.
    assert_eq!(browser.text(".admin-who").await, "Alice Example");
    assert_eq!(browser.text(".admin-nav").await, "Shares");

    browser.leave_frames().await;
    browser.client.goto(&link).await.unwrap();
    shows(browser, "Enter the password").await;
}

async fn told_to_open_a_tab(stage: &Stage, fake: &FakeConfluence) {
    let browser = &stage.browser;
    let mark = stage.record().mark();
    browser.open(&page_with_dialog(stage, fake)).await;
    enter(browser, "iframe").await;
    shows(browser, "You are not signed in here").await;
    let asked = async || {
        let exchanges = stage.record().since(mark);
        exchanges
            .iter()
            .filter(|exchange| exchange.is_of(PORTAL))
            .filter(|exchange| !exchange.asked.path().starts_with("/static/"))
            .count()
    };
    until("the frame comes to rest", async || asked().await >= 2).await;
    assert_eq!(asked().await, 2, "the entrance, and the page that says so");
}
