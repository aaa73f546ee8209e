//! What the site tells the app, and when it takes effect.

use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::stage::{KEY, TestApp};
use super::{ask, claims_of, get_as_app};
use fake_confluence::app::Descriptor;
use fake_confluence::app::callback::{Lifecycle, Place};
use fake_confluence::app::lifecycle::Ids;
use fake_confluence::app::rsa_keys::RsaKey;
use fake_confluence::app::token::Signer;
use fake_confluence::fake::FakeConfluence;

const ME: &str = "/wiki/rest/api/user/current";

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// `n` and `e` of a key in PEM, by the crate that also made it.
fn rsa(pem: &str) -> DecodingKey {
    use rsa::pkcs8::DecodePublicKey;
    use rsa::traits::PublicKeyParts;
    let key = rsa::RsaPublicKey::from_public_key_pem(pem).unwrap();
    DecodingKey::from_rsa_raw_components(&key.n().to_bytes_be(), &key.e().to_bytes_be())
}

#[tokio::test]
async fn an_app_is_told_installed_by_atlassian_and_enabled_by_the_site() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());

    let status = fake.install(app.url()).await;

    assert_eq!(status, 204);
    let [installed, enabled] = app.came().try_into().ok().unwrap();
    let installation = fake.installation().unwrap();
    assert_eq!(
        (installed.path.as_str(), enabled.path.as_str()),
        ("/in", "/on")
    );
    assert_eq!(installed.body["sharedSecret"], *installation.shared_secret);
    assert_eq!(
        installed.body["baseUrl"],
        format!("{}/wiki", fake.base_url())
    );
    assert_eq!(enabled.body.get("sharedSecret"), None);
    let kid = decode_header(&installed.token).unwrap().kid.unwrap();
    let pem = ask(&format!("{}/{kid}", fake.gateway_url()), "")
        .await
        .unwrap();
    let key = rsa(std::str::from_utf8(&pem.body).unwrap());
    let claims = claims_of(&installed.token, &key, Algorithm::RS256);
    assert_eq!(claims["iss"], *installation.client_key);
    assert_eq!(claims["aud"], json!([app.url()]));
    assert_eq!(claims["qsh"], sha256("POST&/in&"));
    let key = DecodingKey::from_secret(installation.shared_secret.as_bytes());
    let claims = claims_of(&enabled.token, &key, Algorithm::HS256);
    assert_eq!(claims["qsh"], sha256("POST&/on&"));
}

#[tokio::test]
async fn the_host_of_install_keys_knows_only_its_own() {
    let fake = FakeConfluence::cloud().start();
    let url = format!(
        "{}/00000000-0000-0000-0000-000000000000",
        fake.gateway_url()
    );

    let unknown = ask(&url, "").await.unwrap();

    assert_eq!(unknown.status, 404);
    assert_eq!(fake.install_key_requests(), 1);
}

#[tokio::test]
async fn another_install_key_has_another_id() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.know_app(Descriptor::usual(KEY, app.url()));
    let kid = || fake.callback(Lifecycle::Installed).token.header["kid"].clone();

    let before = kid();
    fake.rotate_install_key();

    assert_ne!(kid(), before);
}

#[tokio::test]
async fn an_app_that_refuses_is_not_installed() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    app.answer_with(403);

    let status = fake.install(app.url()).await;

    assert_eq!(status, 403);
    assert!(fake.installation().is_none());
    assert_eq!(app.came().len(), 1);
}

#[tokio::test]
async fn a_new_secret_counts_once_the_app_has_taken_it() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;
    let first = fake.installation().unwrap();
    app.answer_with(500);
    fake.rotate_secret().await;
    let kept = fake.installation().unwrap();
    app.answer_with(200);

    fake.rotate_secret().await;

    let second = fake.installation().unwrap();
    assert_eq!(kept.shared_secret, first.shared_secret);
    assert_ne!(second.shared_secret, first.shared_secret);
    assert_eq!(second.client_key, first.client_key);
    assert_eq!(app.last().body["sharedSecret"], *second.shared_secret);
}

#[tokio::test]
async fn a_disabled_app_gets_nothing_until_it_is_enabled() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;

    fake.disable().await;
    let disabled = get_as_app(&fake, ME).await;
    fake.enable().await;

    assert_eq!(disabled.status, 401);
    assert!(fake.refusals()[0].ends_with("the app is disabled"));
    assert_eq!(get_as_app(&fake, ME).await.status, 200);
}

