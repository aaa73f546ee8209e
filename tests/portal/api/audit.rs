//! `GET /audit-events`: pages, filters, and lines.

use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use time::Duration;

use super::caller::{Caller, portal_and_writer};
use crate::audit::{EMAIL, NOW, db_record};
use crate::support::Portal;

const SHARE: &str = "00000000-0000-0000-0000-000000000002";

async fn portal_with_events(count: i64) -> (Portal, Caller) {
    let (portal, caller) = portal_and_writer().await;
    portal.db(|db| db_record(db, count));
    (portal, caller)
}

fn ids(page: &Value) -> Vec<i64> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_i64().unwrap())
        .collect()
}

#[actix_web::test]
async fn events_are_listed_newest_first_page_by_page() {
    let (_portal, caller) = portal_with_events(5).await;
    let first = caller.get("/audit-events?limit=2").await.body;
    assert_eq!(ids(&first), [5, 4]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = caller
        .get(&format!("/audit-events?limit=3&cursor={cursor}"))
        .await
        .body;
    assert_eq!(ids(&second), [3, 2, 1]);
    assert_eq!(second["nextCursor"], Value::Null);
}

#[actix_web::test]
async fn an_event_says_who_did_what_to_what() {
    let (_portal, caller) = portal_with_events(1).await;
    let mut event = caller.get("/audit-events").await.body["items"][0].take();
    assert_eq!(event["hash"].take().as_str().unwrap().len(), 64);
    let expected = json!({
        "id": 1,
        "at": "2026-12-01T12:00:00Z",
        "actor": {"kind": "account", "id": "00000000-0000-0000-0000-000000000001", "name": EMAIL},
        "address": "203.0.113.7",
        "kind": "share.changed",
        "subject": {"kind": "share", "id": SHARE, "name": "=Manual"},
        "changes": [
            {"field": "name", "from": "Old", "to": "=Manual", "erased": false},
            {"field": "createdBy", "from": null, "to": EMAIL, "erased": false},
        ],
        "requestId": "request-1",
        "erased": false,
        "previousHash": "0".repeat(64),
        "hash": null,
    });
    assert_eq!(event, expected);
}

#[actix_web::test]
async fn filters_narrow_the_list_down() {
    let (_portal, caller) = portal_with_events(3).await;
    let count = async |query: &str| {
        let page = caller.get(&format!("/audit-events?{query}")).await.body;
        ids(&page).len()
    };
    assert_eq!(count(&format!("share={SHARE}")).await, 3);
    assert_eq!(count("share=00000000-0000-0000-0000-000000000003").await, 0);
    assert_eq!(count("kind=share.changed").await, 3);
    assert_eq!(count("kind=share.deleted").await, 0);
    assert_eq!(count(&format!("actor={EMAIL}")).await, 3);
    assert_eq!(count("actor=00000000-0000-0000-0000-000000000001").await, 3);
    assert_eq!(count("actor=eva").await, 0);
    assert_eq!(count("from=2026-12-01T12:01:00Z").await, 2);
    assert_eq!(count("to=2026-12-01T12:01:00Z").await, 1);
    let wrong = "limit=0&cursor=_&kind=x&share=x&from=x&to=x&actor=&what=x";
    let refused = caller.get(&format!("/audit-events?{wrong}")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.wrong_fields(),
        [
            "what", "limit", "cursor", "actor", "kind", "share", "from", "to"
        ]
    );
}

/// The type and the lines of an answer.
async fn lines(caller: &Caller, accept: &str, query: &str) -> (String, Vec<String>) {
    let request = caller.request(Method::GET, &format!("/audit-events{query}"));
    let answer = request.header(ACCEPT, accept).send().await.unwrap();
    let content_type = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = answer.text().await.unwrap();
    (content_type, text.lines().map(str::to_owned).collect())
}

#[actix_web::test]
async fn json_lines_and_csv_hold_every_event() {
    // More than are in memory at once.
    let (_portal, caller) = portal_with_events(450).await;
    let (content_type, json) = lines(&caller, "application/x-ndjson, */*;q=0.1", "").await;
    assert_eq!(
        (content_type.as_str(), json.len()),
        ("application/x-ndjson", 450)
    );
    let last: Value = serde_json::from_str(json.last().unwrap()).unwrap();
    assert_eq!(last["id"], 1);

    let (content_type, csv) = lines(&caller, "text/csv", "").await;
    assert_eq!(
        (content_type.as_str(), csv.len()),
        ("text/csv; charset=utf-8", 451)
    );
    assert!(
        csv[0].starts_with("\"id\",\"at\",\"actorKind\","),
        "{}",
        csv[0]
    );
    assert!(csv[1].starts_with("\"450\","), "{}", csv[1]);
    assert!(csv[1].contains("\"'=Manual\""), "a formula: {}", csv[1]);

    let (_, few) = lines(&caller, "text/csv", "?limit=2&kind=share.changed").await;
    assert_eq!(few.len(), 3);
    let day = NOW - Duration::days(1);
    let (_, none) = lines(
        &caller,
        "application/x-ndjson",
        &format!("?to={}T00:00:00Z", day.date()),
    )
    .await;
    assert_eq!(none.len(), 0);
}
