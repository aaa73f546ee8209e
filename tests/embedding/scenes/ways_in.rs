//! Other ways into a framed share than a token in the frame's address.

use super::reading::{LOCKED, enter, follow, is_at_the_share, reload, sees_pictures, shows};
use super::tabs::open_control;
use crate::portal::PASSWORD;
use crate::stage::{GETTING_STARTED, Stage, frame, frame_with};

/// A page that brought no token, and a reader who knows the password.
pub(crate) async fn password_in_the_frame(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let url = share.url.clone();
    let page = stage.client_page("/password", move || frame(&url));

    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, LOCKED).await;
    enter_password(stage).await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &share).await;
    sees_pictures(browser, 1).await;
    follow(browser, "Your first charge").await;
    reload(browser, "Your first charge").await;
}

/// A page that was kept for too long, and a reader who knows the password.
pub(crate) async fn password_after_a_stale_token(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let stale = share.clone();
    let page = stage.client_page("/stale", move || frame(stale.stale_url()));

    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, LOCKED).await;
    let notice = browser.text("#notice").await;
    assert!(notice.contains("has expired"), "{notice}");
    enter_password(stage).await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &share).await;
}

/// A client that wants no token in any address posts it into the frame.
pub(crate) async fn token_in_a_form(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let posted = share.clone();
    let page = stage.client_page("/post", move || {
        format!(
            "<form method=post target=manual action='{}/unlock'>\
             <input type=hidden name=unlock value='{}'><button>Read</button></form>{}",
            posted.url,
            posted.token(),
            frame_with("name=manual", "about:blank"),
        )
    });

    browser.open(&page).await;
    browser.click("button").await;
    enter(browser, "iframe").await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &share).await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
}

/// Where the operator wants no keys in addresses, a browser that keeps no cookies is not sent in a circle.
pub(crate) async fn told_to_open_a_tab(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let framed = share.clone();
    let page = stage.client_page("/no-keys", move || frame(framed.unlock_url()));

    let mark = stage.record().mark();
    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, LOCKED).await;
    let notice = browser.text("#notice").await;
    assert!(notice.contains("keeps no cookies"), "{notice}");
    let exchanges = stage.record().since(mark);
    let framed = exchanges
        .iter()
        .filter(|exchange| exchange.is_for("iframe"));
    // The token, and the probe.
    assert_eq!(framed.count(), 2);

    open_control(stage).await;
    enter_password(stage).await;
    shows(browser, "Getting started").await;
    assert_eq!(browser.url().await, share.url);
}

async fn enter_password(stage: &Stage) {
    let field = stage.browser.find("#password").await;
    field.send_keys(PASSWORD).await.unwrap();
    stage
        .browser
        .click_through("form button[type=submit]")
        .await;
}
