//! The app by Forge: what it is called with, and what the bearers are good for.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use serde_json::json;

use super::super::Got;
use super::stage::TestApp;
use super::{ask, claims_of};
use fake_confluence::app::forge::{FORGE_APP, ForgeBearers};
use fake_confluence::credentials::CLOUD_ID;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::people::Standing;

pub(super) async fn get(fake: &FakeConfluence, path: &str, bearer: &str) -> Got {
    let url = format!("{}/ex/confluence/{CLOUD_ID}{path}", fake.gateway_url());
    ask(&url, &format!("Bearer {bearer}")).await.unwrap()
}

#[tokio::test]
async fn an_invocation_is_signed_with_a_key_of_the_set() {
    let fake = FakeConfluence::cloud().start();
    let extension =
        json!({"type": "confluence:contentBylineItem", "space": {"id": "1", "key": "DS"}});

    let token = fake.page_invocation("share", "alice", &extension).text();

    let keys = ask(&fake.forge_keys_url(), "").await.unwrap();
    let keys: JwkSet = serde_json::from_slice(&keys.body).unwrap();
    let kid = decode_header(&token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let claims = claims_of(&token, &key, Algorithm::RS256);
    assert_eq!(claims["aud"], FORGE_APP);
    assert_eq!(claims["principal"], *fake.account_id("alice"));
    assert_eq!(claims["context"]["extension"], extension);
    assert_eq!(claims["app"]["installationId"], *fake.forge_installation());
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        25
    );
}

#[tokio::test]
async fn an_event_comes_from_nobody_with_a_bearer_of_the_app() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    let url = format!("{}/forge/events", app.url());

    let answer = fake
        .forge_event(
            &url,
            "avi:forge:installed:app",
            &json!({"installerAccountId": "x"}),
        )
        .await;

    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let came = app.last();
    assert_eq!(came.body["eventType"], "avi:forge:installed:app");
    let header = |name: &str| {
        let found = came.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    let bearer = header("x-forge-oauth-system").unwrap();
    assert_eq!(header("x-forge-oauth-user"), None);
    let me = get(&fake, "/wiki/rest/api/user/current", &bearer).await;
    assert_eq!(me.json()["accountType"], "app");
}

#[tokio::test]
async fn events_of_pages_and_schedules_have_bodies_of_their_own() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    let plans = fake.wiki(|wiki| wiki.id_of("Plans"));

    let content = fake.forge_content(plans);
    let event = fake.forge_event(app.url(), "avi:confluence:trashed:page", &content);
    event.await;
    let trashed = app.last().body;
    fake.forge_schedule(app.url()).await;
    let scheduled = app.last().body;

    assert_eq!(trashed["content"]["id"], plans.to_string());
    assert_eq!(trashed["content"]["space"]["key"], "DS");
    assert_eq!(trashed.get("id"), None);
    assert_eq!(scheduled["context"]["cloudId"], CLOUD_ID);
}

#[tokio::test]
async fn a_bearer_of_a_person_has_his_rights_and_ends_with_him() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    let bearer = fake.forge_user_bearer("bob");
    let bearers = ForgeBearers {
        user: Some(bearer.clone()),
        system: None,
    };
    let minutes = fake.wiki(|wiki| wiki.id_of("Board Minutes"));

    let token = fake.page_invocation("share", "bob", &json!({}));
    fake.invoke(app.url(), &token, &bearers, &json!({})).await;

    let pair = ("x-forge-oauth-user".to_owned(), bearer.clone());
    assert!(app.last().headers.contains(&pair));
    let me = get(&fake, "/wiki/rest/api/user/current", &bearer).await;
    assert_eq!(me.json()["displayName"], "Bob Example");
    let page = format!("/wiki/api/v2/pages/{minutes}");
    assert_eq!(get(&fake, &page, &bearer).await.status, 404);
    fake.wiki(|wiki| wiki.set_standing("bob", Standing::Deactivated));
    assert_eq!(get(&fake, &page, &bearer).await.status, 401);
}

#[tokio::test]
async fn bearers_end_by_force_and_with_the_installation() {
    let fake = FakeConfluence::cloud().start();
    let me = "/wiki/rest/api/user/current";
    let first = fake.forge_system_bearer();
    fake.expire_forge_bearers();
    let second = fake.forge_system_bearer();
    let before = fake.forge_installation();

    assert_eq!(get(&fake, me, &first).await.status, 401);
    assert_eq!(get(&fake, me, &second).await.status, 200);
    fake.reinstall_forge();
    assert_eq!(get(&fake, me, &second).await.status, 401);
    assert_ne!(fake.forge_installation(), before);
}
