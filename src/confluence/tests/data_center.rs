//! Listings and pages of Data Center.

use serde_json::{Value, json};

use super::server::{Asked, Reply, TestServer};
use crate::confluence::Product;
use crate::confluence::model::{ContentKind, Detail, Root};

fn page(id: u32, parent: u32) -> Value {
    let none = json!({"results": [], "size": 0});
    json!({
        "id": id.to_string(), "type": "page", "title": format!("Page {id}"), "space": {"key": "DS"},
        "version": {"number": 2, "when": "2026-10-01T12:00:00.000+02:00", "by": {"displayName": "Ada"}},
        "ancestors": [{"id": "900"}, {"id": parent.to_string()}],
        "metadata": {"labels": {"results": [{"prefix": "global", "name": "public"}]}},
        "restrictions": {"read": {"restrictions": {"user": none, "group": none}}},
        "extensions": {"position": "none"},
    })
}

fn site(asked: &Asked) -> Reply {
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    match path {
        "/wiki/rest/api/space/DS" => Reply::json(&json!({
            "id": 1, "key": "DS", "name": "Demo", "homepage": {"id": "900"},
        })),
        "/wiki/rest/api/content/1" => Reply::json(&page(1, 900)),
        "/wiki/rest/api/content/1/descendant/page" => {
            // The server gives fewer than asked for, and names the next part from its own base.
            let (ids, links) = match query.contains("start=100") {
                true => (102..=201, json!({})),
                false => (
                    2..=101,
                    json!({"next": "/rest/api/content/1/descendant/page?start=100"}),
                ),
            };
            let pages: Vec<_> = ids.map(|id| page(id, 1)).collect();
            Reply::json(&json!({"results": pages, "size": 100, "limit": 100, "_links": links}))
        }
        _ => Reply::new(404, &[], "<html>no</html>"),
    }
}

#[tokio::test]
async fn a_tree_comes_in_parts_with_everything_in_them() {
    let server = TestServer::start(site).await;
    let client = server.client(Product::DataCenter);
    let listing = client.list(Root::Tree("1"), Detail::Outline).await.unwrap();
    assert_eq!(listing.pages.len(), 201);
    assert_eq!(listing.spaces[0].homepage_id.as_deref(), Some("900"));
    let root = &listing.pages[0];
    assert_eq!(
        (root.id.as_str(), root.parent_id.as_deref()),
        ("1", Some("900"))
    );
    let told = |page: &crate::confluence::model::ListedPage| {
        page.view_restricted == Some(false) && page.labels.is_some() && page.version == 2
    };
    assert!(listing.pages.iter().all(told));
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn an_old_server_lists_its_tree_by_search() {
    let server = TestServer::start(|asked| match asked.target.split('?').next().unwrap() {
        "/wiki/rest/api/content/1/descendant/page" => Reply::new(501, &[], ""),
        "/wiki/rest/api/content/search" => {
            Reply::json(&json!({"results": [page(1, 900), page(2, 1)], "_links": {}}))
        }
        _ => site(asked),
    })
    .await;
    let client = server.client(Product::DataCenter);
    let listing = client.list(Root::Tree("1"), Detail::Outline).await.unwrap();
    let ids: Vec<_> = listing.pages.iter().map(|page| page.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
}

#[tokio::test]
async fn a_page_that_cannot_be_rendered_comes_as_storage() {
    let server = TestServer::start(|asked| {
        let mut page = page(1, 900);
        page["body"] = json!({"storage": {"value": "<p>s</p>"}});
        match asked.target.contains("export_view") {
            true => Reply::new(500, &[], "{\"statusCode\":500,\"message\":\"macro\"}"),
            false => Reply::json(&page),
        }
    })
    .await;
    let client = server.client(Product::DataCenter);
    let page = client.page("1", ContentKind::Page).await.unwrap();
    assert_eq!(page.bodies.storage.as_deref(), Some("<p>s</p>"));
    assert_eq!(page.bodies.export_view, None);
}

#[tokio::test]
async fn people_are_asked_for_by_key_and_strangers_are_left_out() {
    let server = TestServer::start(|asked| match asked.target.contains("key=8a7f") {
        true => Reply::json(&json!({
            "type": "known", "userKey": "8a7f", "username": "ada", "displayName": "Ada",
        })),
        false => Reply::new(404, &[], ""),
    })
    .await;
    let ids = ["gone".to_owned(), "8a7f".to_owned()];
    let people = server
        .client(Product::DataCenter)
        .people(&ids)
        .await
        .unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].username.as_deref(), Some("ada"));
}
