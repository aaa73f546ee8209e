//! Invocation tokens, with keys from a small host of Atlassian's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use url::Url;

use super::keys::{changed, pair, sign_with_secret};
use super::server::{Reply, TestServer, http};
use crate::confluence::forge::{ForgeKeys, Invocation, InvocationError};

const SAMPLE: &str = include_str!("../../../tests/fixtures/connect/forge-invocation-token.json");
const APP: &str = "ari:cloud:ecosystem::app/d9e4002b-120b-426b-834b-402a4a5adce7";
const KEY_ID: &str = "forge/invocation-token/b64f0dcd-6ef0-4a0a-a6a5-8ae5c5a1a1b2";
const ISSUED: i64 = 1_760_174_467;

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

fn sample(part: &str) -> Value {
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    sample[part].clone()
}

fn key_set() -> Value {
    let (n, e) = pair().components();
    json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": n, "e": e}]})
}

async fn key_host() -> (TestServer, ForgeKeys) {
    let server = TestServer::start(|_asked| Reply::json(&key_set())).await;
    let url = format!("{}/.well-known/jwks.json", server.origin);
    (server, ForgeKeys::new(Url::parse(&url).unwrap()))
}

async fn verified(claims: &Value, seconds: i64) -> Result<Invocation, InvocationError> {
    let (_server, keys) = key_host().await;
    let token = pair().sign(&sample("header"), claims);
    keys.verify(&http(), &token, APP, at(seconds)).await
}

async fn check_claim(claims: &Value, named: &str) {
    match verified(claims, ISSUED).await {
        Err(InvocationError::Claim(claim)) => assert_eq!(claim, named),
        other => panic!("{named}: {other:?}"),
    }
}

#[tokio::test]
async fn a_call_from_a_page_is_read() {
    let call = verified(&sample("claims_shape"), ISSUED).await.unwrap();
    let installation = "ari:cloud:ecosystem::installation/30c1c0f9-9a3c-4b7e-8d0e-1f1e2d3c4b5a";
    assert_eq!(call.installation, installation);
    assert_eq!(call.cloud_id, "866c3a03-0000-4000-8000-000000000000");
    assert_eq!(call.module.as_deref(), Some("zenuml-sequence-macro"));
    assert_eq!(call.person.as_deref(), Some("5b10ac8d82e05b22cc7d4ef5"));
    assert_eq!(call.site_url.as_deref(), Some("https://acme.atlassian.net"));
    assert_eq!(call.extension.unwrap()["content"]["id"], "65961985");
    assert_eq!(call.token_id, "e9c0a2b4-0000-4000-8000-000000000000");
}

#[tokio::test]
async fn an_event_has_nobody_in_front_of_it() {
    for principal in [json!(null), json!("5b10ac8d82e05b22cc7d4ef5")] {
        let change = json!({"context": null, "principal": principal});
        let claims = changed(&sample("claims_shape"), &change);
        let call = verified(&claims, ISSUED).await.unwrap();
        assert_eq!(
            (call.person, call.site_url, call.extension),
            (None, None, None)
        );
    }
}

#[tokio::test]
async fn a_token_lives_for_twenty_five_seconds() {
    let claims = sample("claims_shape");
    assert!(verified(&claims, ISSUED - 5).await.is_ok());
    assert!(verified(&claims, ISSUED + 29).await.is_ok());
    let early = verified(&claims, ISSUED - 6).await;
    assert!(matches!(early, Err(InvocationError::NotYetValid)));
    let late = verified(&claims, ISSUED + 30).await;
    assert!(matches!(late, Err(InvocationError::Expired)));
}

#[tokio::test]
async fn each_claim_must_be_there_and_right() {
    let claims = sample("claims_shape");
    for (change, named) in [
        (json!({"iss": "other"}), "iss"),
        (json!({"iss": null}), "iss"),
        (json!({"aud": "ari:cloud:ecosystem::app/other"}), "aud"),
        (json!({"aud": null}), "aud"),
        (
            json!({"aud": [APP, "ari:cloud:ecosystem::app/other"]}),
            "aud",
        ),
        (json!({"iat": null}), "iat"),
        (json!({"nbf": null}), "nbf"),
        (json!({"exp": null}), "exp"),
        (json!({"exp": ISSUED + 3_600}), "exp"),
        (json!({"exp": ISSUED - 1}), "exp"),
        (json!({"jti": null}), "jti"),
        (json!({"jti": ""}), "jti"),
        (json!({"principal": 7}), "principal"),
        (json!({"icLabel": "x"}), "icLabel"),
        (json!({"context": "x"}), "context"),
        (json!({"app": null}), "app.id"),
    ] {
        check_claim(&changed(&claims, &change), named).await;
    }
}

