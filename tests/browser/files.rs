//! Attached files opened by themselves: a PDF is shown, what could run is not.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{Browser, PATIENCE};
use crate::demo::Demo;

#[tokio::test]
async fn a_shared_pdf_opens_in_the_browser() {
    let demo = Demo::start();
    let browser = Browser::chromium().await;
    let data_sheet = find_file(&browser, &demo, ".pdf").await;
    browser.open(&data_sheet).await;
    // Chromium's viewer is a page of its own inside the tab; a sandboxed PDF never gets one.
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

/// The address of the first file of the sample whose name ends so.
async fn find_file(browser: &Browser, demo: &Demo, ending: &str) -> String {
    browser.open(&demo.open_share).await;
    let pages = browser
        .run("return [...document.querySelectorAll('.share-tree a')].map(link => link.href)")
        .await;
    for page in pages.as_array().unwrap().iter().filter_map(Value::as_str) {
        browser.open(page).await;
        let found = browser
            .run_with(
                "return [...document.querySelectorAll('.page-files a')].map(link => link.href)
                    .find(address => address.endsWith(arguments[0])) ?? null",
                vec![json!(ending)],
            )
            .await;
        if let Value::String(address) = found {
            return address;
        }
    }
    panic!("no file ends in {ending}")
}
