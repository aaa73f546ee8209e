//! What becomes of an installation: made, renewed, switched off and on, removed, renamed.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use futures_util::future::join_all;
use serde_json::json;

use super::stage::{APP, Stage, app_args};
use crate::support::{everything_logged, path, token};
use fake_confluence::app::Descriptor;
use fake_confluence::app::SECRET;
use fake_confluence::app::callback::Lifecycle;
use fake_confluence::wiki::Wiki;

#[derive(QueryableByName)]
struct Text1 {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Stage {
    fn text(&self, sql: &str) -> String {
        let row: Text1 = self
            .portal
            .db(|db| diesel::sql_query(sql).get_result(db).unwrap());
        row.text
    }

    fn number(&self, sql: &str) -> i64 {
        let row: Number = self
            .portal
            .db(|db| diesel::sql_query(sql).get_result(db).unwrap());
        row.number
    }

    fn requests(&self) -> usize {
        self.fake.requests().len()
    }
}

#[tokio::test]
async fn an_installation_makes_its_connection_by_itself() {
    let stage = Stage::installed().await;

    let connection = stage.connection();

    let told = stage.text(&format!(
        "select kind || ' ' || name || ' ' || auth || ' ' || wiki_url as text from connection where id = '{connection}'"
    ));
    let base = stage.fake.base_url();
    assert_eq!(told, format!("cloud 127.0.0.1 (app) app {base}/wiki"));
    let known = stage.known(connection);
    assert_eq!(
        (known.app_key.as_str(), known.state.as_str()),
        (APP, "enabled")
    );
    let there = stage.fake.installation().unwrap();
    assert_eq!(known.oauth_client_id, Some(there.oauth_client_id));
}

#[tokio::test]
async fn the_shared_secret_is_kept_sealed_and_stands_in_no_log() {
    let stage = Stage::installed().await;
    let there = stage.fake.installation().unwrap().shared_secret;

    let sealed = stage.known(stage.connection()).secret.unwrap();

    let contains = |bytes: &[u8]| {
        bytes
            .windows(SECRET.len())
            .any(|part| part == SECRET.as_bytes())
    };
    assert!(contains(there.as_bytes()) && !contains(&sealed));
    assert!(!everything_logged().contains(SECRET));
}

#[tokio::test]
async fn the_site_is_asked_in_the_name_of_the_app() {
    let stage = Stage::installed().await;
    let connection = stage.connection();

    let report = stage
        .portal
        .connections()
        .test(connection, vestibule::clock::now())
        .await
        .unwrap();

    assert!(report.is_good(), "{report:?}");
    assert_eq!(stage.fake.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn call_backs_of_one_site_that_come_together_make_one_connection() {
    let stage = Stage::set().await;
    stage
        .fake
        .know_app(Descriptor::usual(APP, &stage.portal.url("")));
    let mut callbacks = Vec::new();
    for _ in 0..8 {
        callbacks.push(stage.fake.callback(Lifecycle::Installed));
    }

    let statuses = join_all(callbacks.iter().map(|callback| callback.send())).await;

    assert_eq!(statuses, [204; 8]);
    assert_eq!(stage.installations().len(), 1);
    assert_eq!(stage.number("select count(*) as number from connection"), 1);
}

#[tokio::test]
async fn a_second_site_of_the_same_host_gets_a_name_of_its_own() {
    let stage = Stage::installed().await;
    let other = stage
        .fake
        .callback(Lifecycle::Installed)
        .body(&json!({"clientKey": "another", "baseUrl": "http://127.0.0.1:1/wiki"}))
        .claims(&json!({"iss": "another"}));

    assert_eq!(other.send().await, 204);

    let names = stage.text("select string_agg(name, ', ' order by name) as text from connection");
    assert_eq!(names, "127.0.0.1 (app), 127.0.0.1 (app) 2");
}

#[tokio::test]
async fn a_renewed_secret_takes_the_place_of_the_old_one() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let disabled_by_the_old = stage.fake.callback(Lifecycle::Disabled);

    assert_eq!(stage.fake.rotate_secret().await, 204);

    assert_eq!(stage.connection(), connection);
    assert_eq!(disabled_by_the_old.send().await, 401);
    assert_eq!(stage.fake.disable().await, 204);
    assert_eq!(stage.known(connection).state.as_str(), "disabled");
}

#[tokio::test]
async fn a_recorded_installation_brings_no_older_secret_back() {
    let stage = Stage::set().await;
    stage
        .fake
        .know_app(Descriptor::usual(APP, &stage.portal.url("")));
    let recorded = stage.fake.callback(Lifecycle::Installed);
    assert_eq!(recorded.send().await, 204);
    stage.install().await;
    let current = stage.known(stage.connection()).secret;

    assert_eq!(recorded.send().await, 204, "repeated");

    assert_eq!(stage.known(stage.connection()).secret, current);
    assert_eq!(stage.fake.disable().await, 204);
    assert_eq!(stage.known(stage.connection()).state.as_str(), "disabled");
}

#[tokio::test]
async fn a_recorded_uninstallation_ends_no_later_installation() {
    let stage = Stage::installed().await;
    let recorded = stage.fake.callback(Lifecycle::Uninstalled);
    assert_eq!(recorded.send().await, 204);
    stage.install().await;

    assert_eq!(recorded.send().await, 204);

    assert_eq!(stage.known(stage.connection()).state.as_str(), "enabled");
}

#[tokio::test]
async fn a_disabled_app_asks_nothing_and_its_shares_go_on() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let share = stage.tree(connection, "Handbook").await;
    stage.fake.disable().await;
    let before = stage.requests();
    let runbook = stage.id("Runbook");
    stage
        .fake
        .wiki(|wiki| wiki.edit(runbook, "<p>Turn it off and on.</p>"));

    stage.refresh(connection).await;
    let answer = stage.page(&share, runbook).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    assert_eq!(answer.status, 200);
    assert_eq!(stage.requests(), before, "nothing was sent");
    stage.fake.enable().await;
    stage.shows(&share, runbook, "Turn it off and on.").await;
}

#[tokio::test]
async fn shares_of_an_uninstalled_app_stay_open_for_a_while() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let share = stage.tree(connection, "Handbook").await;

