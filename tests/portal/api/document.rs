//! The OpenAPI document and its browsable reference: that they say what is so.

use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::caller::{MANUAL, path_of, portal_and_writer};
use super::embed_health::db_frames;
use super::live_connections::data_center;
use crate::audit::db_record;
use crate::support::{Answer, Visitor};

/// Every call of the document, with its path below `/api/v1`.
pub(super) async fn calls(caller: &Visitor) -> Vec<(Method, String)> {
    let document = caller.get("/openapi.json").await.json;
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            calls.push((method, path.strip_prefix("/api/v1").unwrap().to_owned()));
        }
    }
    calls
}

#[actix_web::test]
async fn the_document_lists_every_call_of_the_routes_and_no_other() {
    let (_portal, writer) = portal_and_writer().await;
    let mut documented: Vec<String> = Vec::new();
    for (method, path) in calls(&writer).await {
        documented.push(format!("{method} {path}"));
    }
    documented.sort();
    let mut routed = Vec::new();
    for path in routed_paths() {
        // Every address says by itself which methods it knows.
        let here = path.replace("{id}", MANUAL);
        let answer = writer.request(Method::TRACE, &here).await;
        let allowed = answer.header("allow").unwrap().split(", ");
        routed.extend(allowed.map(|method| format!("{method} {path}")));
    }
    routed.sort();
    routed.retain(|call| call != "GET /openapi.json");
    assert_eq!(documented, routed);
}

/// The paths in the source of the table of routes: nothing else knows them all.
fn routed_paths() -> Vec<String> {
    let source = include_str!("../../../src/routes.rs");
    let functions = source.split("\nfn api_version_1").skip(1);
    functions
        .map(|function| function.split("\n}\n").next().unwrap())
        .flat_map(|function| function.split('"').skip(1).step_by(2))
        .filter(|text| text.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

#[actix_web::test]
async fn answers_are_what_their_schemas_say() {
    let (portal, writer) = portal_and_writer().await;
    let document = writer.get("/openapi.json").await.json;
    let fits = |schema: &str, answer: &Answer| {
        let whole = json!({"$ref": format!("#/components/schemas/{schema}"), "components": document["components"]});
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&whole)
            .unwrap();
        let problems: Vec<String> = validator
            .iter_errors(&answer.json)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(problems, [""; 0], "{schema}: {}", answer.json);
    };
    let share = writer.create_share("Manual").await;
    let path = path_of(&share);
    fits("Share", &writer.get(&path).await);
    fits("SharePage", &writer.get("/shares").await);
    db_frames(&portal, &share);
    let dates = json!({"startsAt": "2026-01-01T00:00:00Z", "expiresAt": "2099-01-01T00:00:00Z"});
    fits("Share", &writer.patch(&path, dates).await);
    fits(
        "Share",
        &writer
            .post_json(
                &format!("{path}/unlock-secret"),
                json!({"overlapSeconds": 60}),
            )
            .await,
    );
    fits(
        "UnlockLink",
        &writer
            .post_json(&format!("{path}/unlock-links"), json!({}))
            .await,
    );
    fits(
        "UnlockCheck",
        &writer
            .post_json(&format!("{path}/unlock-checks"), json!({"token": "x"}))
            .await,
    );
    fits(
        "ActivityPage",
        &writer.get(&format!("{path}/activity")).await,
    );
    fits(
        "EmbedHealth",
        &writer.get(&format!("{path}/embed-health")).await,
    );
    portal.db(|db| db_record(db, 2));
    fits("AuditEventPage", &writer.get("/audit-events?limit=1").await);
    fits("ConnectionList", &writer.get("/connections").await);
    fits(
        "Connection",
        &writer.get(&format!("/connections/{MANUAL}")).await,
    );
    let live = writer.post_json("/connections", data_center("Live")).await;
    fits("Connection", &live);
    fits("ConnectionList", &writer.get("/connections").await);
    fits("Problem", &writer.patch(&path, json!({"name": 5})).await);
    fits("Problem", &writer.get("/nothing").await);
}

#[actix_web::test]
async fn every_body_is_closed_to_unknown_fields() {
    let (_portal, writer) = portal_and_writer().await;
    let document = writer.get("/openapi.json").await.json;
    let mut open = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for call in methods.as_object().unwrap().values() {
            let schema = &call["requestBody"]["content"]["application/json"]["schema"];
            if !schema.is_null() && resolve(&document, schema)["additionalProperties"] != false {
                open.push(path);
            }
        }
    }
    assert_eq!(open, [""; 0]);
}

/// The schema behind a reference, also behind one that may be null.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"]
        .as_str()
        .or_else(|| schema["oneOf"][0]["$ref"].as_str());
    document
        .pointer(reference.unwrap().trim_start_matches('#'))
        .unwrap()
}

#[actix_web::test]
async fn the_reference_needs_nothing_but_files_of_the_portal() {
    let (portal, _writer) = portal_and_writer().await;
    let page = reqwest::get(portal.url("/api/docs")).await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("script-src 'self'; style-src 'self';"),
        "{policy}"
    );
    let html = Html::parse_document(&page.text().await.unwrap());
    let with_address = Selector::parse("[src], link[href]").unwrap();
    let mut files = 0;
    for element in html.select(&with_address) {
        let address = element.attr("src").or(element.attr("href")).unwrap();
        assert!(!address.contains("//"), "{address}");
        let file = reqwest::get(portal.url(&format!("/api/docs/{address}")))
            .await
            .unwrap();
        assert_eq!(file.status(), 200, "{address}");
        files += 1;
    }
    assert!(files >= 4);
    let start = reqwest::get(portal.url("/api/docs/swagger-initializer.js"))
        .await
        .unwrap();
    let start = start.text().await.unwrap();
    assert!(
        start.contains("\"/api/v1/openapi.json\"") && start.contains("\"validatorUrl\": \"none\"")
    );
    let missing = reqwest::get(portal.url("/api/docs/nothing.js"))
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
    assert_eq!(
        missing.headers()["content-type"],
        "application/problem+json"
    );
}
