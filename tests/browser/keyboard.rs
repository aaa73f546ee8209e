//! A reader without a mouse.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

use crate::browser::Browser;
use crate::demo::Demo;

#[tokio::test]
async fn a_share_is_unlocked_and_read_by_keyboard_alone() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    open_form(&browser, &demo.password_share).await;
    press(&browser, Key::Tab).await;
    assert_eq!(focused(&browser).await, "button[data-show-password]");
    press(&browser, Key::Tab).await;
    assert_eq!(focused(&browser).await, "button[type=submit]");

    open_form(&browser, &demo.password_share).await;
    let password = demo.share_password.clone();
    browser
        .client
        .active_element()
        .await
        .unwrap()
        .send_keys(&password)
        .await
        .unwrap();
    press(&browser, Key::Enter).await;
    browser
        .until("return document.querySelector('h1')?.innerText === 'Installation'")
        .await;

    press(&browser, Key::Tab).await;
    assert_eq!(focused(&browser).await, "a.skip-link");
    let link = browser.find("a.skip-link").await;
    let (x, y, ..) = link.rectangle().await.unwrap();
    assert!(
        x >= 0.0 && y >= 0.0,
        "the link stays out of sight at {x}, {y}"
    );
    press(&browser, Key::Enter).await;
    press(&browser, Key::Tab).await;
    let inside = "return document.activeElement.closest('main') !== null";
    assert_eq!(browser.run(inside).await, true);
    browser.close().await;
}

#[tokio::test]
async fn every_stop_of_the_tab_key_can_be_seen() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    browser.open(&demo.open_share).await;
    let mut stops = 0;
    loop {
        press(&browser, Key::Tab).await;
        let stop = focused(&browser).await;
        if stop == "body" {
            break;
        }
        stops += 1;
        let shown = browser
            .run(
                "const element = document.activeElement
                 const style = getComputedStyle(element)
                 const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
                 return element.checkVisibility() && (ring || style.boxShadow !== 'none')",
            )
            .await;
        assert_eq!(shown, true, "stop {stops}, {stop}, shows no focus");
    }
    assert!(stops > 20, "only {stops} stops");
    browser.close().await;
}

/// The field has the focus from the start. Browsers give it with the first frame that they draw, which may be after the
/// page is loaded.
async fn open_form(browser: &Browser, share: &str) {
    browser.open(share).await;
    browser
        .until("return document.activeElement.matches('input#password')")
        .await;
}

async fn press(browser: &Browser, key: Key) {
    let value = char::from(key);
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value })
        .then(KeyAction::Up { value });
    browser.client.perform_actions(keys).await.unwrap();
}

/// The element with the focus as a short selector.
async fn focused(browser: &Browser) -> String {
    let found = browser
        .run(
            "const element = document.activeElement
             const name = element.localName
             if (element.id) return `${name}#${element.id}`
             if (element.matches('[data-show-password]')) return `${name}[data-show-password]`
             if (element.matches('button')) return `${name}[type=${element.type}]`
             return element.className && name !== 'body' ? `${name}.${element.className}` : name",
        )
        .await;
    match found {
        Value::String(name) => name,
        other => panic!("a selector is text, not {other}"),
    }
}
