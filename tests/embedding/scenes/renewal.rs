//! The client's page with our script, which brings fresh tokens.

use serde_json::json;

use super::reading::{enter, follow, reload_while_open, sees_pictures, shows};
use crate::front::{CLIENT, PORTAL};
use crate::http::Answer;
use crate::record::Exchange;
use crate::share::Share;
use crate::stage::{GETTING_STARTED, Stage, until};

/// Notes what our script tells the page.
const NOTES: &str = "<script>
    window.told = []
    for (const what of ['ready', 'navigated', 'locked', 'expired', 'error'])
        document.addEventListener(`vestibule:${what}`, () => told.push(what), true)
</script>";

/// The script and, for it, a frame that begins at `src` and gets its tokens from `unlock`, an address of the client.
pub(crate) fn scripted(stage: &Stage, unlock: &str, src: &str) -> String {
    let script = format!("{}/embed.js", stage.front.origin(PORTAL));
    format!(
        "{NOTES}<iframe id=scripted data-vestibule data-unlock-url='{unlock}' src='{src}' \
         width=900 height=700 title='Manual'></iframe><script src='{script}' async></script>"
    )
}

/// Puts the address where our script asks for tokens of this share on the client's site.
pub(crate) fn put_unlock_address(stage: &Stage, path: &str, share: &Share) {
    let share = share.clone();
    stage.front.put(CLIENT, path, move |_| {
        Answer::json(json!({ "url": share.unlock_url() }).to_string())
    });
}

/// The frame comes without a token and opens all the same; its pass ends, and the reader hardly notices.
pub(crate) async fn fresh_tokens_by_script(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    put_unlock_address(stage, "/unlock-url", &share);
    let html = scripted(stage, "/unlock-url", &share.url);
    let page = stage.client_page("/scripted", move || html.clone());

    browser.open(&page).await;
    browser.until("return told.includes('ready')").await;
    enter(browser, "#scripted").await;
    shows(browser, "Getting started").await;
    follow(browser, "Your first charge").await;

    let asked = || times_asked(stage, "/unlock-url");
    let before = asked();
    stage.portal.sign_everybody_out(&share).await;
    until("the script asks for a token", async || {
        reload_while_open(browser).await;
        asked() > before
    })
    .await;
    // At the page that he was reading.
    shows(browser, "Your first charge").await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
    browser.leave_frames().await;
    let told = browser.run("return told").await;
    assert!(told.to_string().contains("locked"), "{told}");
    assert!(!told.to_string().contains("error"), "{told}");
}

fn times_asked(stage: &Stage, path: &str) -> usize {
    let exchanges = stage.record().all();
    let asked = |exchange: &&Exchange| exchange.is_of(CLIENT) && exchange.asked.path() == path;
    exchanges.iter().filter(asked).count()
}
