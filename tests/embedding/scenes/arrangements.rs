//! Frames beside, inside and behind each other, and pages that isolate themselves.

use super::reading::{enter, follow, is_at_the_share, reload, sees_pictures, shows};
use crate::front::{CLIENT, OTHER};
use crate::http::Answer;
use crate::stage::{GETTING_STARTED, INSTALLATION, Stage, around, frame, frame_with};

/// Both unlock at once, and neither takes the other's place.
pub(crate) async fn two_shares_in_one_page(stage: &Stage) {
    let browser = &stage.browser;
    let first = stage.share(GETTING_STARTED).await;
    let second = stage.share(INSTALLATION).await;
    let shares = [first.clone(), second.clone()];
    let page = stage.client_page("/two", move || {
        let [first, second] = &shares;
        frame_with("id=first", first.unlock_url()) + &frame_with("id=second", second.unlock_url())
    });

    browser.open(&page).await;
    enter(browser, "#first").await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &first).await;
    enter(browser, "#second").await;
    shows(browser, "Installation").await;
    is_at_the_share(stage, &second).await;
    // Each goes on after the other did.
    enter(browser, "#first").await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
    enter(browser, "#second").await;
    reload(browser, "Installation").await;
    follow(browser, "Choosing the place").await;
    sees_pictures(browser, 1).await;
}

/// Two frames of one share read on their own.
pub(crate) async fn the_same_share_twice(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let twice = share.clone();
    let page = stage.client_page("/twice", move || {
        frame_with("id=first", twice.unlock_url()) + &frame_with("id=second", twice.unlock_url())
    });

    browser.open(&page).await;
    for (id, title) in [
        ("#first", "What is in the box"),
        ("#second", "Your first charge"),
    ] {
        enter(browser, id).await;
        shows(browser, "Getting started").await;
        is_at_the_share(stage, &share).await;
        follow(browser, title).await;
    }
    enter(browser, "#first").await;
    reload(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
}

/// A client frames another one, which frames the share; both may.
pub(crate) async fn a_frame_in_a_frame(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let inner = share.clone();
    let middle = stage.front.put(OTHER, "/middle", move |_| {
        Answer::html(around(frame(inner.unlock_url())))
    });
    let page = stage.client_page("/outer", move || frame(&middle));

    browser.open(&page).await;
    enter(browser, "iframe").await;
    browser.enter_frame("iframe").await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &share).await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
    reload(browser, "What is in the box").await;
}

/// A client that takes only frames which agree to be embedded.
pub(crate) async fn a_parent_with_coep(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let framed = share.clone();
    let page = stage.front.put(CLIENT, "/coep", move |_| {
        Answer::html(around(frame(framed.unlock_url())))
            .with("Cross-Origin-Embedder-Policy", "require-corp")
            .with("Cross-Origin-Opener-Policy", "same-origin")
    });

    browser.open(&page).await;
    assert_eq!(browser.run("return window.crossOriginIsolated").await, true);
    enter(browser, "iframe").await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &share).await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
    is_styled(stage).await;
}

/// The frame begins at the client, and goes over a third site to the portal.
pub(crate) async fn a_chain_of_redirects(stage: &Stage) {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let last = share.clone();
    let second = stage
        .front
        .put(OTHER, "/hop", move |_| Answer::redirect(last.unlock_url()));
    let first = stage
        .front
        .put(CLIENT, "/hop", move |_| Answer::redirect(&second));
    let page = stage.client_page("/chain", move || frame(&first));

    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, "Getting started").await;
    is_at_the_share(stage, &share).await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
}

/// Our style sheet is in force.
pub(crate) async fn is_styled(stage: &Stage) {
    let rules = "return [...document.styleSheets].length > 0 &&
        getComputedStyle(document.querySelector('.visually-hidden')).position === 'absolute'";
    stage.browser.until(rules).await;
}
