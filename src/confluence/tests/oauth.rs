//! Tokens, asked of a small authorization server.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::server::{Reply, TestServer, http};
use crate::confluence::{
    Problem, Secret,
    oauth::{self, ClientCredentials},
    product::Product,
};

fn url(server: &TestServer) -> Url {
    oauth::cloud_token_url(&Url::parse(&server.origin).unwrap())
}

#[tokio::test]
async fn a_service_account_gets_a_token_for_its_credentials() {
    let server = TestServer::start(|_asked| {
        Reply::json(
            &json!({"access_token": "at", "expires_in": 1800, "scope": "read:page:confluence"}),
        )
    })
    .await;
    let secret = Secret::new("s&t");
    let client = ClientCredentials {
        id: "me",
        secret: &secret,
    };
    let (http, url) = (http(), url(&server));
    let token = oauth::client_credentials(&http, Product::DataCenter, &url, client);
    let token = token.await.unwrap();
    assert_eq!(token.secret.reveal(), "at");
    assert_eq!(token.expires_in, Duration::from_secs(1800));
    let asked = &server.asked()[0];
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("POST", "/oauth/token")
    );
    assert_eq!(
        asked.body,
        "grant_type=client_credentials&client_id=me&client_secret=s%26t"
    );
}

#[tokio::test]
async fn a_refresh_brings_the_next_refresh_token() {
    let server = TestServer::start(|_asked| {
        Reply::json(&json!({"access_token": "at", "expires_in": 3600, "refresh_token": "rt2"}))
    })
    .await;
    let (secret, old) = (Secret::new("s"), Secret::new("rt1"));
    let client = ClientCredentials {
        id: "me",
        secret: &secret,
    };
    let tokens = oauth::refresh(&http(), &url(&server), client, &old)
        .await
        .unwrap();
    assert_eq!(tokens.refresh.unwrap().reveal(), "rt2");
    assert!(server.asked()[0].body.contains("\"refresh_token\":\"rt1\""));
}

#[tokio::test]
async fn a_withdrawn_grant_needs_consent_and_a_failing_server_does_not() {
    let (secret, old) = (Secret::new("s"), Secret::new("rt1"));
    let client = ClientCredentials {
        id: "me",
        secret: &secret,
    };
    let server = TestServer::start(|_asked| {
        let body = json!({"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."});
        Reply::new(403, &[], &body.to_string())
    })
    .await;
    let error = oauth::refresh(&http(), &url(&server), client, &old)
        .await
        .unwrap_err();
    assert_eq!(error.problem, Problem::GrantInvalid);
    assert!(!error.is_transient());
    let server = TestServer::start(|_asked| Reply::new(502, &[], "<html>")).await;
    let error = oauth::refresh(&http(), &url(&server), client, &old)
        .await
        .unwrap_err();
    assert!(error.is_transient());
}

#[tokio::test]
async fn the_cloud_id_is_asked_without_credentials() {
    let server = TestServer::start(|_asked| Reply::json(&json!({"cloudId": "11-22"}))).await;
    let site = server.site(Product::Cloud);
    assert_eq!(oauth::cloud_id(&http(), &site).await.unwrap(), "11-22");
    let asked = &server.asked()[0];
    assert_eq!(asked.target, "/_edge/tenant_info");
    assert!(!asked.headers.contains("authorization"));
}
