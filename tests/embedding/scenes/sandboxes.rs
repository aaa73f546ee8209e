//! The attribute `sandbox` of the client's frame.

use super::arrangements::is_styled;
use super::reading::{enter, follow, reload, sees_pictures, shows};
use crate::mode::Mode;
use crate::stage::{GETTING_STARTED, Stage, frame_with};

/// What the snippet of the admin pages says.
const USUAL: &str = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";
/// The frame's origin is nobody's.
const APART: &str = "allow-scripts allow-forms";

/// The frame keeps its origin.
pub(crate) async fn sandbox_with_same_origin(stage: &Stage) {
    read(stage, "/sandbox", USUAL).await;
    sees_pictures(&stage.browser, 3).await;
}

/// The frame has no origin: everything it asks for is another site's request.
pub(crate) async fn sandbox_without_same_origin(stage: &Stage) {
    read(stage, "/sandbox-apart", APART).await;
    let origin = stage.browser.run("return self.origin").await;
    assert_eq!(origin, "null", "the frame is not apart");
    // Without a cookie only a Referer tells our frame from a stranger's page, and Chromium sends none from here.
    if stage.mode != Mode::ChromiumRefusing {
        sees_pictures(&stage.browser, 3).await;
    }
}

async fn read(stage: &Stage, path: &str, sandbox: &'static str) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let page = stage.client_page(path, move || {
        frame_with(&format!("sandbox='{sandbox}'"), share.unlock_url())
    });

    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, "Getting started").await;
    is_styled(stage).await;
    follow(browser, "What is in the box").await;
    reload(browser, "What is in the box").await;
}