#[tokio::test]
async fn uninstalling_is_told_by_atlassian_and_ends_the_installation() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;

    fake.uninstall().await;

    assert_eq!(app.last().path, "/out");
    let header = decode_header(&app.last().token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    assert!(fake.installation().is_none());
}

#[tokio::test]
async fn a_renamed_site_tells_its_new_address_and_is_gone_from_the_old() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;
    let old = fake.base_url();
    let new = old.replace("127.0.0.1", "localhost");

    fake.rename(&new).await;

    assert_eq!(app.last().body["baseUrl"], format!("{new}/wiki"));
    assert_eq!(get_as_app(&fake, ME).await.status, 200);
    assert_eq!(ask(&format!("{old}{ME}"), "").await.unwrap().status, 404);
}

#[tokio::test]
async fn an_imported_site_has_forgotten_the_app_and_comes_back_with_other_keys() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;
    let before = fake.installation().unwrap();
    let handbook = fake.wiki(|wiki| wiki.id_of("Handbook"));

    fake.import_site(Ids::Changed);

    assert_eq!(app.came().len(), 2, "an import tells the app nothing");
    assert!(fake.installation().is_none());
    fake.install(app.url()).await;
    let after = fake.installation().unwrap();
    assert_ne!(after.client_key, before.client_key);
    assert_ne!(after.oauth_client_id, before.oauth_client_id);
    let there = fake.wiki(|wiki| wiki.id_of("Handbook"));
    assert_ne!(there, handbook);
    let path = format!("/wiki/api/v2/pages/{there}/ancestors");
    assert_eq!(
        get_as_app(&fake, &path).await.json()["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_import_may_keep_the_ids() {
    let fake = FakeConfluence::cloud().start();
    let handbook = fake.wiki(|wiki| wiki.id_of("Handbook"));

    fake.import_site(Ids::Kept);

    assert_eq!(fake.wiki(|wiki| wiki.id_of("Handbook")), handbook);
}

#[tokio::test]
async fn a_call_back_can_be_spoiled_in_every_part() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.know_app(Descriptor::usual(KEY, app.url()));

    let callback = fake
        .callback(Lifecycle::Installed)
        .claims(&json!({"iss": "another", "qsh": null}))
        .header(&json!({"typ": "other"}))
        .kid("../../evil")
        .body(&json!({"baseUrl": "https://attacker.example/wiki"}))
        .to(&format!("{}/else?x=1", app.url()))
        .token_in(Place::Query);
    let status = callback.send().await;

    assert_eq!(status, 204);
    let came = app.last();
    assert!(came.path.starts_with("/else?x=1&jwt="));
    assert_eq!(came.token, "");
    assert_eq!(came.body["baseUrl"], "https://attacker.example/wiki");
    let (_, token) = came.path.split_once("jwt=").unwrap();
    let header = decode_header(token).unwrap();
    assert_eq!(header.kid.as_deref(), Some("../../evil"));
    let claims = claims_of(token, &rsa(&RsaKey::Install.pem()), Algorithm::RS256);
    assert_eq!(claims["iss"], "another");
    assert_eq!(claims.get("qsh"), None);
}

#[tokio::test]
async fn a_call_back_can_be_signed_by_anybody() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.know_app(Descriptor::usual(KEY, app.url()));
    let installed = || fake.callback(Lifecycle::Installed);

    let symmetric = installed().alg("HS256");
    let none = installed().alg("none").token.text();
    let stranger = installed().signed_by(Signer::Rsa(RsaKey::Stranger));

    assert_eq!(
        symmetric.token.header,
        json!({"typ": "JWT", "alg": "HS256"})
    );
    let secret = symmetric.body["sharedSecret"].as_str().unwrap().as_bytes();
    claims_of(
        &symmetric.token.text(),
        &DecodingKey::from_secret(secret),
        Algorithm::HS256,
    );
    assert!(none.ends_with('.'));
    claims_of(
        &stranger.token.text(),
        &rsa(&RsaKey::Stranger.pem()),
        Algorithm::RS256,
    );
    let by_nobody = installed().token_in(Place::Nowhere).response().await;
    assert_eq!((by_nobody.status, by_nobody.text.as_str()), (204, ""));
    assert_eq!(app.last().token, "");
    installed().token_in(Place::Both).send().await;
    let came = app.last();
    assert_eq!(
        came.path,
        format!("/atlassian/installed?jwt={}", came.token)
    );
}
