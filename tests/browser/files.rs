//! Attached files opened by themselves: a PDF is shown, what could run is not.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::{Browser, PATIENCE};
use crate::demo::Demo;
use crate::small_site::{Answer, serve};

/// The sample's page with the data sheet.
const DOWNLOADS: &str = "1310780";
/// What the snippet of the admin pages says.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";

#[tokio::test]
async fn a_shared_pdf_opens_in_the_browser() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    browser
        .open(&format!("{}/{DOWNLOADS}", demo.open_share))
        .await;
    browser.click(".page-files a[href$='.pdf']").await;
    // Chromium's viewer is a page of its own inside the tab; a download never gets one.
    let began = Instant::now();
    while !viewer_is_open(&browser).await {
        assert!(
            began.elapsed() < PATIENCE,
            "no viewer at {}",
            browser.url().await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_pdf_inside_a_sandboxed_frame_is_saved_as_a_file() {
    let demo = Demo::shared();
    let share = json!({ "name": "Downloads", "connectionId": demo.connection().await, "scope": "page",
        "pageId": DOWNLOADS, "embedOrigins": ["*"] });
    let share = demo.create_share(share).await;
    let url = share["url"].as_str().unwrap().to_owned();
    let port = serve(move |_| Answer {
        headers: "",
        html: format!("<iframe sandbox='{SANDBOX}' src='{url}'></iframe>"),
    });
    let browser = Browser::chromium().await;
    let folder = tempfile::tempdir().unwrap();
    let save = json!({ "behavior": "allow", "downloadPath": folder.path() });
    browser.devtools("Browser.setDownloadBehavior", save).await;
    browser.open(&format!("http://127.0.0.1:{port}/")).await;
    browser.enter_frame("iframe").await;
    browser.click(".page-files a[href$='.pdf']").await;
    let began = Instant::now();
    while !is_pdf(&folder.path().join("tern-22-data-sheet.pdf")) {
        assert!(
            began.elapsed() < PATIENCE,
            "no file, but {}",
            browser.body_text().await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(browser.text("h1").await, "Downloads", "the page stays");
    browser.close().await;
}

fn is_pdf(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"%PDF"))
}

async fn viewer_is_open(browser: &Browser) -> bool {
    let targets = browser
        .devtools("Target.getTargets", json!({ "filter": [{}] }))
        .await;
    let targets = targets["targetInfos"].as_array().unwrap();
    targets
        .iter()
        .filter_map(|target| target["url"].as_str())
        .any(|url| url.starts_with("chrome-extension://") && url.contains("index.html"))
}