    stage.fake.uninstall().await;

    let known = stage.known(connection);
    assert_eq!((known.state.as_str(), known.secret), ("uninstalled", None));
    let hours = stage.number(&format!(
        "select round(extract(epoch from unavailable_from - now()) / 3600)::bigint as number from connection
           where id = '{connection}'"
    ));
    assert_eq!(hours, 72);
    assert_eq!(stage.page(&share, stage.id("Runbook")).await.status, 200);
}

#[tokio::test]
async fn after_the_grace_shares_are_not_available_until_the_app_is_back() {
    let mut app = app_args();
    app.uninstall_grace_hours = "0".to_owned();
    let stage = Stage::set_with(Wiki::sample(), app).await;
    let connection = stage.install().await;
    let share = stage.tree(connection, "Handbook").await;

    stage.fake.uninstall().await;

    stage.share_answers(&share, 403).await;
    let closed = stage.portal.visitor().get(&path(&share)).await;
    assert_eq!(closed.texts("h1"), ["This share is not available"]);
    let unlock = format!("{}?unlock={}", path(&share), token(&share));
    let refused = stage.portal.visitor().get(&unlock).await;
    assert_eq!(
        refused.header("vestibule-unlock"),
        Some("share_unavailable")
    );
    let pages = stage.number(&format!(
        "select count(*) as number from page_snapshot where connection_id = '{connection}'"
    ));
    assert!(pages >= 3, "what is stored is kept");
    assert_eq!(stage.install().await, connection);
    stage.share_answers(&share, 200).await;
}

#[tokio::test]
async fn a_site_that_is_listed_no_more_may_still_take_the_app_away() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let (site, other) = (
        "https://evil.atlassian.net/wiki",
        "https://other.atlassian.net/wiki",
    );
    stage.portal.db(|db| {
        let moved = format!("update installation set base_url = '{site}'");
        diesel::sql_query(moved).execute(db).unwrap();
    });
    let told = async |event, url| {
        let callback = stage.fake.callback(event);
        callback.body(&json!({ "baseUrl": url })).send().await
    };

    assert_eq!(told(Lifecycle::Installed, site).await, 403);
    assert_eq!(told(Lifecycle::Enabled, site).await, 403);
    assert_eq!(told(Lifecycle::Disabled, other).await, 403);
    assert_eq!(told(Lifecycle::Disabled, site).await, 204);
    assert_eq!(stage.known(connection).state.as_str(), "disabled");
    assert_eq!(told(Lifecycle::Uninstalled, other).await, 403);
    assert_eq!(told(Lifecycle::Uninstalled, site).await, 204);
    assert_eq!(stage.known(connection).state.as_str(), "uninstalled");
}

