//! Events of a Forge app: its life, the token that its timer brings, changes of pages.

use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};
use vestibule::clock;
use vestibule::cloud_app::store::lifecycle;
use vestibule::connections::LiveError;
use vestibule::connections::installation::{AppKind, InstallationState};
use vestibule::connections::store::health;

use super::stage::{Stage, app_args};
use crate::support::everything_logged;
use fake_confluence::app::forge::{FORGE, ForgeBearers};
use fake_confluence::app::rsa_keys::RsaKey;
use fake_confluence::app::token::{Signer, Token};
use fake_confluence::fault::{Fault, On};
use fake_confluence::wiki::Wiki;

impl Stage {
    fn events(&self) -> String {
        self.portal.url("/forge/events")
    }

    async fn forge_event(&self, event: &str, more: &Value) -> u16 {
        self.fake
            .forge_event(&self.events(), event, more)
            .await
            .status
    }

    async fn forge_installed(&self) -> uuid::Uuid {
        let status = self
            .forge_event("avi:forge:installed:app", &json!({}))
            .await;
        assert_eq!(status, 204);
        self.forge().unwrap().connection_id
    }

    fn forge(&self) -> Option<vestibule::connections::installation::Installation> {
        self.of_key(AppKind::Forge, &self.fake.forge_installation())
    }

    async fn send(&self, token: &Token) -> u16 {
        let (url, bearers, body) = (self.events(), ForgeBearers::default(), json!({}));
        let response = self.fake.invoke(&url, token, &bearers, &body);
        response.await.status
    }
}

#[tokio::test]
async fn an_installation_makes_its_connection_and_learns_the_site_from_the_site() {
    let stage = Stage::set().await;

    let connection = stage.forge_installed().await;

    let known = stage.known(connection);
    assert_eq!(known.base_url, format!("{}/wiki", stage.fake.base_url()));
    assert_eq!(known.state.as_str(), "enabled");
    let sealed = known.secret.unwrap();
    let contains = |bytes: &[u8]| {
        bytes
            .windows(FORGE.len())
            .any(|part| part == FORGE.as_bytes())
    };
    assert!(!contains(&sealed));
    assert!(!everything_logged().contains("fake-forge-system"));
}

#[tokio::test]
async fn the_site_is_asked_with_the_token_of_the_last_call() {
    let stage = Stage::set().await;
    let connection = stage.forge_installed().await;
    let share = stage.tree(connection, "Handbook").await;
    let runbook = stage.id("Runbook");
    assert_eq!(stage.page(&share, runbook).await.status, 200);
    stage.fake.expire_forge_bearers();
    let refused = stage
        .portal
        .connections()
        .test(connection, clock::now())
        .await;
    assert!(!refused.unwrap().is_good());

    let status = stage
        .forge_event("timer", &json!({"eventType": null}))
        .await;

    assert_eq!(status, 204);
    let report = stage
        .portal
        .connections()
        .test(connection, clock::now())
        .await;
    assert!(report.unwrap().is_good());
}

#[tokio::test]
async fn a_token_that_has_ended_is_not_sent_and_the_admin_reads_since_when() {
    let stage = Stage::set().await;
    let connection = stage.forge_installed().await;
    let before = stage.fake.requests().len();
    let later = clock::now() + time::Duration::minutes(21);

    let refused = stage.portal.connections().access(connection, later).await;

    let Err(error @ LiveError::App(_)) = refused else {
        panic!("the token is still used");
    };
    let sentence = error.sentence();
    assert!(sentence.contains("ended 11 minutes ago"), "{sentence}");
    assert_eq!(stage.fake.requests().len(), before);
}

#[tokio::test]
async fn without_a_token_a_new_installation_waits_for_the_next_call() {
    let stage = Stage::set().await;
    let token = stage.fake.event_invocation("portal-events");
    assert_eq!(stage.send(&token).await, 204);
    assert!(stage.forge().is_none());

    let status = stage
        .forge_event("timer", &json!({"eventType": null}))
        .await;

    assert_eq!(status, 204);
    assert!(stage.forge().is_some());
}

#[tokio::test]
async fn a_site_that_is_away_does_not_keep_the_event_waiting() {
    let stage = Stage::set().await;
    stage
        .fake
        .fail(On::path("/wiki/api/v2/spaces"), Fault::Hang);
    let began = std::time::Instant::now();

    let status = stage
        .forge_event("avi:forge:installed:app", &json!({}))
        .await;

    assert_eq!(status, 204);
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
    assert!(stage.forge().is_none());
    stage.fake.heal();
    stage.forge_installed().await;
}

#[tokio::test]
async fn an_event_of_a_page_has_it_looked_at() {
    let stage = Stage::set().await;
    let connection = stage.forge_installed().await;
    let share = stage.tree(connection, "Handbook").await;
    let runbook = stage.id("Runbook");
    stage
        .fake
        .wiki(|wiki| wiki.edit(runbook, "<p>Turn it off and on.</p>"));

    let event = json!({"content": {"id": runbook.to_string(), "type": "page"}});
    let status = stage
        .forge_event("avi:confluence:updated:page", &event)
        .await;

    assert_eq!(status, 204);
    stage.shows(&share, runbook, "Turn it off and on.").await;
}

