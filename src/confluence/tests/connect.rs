//! Call-backs, keys and tokens in the name of people, against a small host of Atlassian's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use super::keys::{changed, pair, rs256, sign_with_secret, unsigned};
use super::server::{Reply, TestServer, http};
use crate::confluence::Secret;
use crate::confluence::connect::callback::{
    Callback, CallbackError, Event, Expected, ReceivedCallback, verify_signed_by_atlassian,
    verify_signed_by_site,
};
use crate::confluence::connect::impersonation::{Grant, ImpersonationError, fetch_token};
use crate::confluence::connect::install_keys::{InstallKeys, NoKey};
use crate::confluence::connect::qsh;
use crate::confluence::error::Problem;

const PAYLOADS: &str = include_str!("../../../tests/fixtures/connect/lifecycle-payloads.json");

const KEY_ID: &str = "f50f8562-f146-4b98-9bbb-7ce9545603b6";
const CLIENT: &str = "192.0.2.1";
const ISSUED: i64 = 1_790_000_000;
const SITE_SECRET: &str = "a-secret-key-not-to-be-lost";

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(ISSUED).unwrap()
}

/// Knows one key.
async fn key_host() -> TestServer {
    TestServer::start(|asked| match asked.target == format!("/{KEY_ID}") {
        true => Reply::new(200, &[("Content-Type", "text/plain")], &pair().public_pem()),
        false => Reply::new(404, &[], "no such key"),
    })
    .await
}

fn keys_of(server: &TestServer) -> InstallKeys {
    InstallKeys::new(Url::parse(&server.origin).unwrap())
}

fn payload(event: Event) -> Value {
    let payloads: Value = serde_json::from_str(PAYLOADS).unwrap();
    payloads[event.as_str()]["body"].clone()
}

fn target(event: Event) -> String {
    format!("/atlassian/{}", event.as_str())
}

fn claims(event: Event) -> Value {
    json!({
        "iss": "11111111-2222-3333-4444-555555555555",
        "sub": "5b10ac8d82e05b22cc7d4ef5",
        "aud": ["https://app.example.com/"],
        "qsh": qsh::hash("POST", &target(event), ""),
        "iat": ISSUED,
        "exp": ISSUED + 180,
    })
}

/// A call-back with its parts, each of which a test may change.
struct Call {
    event: Event,
    token: Option<String>,
    body: Value,
    target: String,
}

impl Call {
    fn by_atlassian(event: Event, claims_change: &Value) -> Self {
        let claims = changed(&claims(event), claims_change);
        Self::with_token(event, pair().sign(&rs256(KEY_ID), &claims))
    }

    fn by_site(event: Event, claims_change: &Value) -> Self {
        let claims = changed(&claims(event), &json!({"aud": null}));
        let claims = changed(&claims, claims_change);
        let header = json!({"typ": "JWT", "alg": "HS256"});
        Self::with_token(event, sign_with_secret(&header, &claims, SITE_SECRET))
    }

    fn with_token(event: Event, token: String) -> Self {
        Self {
            event,
            token: Some(token),
            body: payload(event),
            target: target(event),
        }
    }

    async fn checked_with(&self, keys: &InstallKeys) -> Result<Callback, CallbackError> {
        let body = self.body.to_string();
        let received = ReceivedCallback {
            event: self.event,
            token: self.token.as_deref(),
            body: body.as_bytes(),
            method: "POST",
            target: &self.target,
            client: CLIENT,
        };
        let audiences = [
            "https://portal.example".to_owned(),
            "https://app.example.com".to_owned(),
        ];
        let expected = Expected {
            app_key: "com.example.share",
            audiences: &audiences,
            allows_host: &|host| host.ends_with(".atlassian.net"),
        };
        match self.event {
            Event::Installed | Event::Uninstalled => {
                verify_signed_by_atlassian(&http(), keys, &received, &expected, now()).await
            }
            Event::Enabled | Event::Disabled => {
                verify_signed_by_site(&received, &expected, &Secret::new(SITE_SECRET), now())
            }
        }
    }

    #[track_caller]
    fn refused(&self) -> impl Future<Output = String> {
        let place = std::panic::Location::caller();
        async move {
            let server = key_host().await;
            let result = self.checked_with(&keys_of(&server)).await;
            result.map(|_callback| place).unwrap_err().to_string()
        }
    }
}