#[tokio::test]
async fn enabling_brings_no_uninstalled_app_back() {
    let stage = Stage::installed().await;
    let enabled = stage.fake.callback(Lifecycle::Enabled);
    stage.fake.uninstall().await;
    let connection = stage.installations()[0].connection_id;

    assert_eq!(enabled.send().await, 401);

    assert_eq!(stage.known(connection).state.as_str(), "uninstalled");
}

#[tokio::test]
async fn a_renamed_site_is_followed() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let renamed = stage.fake.base_url().replace("127.0.0.1", "127.0.0.2");

    assert_eq!(stage.fake.rename(&renamed).await, 204);

    assert_eq!(stage.connection(), connection);
    assert_eq!(stage.known(connection).base_url, format!("{renamed}/wiki"));
    let wiki_url = stage.text(&format!(
        "select wiki_url as text from connection where id = '{connection}'"
    ));
    assert_eq!(wiki_url, format!("{renamed}/wiki"));
}

#[tokio::test]
async fn a_deleted_connection_takes_its_installation_along() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let admin = stage.admin().await;

    let page = format!("/admin/connections/{connection}/deletion");
    let deleted = admin.send(&page, &page, &[]).await;

    assert_eq!(deleted.status, 303);
    assert!(stage.installations().is_empty());
    assert_eq!(stage.fake.disable().await, 401);
}

#[tokio::test]
async fn the_admin_page_says_what_is_wrong_and_takes_no_credentials() {
    let stage = Stage::installed().await;
    let connection = stage.connection();
    let admin = stage.admin().await;
    let page = format!("/admin/connections/{connection}");

    let works = admin.get(&page).await;
    stage.fake.disable().await;
    let disabled = admin.get(&page).await;
    let list = admin.get("/admin/connections").await;

    assert_eq!(works.texts("#installation .badge"), ["Installed"]);
    assert!(works.texts("#installation .notice").is_empty());
    assert_eq!(
        works.texts("#webhook, a[href$='/access']"),
        Vec::<String>::new()
    );
    assert_eq!(disabled.texts(".head .badge"), ["Cloud", "Disabled"]);
    assert!(
        disabled
            .text_of("#installation .notice")
            .contains("Enable it in Confluence")
    );
    assert_eq!(list.texts(".row .badge"), ["Cloud", "App", "Disabled"]);
    let access = admin.get(&format!("{page}/access")).await;
    assert_eq!((access.status, access.location()), (303, page.as_str()));
    let typed = [
        ("address", "https://evil.example"),
        ("cloud_auth", "api_token"),
        ("email", "a@example.com"),
        ("api_token", "x"),
    ];
    let refused = admin.send(&page, &format!("{page}/access"), &typed).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("come from Confluence"));
}

#[tokio::test]
async fn a_webhook_of_the_app_has_its_page_looked_at() {
    use fake_confluence::webhook::Event;
    let stage = Stage::installed().await;
    let share = stage.tree(stage.connection(), "Handbook").await;
    let runbook = stage.id("Runbook");
    stage
        .fake
        .wiki(|wiki| wiki.edit(runbook, "<p>Turn it off and on.</p>"));

    let status = stage.fake.post_webhook(Event::PageUpdated, runbook).await;

    assert_eq!(status, 204);
    stage.shows(&share, runbook, "Turn it off and on.").await;
}

#[tokio::test]
async fn a_webhook_without_the_installations_signature_is_refused() {
    let stage = Stage::installed().await;
    let url = stage.portal.url("/atlassian/webhooks/page_updated");
    let post = async |token: Option<String>| {
        let mut request = reqwest::Client::new()
            .post(&url)
            .body(r#"{"page":{"id":7}}"#);
        if let Some(token) = token {
            request = request.header("authorization", format!("JWT {token}"));
        }
        request.send().await.unwrap().status().as_u16()
    };
    // Of the same installation, and for another request.
    let other = stage.fake.callback(Lifecycle::Enabled).token;

    assert_eq!(post(None).await, 401);
    assert_eq!(post(Some("x.y.z".to_owned())).await, 401);
    assert_eq!(post(Some(other.text())).await, 401);
    let unknown = other.claims(&json!({"iss": "unknown"}));
    assert_eq!(post(Some(unknown.text())).await, 401);
}
