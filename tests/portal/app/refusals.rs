//! What an admin sees of calls of the app that were refused.

use serde_json::json;
use vestibule::clock;
use vestibule::connections::store::installations;

use super::stage::{APP, Stage, app_args};
use crate::support::{Visitor, everything_logged};
use fake_confluence::app::Descriptor;
use fake_confluence::app::callback::Lifecycle;
use fake_confluence::wiki::Wiki;

async fn refusals(admin: &Visitor) -> Vec<String> {
    let page = admin.get("/admin/connections").await;
    page.texts("section[aria-labelledby=refusals-heading] tbody tr")
}

async fn notices_of(admin: &Visitor, connection: uuid::Uuid) -> String {
    let page = admin.get(&format!("/admin/connections/{connection}")).await;
    page.texts("#installation .notice").join(" ")
}

#[tokio::test]
async fn a_refused_installation_names_its_reason_and_remedy_until_it_succeeds() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let descriptor = Descriptor::usual(APP, &stage.portal.url(""));
    stage.fake.know_app(descriptor);
    let callback = stage.fake.callback(Lifecycle::Installed);
    let wrong = |claims| callback.clone().claims(&claims);
    let evil = json!({"aud": ["https://other.example"]});

    assert_eq!(wrong(evil.clone()).send().await, 401);
    assert_eq!(wrong(evil).send().await, 401);

    let refused = refusals(&admin).await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    for words in [
        "installed",
        "127.0.0.1",
        "another app",
        "VESTIBULE_APP_URLS",
    ] {
        assert!(refused[0].contains(words), "{refused:?}");
    }
    assert_eq!(callback.send().await, 204);
    assert!(refusals(&admin).await.is_empty());
}

#[tokio::test]
async fn a_host_that_may_not_install_the_app_is_named_by_connect_and_forge() {
    let mut app = app_args();
    app.app_hosts = "*.atlassian.net".to_owned();
    let stage = Stage::set_with(Wiki::sample(), app).await;
    let admin = stage.admin().await;
    let forge = stage.portal.url("/forge/events");

    assert_eq!(stage.fake.install(&stage.portal.url("")).await, 403);
    let event = "avi:forge:installed:app";
    let status = stage
        .fake
        .forge_event(&forge, event, &json!({}))
        .await
        .status;

    assert_eq!(status, 403);
    let refused = refusals(&admin).await;
    assert_eq!(refused.len(), 2, "{refused:?}");
    for row in &refused {
        assert!(row.contains("127.0.0.1"), "{row}");
        assert!(row.contains("VESTIBULE_APP_HOSTS"), "{row}");
    }
}

#[tokio::test]
async fn a_known_installation_says_so_on_its_page_until_the_next_call_is_taken() {
    let stage = Stage::installed().await;
    let admin = stage.admin().await;
    let connection = stage.connection();
    let late = json!({"iat": 1_000, "exp": 2_000});
    let callback = || stage.fake.callback(Lifecycle::Disabled);

    assert_eq!(callback().claims(&late).send().await, 401);

    let notices = notices_of(&admin, connection).await;
    assert!(notices.contains("the token has expired"), "{notices}");
    assert!(notices.contains("Set the clock"), "{notices}");
    assert_eq!(callback().send().await, 204);
    let notices = notices_of(&admin, connection).await;
    assert!(!notices.contains("refused"), "{notices}");
    assert!(!everything_logged().contains("could not be kept"));
}

#[tokio::test]
async fn a_refused_call_does_not_hide_what_is_wrong_with_the_app() {
    let stage = Stage::installed().await;
    let admin = stage.admin().await;
    let connection = stage.connection();
    stage.portal.db(|db| {
        installations::record_problem(db, connection, "Update the app.", clock::now()).unwrap();
    });
    let late = json!({"iat": 1_000, "exp": 2_000});
    let callback = stage.fake.callback(Lifecycle::Disabled);

    assert_eq!(callback.claims(&late).send().await, 401);

    let notices = notices_of(&admin, connection).await;
    assert!(notices.contains("Update the app."), "{notices}");
    assert!(!notices.contains("refused"), "{notices}");
    assert_eq!(refusals(&admin).await.len(), 1);
}
