//! What is in an address of a framed page, in the hands of somebody else.

use serde_json::{Value, json};

use super::reading::{
    LOCKED, enter, follow, key_in, path, reload_while_open, sees_pictures, shows,
};
use crate::front::{CLIENT, PORTAL, STRANGER};
use crate::http::Answer;
use crate::mode::Mode;
use crate::share::Share;
use crate::stage::{GETTING_STARTED, Stage, around, frame, until};

/// A share in a frame, its address in the frame, and a picture of it.
struct Seen {
    share: Share,
    address: String,
    picture: String,
}

/// Opens a share in the client's page, and copies addresses from the frame.
async fn look_into_the_frame(stage: &Stage) -> Seen {
    let browser = &stage.browser;
    let share = stage.share(GETTING_STARTED).await;
    let framed = share.clone();
    let page = stage.client_page("/seen", move || frame(framed.unlock_url()));
    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, "Getting started").await;
    follow(browser, "What is in the box").await;
    sees_pictures(browser, 3).await;
    let address = browser.run("return location.href").await;
    let picture = "return document.querySelector('article img').src";
    let picture = browser.run(picture).await;
    Seen {
        share,
        address: address.as_str().unwrap().to_owned(),
        picture: picture.as_str().unwrap().to_owned(),
    }
}

/// The address of a framed page in the address bar, in a link and behind a redirect: the password page, without a key
/// in its address.
pub(crate) async fn key_in_a_tab(stage: &Stage) {
    let browser = &stage.browser;
    let Seen { share, address, .. } = look_into_the_frame(stage).await;
    let stolen = address.clone();
    let link = stage.front.put(STRANGER, "/link", move |_| {
        Answer::html(around(format!("<a id=stolen href='{stolen}'>Look</a>")))
    });
    let stolen = address.clone();
    let redirect = stage
        .front
        .put(STRANGER, "/redirect", move |_| Answer::redirect(&stolen));

    for way in [&address, &link, &redirect] {
        let tab = browser.client.new_window(true).await.unwrap();
        browser.client.switch_to_window(tab.handle).await.unwrap();
        browser.open(way).await;
        if way == &link {
            browser.click_through("#stolen").await;
        }
        shows(browser, LOCKED).await;
        assert_eq!(path(browser).await, format!("{}/1310731", share.path));
    }
}

/// A site that may not frame the share shows neither its pages nor its pictures by addresses of the frame.
pub(crate) async fn hot_links(stage: &Stage) {
    let Seen {
        address, picture, ..
    } = look_into_the_frame(stage).await;
    let html = around(format!("<img src='{picture}'>{}", frame(&address)));
    let page = stage
        .front
        .put(STRANGER, "/hot-links", move |_| Answer::html(&html));
    let browser = &stage.browser;
    let mark = stage.record().mark();
    browser.open(&page).await;
    assert_eq!(picture_width(stage).await, 0, "{:?}", stage.mode);
    // Otherwise nothing was tried.
    let exchanges = stage.record().since(mark);
    let mut portal = exchanges.iter().filter(|exchange| exchange.is_of(PORTAL));
    assert!(portal.any(|exchange| picture.ends_with(&exchange.asked.target)));
    enter(browser, "iframe").await;
    let shown = "return document.querySelectorAll('h1.page-title').length";
    assert_eq!(browser.run(shown).await, 0, "{:?}", stage.mode);
}

/// Even the client's own page shows pictures of the share only inside the frame, as long as no cookie brings them.
pub(crate) async fn hot_links_on_the_clients_page(stage: &Stage) {
    let Seen { picture, .. } = look_into_the_frame(stage).await;
    let html = format!("<img src='{picture}'>");
    let page = stage.client_page("/hot-picture", move || html.clone());
    stage.browser.open(&page).await;
    assert_eq!(picture_width(stage).await, 0, "{:?}", stage.mode);
}

/// A key that was copied into another browser opens nothing there: not in a tab, and not even in the client's page.
pub(crate) async fn key_in_another_browser(stage: &Stage) {
    let Seen { address, .. } = look_into_the_frame(stage).await;
    let other = Mode::ChromiumAllowing;
    let other = other.start_browser(&stage.front, stage.downloads()).await;
    let stolen = address.clone();
    let page = stage.client_page("/stolen", move || frame(&stolen));
    other.open(&page).await;
    other.enter_frame("iframe").await;
    shows(&other, LOCKED).await;
    assert_eq!(key_in(&path(&other).await), None);
    other.open(&address).await;
    shows(&other, LOCKED).await;
    other.close().await;
}

/// Whoever is signed out while reading finds the door closed at the next step, with a cookie as with a key.
pub(crate) async fn signed_out_meanwhile(stage: &Stage) {
    let browser = &stage.browser;
    let Seen { share, picture, .. } = look_into_the_frame(stage).await;
    stage.portal.sign_everybody_out(&share).await;
    let locked = format!("return document.querySelector('h1')?.innerText === {LOCKED:?}");
    until("the reader is out", async || {
        reload_while_open(browser).await;
        let locked = browser.client.execute(&locked, Vec::new()).await;
        matches!(locked, Ok(Value::Bool(true)))
    })
    .await;
    shows(browser, LOCKED).await;
    let fresh = format!(
        "{picture}{}again",
        if picture.contains('?') { '&' } else { '?' }
    );
    let answer = browser
        .run_with(
            "return fetch(arguments[0], { cache: 'no-store' }).then(answer => answer.ok)",
            vec![json!(fresh)],
        )
        .await;
    assert_eq!(answer, false, "{:?}", stage.mode);
}

async fn picture_width(stage: &Stage) -> u64 {
    let width = "return document.querySelector('img').naturalWidth";
    stage.browser.run(width).await.as_u64().unwrap()
}

/// A frame of the client's page at an address that another one was given in this browser.
pub(crate) async fn pages_of_the_key_belong_to_its_share(stage: &Stage) {
    let browser = &stage.browser;
    let Seen { address, .. } = look_into_the_frame(stage).await;
    let key = key_in(address.strip_prefix(&stage.front.origin(PORTAL)).unwrap());
    let other = stage.share(GETTING_STARTED).await;
    let forged = format!(
        "{}/e/{}{}",
        stage.front.origin(PORTAL),
        key.unwrap(),
        other.path
    );
    let page = stage.front.put(CLIENT, "/forged", move |_| {
        Answer::html(around(frame(&forged)))
    });
    browser.open(&page).await;
    enter(browser, "iframe").await;
    shows(browser, LOCKED).await;
}
