//! What an admin learns of frames that browsers do not show, from what real browsers say of them.

use std::time::Instant;

use serde_json::{Value, json};

use crate::browser::{Browser, PATIENCE};
use crate::demo::Demo;
use crate::small_site::{Answer, serve};

const PANEL: &str = "#embed-health";

/// An open share that this site may embed, and no other.
async fn share_for(demo: &Demo, site: &str) -> Value {
    let connection = demo.connection().await;
    let share = json!({ "name": "Safety", "connectionId": connection, "scope": "page", "pageId": "1310722",
        "embedOrigins": [site] });
    demo.create_share(share).await
}

fn address_of(demo: &Demo, share: &Value) -> String {
    format!("{}/content/{}", demo.portal, share["id"].as_str().unwrap())
}

/// A site with a frame; its port.
fn site_around(frame: String, headers: &'static str) -> u16 {
    serve(move |_| Answer {
        headers,
        html: format!("<title>Client</title><iframe src='{frame}'></iframe>"),
    })
}

/// Reloads the share's admin page until the panel says it.
async fn panel_says(browser: &Browser, demo: &Demo, share: &Value, words: &str) -> String {
    let address = format!(
        "{}/admin/shares/{}",
        demo.portal,
        share["id"].as_str().unwrap()
    );
    let began = Instant::now();
    loop {
        browser.open(&address).await;
        let panel = browser.text(PANEL).await;
        if panel.contains(words) {
            return panel;
        }
        assert!(began.elapsed() < PATIENCE, "never “{words}” in:\n{panel}");
    }
}

#[tokio::test]
async fn an_unlisted_site_is_named_and_works_after_one_click_in_chromium() {
    add_the_blocked_site(Browser::chromium().await).await;
}

#[tokio::test]
async fn an_unlisted_site_is_named_and_works_after_one_click_in_firefox() {
    add_the_blocked_site(Browser::firefox().await).await;
}

async fn add_the_blocked_site(browser: Browser) {
    let demo = Demo::shared();
    let share = share_for(demo, "https://listed.example").await;
    let port = site_around(address_of(demo, &share), "");
    let site = format!("http://127.0.0.1:{port}");
    browser.open(&site).await;
    demo.sign_in(&browser).await;
    panel_says(&browser, demo, &share, &site).await;
    // The browser's own report has come by now, and counts no second frame.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let panel = panel_says(&browser, demo, &share, &site).await;
    assert!(panel.contains("1 frame blocked"), "{panel}");
    assert!(!panel.contains("Unknown site"), "{panel}");

    browser.click_through("#embed-health form button").await;
    let flash = browser.text(".flash").await;
    assert!(flash.contains("may embed the share now"), "{flash}");

    browser.open(&site).await;
    browser.enter_frame("iframe").await;
    assert_eq!(browser.text("h1").await, "Safety");
    let panel = panel_says(&browser, demo, &share, "Last good load").await;
    assert!(!panel.contains("blocked"), "{panel}");
    browser.close().await;
}

#[tokio::test]
async fn chromium_reports_a_frame_of_a_site_that_hides_its_name() {
    hide_the_name(Browser::chromium().await).await;
}

#[tokio::test]
async fn firefox_reports_a_frame_of_a_site_that_hides_its_name() {
    hide_the_name(Browser::firefox().await).await;
}

async fn hide_the_name(browser: Browser) {
    let demo = Demo::shared();
    let share = share_for(demo, "https://listed.example").await;
    let no_referrer = "Referrer-Policy: no-referrer\r\n";
    let port = site_around(address_of(demo, &share), no_referrer);
    browser.open(&format!("http://127.0.0.1:{port}")).await;
    demo.sign_in(&browser).await;
    let panel = panel_says(&browser, demo, &share, "1 frame blocked").await;
    assert!(panel.contains("Unknown site"), "{panel}");
    browser.close().await;
}

/// A listed site frames the share, and stands itself in a frame of a site that is not listed.
async fn frame_within_a_frame(browser: &Browser) -> (&'static Demo, Value, String) {
    let demo = Demo::shared();
    let (sender, receiver) = std::sync::mpsc::channel::<String>();
    let receiver = std::sync::Mutex::new(receiver);
    let frame = std::sync::OnceLock::new();
    let listed = serve(move |_| Answer {
        headers: "",
        html: format!(
            "<iframe src='{}'></iframe>",
            frame.get_or_init(|| receiver.lock().unwrap().recv().unwrap())
        ),
    });
    let listed = format!("http://client.localhost:{listed}");
    let share = share_for(demo, &listed).await;
    sender.send(address_of(demo, &share)).unwrap();
    let outer = site_around(listed, "");
    let outer = format!("http://127.0.0.1:{outer}");
    browser.open(&outer).await;
    demo.sign_in(browser).await;
    (demo, share, outer)
}

#[tokio::test]
async fn chromium_names_the_outer_frame_of_a_listed_site() {
    let browser = Browser::chromium().await;
    let (demo, share, outer) = frame_within_a_frame(&browser).await;
    let panel = panel_says(&browser, demo, &share, &outer).await;
    assert!(panel.contains("1 frame blocked"), "{panel}");
    browser.close().await;
}

#[tokio::test]
async fn firefox_tells_that_a_listed_site_stands_in_a_frame_itself() {
    let browser = Browser::firefox().await;
    let (demo, share, _outer) = frame_within_a_frame(&browser).await;
    let panel = panel_says(&browser, demo, &share, "1 frame blocked for an outer frame").await;
    assert!(panel.contains("list that site as well"), "{panel}");
    browser.close().await;
}
