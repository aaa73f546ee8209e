//! Tokens in people's names: how many are asked for, and when nobody asks any more.

use std::time::Duration;

use serde_json::json;

use super::ViewerSite;
use crate::support::eventually;
use fake_confluence::exchange::Reply;
use fake_confluence::fault::{Fault, On};
use fake_confluence::people::Standing;

#[tokio::test]
async fn one_token_serves_all_pages_of_a_creator() {
    let site = ViewerSite::start().await;

    site.fetched(Some("alice"), None).await;

    assert_eq!(site.fake.grants(), 1);
    site.fetched(Some("bob"), None).await;
    assert_eq!(site.fake.grants(), 2);
    site.look_again().await;
    assert_eq!(site.fake.grants(), 2);
}

#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end() {
    let site = ViewerSite::start().await;
    site.fake.set_token_life(5);
    let share = site.fetched(Some("alice"), None).await;
    let before = site.fake.grants();

    tokio::time::sleep(Duration::from_millis(2500)).await;
    site.look_again().await;

    assert!(site.fake.grants() > before);
    assert_eq!(site.seen(&share, "Runbook").0, Some("creator"));
}

#[tokio::test]
async fn a_token_that_the_site_refuses_is_fetched_anew_once() {
    let site = ViewerSite::start().await;
    let share = site.fetched(Some("alice"), None).await;
    site.fake.expire_impersonations();

    site.look_again().await;

    assert_eq!(site.seen(&share, "Runbook").0, Some("creator"));
    assert!(site.fake.grants() >= 2, "{}", site.fake.grants());
    let status = site.portal.status(site.connection);
    assert!(
        !status.health.stopped,
        "one person's token stopped the connection"
    );
}

#[tokio::test]
async fn nobody_asks_again_for_somebody_who_cannot_be_impersonated() {
    let site = ViewerSite::start().await;
    site.fake.refuse_inactive_people_early();
    site.fake
        .wiki(|wiki| wiki.set_standing("carol", Standing::Deactivated));

    let share = site.fetched(Some("carol"), None).await;

    assert_eq!(site.fake.grants(), 1);
    assert_eq!(site.seen(&share, "Runbook").0, Some("none"));
}

#[tokio::test]
async fn a_stale_client_stops_asking_until_the_app_is_installed_again() {
    let site = ViewerSite::start().await;
    // As after an import of the site, had it kept the shared secret.
    site.portal.db(|db| {
        use diesel::connection::SimpleConnection as _;
        db.batch_execute("update installation set oauth_client_id = 'of-before'")
            .unwrap();
    });

    let share = site.fetched(Some("alice"), None).await;

    assert_eq!(site.fake.grants(), 1);
    assert!(site.installation().stale_since.is_some());
    let (viewer, _, reason) = site.seen(&share, "Runbook");
    assert_eq!(viewer, Some("app"));
    assert!(reason.contains("installed again"), "{reason}");
    site.look_again().await;
    assert_eq!(site.fake.grants(), 1);

    assert_eq!(site.fake.rotate_secret().await, 204);
    site.look_again().await;
    assert!(
        site.runbook(&share)
            .await
            .contains("Chart for Alice Example.")
    );
}

#[tokio::test]
async fn a_server_without_tokens_leaves_what_was_seen_and_is_left_alone_for_a_while() {
    let site = ViewerSite::start().await;
    site.fake.set_token_life(3);
    let share = site.fetched(Some("alice"), None).await;
    let before = site.fake.grants();
    site.fake
        .fail(On::path("/oauth2/token"), Fault::Unavailable(None));
    site.portal.refresh_all(site.connection);

    eventually("a token was asked for", async || {
        site.fake.grants() > before
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    assert!(site.fake.grants() <= before + 2, "{}", site.fake.grants());
    assert!(
        site.runbook(&share)
            .await
            .contains("Chart for Alice Example.")
    );
}

#[tokio::test]
async fn one_request_that_is_refused_does_not_make_the_installation_stale() {
    let site = ViewerSite::start().await;
    let [_alice, _bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    let refusal = Reply::json(400, &json!({}));
    site.fake
        .fail_next(1, On::path("/oauth2/token"), Fault::Reply(refusal));

    site.look_again().await;

    assert!(site.fake.grants() >= 2);
    assert_eq!(site.installation().stale_since, None);
}
