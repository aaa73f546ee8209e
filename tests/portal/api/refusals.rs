//! Who is turned away, and what programs are told: tokens, methods, addresses, bodies.

use reqwest::Method;
use serde_json::json;
use time::Duration;
use vestibule::accounts::api_token::TokenScope;
use vestibule::clock;

use super::caller::{MANUAL, caller, caller_until, caller_with, path_of, portal_and_writer};
use super::document::calls;

#[actix_web::test]
async fn no_call_is_answered_without_a_token_in_force() {
    let (portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let expired = caller_until(
        &portal,
        TokenScope::Write,
        Some(clock::now() - Duration::SECOND),
    );
    let strangers = [
        expired,
        caller_with(&portal, "vst_unknown".to_owned()),
        caller_with(&portal, String::new()),
    ];
    for (method, path) in calls(&writer).await {
        let path = path.replace("{id}", share["id"].as_str().unwrap());
        for stranger in &strangers {
            let refused = stranger.request(method.clone(), &path).await;
            assert_eq!(refused.status, 401, "{method} {path}");
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
            assert_eq!(
                refused.header("content-type"),
                Some("application/problem+json")
            );
        }
    }
    assert_eq!(writer.get(&path_of(&share)).await.json, share);
}

#[actix_web::test]
async fn a_token_for_reading_changes_nothing() {
    let (portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let reader = caller(&portal, TokenScope::Read);
    let mut refused = Vec::new();
    for (method, path) in calls(&writer).await {
        let here = path.replace("{id}", share["id"].as_str().unwrap());
        let answer = reader.request(method.clone(), &here).await;
        if answer.status == 403 {
            refused.push(format!("{method} {path}"));
        }
    }
    refused.sort();
    assert_eq!(
        refused,
        [
            "DELETE /connections/{id}",
            "DELETE /shares/{id}",
            "PATCH /connections/{id}",
            "PATCH /shares/{id}",
            "POST /connections",
            "POST /connections/{id}/refresh",
            "POST /connections/{id}/test",
            "POST /shares",
            "POST /shares/{id}/unlock-links",
            "POST /shares/{id}/unlock-secret",
        ]
    );
    assert_eq!(reader.get(&path_of(&share)).await.json, share);
}

#[actix_web::test]
async fn unknown_addresses_and_methods_are_problems() {
    let (_portal, writer) = portal_and_writer().await;
    for path in [
        "/nothing",
        "/shares/",
        "/shares/not-a-uuid",
        "/shares/00000000-0000-4000-8000-000000000000",
    ] {
        let refused = writer.get(path).await;
        assert_eq!(refused.status, 404, "{path}");
        assert_eq!(refused.json["status"], 404);
        assert_eq!(
            refused.header("content-type"),
            Some("application/problem+json")
        );
    }
    let refused = writer.request(Method::PUT, "/shares").await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("GET, POST"));
}

#[actix_web::test]
async fn a_body_is_refused_for_its_type_its_size_and_its_syntax() {
    let (_portal, writer) = portal_and_writer().await;
    let post = || writer.request(Method::POST, "/shares");
    let json = "application/json";
    let form = post().form(&[("name", "Manual")]);
    assert_eq!(form.await.status, 415);
    let large = post()
        .header("content-type", json)
        .body("x".repeat((64 << 10) + 1));
    assert_eq!(large.await.status, 413);
    let broken = post()
        .header("content-type", json)
        .body("{\n  \"name\": x\n}");
    let refused = broken.await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json["detail"]
            .as_str()
            .unwrap()
            .contains("line 2 column 11")
    );
}

#[actix_web::test]
async fn no_text_brings_the_server_down() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    for text in [
        "\0",
        "a\0b",
        "\u{202e}\u{feff}",
        &"é".repeat(2100),
        "%00",
        "'; --",
    ] {
        for field in [
            "name",
            "description",
            "password",
            "startsAt",
            "url",
            "pageId",
            "spaceKey",
        ] {
            let mut body = json!({"connectionId": MANUAL, "scope": "page"});
            body[field] = text.into();
            let created = writer.post_json("/shares", body).await;
            assert!((400..500).contains(&created.status), "{field} {text:?}");
        }
        let changed = writer
            .patch(&path_of(&share), json!({"name": text, "description": text}))
            .await;
        assert!(changed.status < 500, "{text:?}");
        let query = [
            ("query", text),
            ("cursor", text),
            ("state", text),
            ("limit", text),
        ];
        let list = writer.request(Method::GET, "/shares").query(&query);
        assert_eq!(list.await.status, 422, "{text:?}");
    }
    for address in [
        "https://wiki.example/display/DOC/%00",
        "https://wiki.example/display/%00/Home",
    ] {
        let body = json!({"connectionId": MANUAL, "scope": "page", "url": address});
        assert_eq!(
            writer.post_json("/shares", body).await.wrong_fields(),
            ["url"]
        );
    }
}

#[actix_web::test]
async fn no_answer_is_kept_by_caches_or_guessed_at_by_browsers() {
    let (_portal, writer) = portal_and_writer().await;
    for path in ["/shares", "/openapi.json", "/nothing", "/shares/not-a-uuid"] {
        let answer = writer.get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}
