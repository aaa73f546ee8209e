//! The site was imported or restored: all apps are gone without a word, and the app comes back with other keys.

use futures_util::future::join_all;
use serde_json::json;
use vestibule::clock;

use super::stage::Stage;
use crate::support::path;
use fake_confluence::app::callback::Lifecycle;
use fake_confluence::app::lifecycle::Ids;

#[tokio::test]
async fn the_older_installation_is_superseded_and_its_shares_stay() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    let share = stage.tree(old, "Handbook").await;
    let runbook = stage.id("Runbook");

    stage.fake.import_site(Ids::Kept);
    let new = stage.install().await;

    assert_ne!(new, old);
    let known = stage.known(old);
    assert_eq!(known.state.as_str(), "superseded");
    assert_eq!(known.superseded_by, Some(new));
    assert_eq!(stage.known(new).state.as_str(), "enabled");
    let before = stage.fake.requests().len();
    stage.refresh(old).await;
    let answer = stage.page(&share, runbook).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        stage.fake.requests().len(),
        before,
        "nothing is asked in the name of the older one"
    );
    assert_eq!(stage.fake.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_that_the_superseded_one_signs_counts() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    let recorded =
        [Lifecycle::Disabled, Lifecycle::Enabled].map(|event| stage.fake.callback(event));
    let uninstalled = stage.fake.callback(Lifecycle::Uninstalled);
    stage.fake.import_site(Ids::Kept);
    stage.install().await;

    let statuses = join_all(recorded.iter().map(|callback| callback.send())).await;

    assert_eq!(statuses, [401, 401]);
    assert_eq!(uninstalled.send().await, 204);
    assert_eq!(stage.known(old).state.as_str(), "superseded");
}

#[tokio::test]
async fn of_two_new_installations_at_once_one_supersedes_the_other() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    let another = |key: &str| {
        stage
            .fake
            .callback(Lifecycle::Installed)
            .body(&json!({ "clientKey": key }))
            .claims(&json!({ "iss": key }))
    };
    let callbacks = [another("aaaa"), another("bbbb")];

    let statuses = join_all(callbacks.iter().map(|callback| callback.send())).await;

    assert_eq!(statuses, [204, 204]);
    let all = stage.installations();
    let enabled: Vec<_> = all
        .iter()
        .filter(|found| found.state.as_str() == "enabled")
        .collect();
    assert_eq!((all.len(), enabled.len()), (3, 1));
    assert_eq!(
        stage.known(old).superseded_by,
        Some(enabled[0].connection_id)
    );
}

#[tokio::test]
async fn an_uninstalled_one_keeps_its_end_and_learns_who_came_after() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    stage.fake.uninstall().await;
    stage.fake.import_site(Ids::Kept);

    let new = stage.install().await;

    let known = stage.known(old);
    assert_eq!(
        (known.state.as_str(), known.superseded_by),
        ("uninstalled", Some(new))
    );
}

#[tokio::test]
async fn installing_again_clears_what_was_wrong() {
    use vestibule::connections::store::{health, installations};
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let client = stage.known(connection).oauth_client_id.unwrap();
    stage.portal.db(|db| {
        let now = clock::now();
        installations::mark_stale(db, connection, &client, now).unwrap();
        installations::record_problem(db, connection, "Something.", now).unwrap();
        let stop = health::AfterFailure::Stop;
        health::record_failure(db, connection, "Refused.", stop, now).unwrap();
    });
    let admin = stage.admin().await;
    let page = format!("/admin/connections/{connection}");
    let stale = admin.get(&page).await;

    stage.fake.rotate_secret().await;

    assert_eq!(stale.texts("#installation .badge"), ["Install again"]);
    assert!(
        stale
            .text_of("#installation .notice")
            .starts_with("Install the app again")
    );
    let known = stage.known(connection);
    assert_eq!((known.stale_since, known.problem), (None, None));
    let health = stage
        .portal
        .db(|db| health::find_health(db, connection).unwrap());
    assert!(!health.stopped);
}

#[tokio::test]
async fn both_pages_say_what_happened_and_offer_the_comparison() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    let share = stage.tree(old, "Handbook").await;
    stage.fake.import_site(Ids::Kept);
    let new = stage.install().await;
    let admin = stage.admin().await;

    let of_old = admin.get(&format!("/admin/connections/{old}")).await;
    let of_new = admin.get(&format!("/admin/connections/{new}")).await;

    let compare = format!("/admin/connections/{old}/rebinding?to={new}");
    for page in [&of_old, &of_new] {
        let offered = page.attribute("#installation .notice .button", "href");
        assert_eq!(offered.as_deref(), Some(compare.as_str()));
        let words = page.texts("#installation .notice").join(" ");
        assert!(words.contains("imported or restored"), "{words}");
        assert!(words.contains("1 share is"), "{words}");
    }
    assert_eq!(of_old.texts(".head .badge"), ["Cloud", "Replaced"]);
    assert_eq!(stage.portal.visitor().get(&path(&share)).await.status, 200);
}
