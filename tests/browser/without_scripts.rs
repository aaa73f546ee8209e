//! A browser with scripts switched off reads a share from the password to the last page.

use fantoccini::Locator;
use serde_json::json;

use crate::browser::Browser;
use crate::demo::Demo;

#[tokio::test]
async fn password_tree_and_search_work_without_scripts() {
    let demo = Demo::shared();
    let off = json!({ "profile": { "managed_default_content_settings": { "javascript": 2 } } });
    let browser = Browser::chromium_with(off).await;
    browser.become_a_phone().await;
    browser.open(&demo.password_share).await;
    let unscripted = "return document.querySelector('[data-show-password]').hidden";
    assert_eq!(browser.run(unscripted).await, true, "scripts are on");

    let field = browser.find("#password").await;
    field.send_keys("wrong").await.unwrap();
    browser.click_through("form button[type=submit]").await;
    assert!(browser.text("#notice").await.contains("password"));
    let field = browser.find("#password").await;
    field.send_keys(&demo.share_password).await.unwrap();
    browser.click_through("form button[type=submit]").await;
    assert_eq!(browser.text("h1").await, "Installation");

    let fold = ".share-tree > details > summary";
    let child = browser
        .find_by(Locator::XPath(
            "//nav[@class='share-tree']//a[.='Electrical connection']",
        ))
        .await;
    assert!(!child.is_displayed().await.unwrap());
    browser.click(fold).await;
    assert!(child.is_displayed().await.unwrap());
    child.click().await.unwrap();
    browser
        .until("return document.querySelector('h1')?.innerText === 'Electrical connection'")
        .await;
    browser.click(fold).await;
    browser
        .find_by(Locator::LinkText("Cables and terminals"))
        .await;

    let field = browser.find("#search").await;
    field.send_keys("earthing").await.unwrap();
    browser.click_through(".search-button").await;
    assert!(browser.text(".search-facts").await.contains("result"));
    browser.click_through(".hit a").await;
    assert!(
        browser
            .body_text()
            .await
            .to_lowercase()
            .contains("earthing")
    );
    browser.close().await;
}
