//! A page of the client that stays open until the passes of its frames have run out.

use std::time::Duration;

use serde_json::json;

use super::reading::{LOCKED, enter, follow, shows};
use super::renewal::{put_unlock_address, scripted};
use crate::browser::PATIENCE;
use crate::stage::{GETTING_STARTED, INSTALLATION, Stage, frame_with};

/// The shortest life that a pass can have.
const LIFE: Duration = Duration::from_secs(60);

/// Two frames whose passes live for a minute, one of them with our script.
pub(crate) async fn open(stage: &Stage) {
    let browser = &stage.browser;
    let short = json!({ "passLifetimeSeconds": LIFE.as_secs() });
    let plain = stage.share_with(INSTALLATION, short.clone()).await;
    let renewed = stage.share_with(GETTING_STARTED, short).await;
    put_unlock_address(stage, "/unlock-again", &renewed);
    let script = scripted(stage, "/unlock-again", "SRC");
    let page = stage.client_page("/left-open", move || {
        script.replace("SRC", &renewed.unlock_url()) + &frame_with("id=plain", plain.unlock_url())
    });
    browser.open(&page).await;
    for (frame, title) in [("#scripted", "Getting started"), ("#plain", "Installation")] {
        enter(browser, frame).await;
        shows(browser, title).await;
        // The pass is older than this.
        browser.run("window.shownAt = Date.now()").await;
    }
    browser.leave_frames().await;
}

/// The plain frame is locked at its next step; the other one gets a token by itself, and goes on.
pub(crate) async fn come_back(stage: &Stage) {
    let browser = &stage.browser;
    stage.come_back().await;
    browser.leave_frames().await;
    let renewed_after = |word: &str| {
        format!(
            "const last = told.lastIndexOf('{word}')
             return last >= 0 && told.includes('ready', last)"
        )
    };
    let expired = renewed_after("expired");
    browser.until_within(LIFE + PATIENCE, &expired).await;
    if stage.mode.is_refusing() {
        // Here the portal is the first that knows.
        stage.portal.let_keys_run_out();
        enter(browser, "#scripted").await;
        browser.reload().await;
        browser.leave_frames().await;
        browser.until(&renewed_after("locked")).await;
    }

    enter(browser, "#scripted").await;
    shows(browser, "Getting started").await;
    follow(browser, "Your first charge").await;

    enter(browser, "#plain").await;
    if stage.mode.is_refusing() {
        // Whatever the frame asked for last gave its key another minute.
        stage.portal.let_keys_run_out();
    } else {
        // A visit before the end would give the pass another minute.
        let over = format!("return Date.now() > shownAt + {}", LIFE.as_millis());
        browser.until_within(LIFE + PATIENCE, &over).await;
    }
    browser.reload().await;
    shows(browser, LOCKED).await;
}