#[tokio::test]
async fn uninstalling_ends_the_shares_and_another_installation_is_offered_them() {
    let mut app = app_args();
    app.uninstall_grace_hours = "0".to_owned();
    let stage = Stage::set_with(Wiki::sample(), app).await;
    let old = stage.forge_installed().await;
    let share = stage.tree(old, "Handbook").await;
    stage
        .forge_event("avi:forge:uninstalled:app", &json!({}))
        .await;
    stage.share_answers(&share, 403).await;

    stage.fake.reinstall_forge();
    let new = stage.forge_installed().await;

    assert_ne!(new, old);
    let known = stage.known(old);
    assert_eq!(
        (known.state.as_str(), known.superseded_by),
        ("uninstalled", Some(new))
    );
    let admin = stage.admin().await;
    let page = admin.get(&format!("/admin/connections/{new}")).await;
    assert!(
        page.texts("#installation .notice")
            .join(" ")
            .contains("1 share is")
    );
}

#[tokio::test]
async fn calls_of_a_gone_installation_bring_it_not_back() {
    let stage = Stage::set().await;
    let connection = stage.forge_installed().await;
    stage
        .forge_event("avi:forge:uninstalled:app", &json!({}))
        .await;

    let status = stage
        .forge_event("timer", &json!({"eventType": null}))
        .await;

    assert_eq!(status, 204);
    let known = stage.known(connection);
    assert_eq!((known.state.as_str(), known.secret), ("uninstalled", None));
}

/// Both come at once, and the timer's call has looked before the app was uninstalled.
#[tokio::test]
async fn a_call_that_waits_for_the_end_of_its_installation_brings_it_not_back() {
    let stage = Stage::set().await;
    let connection = stage.forge_installed().await;
    let mut db = stage.portal.db_connect();
    db.batch_execute("begin").unwrap();
    lifecycle::lock(&mut db).unwrap();
    let timer = json!({"eventType": null});
    let call = stage.forge_event("timer", &timer);
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let now = clock::now();
        lifecycle::set_state(&mut db, connection, InstallationState::Uninstalled, now).unwrap();
        lifecycle::forget_secret(&mut db, connection).unwrap();
        db.batch_execute("commit").unwrap();
    };

    let (status, ()) = futures_util::future::join(call, end).await;

    assert_eq!(status, 204);
    let known = stage.known(connection);
    assert_eq!((known.state.as_str(), known.secret), ("uninstalled", None));
}

#[tokio::test]
async fn a_new_token_sets_a_stopped_connection_going() {
    let stage = Stage::set().await;
    let connection = stage.forge_installed().await;
    let refused = |db: &mut diesel::PgConnection| {
        let after = health::AfterFailure::Stop;
        health::record_failure(db, connection, "refused", after, clock::now()).unwrap();
    };
    stage.portal.db(refused);

    stage
        .forge_event("timer", &json!({"eventType": null}))
        .await;

    let access = stage
        .portal
        .connections()
        .access(connection, clock::now())
        .await;
    assert!(access.is_ok());
}

#[tokio::test]
async fn the_site_is_not_asked_for_its_address_by_every_call() {
    let stage = Stage::set().await;
    stage.forge_installed().await;
    let before = stage.fake.requests().len();

    stage
        .forge_event("timer", &json!({"eventType": null}))
        .await;

    assert_eq!(stage.fake.requests().len(), before);
    stage.forge_installed().await;
    assert_eq!(stage.fake.requests().len(), before + 1);
}

#[tokio::test]
async fn connect_and_forge_may_be_at_a_site_together() {
    let stage = Stage::installed().await;
    let connect = stage.connection();

    let forge = stage.forge_installed().await;

    let states = [connect, forge].map(|id| stage.known(id).state.as_str());
    assert_eq!(states, ["enabled", "enabled"]);
}

#[tokio::test]
async fn invocations_that_are_not_forges_are_refused() {
    let stage = Stage::set().await;
    let good = || stage.fake.event_invocation("portal-events");
    let now = clock::now().unix_timestamp();
    let claims = |patch: Value| good().claims(&patch);
    let hostile = [
        good().signed_by(Signer::Rsa(RsaKey::Stranger)),
        good()
            .signed_by(Signer::Nobody)
            .header(&json!({"alg": "none"})),
        good().header(&json!({"alg": "HS256"})),
        good().header(&json!({"kid": "forge/invocation-token/unknown"})),
        claims(json!({"aud": "ari:cloud:ecosystem::app/00000000-0000-0000-0000-000000000000"})),
        claims(json!({"iss": "forge/other"})),
        claims(json!({"iat": now - 200, "nbf": now - 200, "exp": now - 100})),
        claims(json!({"exp": null})),
        claims(json!({"icLabel": "ic-1"})),
    ];

    for token in hostile {
        assert_eq!(stage.send(&token).await, 401, "{token:?}");
    }

    assert!(stage.forge().is_none());
    let bare = reqwest::Client::new().post(stage.events());
    assert_eq!(bare.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn while_the_keys_of_forge_cannot_be_had_forge_is_asked_to_try_again() {
    let stage = Stage::set().await;
    stage.fake.fail(On::everything(), Fault::ServerError);

    let token = stage.fake.event_invocation("portal-events");

    assert_eq!(stage.send(&token).await, 503);
}

#[tokio::test]
async fn sites_of_other_hosts_may_not_install_the_forge_app() {
    let mut app = app_args();
    app.app_hosts = "*.atlassian.net".to_owned();
    let stage = Stage::set_with(Wiki::sample(), app).await;

    let status = stage
        .forge_event("avi:forge:installed:app", &json!({}))
        .await;

    assert_eq!(status, 403);
    assert!(stage.forge().is_none());
}
