//! Tokens in the name of a person: the library asks an authorization server, and so do we.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;
use vestibule::clock;
use vestibule::confluence::Secret;
use vestibule::confluence::connect::impersonation::{self, Grant, fetch_token};

use super::{Captured, SECRET, answer_of, http};

const CLIENT_ID: &str = "eyJob3N0S2V5IjoiZXhhbXBsZSJ9";
const PERSON: &str = "5b10ac8d82e05b22cc7d4ef5";
const SITE: &str = "https://acme.atlassian.net/wiki";

#[tokio::test]
async fn we_ask_for_a_persons_token_as_the_library_does() {
    let answer = json!({"access_token": "at", "expires_in": 900, "token_type": "Bearer"});
    let server = Captured::start(&answer.to_string()).await;
    let options = json!({
        "hostBaseUrl": SITE, "oauthClientId": CLIENT_ID, "sharedSecret": SECRET, "userAccountId": PERSON,
        "scopes": [impersonation::SCOPE], "authorizationServerBaseUrl": server.origin,
    });
    let asking = tokio::task::spawn_blocking(move || answer_of("atlassian_grant.cjs", &options));
    assert_eq!(asking.await.unwrap(), answer);
    let grant = Grant {
        oauth_client_id: CLIENT_ID,
        person: PERSON,
        base_url: SITE,
        secret: &Secret::new(SECRET),
    };
    let url = Url::parse(&server.origin).unwrap();
    let token = fetch_token(&http(), &url, &grant, clock::now())
        .await
        .unwrap();
    assert_eq!(token.secret.reveal(), "at");
    let [theirs, ours] = server.requests().try_into().unwrap();
    assert_eq!(asked(&ours), asked(&theirs));
}

/// Method and target, the form, and the assertion in it: header and claims, without what changes with the clock.
fn asked(request: &str) -> (String, BTreeMap<String, String>, Value, Value) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let line = head.lines().next().unwrap().to_owned();
    let form = url::form_urlencoded::parse(body.as_bytes()).into_owned();
    let mut form: BTreeMap<String, String> = form.collect();
    let assertion = form.remove("assertion").unwrap();
    let mut parts = assertion
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut part = || -> Value { serde_json::from_slice(&parts.next().unwrap()).unwrap() };
    let (header, mut claims) = (part(), part());
    let seconds = |claims: &Value, name: &str| claims[name].as_i64().unwrap();
    assert_eq!(seconds(&claims, "exp") - seconds(&claims, "iat"), 60);
    for name in ["exp", "iat"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    (line, form, header, claims)
}
