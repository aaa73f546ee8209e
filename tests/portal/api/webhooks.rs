//! What a site may send, and who is no site. What is looked at afterwards is tested with a site that answers.

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sha2::Sha256;

use super::caller::portal_and_writer;
use super::live_connections::data_center;

const UPDATED: &str = r#"{"event": "page_updated", "page": {"id": 5}}"#;

fn sign(connection: &Value, body: &str) -> String {
    let secret = connection["webhook"]["signingSecret"].as_str().unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(body).finalize().into_bytes();
    format!("sha256={}", hex::encode(signature))
}

async fn send(address: &str, signature: Option<String>, body: &str) -> Response {
    let mut request = Client::new().post(address).body(body.to_owned());
    if let Some(signature) = signature {
        request = request.header("x-hub-signature", signature);
    }
    request.send().await.unwrap()
}

fn address_of(connection: &Value) -> &str {
    connection["webhook"]["url"].as_str().unwrap()
}

#[actix_web::test]
async fn a_signed_event_is_taken() {
    let (_portal, writer) = portal_and_writer().await;
    let site = writer
        .post_json("/connections", data_center("Live"))
        .await
        .json;
    for body in [UPDATED, r#"{"event": "user_created"}"#] {
        let taken = send(address_of(&site), Some(sign(&site, body)), body).await;
        assert_eq!(taken.status(), 204);
    }
}

#[actix_web::test]
async fn whoever_is_no_site_of_ours_meets_nothing() {
    let (portal, writer) = portal_and_writer().await;
    let site = writer
        .post_json("/connections", data_center("Live"))
        .await
        .json;
    let other = writer
        .post_json("/connections", data_center("Other"))
        .await
        .json;
    let address = address_of(&site);
    let secret = address.rsplit('/').next().unwrap();
    let good = || Some(sign(&site, UPDATED));
    let nowhere = [
        "/hooks/33333333-3333-4333-8333-333333333333/",
        "/hooks/x/",
        &format!("/hooks/{}/", other["id"].as_str().unwrap()),
    ];
    let mut refused = vec![
        send(address, None, UPDATED).await,
        send(address, Some(sign(&site, "{}")), UPDATED).await,
        send(address, Some(sign(&other, UPDATED)), UPDATED).await,
        send(&format!("{address}0"), good(), UPDATED).await,
    ];
    for path in nowhere {
        let address = portal.url(&format!("{path}{secret}"));
        refused.push(send(&address, good(), UPDATED).await);
    }
    for answer in refused {
        assert_eq!(answer.status(), 404);
        let mut problem: Value = answer.json().await.unwrap();
        problem["requestId"].take();
        assert_eq!(
            problem,
            json!({"type": "about:blank", "title": "Not Found", "status": 404, "requestId": null,
                   "detail": "There is nothing at this address."})
        );
    }
}

#[actix_web::test]
async fn what_is_no_event_is_refused() {
    let (_portal, writer) = portal_and_writer().await;
    let site = writer
        .post_json("/connections", data_center("Live"))
        .await
        .json;
    let broken = send(address_of(&site), Some(sign(&site, "{")), "{").await;
    assert_eq!(broken.status(), 400);
    let large = " ".repeat((64 << 10) + 1);
    let large = send(address_of(&site), Some(sign(&site, &large)), &large).await;
    assert_eq!(large.status(), 413);
}

#[actix_web::test]
async fn cloud_signs_nothing_but_a_wrong_signature_is_still_one() {
    let (_portal, writer) = portal_and_writer().await;
    let body = json!({
        "name": "Live", "kind": "cloud", "url": "https://example.atlassian.net",
        "credentials": {"type": "apiToken", "email": "ada@example.com", "token": "t"},
    });
    let site = writer.post_json("/connections", body).await.json;
    let address = address_of(&site);
    assert_eq!(send(address, None, UPDATED).await.status(), 204);
    let wrong = Some(sign(&site, "{}"));
    assert_eq!(send(address, wrong, UPDATED).await.status(), 404);
}
