//! The life of an installation at the running portal, told by Atlassian's libraries.

use serde_json::{Value, json};
use vestibule::clock;
use vestibule::config::AppArgs;
use vestibule::connections::installation::{AppKind, Installation};
use vestibule::connections::store::installations;

use super::requests::App;
use super::{APP_KEY, CLIENT_KEY, Captured, SECRET, signed};
use crate::support::{Portal, Setup};

/// The host of install keys, and the site, of which nobody asks anything here.
async fn portal(host: &Captured) -> Portal {
    Portal::start_with(Setup {
        atlassian_url: Some(host.origin.clone()),
        app: AppArgs {
            atlassian_app: Some(APP_KEY.to_owned()),
            app_hosts: "127.0.0.1".to_owned(),
            ..AppArgs::default()
        },
        ..Setup::default()
    })
    .await
}

fn installation(portal: &Portal) -> Option<Installation> {
    let kind = AppKind::Connect;
    portal.db(|db| installations::find_by_client_key(db, kind, CLIENT_KEY).unwrap())
}

fn state(portal: &Portal) -> Option<&'static str> {
    installation(portal).map(|installation| installation.state.as_str())
}

fn body(host: &Captured, event: &str) -> Value {
    json!({
        "key": APP_KEY, "clientKey": CLIENT_KEY, "oauthClientId": "eyJ", "sharedSecret": SECRET,
        "baseUrl": format!("{}/wiki", host.origin), "productType": "confluence",
        "description": "Atlassian Confluence", "eventType": event,
    })
}

/// Sends a call-back with these tokens, of which there should be one.
async fn send(portal: &Portal, event: &str, tokens: &[&Value], body: &Value) -> u16 {
    let mut request = reqwest::Client::new()
        .post(portal.url(&format!("/atlassian/{event}")))
        .json(body);
    for token in tokens {
        let header = format!("JWT {}", token.as_str().unwrap());
        request = request.header("Authorization", header);
    }
    request.send().await.unwrap().status().as_u16()
}

/// Tokens of Atlassian's for this portal, and the host that shows their key.
async fn atlassian() -> (Captured, Portal, Value) {
    let host = Captured::start("").await;
    let portal = portal(&host).await;
    let request = |event: &str, claims: Value| {
        let url = portal.url(&format!("/atlassian/{event}"));
        json!({"method": "POST", "url": url, "by": "key", "claims": claims})
    };
    let aud = [portal.url("")];
    let requests = json!({
        "installed": request("installed", json!({"aud": aud})),
        "uninstalled": request("uninstalled", json!({"aud": aud})),
        "other app": request("installed", json!({"aud": ["https://evil.example"]})),
    });
    let signed = signed(clock::now(), &portal.url(""), &requests);
    host.say(signed["publicKey"].as_str().unwrap());
    (host, portal, signed["tokens"].clone())
}

#[tokio::test]
async fn an_installation_lives_through_what_the_libraries_sign() {
    let (host, portal, tokens) = atlassian().await;
    let site = App::start(&json!({CLIENT_KEY: portal.url("")}));
    let told = async |event: &str| {
        let path = format!("/atlassian/{event}");
        site.ask(CLIENT_KEY, "post", &path, &body(&host, event))
            .await
    };

    assert_eq!(told("enabled").await, 401, "nothing is installed yet");
    let installed = body(&host, "installed");
    let wrong = send(&portal, "installed", &[&tokens["other app"]], &installed).await;
    assert_eq!((wrong, state(&portal)), (401, None));
    let right = send(&portal, "installed", &[&tokens["installed"]], &installed).await;
    assert_eq!((right, state(&portal)), (204, Some("enabled")));
    assert_eq!(told("disabled").await, 204);
    assert_eq!(state(&portal), Some("disabled"));
    assert_eq!(told("enabled").await, 204);
    assert_eq!(state(&portal), Some("enabled"));
    assert_eq!(told("webhooks/page_updated").await, 204);
    let uninstalled = body(&host, "uninstalled");
    let gone = send(
        &portal,
        "uninstalled",
        &[&tokens["uninstalled"]],
        &uninstalled,
    )
    .await;
    assert_eq!((gone, state(&portal)), (204, Some("uninstalled")));
}

#[tokio::test]
async fn two_tokens_are_none_even_if_both_are_right() {
    let (host, portal, tokens) = atlassian().await;
    let token = &tokens["installed"];
    let twice = send(
        &portal,
        "installed",
        &[token, token],
        &body(&host, "installed"),
    )
    .await;
    assert_eq!((twice, state(&portal)), (401, None));
}
