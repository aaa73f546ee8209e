//! The walk of a reader through a framed share, from the token to the last page.

use super::reading::{enter, follow, is_at_the_share, path, reload, sees_pictures, shows};
use crate::stage::{HOME, Stage, frame, until};

/// No script of the client, no script of ours: a frame, and what one does with a manual.
pub(crate) async fn walk(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(HOME).await;
    let unlocked = share.clone();
    let page = stage.client_page("/walk", move || frame(unlocked.unlock_url()));

    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, "Tern 22 manual").await;
    is_at_the_share(stage, &share).await;

    follow(browser, "Getting started").await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;

    follow(browser, "Downloads").await;
    save_a_file(stage).await;

    search(stage).await;

    // Of the frame alone, and back.
    follow(browser, "Safety").await;
    reload(browser, "Safety").await;
    follow(browser, "Glossary").await;
    browser.go_back().await;
    shows(browser, "Safety").await;

    browser.leave_frames().await;
    browser.client.refresh().await.unwrap();
    enter(browser, "iframe").await;
    shows(browser, "Tern 22 manual").await;
    sees_pictures(browser, 1).await;
}

async fn save_a_file(stage: &Stage) {
    let name = "mounting-template.zip";
    let selector = format!(".page-files a[href*='{name}']");
    stage.browser.click(&selector).await;
    let saved = stage.downloads().join(name);
    until("the file is saved", async || {
        std::fs::read(&saved).is_ok_and(|bytes| bytes.starts_with(b"PK"))
    })
    .await;
    // The page stays.
    shows(&stage.browser, "Downloads").await;
}

async fn search(stage: &Stage) {
    let browser = &stage.browser;
    let field = browser.find("#search").await;
    field.send_keys("earthing").await.unwrap();
    browser.click_through(".search-button").await;
    shows(browser, "Results for “earthing”").await;
    assert!(path(browser).await.ends_with("/search?q=earthing"));
    browser.click_through(".hit a").await;
    let body = browser.body_text().await.to_lowercase();
    assert!(body.contains("earthing"), "{body}");
}
