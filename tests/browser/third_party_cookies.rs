//! The canary: a cookie that a browser which blocks third-party cookies must not give back. Without it, a test of
//! embedding could pass in a browser that blocks nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::browser::Browser;
use crate::small_site::{Answer, Asked, serve};

/// Whether a stranger's frame gets an unpartitioned `SameSite=None` cookie back.
pub(crate) async fn canary_lives(browser: &Browser) -> bool {
    let seen = Arc::new(AtomicBool::new(false));
    let seen_by_site = Arc::clone(&seen);
    let port = serve(move |asked: Asked| {
        if asked.path == "/frame" && asked.cookies.contains("canary=alive") {
            seen_by_site.store(true, Ordering::SeqCst);
        }
        Answer {
            headers: "Set-Cookie: canary=alive; Secure; SameSite=None\r\n",
            html: page(&asked.path),
        }
    });
    // The second view is the one that would bring the cookie.
    for view in ["/first", "/second"] {
        browser
            .open(&format!("http://127.0.0.1:{port}{view}"))
            .await;
        browser
            .run_with(
                "const frame = document.querySelector('iframe')
                 const there = new Promise(done => { frame.onload = done })
                 frame.src = arguments[0]
                 return there.then(() => true)",
                vec![json!(format!("http://canary.localhost:{port}/frame"))],
            )
            .await;
    }
    seen.load(Ordering::SeqCst)
}

fn page(path: &str) -> String {
    match path {
        "/frame" => "<title>Stranger</title>".to_owned(),
        _ => "<title>Around a stranger</title><iframe></iframe>".to_owned(),
    }
}

#[tokio::test]
async fn the_canary_lives_where_third_party_cookies_are_allowed() {
    let allow =
        json!({ "profile": { "cookie_controls_mode": 0, "block_third_party_cookies": false } });
    let browser = Browser::chromium_with(allow).await;
    assert!(canary_lives(&browser).await);
    browser.close().await;
}
