//! Call-backs that are not what they seem: each is refused with a status and a sentence, and leaves nothing behind.

use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::stage::{APP, Stage, app_args};
use crate::support::everything_logged;
use fake_confluence::app::Descriptor;
use fake_confluence::app::callback::{Callback, Lifecycle, Place};
use fake_confluence::app::rsa_keys::RsaKey;
use fake_confluence::app::token::Signer;
use fake_confluence::fault::{Fault, On};
use fake_confluence::wiki::Wiki;

impl Stage {
    /// Right in every way, until a test spoils it.
    fn callback(&self, event: Lifecycle) -> Callback {
        let descriptor = Descriptor::usual(APP, &self.portal.url(""));
        self.fake.know_app(descriptor);
        self.fake.callback(event)
    }
}

#[track_caller]
fn check_problem(text: &str, words: &str) {
    let problem: Value = serde_json::from_str(text).unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(words), "{detail}");
}

async fn check(spoil: impl FnOnce(Callback) -> Callback, status: u16, words: &str) {
    let stage = Stage::set().await;
    let callback = spoil(stage.callback(Lifecycle::Installed));

    let response = callback.response().await;

    assert_eq!(response.status, status, "{}", response.text);
    check_problem(&response.text, words);
    assert!(stage.installations().is_empty());
}

#[tokio::test]
async fn tokens_of_others_are_refused() {
    let other = json!({"iss": "99999999-8888-7777-6666-555555555555"});
    check(|callback| callback.claims(&other), 401, "another site").await;
    let evil = json!({"aud": ["https://evil.example/ac"]});
    check(|callback| callback.claims(&evil), 401, "another app").await;
    let none = json!({"aud": null});
    check(|callback| callback.claims(&none), 401, "another app").await;
    check(|callback| callback.alg("HS256"), 401, "algorithm").await;
    check(|callback| callback.alg("none"), 401, "algorithm").await;
    let stranger = || Signer::Rsa(RsaKey::Stranger);
    check(|callback| callback.signed_by(stranger()), 401, "signature").await;
}

#[tokio::test]
async fn tokens_for_other_requests_are_refused() {
    for qsh in [json!("00"), json!("context-qsh"), Value::Null] {
        let patch = json!({ "qsh": qsh });
        check(|callback| callback.claims(&patch), 401, "token").await;
    }
    let elsewhere = |callback: Callback| {
        let url = format!("{}?x=1", callback.url);
        callback.to(&url)
    };
    check(elsewhere, 401, "another request").await;
}

#[tokio::test]
async fn tokens_out_of_their_time_are_refused() {
    let now = vestibule::clock::now().unix_timestamp();
    let old = json!({"iat": now - 1000, "exp": now - 100});
    check(|callback| callback.claims(&old), 401, "expired").await;
    let early = json!({"iat": now + 1000, "exp": now + 1180});
    check(|callback| callback.claims(&early), 401, "not valid yet").await;
    let endless = json!({"exp": now + 100_000_000});
    check(|callback| callback.claims(&endless), 401, "token").await;
    check(
        |callback| callback.claims(&json!({"exp": null})),
        401,
        "token",
    )
    .await;
}

#[tokio::test]
async fn a_call_back_has_exactly_one_token() {
    check(|callback| callback.token_in(Place::Nowhere), 401, "once").await;
    check(|callback| callback.token_in(Place::Both), 401, "once").await;
}

#[tokio::test]
async fn a_key_id_leads_nowhere_but_to_the_keys() {
    for kid in ["../../evil", "https://evil.example/key", "a/b", ""] {
        let stage = Stage::set().await;
        let callback = stage.callback(Lifecycle::Installed).kid(kid);

        assert_eq!(callback.send().await, 401, "{kid}");

        assert_eq!(stage.fake.install_key_requests(), 0, "{kid}");
    }
    let unknown = "00000000-0000-0000-0000-000000000000";
    check(|callback| callback.kid(unknown), 401, "no key").await;
}

#[tokio::test]
async fn bodies_that_are_no_call_backs_are_refused() {
    for (patch, words) in [
        (json!({"clientKey": null}), "clientKey"),
        (json!({"baseUrl": "ftp://127.0.0.1/wiki"}), "baseUrl"),
        (json!({"sharedSecret": null}), "sharedSecret"),
        (json!({"sharedSecret": ""}), "sharedSecret"),
        (json!({"productType": "jira"}), "productType"),
        (json!({"eventType": "uninstalled"}), "eventType"),
    ] {
        check(|callback| callback.body(&patch), 400, words).await;
    }
    let key = json!({"key": "com.example.other"});
    check(|callback| callback.body(&key), 401, "another app").await;
}

