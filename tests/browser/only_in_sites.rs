//! A share that opens only inside its sites: in a frame there, and not in a tab.

use std::sync::{Arc, OnceLock};

use serde_json::json;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::embedding::{loaded_pictures, reload};
use crate::small_site::{Answer, Asked, serve};

const SENTENCE: &str = "This content opens only inside the site it belongs to.";

#[tokio::test]
async fn a_share_opens_in_chromium_only_inside_its_site() {
    open_inside_and_outside(Browser::chromium().await).await;
}

#[tokio::test]
async fn a_share_opens_in_firefox_only_inside_its_site() {
    open_inside_and_outside(Browser::firefox().await).await;
}

async fn open_inside_and_outside(browser: Browser) {
    let demo = Demo::shared();
    let address = Arc::new(OnceLock::<String>::new());
    let framed = Arc::clone(&address);
    // The path of a page of the site is what stands behind the share's address in its frame.
    let site = serve(move |asked: Asked| Answer {
        headers: "",
        html: format!(
            "<iframe width=900 height=700 src='{}{}'></iframe>",
            framed.get().unwrap(),
            asked.path.trim_start_matches('/'),
        ),
    });
    let site = format!("http://127.0.0.1:{site}");
    let share = demo
        .create_share(json!({
            "name": "A page", "connectionId": demo.connection().await, "scope": "page", "pageId": "1310731",
            "password": "a harbour at night", "embedOrigins": [site], "embedOnly": true,
        }))
        .await;
    let public = share["url"].as_str().unwrap().to_owned();
    address.set(public.clone()).unwrap();
    let token = async || {
        let link = demo.unlock_link(&share).await;
        link.strip_prefix(&public).unwrap().to_owned()
    };

    browser.open(&site).await;
    browser.enter_frame("iframe").await;
    assert_eq!(browser.text("h1").await, "This content is locked");
    assert_eq!(
        browser.text("#notice").await,
        "Reload the page around this frame to open it."
    );
    assert_eq!(
        browser
            .run("return document.querySelectorAll('form').length")
            .await,
        0
    );

    browser.open(&format!("{site}/{}", token().await)).await;
    browser.enter_frame("iframe").await;
    assert_eq!(browser.text("h1").await, "What is in the box");
    assert!(loaded_pictures(&browser).await >= 3);
    reload(&browser).await;
    assert_eq!(browser.text("h1").await, "What is in the box");

    // With a token, without one, and with the pass that the frame has.
    for address in [format!("{public}{}", token().await), public.clone()] {
        browser.open(&address).await;
        assert_eq!(browser.text("main p").await, SENTENCE);
    }
    browser.close().await;
}
