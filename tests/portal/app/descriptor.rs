//! The descriptor by which Confluence installs the app.

use serde_json::{Value, json};

use super::stage::{APP, Stage};
use crate::support::Portal;

async fn descriptor(stage: &Stage) -> Value {
    let answer = stage.portal.visitor().get("/atlassian-connect.json").await;
    serde_json::from_str(answer.text()).unwrap()
}

#[tokio::test]
async fn without_an_app_there_is_nothing() {
    let portal = Portal::start().await;

    let answer = portal.visitor().get("/atlassian-connect.json").await;

    assert_eq!(answer.status, 404);
    for event in ["installed", "enabled", "disabled", "uninstalled"] {
        let path = format!("/atlassian/{event}");
        assert_eq!(portal.visitor().post(&path, &[]).await.status, 404);
    }
    assert_eq!(
        portal.visitor().post("/forge/events", &[]).await.status,
        404
    );
}

#[tokio::test]
async fn it_names_the_portal_as_it_is_configured() {
    let stage = Stage::set().await;

    let answer = stage.portal.visitor().get("/atlassian-connect.json").await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    let descriptor = descriptor(&stage).await;
    assert_eq!(descriptor["key"], APP);
    assert_eq!(descriptor["baseUrl"], stage.portal.url(""));
    assert_eq!(
        descriptor["links"]["self"],
        stage.portal.url("/atlassian-connect.json")
    );
    assert_eq!(descriptor["authentication"], json!({"type": "jwt"}));
    assert_eq!(descriptor["scopes"], json!(["READ", "ACT_AS_USER"]));
    assert_eq!(
        descriptor["apiMigrations"],
        json!({"signed-install": true, "context-qsh": true, "gdpr": true})
    );
}

#[tokio::test]
async fn every_address_that_is_called_back_asks_for_a_token() {
    let stage = Stage::set().await;
    let descriptor = descriptor(&stage).await;
    let lifecycle = descriptor["lifecycle"].as_object().unwrap().values();
    let webhooks = descriptor["modules"]["webhooks"].as_array().unwrap();
    let addresses = lifecycle.chain(webhooks.iter().map(|webhook| &webhook["url"]));
    for address in addresses.map(|address| address.as_str().unwrap()) {
        let body = json!({"key": APP, "clientKey": "1", "baseUrl": "http://127.0.0.1/wiki",
            "productType": "confluence", "sharedSecret": "s"});

        let answer = reqwest::Client::new()
            .post(stage.portal.url(address))
            .json(&body);

        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{address}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn page_menu_and_byline_open_the_same_dialog() {
    let modules = descriptor(&Stage::set().await).await["modules"].clone();
    for module in ["contentBylineItems", "webItems"] {
        let item = &modules[module][0];
        assert_eq!(item["name"]["value"], "Share externally");
        assert_eq!(item["target"]["type"], "dialog");
        assert_eq!(
            item["url"],
            "/atlassian/share?pageId={content.id}&spaceKey={space.key}"
        );
    }
    assert_eq!(modules["webItems"][0]["location"], "system.content.action");
    assert_eq!(
        modules["spacePages"][0]["url"],
        "/atlassian/space?spaceKey={space.key}"
    );
    assert_eq!(modules["adminPages"][0]["url"], "/atlassian/admin");
}
