//! What an admin does by hand: sign in, make a share, copy its unlock secret, change it.

use fantoccini::Locator;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use serde_json::json;

use crate::browser::Browser;
use crate::demo::Demo;

const COPY_SECRET: &str = "button[data-copy=unlock-secret]";

#[tokio::test]
async fn an_admin_makes_a_share_and_changes_its_copied_secret() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    demo.sign_in(&browser).await;
    allow_reading_the_clipboard(&browser, demo).await;
    let share = make_a_share(&browser).await;

    let first = copy_secret(&browser).await;
    assert_eq!(unlock(demo, &share, &first).await, Ok(()));

    browser.click_through("a[href$='/unlock-secret']").await;
    assert_eq!(browser.text("h1").await, "Change the unlock secret");
    browser.click("input[name=overlap][value=none]").await;
    browser.click_through("form.form button[type=submit]").await;

    let second = copy_secret(&browser).await;
    assert_ne!(first, second);
    let refused = unlock(demo, &share, &first).await;
    assert_eq!(refused, Err("bad_signature".to_owned()));
    assert_eq!(unlock(demo, &share, &second).await, Ok(()));
    browser.close().await;
}

#[tokio::test]
async fn trying_a_share_opens_it_in_a_new_tab() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    demo.sign_in(&browser).await;
    browser
        .find_by(Locator::LinkText("Installing the Tern 22"))
        .await
        .click()
        .await
        .unwrap();
    browser.click("form[action$='/unlock-link'] button").await;
    let windows = browser.client.windows().await.unwrap();
    let opened = windows.into_iter().nth(1).expect("a second tab");
    browser.client.switch_to_window(opened).await.unwrap();
    assert_eq!(browser.text("h1").await, "Installation");
    assert_eq!(browser.url().await, demo.password_share);
    browser.close().await;
}

/// Chooses a page by typing words of its title; returns the share's id. The name comes from the page.
async fn make_a_share(browser: &Browser) -> String {
    browser.click_through("a[href='/admin/shares/new']").await;
    browser.click("input[name=scope][value=page]").await;
    let query = browser.find("#query").await;
    query.send_keys("fault").await.unwrap();
    browser.click("input[data-title='Fault codes']").await;
    let name = browser.find("#name").await.prop("value").await.unwrap();
    assert_eq!(name.as_deref(), Some("Fault codes"));
    let password = browser.find("#password").await;
    password.send_keys("a harbour at night").await.unwrap();
    browser.click_through(".actions button[value=create]").await;
    assert_eq!(browser.text("h1").await, "Fault codes");
    let address = browser.url().await;
    address.rsplit('/').next().unwrap().to_owned()
}

async fn allow_reading_the_clipboard(browser: &Browser, demo: &Demo) {
    let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
    let grant = json!({ "origin": demo.portal, "permissions": permissions });
    browser.devtools("Browser.grantPermissions", grant).await;
    // Only a page in focus may use it, and a window that nobody sees may have none.
    let focus = json!({ "enabled": true });
    browser
        .devtools("Emulation.setFocusEmulationEnabled", focus)
        .await;
}

/// Presses Copy and reads the clipboard.
async fn copy_secret(browser: &Browser) -> String {
    browser
        .run("return navigator.clipboard.writeText('')")
        .await;
    browser.click(COPY_SECRET).await;
    browser
        .until(&format!(
            "return document.querySelector('{COPY_SECRET}').innerText.startsWith('Copied')"
        ))
        .await;
    let copied = browser.run("return navigator.clipboard.readText()").await;
    let copied = copied.as_str().unwrap().to_owned();
    assert_eq!(copied.len(), 64);
    let shown = browser
        .find("#unlock-secret")
        .await
        .prop("value")
        .await
        .unwrap();
    assert_eq!(shown.as_deref(), Some(copied.as_str()));
    copied
}

/// Signs a token as a client's server does and brings it to the portal; the code when it is refused.
async fn unlock(demo: &Demo, share: &str, secret: &str) -> Result<(), String> {
    let now = jsonwebtoken::get_current_timestamp();
    let claims = json!({ "iss": share, "nbf": now - 5, "exp": now + 55 });
    let key = EncodingKey::from_secret(&hex::decode(secret).unwrap());
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let url = format!("{}/content/{share}?unlock={token}", demo.portal);
    let answer = client.get(url).send().await.unwrap();
    match answer.status() {
        StatusCode::SEE_OTHER => Ok(()),
        _ => Err(answer.headers()["vestibule-unlock"]
            .to_str()
            .unwrap()
            .to_owned()),
    }
}
