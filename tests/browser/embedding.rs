//! A share inside a client's page on another site, in browsers that block third-party cookies.

use fantoccini::Locator;
use serde_json::json;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::small_site::{Answer, serve};
use crate::third_party_cookies::canary_lives;

const FRAME: &str = "iframe.manual";

#[tokio::test]
async fn an_embedded_share_opens_in_chromium_with_third_party_cookies_blocked() {
    let browser = Browser::chromium().await;
    assert!(!canary_lives(&browser).await, "the browser blocks nothing");
    read_the_embedded_share(browser).await;
}

#[tokio::test]
async fn an_embedded_share_opens_in_firefox_with_third_party_cookies_blocked() {
    let browser = Browser::firefox().await;
    assert!(!canary_lives(&browser).await, "the browser blocks nothing");
    read_the_embedded_share(browser).await;
}

/// Opens the client's page, follows a link inside the frame, looks at its pictures and reloads.
async fn read_the_embedded_share(browser: Browser) {
    let demo = Demo::shared();
    browser.open(&demo.client_site).await;
    browser.enter_frame(FRAME).await;
    assert_eq!(browser.text("h1").await, "Getting started");
    let address = browser.run("return location.href").await;
    assert_eq!(address, demo.embedded_share, "the token is gone");

    follow(&browser, "What is in the box").await;
    assert_eq!(browser.text("h1").await, "What is in the box");
    assert!(loaded_pictures(&browser).await >= 3);

    reload(&browser).await;
    assert_eq!(browser.text("h1").await, "What is in the box");
    assert!(loaded_pictures(&browser).await >= 3);

    // The pass belongs to this client's page: a tab of its own asks for the password.
    browser.open(&demo.embedded_share).await;
    assert_eq!(browser.text("h1").await, "Enter the password");
    browser.close().await;
}

#[tokio::test]
async fn two_frames_that_unlock_two_shares_at_once_both_stay_open() {
    let demo = Demo::shared();
    let connection = demo.connection().await;
    let mut frames = String::new();
    for page in ["1310722", "1310781"] {
        let share = json!({ "name": "A page", "connectionId": connection, "scope": "page", "pageId": page,
            "password": "a harbour at night", "embedOrigins": ["*"] });
        let share = demo.create_share(share).await;
        let link = demo.unlock_link(&share).await;
        frames += &format!("<iframe id=page-{page} src='{link}'></iframe>");
    }
    let port = serve(move |_| Answer {
        headers: "",
        html: frames.clone(),
    });
    let browser = Browser::chromium().await;
    browser.open(&format!("http://127.0.0.1:{port}/")).await;
    for (frame, title) in [("#page-1310722", "Safety"), ("#page-1310781", "Glossary")] {
        browser.enter_frame(frame).await;
        assert_eq!(browser.text("h1").await, title);
        reload(&browser).await;
        assert_eq!(browser.text("h1").await, title);
        browser.leave_frames().await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_frame_with_a_stale_token_says_so_and_takes_the_password() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    browser
        .open(&format!("{}stale-token", demo.client_site))
        .await;
    browser.enter_frame(FRAME).await;
    assert_eq!(browser.text("h1").await, "Enter the password");
    assert!(browser.text("#notice").await.contains("has expired"));

    let field = browser.find("#password").await;
    field.send_keys(&demo.share_password).await.unwrap();
    browser.click_through("form button[type=submit]").await;
    assert_eq!(browser.text("h1").await, "Getting started");
    browser.close().await;
}

#[tokio::test]
async fn a_site_that_is_not_listed_cannot_frame_a_share() {
    let demo = Demo::shared();
    let share = demo.open_share.clone();
    let port = serve(move |_| Answer {
        headers: "",
        html: format!("<iframe class=manual src={share}></iframe>"),
    });
    let browser = Browser::chromium().await;
    browser.open(&format!("http://127.0.0.1:{port}/")).await;
    browser.enter_frame(FRAME).await;
    let shown = browser
        .run("return document.querySelectorAll('h1.page-title').length")
        .await;
    assert_eq!(shown, 0);
    let refusals = browser.log("browser").await;
    assert!(
        refusals
            .iter()
            .any(|entry| entry.to_string().contains("frame-ancestors")),
        "{refusals:?}"
    );
    browser.close().await;
}

pub(crate) async fn reload(browser: &Browser) {
    browser.run("window.beforeReload = true").await;
    browser.reload().await;
    browser
        .until("return window.beforeReload === undefined && document.readyState === 'complete'")
        .await;
}

async fn follow(browser: &Browser, title: &str) {
    // On a narrow frame the tree is folded.
    browser
        .run(
            "for (const fold of document.querySelectorAll('.share-tree details')) fold.open = true",
        )
        .await;
    let link = browser.client.find(Locator::LinkText(title)).await.unwrap();
    link.click().await.unwrap();
    let heading = format!("return document.querySelector('h1')?.innerText === {title:?}");
    browser.until(&heading).await;
}

/// Waits for the pictures of the page; how many there are.
pub(crate) async fn loaded_pictures(browser: &Browser) -> u64 {
    let script = "return [...document.querySelectorAll('article img')].every(picture => {
        picture.loading = 'eager'
        return picture.complete && picture.naturalWidth > 0
    })";
    browser.until(script).await;
    let count = browser
        .run("return document.querySelectorAll('article img').length")
        .await;
    count.as_u64().unwrap()
}
