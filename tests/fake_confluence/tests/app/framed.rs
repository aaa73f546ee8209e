//! The tokens with which the app's own pages are opened.

use jsonwebtoken::{Algorithm, DecodingKey};
use sha2::{Digest, Sha256};

use super::claims_of;
use super::stage::{KEY, TestApp};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::webhook::Event;

fn key(fake: &FakeConfluence) -> DecodingKey {
    let installation = fake.installation().unwrap();
    DecodingKey::from_secret(installation.shared_secret.as_bytes())
}

#[tokio::test]
async fn a_frame_is_opened_with_a_token_for_its_own_url() {
    let fake = FakeConfluence::cloud().port(0).start();
    fake.installed_silently(KEY, "http://localhost:1");

    let url = fake.framed_url("/atlassian/share?pageId=7&spaceKey=DS", "alice");

    let (signed, token) = url.split_once("&jwt=").unwrap();
    let site = fake.base_url().replace(':', "%3A").replace('/', "%2F");
    assert_eq!(
        signed,
        format!(
            "http://localhost:1/atlassian/share?pageId=7&spaceKey=DS&xdm_e={site}&xdm_c=channel-share&cp=%2Fwiki&lic=active&cv=1001.0.0"
        )
    );
    let claims = claims_of(token, &key(&fake), Algorithm::HS256);
    assert_eq!(claims["sub"], *fake.account_id("alice"));
    assert_eq!(claims["iss"], *fake.installation().unwrap().client_key);
    let canonical = format!(
        "GET&/atlassian/share&cp=%2Fwiki&cv=1001.0.0&lic=active&pageId=7&spaceKey=DS&xdm_c=channel-share&xdm_e={site}"
    );
    assert_eq!(claims["qsh"], hex::encode(Sha256::digest(canonical)));
}

#[test]
fn a_script_of_the_app_gets_a_token_for_any_request() {
    let fake = FakeConfluence::cloud().start();
    fake.installed_silently(KEY, "http://localhost:1");

    let token = fake.context_token("bob").text();

    let claims = claims_of(&token, &key(&fake), Algorithm::HS256);
    assert_eq!(claims["qsh"], "context-qsh");
    assert_eq!(claims["sub"], *fake.account_id("bob"));
}

#[tokio::test]
async fn a_webhook_goes_to_the_url_of_the_descriptor_and_is_signed() {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;
    let page = fake.wiki(|wiki| wiki.id_of("Plans"));

    let status = fake.post_webhook(Event::PageTrashed, page).await;

    let came = app.last();
    assert_eq!((status, came.path.as_str()), (204, "/hook/page_trashed"));
    assert_eq!(came.body["page"]["id"], page);
    let claims = claims_of(&came.token, &key(&fake), Algorithm::HS256);
    let canonical = "POST&/hook/page_trashed&";
    assert_eq!(claims["qsh"], hex::encode(Sha256::digest(canonical)));
}