#[tokio::test]
async fn sites_of_other_hosts_may_not_install_the_app() {
    let attacker = json!({"baseUrl": "https://attacker.example/wiki"});
    check(|callback| callback.body(&attacker), 403, "attacker.example").await;
    let like = json!({"baseUrl": "https://127.0.0.1.attacker.example/wiki"});
    check(|callback| callback.body(&like), 403, "VESTIBULE_APP_HOSTS").await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let stage = Stage::set().await;
    let long = json!({"description": "x".repeat(70_000)});

    let status = stage
        .callback(Lifecycle::Installed)
        .body(&long)
        .send()
        .await;

    assert_eq!(status, 413);
}

#[tokio::test]
async fn unknown_fields_and_the_smallest_body_are_fine() {
    let stage = Stage::set().await;
    let patch = json!({"somethingNew": {"a": [1]}, "oauthClientId": null, "displayUrl": null,
        "publicKey": null, "entitlementId": null, "serverVersion": "6452"});

    let status = stage
        .callback(Lifecycle::Installed)
        .body(&patch)
        .send()
        .await;

    assert_eq!(status, 204);
    assert_eq!(stage.installations().len(), 1);
}

#[tokio::test]
async fn while_the_keys_cannot_be_had_nothing_is_installed() {
    for fault in [
        Fault::ServerError,
        Fault::RedirectToStranger,
        Fault::EndlessBody,
    ] {
        let stage = Stage::set().await;
        let callback = stage.callback(Lifecycle::Installed);
        stage.fake.fail(On::everything(), fault);

        let response = callback.response().await;
        stage.fake.heal();

        assert_eq!(response.status, 503, "{}", response.text);
        check_problem(&response.text, "could not be fetched");
        assert_eq!(callback.send().await, 204);
    }
}

#[tokio::test]
async fn a_call_back_may_name_another_public_address() {
    let mut app = app_args();
    app.app_urls = "https://share.example.com".to_owned();
    let stage = Stage::set_with(Wiki::sample(), app).await;
    let callback = stage.callback(Lifecycle::Installed);

    let other = callback
        .clone()
        .claims(&json!({"aud": ["https://share.example.com/"]}));

    assert_eq!(other.send().await, 204);
}

#[tokio::test]
async fn only_the_installations_own_secret_enables_and_disables() {
    let stage = Stage::installed().await;
    let disabled = || stage.fake.callback(Lifecycle::Disabled);
    let secret = |text: &str| Signer::Secret(text.to_owned());

    let by_guess = disabled().signed_by(secret("a guess")).response().await;
    let by_atlassian = disabled().alg("RS256").response().await;
    let of_nobody = disabled()
        .body(&json!({"clientKey": "unknown"}))
        .response()
        .await;

    assert_eq!(
        (by_guess.status, by_atlassian.status, of_nobody.status),
        (401, 401, 401)
    );
    check_problem(&of_nobody.text, "No installation is known");
    let state = stage.known(stage.connection()).state;
    assert_eq!(state.as_str(), "enabled");
}

/// Whoever sees a token in time, as in the log of a proxy, could put a secret of his own beside it.
#[tokio::test]
async fn a_token_that_was_used_is_refused_with_another_body() {
    let stage = Stage::set().await;
    let callback = stage.callback(Lifecycle::Installed);
    assert_eq!(callback.send().await, 204);
    let sealed = stage.installations()[0].secret.clone();
    let earlier = "update used_ticket set expires_at = expires_at - interval '6 seconds'";
    stage.portal.db(|db| db.batch_execute(earlier)).unwrap();

    let stolen = callback
        .clone()
        .body(&json!({"sharedSecret": "of the thief"}));
    let refused = stolen.response().await;

    assert_eq!(refused.status, 401);
    check_problem(&refused.text, "used before");
    assert_eq!(callback.send().await, 204, "the same once more is fine");
    assert_eq!(stage.installations()[0].secret, sealed);
}

#[tokio::test]
async fn a_refusal_is_one_line_in_the_log_without_the_token() {
    let stage = Stage::set().await;
    let key = "7f3a9c52-0000-4000-8000-refused00001";
    let callback = stage
        .callback(Lifecycle::Installed)
        .body(&json!({ "clientKey": key }));

    callback.send().await;

    let log = everything_logged();
    let lines: Vec<_> = log.lines().filter(|line| line.contains(key)).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("another site"), "{}", lines[0]);
    let signature = callback.token.text();
    let signature = signature.rsplit('.').next().unwrap();
    assert!(!log.contains(signature));
    assert!(!log.contains(callback.body["sharedSecret"].as_str().unwrap()));
}
