//! A test for each way in which browsers treat the cookies of a framed site.

use super::mode::Mode;
use super::scenes::{
    arrangements, inside, leaks, left_open, renewal, sandboxes, tabs, theft, walk, ways_in,
};
use super::stage::Stage;

#[tokio::test]
async fn chromium_that_allows_third_party_cookies() {
    play_all(Mode::ChromiumAllowing).await;
}

#[tokio::test]
async fn chromium_that_blocks_third_party_cookies() {
    play_all(Mode::ChromiumBlocking).await;
}

#[tokio::test]
async fn chromium_that_refuses_every_cookie_of_the_portal() {
    play_all(Mode::ChromiumRefusing).await;
}

#[tokio::test]
async fn firefox_as_it_comes() {
    play_all(Mode::FirefoxDefault).await;
}

#[tokio::test]
async fn firefox_that_keeps_only_partitioned_cookies() {
    play_all(Mode::FirefoxOptIn).await;
}

#[tokio::test]
async fn firefox_that_refuses_cookies_in_frames() {
    play_all(Mode::FirefoxRefusing).await;
}

#[tokio::test]
async fn a_portal_without_keys_tells_frames_without_cookies_to_open_a_tab() {
    let off = [("VESTIBULE_COOKIELESS", "off")];
    let mut stage = Stage::set_with(Mode::FirefoxRefusing, &off).await;
    let refused = ways_in::told_to_open_a_tab;
    stage.play("a frame that cannot be opened", refused).await;
    stage.end().await;
}

#[tokio::test]
async fn the_dialog_inside_confluence_in_chromium_that_blocks_third_party_cookies() {
    inside::play(Mode::ChromiumBlocking).await;
}

#[tokio::test]
async fn the_dialog_inside_confluence_in_firefox_that_keeps_only_partitioned_cookies() {
    inside::play(Mode::FirefoxOptIn).await;
}

#[tokio::test]
async fn the_dialog_inside_confluence_in_a_browser_without_cookies_there() {
    inside::play(Mode::FirefoxRefusing).await;
}

async fn play_all(mode: Mode) {
    let mut stage = Stage::set(mode).await;
    stage
        .play_and_leave_open("frames left open", left_open::open)
        .await;

    stage.play("the walk", walk::walk).await;
    let password = ways_in::password_in_the_frame;
    stage.play("the password in the frame", password).await;
    let posted = ways_in::token_in_a_form;
    stage.play("a token in a form", posted).await;
    let stale = ways_in::password_after_a_stale_token;
    stage.play("the password after a stale token", stale).await;
    play_arrangements(&mut stage).await;
    play_tabs_and_theft(&mut stage).await;
    let renewed = renewal::fresh_tokens_by_script;
    stage.play("fresh tokens by script", renewed).await;

    stage
        .play("back at the frames left open", left_open::come_back)
        .await;
    stage.play("nothing leaked", leaks::nothing_leaked).await;
    stage.end().await;
}

async fn play_arrangements(stage: &mut Stage) {
    let two = arrangements::two_shares_in_one_page;
    stage.play("two shares in one page", two).await;
    let twice = arrangements::the_same_share_twice;
    stage.play("the same share twice", twice).await;
    let nested = arrangements::a_frame_in_a_frame;
    stage.play("a frame in a frame", nested).await;
    let isolated = arrangements::a_parent_with_coep;
    stage.play("a parent with COEP", isolated).await;
    let chain = arrangements::a_chain_of_redirects;
    stage.play("a chain of redirects", chain).await;
    let sandbox = sandboxes::sandbox_with_same_origin;
    stage.play("a sandbox with our origin", sandbox).await;
    let apart = sandboxes::sandbox_without_same_origin;
    stage.play("a sandbox without our origin", apart).await;
}

async fn play_tabs_and_theft(stage: &mut Stage) {
    stage
        .play("a page in a tab", tabs::open_page_in_a_tab)
        .await;
    stage.play("links in tabs", tabs::open_links_in_tabs).await;
    let locked = tabs::open_password_page_in_a_tab;
    stage.play("the password page in a tab", locked).await;
    stage.play("addresses in a tab", theft::key_in_a_tab).await;
    stage.play("hot links", theft::hot_links).await;
    let signed_out = theft::signed_out_meanwhile;
    stage.play("signed out meanwhile", signed_out).await;
    if stage.mode.is_refusing() {
        let own = theft::hot_links_on_the_clients_page;
        stage.play("hot links on the client's page", own).await;
        let bound = theft::pages_of_the_key_belong_to_its_share;
        stage.play("the key of another share", bound).await;
    }
    if stage.mode == Mode::FirefoxRefusing {
        let other = theft::key_in_another_browser;
        stage.play("a key in another browser", other).await;
    }
}
