//! Live connections, as far as no site needs to answer: what is taken, what is refused, what is shown.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule::accounts::api_token::TokenScope;

use super::caller::{MANUAL, caller, path_of, portal_and_writer};
use crate::support::Visitor;

const TOKEN: &str = "knot over the mudflats";

/// Nothing is asked of this site when the connection is made.
pub(super) fn data_center(name: &str) -> Value {
    json!({
        "name": name,
        "kind": "dataCenter",
        "url": "https://wiki.example.com/display/DOC/Home",
        "credentials": {"type": "personalAccessToken", "token": TOKEN},
    })
}

async fn connect(writer: &Visitor, name: &str) -> Value {
    let made = writer.post_json("/connections", data_center(name)).await;
    assert_eq!(made.status, 201, "{}", made.json);
    made.json
}

fn path_of_connection(connection: &Value) -> String {
    format!("/connections/{}", connection["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_new_connection_is_shown_without_its_credentials() {
    let (portal, writer) = portal_and_writer().await;
    let body = json!({
        "name": " Wiki ",
        "kind": "cloud",
        "url": "https://example.atlassian.net/wiki/spaces/DOC/pages/1/Home",
        "credentials": {"type": "apiToken", "email": "ada@example.com", "token": TOKEN},
        "settings": {"requestsPerHour": 500},
    });
    let made = writer.post_json("/connections", body).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let path = path_of_connection(&made.json);
    assert_eq!(
        made.header("location"),
        Some(format!("/api/v1{path}").as_str())
    );
    assert_eq!(made.json["name"], "Wiki");
    assert_eq!(made.json["kind"], "cloud");
    assert_eq!(made.json["url"], "https://example.atlassian.net/wiki");
    assert_eq!(made.json["auth"], "apiToken");
    assert_eq!(made.json["account"], "ada@example.com");
    assert_eq!(
        made.json["settings"],
        json!({"refreshAfterSeconds": 300, "requestsPerHour": 500, "fileLimitBytes": 256 << 20})
    );
    assert_eq!(made.json["status"]["stopped"], false);
    assert_eq!(
        made.json["status"]["pages"],
        json!({"total": 0, "fetched": 0, "due": 0, "failing": 0})
    );
    let read = writer.get(&path).await.json;
    assert_eq!(read, made.json);
    assert!(!read.to_string().contains(TOKEN));
    let hooks = portal.url(&format!("/hooks/{}/", read["id"].as_str().unwrap()));
    assert!(read["webhook"]["url"].as_str().unwrap().starts_with(&hooks));
}

#[actix_web::test]
async fn a_token_for_reading_sees_no_secret_of_webhooks() {
    let (portal, writer) = portal_and_writer().await;
    let made = connect(&writer, "Live").await;
    let reader = caller(&portal, TokenScope::Read);
    let read = reader.get(&path_of_connection(&made)).await.json;
    assert_eq!(read["webhook"], Value::Null);
    let list = reader.get("/connections").await.json.to_string();
    assert!(!list.contains("/hooks/"), "{list}");
}

#[actix_web::test]
async fn every_wrong_field_is_named_at_once() {
    let (_portal, writer) = portal_and_writer().await;
    for (body, fields) in [
        (json!({}), vec!["name", "kind", "url", "credentials"]),
        (
            json!({"name": "", "kind": "server", "url": 5, "credentials": {"type": "basic"},
                   "settings": {"requestsPerHour": 1, "more": 1}, "wiki": 1}),
            vec![
                "wiki",
                "name",
                "kind",
                "url",
                "credentials.username",
                "credentials.password",
                "settings.more",
                "settings.requestsPerHour",
            ],
        ),
        (
            json!({"name": "Live", "kind": "cloud", "url": "https://example.atlassian.net",
                   "credentials": {"type": "basic", "username": "u", "password": "p"}}),
            vec!["credentials.type"],
        ),
    ] {
        let refused = writer.post_json("/connections", body).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.wrong_fields(), fields);
    }
}

#[actix_web::test]
async fn an_address_that_is_none_belongs_to_its_field() {
    let (_portal, writer) = portal_and_writer().await;
    for address in [
        "not an address",
        "ftp://wiki.example.com",
        "https://10.0.0.256",
    ] {
        let mut body = data_center("Live");
        body["url"] = address.into();
        let refused = writer.post_json("/connections", body).await;
        assert_eq!(refused.status, 422, "{address}");
        assert_eq!(refused.wrong_fields(), ["url"], "{address}");
    }
}

#[actix_web::test]
async fn a_name_is_taken_once_and_free_again_after_a_deletion() {
    let (_portal, writer) = portal_and_writer().await;
    let made = connect(&writer, "Live").await;
    for name in ["live", "MANUAL"] {
        let refused = writer.post_json("/connections", data_center(name)).await;
        assert_eq!(refused.wrong_fields(), ["name"]);
    }
    let path = path_of_connection(&made);
    let refused = writer.patch(&path, json!({"name": "manual"})).await;
    assert_eq!(refused.wrong_fields(), ["name"]);
    assert_eq!(writer.delete(&path).await.status, 204);
    connect(&writer, "Live").await;
}

#[actix_web::test]
async fn what_a_change_leaves_out_stays() {
    let (_portal, writer) = portal_and_writer().await;
    let made = connect(&writer, "Live").await;
    let path = path_of_connection(&made);
    let change = json!({"settings": {"refreshAfterSeconds": 600}});
    let changed = writer.patch(&path, change).await;
    assert_eq!(changed.status, 200, "{}", changed.json);
    assert_eq!(
        changed.json["settings"],
        json!({"refreshAfterSeconds": 600, "requestsPerHour": 20_000, "fileLimitBytes": 256 << 20})
    );
    let change = json!({
        "name": "Renamed",
        "credentials": {"type": "basic", "username": "ada", "password": TOKEN},
    });
    let changed = writer.patch(&path, change).await.json;
    assert_eq!(changed["name"], "Renamed");
    assert_eq!(changed["url"], made["url"]);
    assert_eq!(changed["auth"], "basic");
    assert_eq!(changed["account"], "ada");
    assert_eq!(changed["settings"]["refreshAfterSeconds"], 600);
    assert_eq!(changed["webhook"], made["webhook"]);
}

#[actix_web::test]
async fn old_credentials_are_not_sent_to_a_new_address() {
    let (_portal, writer) = portal_and_writer().await;
    let path = path_of_connection(&connect(&writer, "Live").await);
    let url = json!({"url": "https://elsewhere.example.com"});
    let refused = writer.patch(&path, url).await;
    assert_eq!(refused.wrong_fields(), ["credentials"]);
    let read = writer.get(&path).await.json;
    assert_eq!(read["url"], "https://wiki.example.com");
}

#[actix_web::test]
async fn an_import_has_a_name_and_no_site() {
    let (_portal, writer) = portal_and_writer().await;
    let path = format!("/connections/{MANUAL}");
    let read = writer.get(&path).await.json;
    assert_eq!(read["kind"], "spaceExport");
    for field in ["auth", "account", "settings", "status", "webhook"] {
        assert_eq!(read[field], Value::Null, "{field}");
    }
    let renamed = writer.patch(&path, json!({"name": "Handbook"})).await;
    assert_eq!(renamed.json["name"], "Handbook");
    let change = json!({
        "url": "https://wiki.example.com",
        "credentials": {"type": "personalAccessToken", "token": TOKEN},
        "settings": {"requestsPerHour": 500},
    });
    let refused = writer.patch(&path, change).await;
    assert_eq!(refused.wrong_fields(), ["url", "credentials", "settings"]);
    for (method, call) in [
        (Method::POST, "test"),
        (Method::POST, "refresh"),
        (Method::GET, "pages?query=a"),
        (Method::GET, "spaces"),
    ] {
        let request = writer.request(method, &format!("{path}/{call}"));
        assert_eq!(request.await.status, 409, "{call}");
    }
}

#[actix_web::test]
async fn calls_to_a_site_of_nobody_are_not_found() {
    let (_portal, writer) = portal_and_writer().await;
    for id in ["x", "33333333-3333-4333-8333-333333333333"] {
        for (method, call) in [
            (Method::POST, "test"),
            (Method::POST, "refresh"),
            (Method::GET, "pages?query=a"),
            (Method::GET, "spaces"),
        ] {
            let request = writer.request(method, &format!("/connections/{id}/{call}"));
            assert_eq!(request.await.status, 404, "{call}");
        }
    }
}

#[actix_web::test]
async fn a_refresh_is_of_everything_of_a_page_or_of_a_share() {
    let (_portal, writer) = portal_and_writer().await;
    let path = path_of_connection(&connect(&writer, "Live").await);
    let refresh = format!("{path}/refresh");
    let everything = writer.request(Method::POST, &refresh).await;
    assert_eq!(everything.status, 202);
    let page = writer.post_json(&refresh, json!({"pageId": "5"})).await;
    assert_eq!(page.status, 202);
    let elsewhere = writer.create_share("Of the import").await;
    let id = path_of(&elsewhere).replace("/shares/", "");
    for (body, field) in [
        (json!({"shareId": id}), "shareId"),
        (json!({"shareId": "x"}), "shareId"),
        (json!({"shareId": id, "pageId": "5"}), "pageId"),
        (json!({"page": "5"}), "page"),
    ] {
        let refused = writer.post_json(&refresh, body).await;
        assert_eq!(refused.wrong_fields(), [field]);
    }
}

#[actix_web::test]
async fn a_search_needs_words_or_an_address() {
    let (_portal, writer) = portal_and_writer().await;
    let path = path_of_connection(&connect(&writer, "Live").await);
    for (query, field) in [
        ("", "query"),
        ("?query=a&url=b", "query"),
        ("?query=a&limit=5", "limit"),
    ] {
        let refused = writer.get(&format!("{path}/pages{query}")).await;
        assert_eq!(refused.wrong_fields(), [field], "{query}");
    }
}