#[tokio::test]
async fn all_places_must_name_one_site_and_one_installation() {
    let claims = sample("claims_shape");
    let other = "99999999-0000-4000-8000-000000000000";
    let base = format!("https://api.atlassian.com/ex/confluence/{other}");
    for (place, value, named) in [
        ("/app/id", json!("other"), "app.id"),
        ("/app/apiBaseUrl", json!(base), "cloudId"),
        (
            "/app/apiBaseUrl",
            json!("https://api.atlassian.com/ex/jira/x"),
            "app.apiBaseUrl",
        ),
        (
            "/app/apiBaseUrl",
            json!(format!("{base}/x")),
            "app.apiBaseUrl",
        ),
        (
            "/app/installation/contexts/0/cloudId",
            json!(other),
            "cloudId",
        ),
        (
            "/app/installation/contexts/0/apiBaseUrl",
            json!(base),
            "cloudId",
        ),
        (
            "/app/installation/contexts/0/name",
            json!("jira"),
            "app.installation.contexts",
        ),
        (
            "/app/installation/contexts",
            json!([]),
            "app.installation.contexts",
        ),
        ("/app/installation/id", json!("other"), "app.installationId"),
        ("/app/installationId", json!(null), "app.installationId"),
        ("/context/cloudId", json!(other), "cloudId"),
        (
            "/context/siteUrl",
            json!("javascript:alert(1)"),
            "context.siteUrl",
        ),
        (
            "/context/siteUrl",
            json!("https://acme.atlassian.net/x"),
            "context.siteUrl",
        ),
    ] {
        let mut claims = claims.clone();
        *claims.pointer_mut(place).unwrap() = value;
        check_claim(&claims, named).await;
    }
    let mut twice = claims.clone();
    let contexts = &mut twice["app"]["installation"]["contexts"];
    let again = contexts[0].clone();
    contexts.as_array_mut().unwrap().push(again);
    check_claim(&twice, "app.installation.contexts").await;
}

#[tokio::test]
async fn other_algorithms_and_keys_are_refused() {
    let (server, keys) = key_host().await;
    let (http, claims) = (http(), sample("claims_shape"));
    let verify = async |token: &str| {
        keys.verify(&http, token, APP, at(ISSUED))
            .await
            .unwrap_err()
    };
    let header = |alg: &str| changed(&sample("header"), &json!({"alg": alg}));
    for alg in ["HS256", "none", "RS512"] {
        let token = sign_with_secret(&header(alg), &claims, &pair().public_pem());
        assert!(matches!(verify(&token).await, InvocationError::Algorithm));
    }
    let lied = sign_with_secret(&header("RS256"), &claims, "x");
    assert!(matches!(verify(&lied).await, InvocationError::Signature));
    let unknown = pair().sign(&changed(&sample("header"), &json!({"kid": "x"})), &claims);
    assert!(matches!(
        verify(&unknown).await,
        InvocationError::UnknownKey
    ));
    let unnamed = pair().sign(&changed(&sample("header"), &json!({"kid": null})), &claims);
    assert!(matches!(
        verify(&unnamed).await,
        InvocationError::UnknownKey
    ));
    assert!(matches!(verify("").await, InvocationError::Malformed));
    // All of this asked for the keys once.
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn keys_are_asked_for_again_at_most_once_a_minute() {
    let (server, keys) = key_host().await;
    let http = http();
    let unknown = pair().sign(
        &changed(&sample("header"), &json!({"kid": "x"})),
        &json!({}),
    );
    let times = [0, 1, 59, 61, 90, 122];
    for seconds in times {
        let refused = keys
            .verify(&http, &unknown, APP, at(ISSUED + seconds))
            .await;
        assert!(matches!(refused, Err(InvocationError::UnknownKey)));
    }
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_host_that_fails_does_not_take_away_the_keys_of_the_day() {
    let works = Arc::new(AtomicBool::new(true));
    let still_works = works.clone();
    let server = TestServer::start(move |_asked| match still_works.load(Ordering::Relaxed) {
        true => Reply::json(&key_set()),
        false => Reply::new(503, &[], ""),
    })
    .await;
    let keys = ForgeKeys::new(Url::parse(&server.origin).unwrap());
    let http = http();
    let verify = async |hours: i64| {
        let now = at(ISSUED) + Duration::hours(hours);
        let seconds = now.unix_timestamp();
        let change = json!({"iat": seconds, "nbf": seconds, "exp": seconds + 25});
        let claims = changed(&sample("claims_shape"), &change);
        let token = pair().sign(&sample("header"), &claims);
        keys.verify(&http, &token, APP, now).await
    };
    assert!(verify(0).await.is_ok());
    works.store(false, Ordering::Relaxed);
    assert!(verify(2).await.is_ok());
    // The second is not told that its key is unknown only because nobody asks again so soon.
    for _ in 0..2 {
        assert!(matches!(verify(30).await, Err(InvocationError::Keys(_))));
    }
    assert_eq!(server.asked().len(), 3);
}
