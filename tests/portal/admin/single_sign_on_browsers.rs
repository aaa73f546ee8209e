//! The single sign-on of one browser beside others: whose cookies are asked about, whose end, and how often strangers may ask.

use time::Duration;

use super::single_sign_on::{ADMINS, ALICE, ME, SINGLE, Stage, refusal};
use fake_confluence::fault::{Fault, On};

#[tokio::test]
async fn who_is_signed_out_at_confluence_in_a_browser_is_out_there_and_in_elsewhere() {
    let stage = Stage::new().await;
    let (here, elsewhere) = (
        stage.signed_in("alice").await,
        stage.signed_in("alice").await,
    );
    // Signing out at Confluence takes its cookie out of the browser.
    here.holds("crowd.token_key", "");

    let answer = here.get("/admin").await;

    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(refusal(&answer).contains("not signed in at Confluence"));
    assert_eq!(here.get("/admin").await.status, 303);
    assert_eq!(elsewhere.get("/admin").await.status, 200);
}

#[tokio::test]
async fn a_browser_is_not_kept_in_by_another_one_of_the_same_person() {
    let stage = Stage::new().await;
    let old = stage.signed_in("alice").await;
    stage.fake.expire_crowd_tokens();
    let new = stage.signed_in("alice").await;

    let answer = old.get("/admin").await;

    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(refusal(&answer).contains("does not accept"));
    assert_eq!(new.get("/admin").await.status, 200);
}

#[tokio::test]
async fn a_browser_that_brings_another_cookie_of_the_same_person_stays_in() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    browser.holds("crowd.token_key", &stage.fake.log_in("alice", ALICE));
    assert_eq!(browser.get("/admin").await.status, 200);
    assert_eq!(browser.get("/admin").await.status, 200);
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn signing_out_ends_the_sign_on_of_this_browser_and_of_no_other() {
    let stage = Stage::new().await;
    let here = stage.signed_in("alice").await;
    let token = here.form_token().await;
    let elsewhere = stage.signed_in("alice").await;

    let answer = here.sign_out_with(&token).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(!stage.fake.is_logged_in(&here.token));
    assert!(stage.fake.is_logged_in(&elsewhere.token));
}

#[tokio::test]
async fn a_browser_without_a_sign_on_ends_none_by_signing_out() {
    let stage = Stage::new().await;
    let here = stage.signed_in("alice").await;
    let token = here.form_token().await;
    here.holds("crowd.token_key", "");

    let answer = here.sign_out_with(&token).await;

    assert!(answer.text().contains("brought none"), "{}", answer.text());
    assert_eq!(stage.fake.count("GET", "/logout.action"), 0);
    assert_eq!(here.get("/admin").await.status, 303);
}

#[tokio::test]
async fn people_can_sign_out_while_confluence_does_not_answer() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    let token = browser.form_token().await;
    stage.fake.fail(On::everything(), Fault::Unavailable(None));
    stage.age(Duration::minutes(16));

    let answer = browser.sign_out_with(&token).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("could not be told"));
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[tokio::test]
async fn a_sign_out_that_changed_nothing_at_confluence_says_so() {
    let stage = Stage::new().await;
    let browser = stage.signed_in("alice").await;
    // As where Confluence asks first whether somebody means it.
    stage
        .fake
        .fail(On::path("/logout.action"), Fault::LoginPage);

    let answer = browser.sign_out().await;

    assert!(answer.text().contains("still knows"), "{}", answer.text());
    let link = answer.attributes(".card a.button", "href");
    assert!(link[0].ends_with("/confluence/logout.action"), "{link:?}");
}

#[tokio::test]
async fn an_answer_to_one_person_that_nobody_understands_ends_one_session() {
    let stage = Stage::new().await;
    stage.fake.wiki(|wiki| wiki.join("bob", ADMINS));
    let (alice, bob) = (stage.signed_in("alice").await, stage.signed_in("bob").await);
    stage.age(Duration::minutes(16));
    stage.fake.fail(On::path(ME), Fault::LoginPage);
    assert_eq!(alice.get("/admin").await.status, 503);
    assert_eq!(alice.get("/admin").await.status, 303);

    stage.fake.heal();

    assert_eq!(bob.get("/admin").await.status, 200);
}

#[tokio::test]
async fn a_site_that_does_not_answer_is_left_alone_at_the_door_too() {
    let stage = Stage::new().await;
    stage.fake.fail(On::path(ME), Fault::Unavailable(None));
    let browser = stage.browser("alice");
    assert_eq!(browser.come_in().await.status, 503);
    let asked = stage.asked();
    assert_eq!(browser.come_in().await.status, 503);
    assert_eq!(stage.asked(), asked);
}

#[tokio::test]
async fn strangers_may_not_ask_confluence_without_end() {
    let stage = Stage::new().await;
    stage.signed_in("alice").await;
    let asked = stage.asked();
    let stranger = stage.browser("alice");
    stranger.holds("crowd.token_key", "made-up");
    for _try in 0..30 {
        assert_eq!(stranger.come_in().await.status, 401);
    }

    let answer = stranger.come_in().await;

    assert_eq!(answer.status, 429, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert_eq!(stage.asked() - asked, 30);
    let neighbour = stranger.come_in_from("203.0.113.8").await;
    assert_eq!(neighbour.status, 401);
}

#[tokio::test]
async fn another_site_signs_nobody_in() {
    let stage = Stage::new().await;
    let browser = stage.browser("alice");
    let linked = browser.get(SINGLE).await;
    assert_eq!((linked.status, stage.asked()), (200, 0));
    assert_eq!(browser.get("/admin").await.status, 303);
    let sent = browser
        .visitor
        .post("/admin/sign-in/single", &[("next", "/admin")])
        .header("sec-fetch-site", "cross-site")
        .await;
    assert_eq!((sent.status, stage.asked()), (403, 0));
}
