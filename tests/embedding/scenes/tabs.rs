//! From a frame into a tab of its own, where the frame's pass counts for nothing.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{
    Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE,
    MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;

use super::reading::{LOCKED, enter, follow, path, shows, tree_link};
use crate::stage::{GETTING_STARTED, Stage, frame, until};

const CONTROL: &str = "//*[self::a or self::button][normalize-space()='Open in a new tab']";
const CONTROL_KEY: char = '\u{e009}';

/// The control on a framed page brings that very page into a tab.
pub(crate) async fn open_page_in_a_tab(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let framed = share.clone();
    let page = stage.client_page("/hand-over", move || frame(framed.unlock_url()));
    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, "Getting started").await;
    follow(browser, "What is in the box").await;

    open_control(stage).await;
    shows_in_the_tab(stage, "What is in the box").await;
    let address = browser.url().await;
    assert_eq!(
        address,
        format!("{}/1310731", share.url),
        "{:?}",
        stage.mode
    );
}

/// Clicks the control, and goes to the tab that it opens.
pub(crate) async fn open_control(stage: &Stage) {
    let tabs = tabs(stage).await;
    let control = stage.browser.find_by(Locator::XPath(CONTROL)).await;
    control.click().await.unwrap();
    enter_new_tab(stage, &tabs).await;
}

/// The same control on the password page is a link, and what it opens asks for the password.
pub(crate) async fn open_password_page_in_a_tab(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let stale = share.clone();
    let page = stage.client_page("/locked", move || frame(stale.stale_url()));
    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, LOCKED).await;

    open_control(stage).await;
    shows(browser, LOCKED).await;
    assert_eq!(browser.url().await, share.url);
}

/// A link of a framed page, opened with the control key held, or with the middle button: the tab shows its page.
pub(crate) async fn open_links_in_tabs(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let framed = share.clone();
    let page = stage.client_page("/links", move || frame(framed.unlock_url()));
    let home = browser.client.window().await.unwrap();
    for (title, page_id, way) in [
        ("What is in the box", "1310731", Click::WithControlKey),
        ("Your first charge", "1310732", Click::MiddleButton),
    ] {
        browser.open(&page).await;
        enter(browser, "iframe").await;
        shows(browser, "Getting started").await;
        let link = tree_link(browser, title).await;
        let tabs = tabs(stage).await;
        click(stage, link, way).await;
        enter_new_tab(stage, &tabs).await;
        shows_in_the_tab(stage, title).await;
        let address = format!("{}/{page_id}", share.path);
        assert_eq!(path(browser).await, address, "{:?}", stage.mode);
        // The frame stays where it is.
        browser.client.switch_to_window(home.clone()).await.unwrap();
        enter(browser, "iframe").await;
        shows(browser, "Getting started").await;
        browser.leave_frames().await;
    }
}

/// A browser that keeps none of our cookies anywhere can be handed nothing: it asks for the password, and stops there.
async fn shows_in_the_tab(stage: &Stage, title: &str) {
    let keeps = stage.mode.keeps_cookies_in_tabs();
    shows(&stage.browser, if keeps { title } else { LOCKED }).await;
}

async fn tabs(stage: &Stage) -> Vec<WindowHandle> {
    stage.browser.client.windows().await.unwrap()
}

/// Waits for a tab that was not there, and goes to it.
async fn enter_new_tab(stage: &Stage, before: &[WindowHandle]) {
    let client = &stage.browser.client;
    until("a new tab", async || {
        for tab in client.windows().await.unwrap() {
            if !before.contains(&tab) {
                client.switch_to_window(tab).await.unwrap();
                return true;
            }
        }
        false
    })
    .await;
}

#[derive(Clone, Copy)]
enum Click {
    WithControlKey,
    MiddleButton,
}

async fn click(stage: &Stage, link: Element, way: Click) {
    let wait = || KeyAction::Pause {
        duration: Duration::ZERO,
    };
    let (down, up, button) = match way {
        Click::WithControlKey => (
            KeyAction::Down { value: CONTROL_KEY },
            KeyAction::Up { value: CONTROL_KEY },
            MOUSE_BUTTON_LEFT,
        ),
        Click::MiddleButton => (wait(), wait(), MOUSE_BUTTON_MIDDLE),
    };
    // Step by step: what the mouse does while the key is held.
    let keys = KeyActions::new("keys".to_owned())
        .then(down)
        .then(wait())
        .then(wait())
        .then(wait())
        .then(up);
    let mouse = MouseActions::new("mouse".to_owned())
        .then(PointerAction::Pause {
            duration: Duration::ZERO,
        })
        .then(PointerAction::MoveToElement {
            element: link,
            duration: None,
            x: 0.0,
            y: 0.0,
        })
        .then(PointerAction::Down { button })
        .then(PointerAction::Up { button });
    let both = Actions::from(keys).and(mouse);
    stage.browser.client.perform_actions(both).await.unwrap();
}
