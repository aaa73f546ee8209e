//! Lists of shares and events, page by page.

use std::collections::HashSet;

use serde_json::Value;
use time::Duration;
use uuid::Uuid;
use vestibule::clock;
use vestibule::shares::event::{self, BrowserFamily, Embedder, Event, NewEvent};
use vestibule::shares::store::events::record_events;

use super::caller::{path_of, portal_and_writer};
use crate::support::{Portal, Visitor};

#[actix_web::test]
async fn no_share_is_skipped_or_repeated_while_others_are_created() {
    let (_portal, writer) = portal_and_writer().await;
    let mut expected = HashSet::new();
    for number in 0..7 {
        let share = writer.create_share(&format!("Share {number}")).await;
        expected.insert(share["id"].as_str().unwrap().to_owned());
    }
    let mut seen = Vec::new();
    let mut path = "/shares?limit=2".to_owned();
    loop {
        let page = writer.get(&path).await.json;
        seen.extend(ids(&page));
        writer.create_share("Created meanwhile").await;
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        path = format!("/shares?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), expected);
}

#[actix_web::test]
async fn a_list_of_exactly_one_page_has_no_next_one() {
    let (_portal, writer) = portal_and_writer().await;
    writer.create_share("First").await;
    writer.create_share("Second").await;
    let page = writer.get("/shares?limit=2").await.json;
    assert_eq!(names(&page), ["Second", "First"]);
    assert_eq!(page["nextCursor"], Value::Null);
}

#[actix_web::test]
async fn shares_are_found_by_words_and_by_state() {
    let (_portal, writer) = portal_and_writer().await;
    writer.create_share("Manual").await;
    let disabled = writer.create_share("100 % old").await;
    writer
        .patch(&path_of(&disabled), serde_json::json!({"enabled": false}))
        .await;
    let found = async |query: &str| names(&writer.get(&format!("/shares?{query}")).await.json);
    assert_eq!(found("query=MANU").await, ["Manual"]);
    assert_eq!(found("query=100%20%25").await, ["100 % old"]);
    assert_eq!(found("state=disabled").await, ["100 % old"]);
    assert_eq!(found("state=active").await, ["Manual"]);
    assert_eq!(found("state=ended").await, [""; 0]);
}

#[actix_web::test]
async fn wrong_parameters_are_named() {
    let (_portal, writer) = portal_and_writer().await;
    let wrong = async |query: &str| {
        let refused = writer.get(&format!("/shares?{query}")).await;
        assert_eq!(refused.status, 422, "{query}");
        refused.wrong_fields().join(" ")
    };
    assert_eq!(wrong("limit=0").await, "limit");
    assert_eq!(wrong("limit=201").await, "limit");
    assert_eq!(
        wrong("limit=ten&state=on&cursor=x&page=2").await,
        "page state limit cursor"
    );
    assert_eq!(wrong("limit=5&limit=6").await, "limit");
}

#[actix_web::test]
async fn activity_is_listed_newest_first_page_by_page() {
    let (portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    db_events(&portal, &share, 5);
    let path = format!("{}/activity?limit=2", path_of(&share));
    let events = all_events(&writer, &path).await;
    let times: Vec<&str> = events
        .iter()
        .filter_map(|event| event["at"].as_str())
        .collect();
    assert_eq!(times.len(), 5);
    assert!(times.is_sorted_by(|newer, older| newer > older));
    assert_eq!(events[0]["kind"], "password_accepted");
}

async fn all_events(caller: &Visitor, path: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = caller.get(&next).await.json;
        events.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["nextCursor"].as_str() else {
            return events;
        };
        next = format!("{path}&cursor={cursor}");
    }
}

fn db_events(portal: &Portal, share: &Value, count: i64) {
    let share: Uuid = share["id"].as_str().unwrap().parse().unwrap();
    let event = |seconds| NewEvent {
        share: share.into(),
        event: Event::PasswordAccepted,
        visitor: event::Visitor {
            embedder: Embedder::Nobody,
            browser: BrowserFamily::Firefox,
        },
        at: clock::now() + Duration::seconds(seconds),
    };
    let events: Vec<NewEvent> = (0..count).map(event).collect();
    portal.db(|db| record_events(db, &events)).unwrap();
}

fn ids(page: &Value) -> Vec<String> {
    strings(page, "id")
}

fn names(page: &Value) -> Vec<String> {
    strings(page, "name")
}

fn strings(page: &Value, field: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}