#[tokio::test]
async fn call_backs_that_are_right_are_taken() {
    let server = key_host().await;
    let keys = keys_of(&server);
    for event in [Event::Installed, Event::Uninstalled] {
        let call = Call::by_atlassian(event, &json!({}));
        let callback = call.checked_with(&keys).await.unwrap();
        assert_eq!(
            callback.base_url.as_str(),
            "https://acme.atlassian.net/wiki"
        );
        assert_eq!(callback.shared_secret.is_some(), event == Event::Installed);
    }
    for event in [Event::Enabled, Event::Disabled] {
        let call = Call::by_site(event, &json!({}));
        assert!(call.checked_with(&keys).await.is_ok());
    }
    // One key served both.
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn what_atlassians_documents_want_refused_is_refused() {
    let payloads: Value = serde_json::from_str(PAYLOADS).unwrap();
    let cases = payloads["must_reject"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let patch = |name: &str| match case[name].is_object() {
            true => case[name].clone(),
            false => json!({}),
        };
        let claims = changed(&claims(Event::Installed), &patch("claims_patch"));
        let key_id = case["kid"].as_str().unwrap_or(KEY_ID);
        let token = match case["alg"].as_str() {
            Some("none") => unsigned(&json!({"alg": "none"}), &claims) + ".",
            Some(alg) => sign_with_secret(&json!({"alg": alg}), &claims, SITE_SECRET),
            None => pair().sign(&rs256(key_id), &claims),
        };
        let mut call = Call::with_token(Event::Installed, token);
        call.body = changed(&call.body, &patch("body_patch"));
        let server = key_host().await;
        let result = call.checked_with(&keys_of(&server)).await;
        assert!(result.is_err(), "{}", case["why"]);
        let asked = server.asked();
        assert!(asked.iter().all(|asked| !asked.target.contains("evil")));
    }
}

#[tokio::test]
async fn each_refusal_says_what_is_wrong() {
    let installed = |change: Value| Call::by_atlassian(Event::Installed, &change);
    let request = installed(json!({"qsh": "context-qsh"})).refused().await;
    assert_eq!(request, "the token is for another request");
    let missing = installed(json!({"qsh": null})).refused().await;
    assert_eq!(missing, "a claim is missing or of the wrong kind");
    let site = installed(json!({"iss": "other"})).refused().await;
    assert_eq!(site, "the token is for another site");
    for aud in [json!(null), json!([]), json!("https://app.example.com/ac")] {
        let app = installed(json!({"aud": aud})).refused().await;
        assert_eq!(app, "the token is for another app");
    }
    let late = installed(json!({"exp": ISSUED - 31, "iat": ISSUED - 99}))
        .refused()
        .await;
    assert_eq!(late, "the token has expired");
    let mut call = installed(json!({}));
    call.body["baseUrl"] = json!("https://atlassian.net.attacker.example/wiki");
    let host = call.refused().await;
    assert_eq!(
        host,
        "sites of atlassian.net.attacker.example may not install the app"
    );
    call.body = changed(
        &payload(Event::Installed),
        &json!({"key": "com.example.other"}),
    );
    assert_eq!(call.refused().await, "the token is for another app");
    call.body = changed(&payload(Event::Installed), &json!({"sharedSecret": ""}));
    assert!(call.refused().await.contains("sharedSecret is missing"));
    let mut call = installed(json!({}));
    call.target += "?x=1";
    assert_eq!(call.refused().await, "the token is for another request");
    call.token = None;
    assert_eq!(call.refused().await, "there is no token, or more than one");
}

#[tokio::test]
async fn the_sites_own_call_backs_are_held_against_its_secret() {
    let enabled = |change: Value| Call::by_site(Event::Enabled, &change);
    let context = enabled(json!({"qsh": "context-qsh"})).refused().await;
    assert_eq!(context, "the token is for another request");
    let other = enabled(json!({"aud": ["https://evil.example/ac"]}))
        .refused()
        .await;
    assert_eq!(other, "the token is for another app");
    let mut call = enabled(json!({}));
    call.body["clientKey"] = json!("99999999-8888-7777-6666-555555555555");
    assert_eq!(call.refused().await, "the token is for another site");
    let by_atlassian = Call::by_atlassian(Event::Enabled, &json!({}));
    assert_eq!(
        by_atlassian.refused().await,
        "the token names another algorithm"
    );
    let header = json!({"alg": "HS256"});
    let forged = sign_with_secret(&header, &claims(Event::Enabled), "guessed");
    let forged = Call::with_token(Event::Enabled, forged);
    assert_eq!(forged.refused().await, "the signature is wrong");
    // What an installation needs is not taken with a secret, and not of the wrong kind of event.
    let mut wrong = enabled(json!({}));
    wrong.event = Event::Installed;
    assert!(wrong.refused().await.contains("eventType"));
}

#[tokio::test]
async fn a_key_id_that_nobody_knows_is_asked_for_once() {
    let server = key_host().await;
    let (http, keys) = (http(), keys_of(&server));
    for _ in 0..3 {
        let unknown = keys
            .find(&http, "00000000-0000-0000-0000-000000000000", CLIENT)
            .await;
        assert!(matches!(unknown, Err(NoKey::Unknown)));
    }
    let traversal = keys.find(&http, "../../evil", CLIENT).await;
    assert!(matches!(traversal, Err(NoKey::BadId)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn made_up_key_ids_cannot_make_us_ask_without_end() {
    let server = key_host().await;
    let (http, keys) = (http(), keys_of(&server));
    keys.find(&http, KEY_ID, CLIENT).await.unwrap();
    for number in 0..30 {
        let id = format!("made-up-{number}");
        assert!(keys.find(&http, &id, CLIENT).await.is_err());
    }
    assert_eq!(server.asked().len(), 20);
    // What is kept goes on counting, also when it is no longer fresh.
    assert!(keys.find(&http, KEY_ID, CLIENT).await.is_ok());
    keys.age();
    assert!(keys.find(&http, KEY_ID, CLIENT).await.is_ok());
}

#[tokio::test]
async fn what_a_stranger_spends_is_his_own_until_all_is_spent() {
    let server = key_host().await;
    let (http, keys) = (http(), keys_of(&server));
    for number in 0..30 {
        let id = format!("made-up-{number}");
        assert!(keys.find(&http, &id, "198.51.100.7").await.is_err());
    }
    assert!(keys.find(&http, KEY_ID, CLIENT).await.is_ok());
    for number in 30..700 {
        let (id, stranger) = (format!("made-up-{number}"), format!("{}", number / 10));
        assert!(keys.find(&http, &id, &stranger).await.is_err());
    }
    assert_eq!(server.asked().len(), 600);
}

#[tokio::test]
async fn no_key_is_fetched_for_what_is_wrong_anyway() {
    let server = key_host().await;
    let keys = keys_of(&server);
    for wrong in [
        json!({"iss": "other"}),
        json!({"aud": ["https://evil.example"]}),
        json!({"qsh": "00"}),
        json!({"iat": ISSUED - 99, "exp": ISSUED - 31}),
    ] {
        let call = Call::by_atlassian(Event::Installed, &wrong);
        assert!(call.checked_with(&keys).await.is_err(), "{wrong}");
        assert!(server.asked().is_empty(), "{wrong}");
    }
}

#[tokio::test]
async fn a_kept_key_outlasts_a_host_that_fails_and_not_its_withdrawal() {
    let status = Arc::new(AtomicU16::new(200));
    let told = status.clone();
    let server = TestServer::start(move |_asked| {
        let status = told.load(Ordering::Relaxed);
        Reply::new(status, &[], &pair().public_pem())
    })
    .await;
    let (http, keys) = (http(), keys_of(&server));
    for (status_now, counts) in [(200, true), (503, true), (404, false), (503, false)] {
        status.store(status_now, Ordering::Relaxed);
        keys.age();
        let found = keys.find(&http, KEY_ID, CLIENT).await;
        assert_eq!(found.is_ok(), counts, "{status_now}");
    }
}

#[tokio::test]
async fn a_failing_key_host_is_asked_again_and_its_answer_is_bounded() {
    let status = Arc::new(AtomicU16::new(503));
    let told = status.clone();
    let server = TestServer::start(move |_asked| match told.load(Ordering::Relaxed) {
        200 => Reply::new(200, &[], &pair().public_pem()),
        302 => Reply::new(302, &[("Location", "https://evil.example/key")], ""),
        1 => Reply::new(
            200,
            &[],
            &format!("{}{}", pair().public_pem(), " ".repeat(20_000)),
        ),
        2 => Reply::new(200, &[], "<html>"),
        status => Reply::new(status, &[], ""),
    })
    .await;
    let (http, keys) = (http(), keys_of(&server));
    for wrong in [503, 500, 302, 1, 2] {
        status.store(wrong, Ordering::Relaxed);
        let error = keys.find(&http, KEY_ID, CLIENT).await.unwrap_err();
        assert!(matches!(error, NoKey::Fetch(_)), "{wrong}: {error}");
    }
    status.store(200, Ordering::Relaxed);
    assert!(keys.find(&http, KEY_ID, CLIENT).await.is_ok());
}

async fn token_of(status: u16, body: Value) -> Result<(Secret, Duration), ImpersonationError> {
    let server = TestServer::start(move |_asked| Reply::new(status, &[], &body.to_string())).await;
    let grant = Grant {
        oauth_client_id: "eyJob3N0S2V5IjoiZXhhbXBsZSJ9",
        person: "5b10ac8d82e05b22cc7d4ef5",
        base_url: "https://acme.atlassian.net/wiki",
        secret: &Secret::new(SITE_SECRET),
    };
    let url = Url::parse(&server.origin).unwrap();
    let token = fetch_token(&http(), &url, &grant, now()).await;
    let asked = &server.asked()[0];
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("POST", "/oauth2/token")
    );
    let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ";
    assert!(asked.body.starts_with(form) && asked.body.ends_with("&scope=READ"));
    token.map(|token| (token.secret, token.expires_in))
}

#[tokio::test]
async fn a_person_s_token_is_asked_for_and_read() {
    let body = json!({"access_token": "at", "expires_in": "900", "token_type": "Bearer"});
    let (secret, life) = token_of(200, body).await.unwrap();
    assert_eq!((secret.reveal(), life), ("at", Duration::from_secs(900)));
}

#[tokio::test]
async fn a_stale_client_is_told_from_a_failing_server() {
    let stale = token_of(400, json!({})).await.unwrap_err();
    assert!(matches!(stale, ImpersonationError::StaleClient));
    let body = json!({"error": "server_error", "error_description": SITE_SECRET});
    let failed = token_of(500, body).await.unwrap_err();
    let ImpersonationError::Failed(error) = &failed else {
        panic!("{failed}");
    };
    assert!(matches!(error.problem, Problem::Server { status: 500, .. }));
    assert!(error.is_transient() && !failed.to_string().contains(SITE_SECRET));
}
