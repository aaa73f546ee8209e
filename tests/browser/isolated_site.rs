//! A client's page that isolates itself with `Cross-Origin-Embedder-Policy: require-corp`. Every answer on the way into
//! its frame has to agree, redirects too.

use std::sync::{Arc, OnceLock};

use serde_json::json;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::embedding::loaded_pictures;
use crate::small_site::{Answer, Asked, serve};

#[tokio::test]
async fn a_share_unlocks_inside_an_isolated_page_in_chromium() {
    unlock_inside_an_isolated_page(Browser::chromium().await).await;
}

#[tokio::test]
async fn a_share_unlocks_inside_an_isolated_page_in_firefox() {
    unlock_inside_an_isolated_page(Browser::firefox().await).await;
}

async fn unlock_inside_an_isolated_page(browser: Browser) {
    let demo = Demo::shared();
    let frame = Arc::new(OnceLock::<String>::new());
    let framed = Arc::clone(&frame);
    let site = serve(move |asked: Asked| match asked.path.as_str() {
        // The canary: a frame that does not agree.
        "/stranger" => Answer {
            headers: "",
            html: "<h1>Stranger</h1>".to_owned(),
        },
        _ => Answer {
            headers: "Cross-Origin-Embedder-Policy: require-corp\r\n",
            html: framed.get().unwrap().clone(),
        },
    });
    let share = demo
        .create_share(json!({
            "name": "A page", "connectionId": demo.connection().await, "scope": "page", "pageId": "1310731",
            "password": "a harbour at night", "embedOrigins": [format!("http://127.0.0.1:{site}")],
        }))
        .await;
    let link = demo.unlock_link(&share).await;
    let markup = format!(
        "<iframe id=share width=900 height=700 src='{link}'></iframe>
         <iframe id=stranger src='http://stranger.localhost:{site}/stranger'></iframe>"
    );
    frame.set(markup).unwrap();

    browser.open(&format!("http://127.0.0.1:{site}/")).await;
    browser.enter_frame("#share").await;
    assert_eq!(browser.text("h1").await, "What is in the box");
    assert!(loaded_pictures(&browser).await >= 3);
    // A picture that is opened in the frame is a document of its own.
    browser
        .run("location.href = document.querySelector('article img').src")
        .await;
    browser
        .until("return document.contentType.startsWith('image/') && document.images[0]?.naturalWidth > 0")
        .await;

    browser.client.enter_parent_frame().await.unwrap();
    browser.enter_frame("#stranger").await;
    let stranger = browser
        .run("return document.querySelector('h1')?.innerText === 'Stranger'")
        .await;
    assert_eq!(stranger, false, "the browser blocks nothing");
    browser.close().await;
}
