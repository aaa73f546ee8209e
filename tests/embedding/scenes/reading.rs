//! What a reader sees and does inside a frame.

use fantoccini::Locator;
use fantoccini::elements::Element;

use crate::browser::Browser;
use crate::share::Share;
use crate::stage::Stage;

/// The heading of the password page.
pub(crate) const LOCKED: &str = "Enter the password";

/// Waits until the document in view has this heading and all that belongs to it.
pub(crate) async fn shows(browser: &Browser, heading: &str) {
    let script = format!(
        "return document.readyState === 'complete' && document.querySelector('h1')?.innerText === {heading:?}"
    );
    browser.until(&script).await;
}

/// Goes from the client's page into one of its frames.
pub(crate) async fn enter(browser: &Browser, frame: &str) {
    browser.leave_frames().await;
    browser.enter_frame(frame).await;
}

/// Follows a link of the page in view to the page of this title.
pub(crate) async fn follow(browser: &Browser, title: &str) {
    tree_link(browser, title).await.click().await.unwrap();
    shows(browser, title).await;
}

/// The link to the page of this title, in the tree of the page in view.
pub(crate) async fn tree_link(browser: &Browser, title: &str) -> Element {
    // On a narrow frame the tree is folded.
    browser
        .run("for (const fold of document.querySelectorAll('details')) fold.open = true")
        .await;
    let link = format!("//nav[@class='share-tree']//a[.='{title}']");
    browser.find_by(Locator::XPath(&link)).await
}

/// Loads the document in view again.
pub(crate) async fn reload(browser: &Browser, heading: &str) {
    browser.run("window.beforeReload = true").await;
    browser.reload().await;
    browser.until("return !window.beforeReload").await;
    shows(browser, heading).await;
}

/// Loads the page in view again, as long as it is an open one.
pub(crate) async fn reload_while_open(browser: &Browser) {
    let script = format!(
        "const title = document.querySelector('h1')?.innerText
         if (document.readyState !== 'complete' || title === {LOCKED:?} || window.beforeReload) return
         window.beforeReload = true
         location.reload()"
    );
    // A document that is just being replaced cannot answer.
    let _replaced = browser.client.execute(&script, Vec::new()).await;
}

/// Waits until each picture of the page is decoded; at least `least` there are.
pub(crate) async fn sees_pictures(browser: &Browser, least: usize) {
    let script = format!(
        "const pictures = [...document.querySelectorAll('article img')]
         return pictures.length >= {least} && pictures.every(picture => {{
             picture.loading = 'eager'
             return picture.complete && picture.naturalWidth > 0
         }})"
    );
    browser.until(&script).await;
}

/// The path of the document in view.
pub(crate) async fn path(browser: &Browser) -> String {
    let path = browser
        .run("return location.pathname + location.search")
        .await;
    path.as_str().unwrap().to_owned()
}

/// The document in view stands at the share's address, or in a browser that keeps no cookie at all, below a key. No
/// token and no probe is left.
pub(crate) async fn is_at_the_share(stage: &Stage, share: &Share) {
    let path = path(&stage.browser).await;
    let expected = match key_in(&path) {
        Some(key) => format!("/e/{key}{}", share.path),
        None => share.path.clone(),
    };
    assert_eq!(path, expected, "{:?}", stage.mode);
    let has_key = key_in(&path).is_some();
    assert_eq!(has_key, stage.mode.is_refusing(), "{:?}", stage.mode);
}

/// The key of an address of the cookieless way: 43 characters of base64url.
pub(crate) fn key_in(path: &str) -> Option<&str> {
    let key = path.strip_prefix("/e/")?.split('/').next()?;
    let is_ours = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    assert!(
        key.len() == 43 && key.chars().all(is_ours),
        "no key: {path}"
    );
    Some(key)
}
