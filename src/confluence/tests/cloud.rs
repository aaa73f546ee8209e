//! Listings and pages of Cloud: what is asked, how often, and what comes of it.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::server::{Asked, Reply, TestServer};
use crate::confluence::{
    Problem,
    model::{ContentKind, Detail, Root},
    product::Product,
};

const SIZE: u32 = 1_000;

fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let query = asked.target.split_once('?')?.1;
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// One part of `all`, by a cursor that is the number of items before it.
fn part(asked: &Asked, all: &[Value], most: usize) -> Reply {
    let start: usize = parameter(asked, "cursor").map_or(0, |cursor| cursor.parse().unwrap());
    let limit: usize = parameter(asked, "limit").unwrap().parse().unwrap();
    let end = (start + limit.min(most)).min(all.len());
    let mut links = json!({});
    if end < all.len() {
        let path = asked.target.split("&cursor").next().unwrap();
        links["next"] = json!(format!("{path}&cursor={end}"));
    }
    Reply::json(&json!({"results": all[start..end], "_links": links}))
}

fn page(id: u32) -> Value {
    json!({
        "id": id.to_string(), "status": "current", "title": format!("Page {id}"), "spaceId": "77",
        "version": {"number": 3, "createdAt": "2026-10-01T10:00:00.000Z", "authorId": "acc-1"},
    })
}

/// Page 1 with 1,000 pages below it, ten to each parent.
fn descendants() -> Vec<Value> {
    let entry = |id: u32| {
        json!({
            "id": id.to_string(), "status": "current", "title": format!("Page {id}"), "type": "page",
            "parentId": ((id + 8) / 10).to_string(), "depth": 3, "childPosition": id,
        })
    };
    (2..=SIZE + 1).map(entry).collect()
}

fn restricted(id: u32, is_restricted: bool) -> Value {
    let users = json!({"results": [], "size": u32::from(is_restricted)});
    json!({
        "id": id.to_string(), "type": "page", "title": "x",
        "metadata": {"labels": {"results": [{"prefix": "global", "name": "public"}, {"prefix": "my", "name": "later"}]}},
        "restrictions": {"read": {"restrictions": {"user": users, "group": {"results": [], "size": 0}}}},
    })
}

fn big_tree(asked: &Asked) -> Reply {
    let path = asked.target.split('?').next().unwrap();
    match path {
        "/wiki/api/v2/pages/1/descendants" => part(asked, &descendants(), 250),
        "/wiki/api/v2/pages" => {
            let ids = parameter(asked, "id").unwrap();
            let pages: Vec<_> = ids.split(',').map(|id| page(id.parse().unwrap())).collect();
            Reply::json(&json!({"results": pages, "_links": {}}))
        }
        "/wiki/api/v2/spaces" => {
            let space = json!({"id": "77", "key": "DS", "name": "Demo", "homepageId": "1"});
            Reply::json(&json!({"results": [space], "_links": {}}))
        }
        "/wiki/rest/api/content/search" => {
            let mut found: Vec<_> = (1..=SIZE + 1).map(|id| restricted(id, id == 500)).collect();
            if !asked.target.contains("restrictions.read") {
                found
                    .iter_mut()
                    .for_each(|page| page["restrictions"] = Value::Null);
            }
            part(asked, &found, 200)
        }
        _ => Reply::new(404, &[], ""),
    }
}

#[tokio::test]
async fn a_tree_of_a_thousand_pages_costs_sixteen_requests() {
    let server = TestServer::start(big_tree).await;
    let client = server.client(Product::Cloud);
    let listing = client.list(Root::Tree("1"), Detail::Outline).await.unwrap();
    assert_eq!(listing.pages.len(), 1_001);
    assert_eq!(listing.spaces[0].homepage_id.as_deref(), Some("1"));
    let first = &listing.pages[0];
    assert_eq!((first.id.as_str(), first.space_key.as_str()), ("1", "DS"));
    assert_eq!(first.labels, Some(vec!["public".to_owned()]));
    let of_interest = listing
        .pages
        .iter()
        .filter(|page| page.view_restricted != Some(false));
    let ids: Vec<_> = of_interest.map(|page| page.id.as_str()).collect();
    assert_eq!(ids, ["500"]);
    // 4 of descendants, 5 of pages, 1 of spaces, 6 of restrictions and labels.
    assert_eq!(server.asked().len(), 16);
}

#[tokio::test]
async fn restrictions_that_a_search_refuses_are_unknown_and_asked_one_by_one() {
    let server = TestServer::start(|asked| {
        let is_search = asked.target.starts_with("/wiki/rest/api/content/search");
        match (is_search, asked.target.contains("/restriction/byOperation/read")) {
            (true, _) if asked.target.contains("restrictions.read") => {
                let body = json!({"statusCode": 404, "message": "Cannot find content."});
                Reply::new(404, &[], &body.to_string())
            }
            (_, true) => Reply::json(&json!({
                "operation": "read",
                "restrictions": {"user": {"results": [], "size": 0}, "group": {"results": [{}], "size": 1}},
            })),
            _ => big_tree(asked),
        }
    })
    .await;
    let client = server.client(Product::Cloud);
    let listing = client.list(Root::Tree("1"), Detail::Outline).await.unwrap();
    assert!(
        listing
            .pages
            .iter()
            .all(|page| page.view_restricted.is_none())
    );
    assert!(listing.pages.iter().all(|page| page.labels.is_some()));
    let told = client.view_restrictions(&["1".to_owned()]).await.unwrap();
    assert!(told["1"]);
}

#[tokio::test]
async fn folders_stay_and_what_has_no_pages_of_its_own_goes() {
    let entry = |id: &str, kind: &str, parent: &str, status: &str| {
        json!({
            "id": id, "status": status, "title": id, "type": kind, "parentId": parent, "depth": 1,
        })
    };
    let entries = [
        entry("2", "folder", "1", "current"),
        entry("3", "database", "2", "current"),
        entry("4", "page", "3", "current"),
        entry("5", "page", "1", "archived"),
        entry("6", "page", "5", "current"),
    ];
    let server = TestServer::start(move |asked| {
        match asked.target.starts_with("/wiki/api/v2/pages/1/descendants") {
            true => part(asked, &entries, 250),
            false => big_tree(asked),
        }
    })
    .await;
    let client = server.client(Product::Cloud);
    let listing = client.list(Root::Tree("1"), Detail::Outline).await.unwrap();
    let shown: Vec<_> = listing
        .pages
        .iter()
        .map(|page| {
            let parent = page.parent_id.as_deref().unwrap_or("-");
            format!("{} {:?} {parent} {}", page.id, page.kind, page.space_key)
        })
        .collect();
    let expected = ["1 Page - DS", "2 Folder 1 DS", "4 Page 2 DS", "6 Page 1 DS"];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn levels_below_the_tenth_are_asked_from_there() {
    let server = TestServer::start(|asked| {
        let below = |id: &str, parent: &str, depth: u32| {
            let entry = json!({
                "id": id, "status": "current", "title": id, "type": "page",
                "parentId": parent, "depth": depth,
            });
            part(asked, &[entry], 250)
        };
        match asked.target.split('?').next().unwrap() {
            "/wiki/api/v2/pages/1/descendants" => below("10", "1", 10),
            "/wiki/api/v2/pages/10/descendants" => below("11", "10", 1),
            _ => big_tree(asked),
        }
    })
    .await;
    let client = server.client(Product::Cloud);
    let listing = client.list(Root::Tree("1"), Detail::Outline).await.unwrap();
    let ids: Vec<_> = listing.pages.iter().map(|page| page.id.as_str()).collect();
    assert_eq!(ids, ["1", "10", "11"]);
}

fn one_page(asked: &Asked) -> Reply {
    let mut page = page(7);
    page["_links"] = json!({"webui": "/spaces/DS/pages/7/Page+7"});
    page["labels"] = json!({"results": []});
    match parameter(asked, "body-format").as_deref() {
        Some("storage") => page["body"] = json!({"storage": {"value": "<p>s</p>"}}),
        Some("export_view") => page["body"] = json!({"export_view": {"value": "<p>e</p>"}}),
        _ => {}
    }
    let is_search = asked.target.starts_with("/wiki/rest/api/content/search");
    match (is_search, asked.target.starts_with("/wiki/api/v2/pages/7")) {
        (true, _) => part(asked, &[restricted(7, true)], 200),
        (_, true) => Reply::json(&page),
        _ => Reply::new(404, &[], ""),
    }
}

#[tokio::test]
async fn a_page_comes_with_both_bodies_in_three_requests() {
    let server = TestServer::start(one_page).await;
    let client = server.client(Product::Cloud);
    let page = client.page("7", ContentKind::Page).await.unwrap();
    assert_eq!(page.bodies.storage.as_deref(), Some("<p>s</p>"));
    assert_eq!(page.bodies.export_view.as_deref(), Some("<p>e</p>"));
    assert_eq!(
        (page.space_key.as_str(), page.view_restricted),
        ("DS", Some(true))
    );
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_page_that_cannot_be_rendered_comes_as_storage() {
    let server = TestServer::start(|asked| match asked.target.contains("export_view") {
        true => Reply::new(
            500,
            &[],
            "{\"errors\":[{\"status\":500,\"title\":\"Macro\"}]}",
        ),
        false => one_page(asked),
    })
    .await;
    let client = server.client(Product::Cloud);
    let page = client.page("7", ContentKind::Page).await.unwrap();
    assert_eq!(page.bodies.export_view, None);
    assert_eq!(page.bodies.storage.as_deref(), Some("<p>s</p>"));
}

#[tokio::test]
async fn a_page_that_only_fails_for_now_is_not_half_a_page() {
    let server = TestServer::start(|asked| match asked.target.contains("export_view") {
        true => Reply::new(429, &[("Retry-After", "60")], ""),
        false => one_page(asked),
    })
    .await;
    let client = server.client(Product::Cloud);
    let error = client.page("7", ContentKind::Page).await.unwrap_err();
    assert!(error.is_transient());
}

#[tokio::test]
async fn pages_in_the_bin_are_not_found() {
    let server = TestServer::start(|_asked| {
        let mut page = page(7);
        page["status"] = json!("trashed");
        Reply::json(&page)
    })
    .await;
    let client = server.client(Product::Cloud);
    let error = client.page("7", ContentKind::Page).await.unwrap_err();
    assert_eq!(error.problem, Problem::NotFound);
    assert!(client.find_by_id("7").await.unwrap().is_none());
}

#[tokio::test]
async fn a_space_comes_with_its_folders_and_blog_posts() {
    let server = TestServer::start(|asked| {
        let mut below = page(2);
        below["parentId"] = json!("9");
        below["parentType"] = json!("folder");
        let results = match asked.target.split('?').next().unwrap() {
            "/wiki/api/v2/spaces/77/pages" => vec![below, page(1)],
            "/wiki/api/v2/spaces/77/blogposts" => vec![page(5)],
            "/wiki/api/v2/folders/9" => {
                let folder =
                    json!({"id": "9", "title": "Folder", "parentId": "1", "parentType": "page"});
                return Reply::json(&folder);
            }
            _ => return big_tree(asked),
        };
        Reply::json(&json!({"results": results, "_links": {}}))
    })
    .await;
    let client = server.client(Product::Cloud);
    let listing = client
        .list(Root::Space("DS"), Detail::Outline)
        .await
        .unwrap();
    let shown: Vec<_> = listing
        .pages
        .iter()
        .map(|page| (page.id.as_str(), page.kind))
        .collect();
    assert_eq!(
        shown,
        [
            ("1", ContentKind::Page),
            ("9", ContentKind::Folder),
            ("2", ContentKind::Page),
            ("5", ContentKind::BlogPost),
        ]
    );
}

#[tokio::test]
async fn people_are_asked_for_together() {
    let server = TestServer::start(|_asked| {
        let users = json!([
            {"accountId": "a", "displayName": "Ada", "email": "ada@acme.example"},
            {"accountId": "b", "displayName": "", "publicName": ""},
        ]);
        Reply::json(&json!({"results": users}))
    })
    .await;
    let ids = ["a".to_owned(), "b".to_owned()];
    let people = server.client(Product::Cloud).people(&ids).await.unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].display_name, "Ada");
    let asked = &server.asked()[0];
    assert_eq!(
        (asked.method.as_str(), asked.body.as_str()),
        ("POST", r#"{"accountIds":["a","b"]}"#)
    );
}

#[tokio::test]
async fn a_search_that_cannot_be_parsed_is_asked_for_titles_only() {
    let server = TestServer::start(|asked| {
        match parameter(asked, "cql").unwrap().contains("text ~") {
            true => Reply::new(400, &[], "{\"statusCode\":400,\"message\":\"Could not parse cql\"}"),
            false => {
                let found = json!({
                    "id": "7", "type": "page", "title": "T", "_links": {"webui": "/spaces/DS/pages/7/T"},
                });
                part(asked, &[found], 10)
            }
        }
    })
    .await;
    let client = server.client(Product::Cloud);
    let found = client
        .search_pages("say \"hi\"", Some("DS"), 5)
        .await
        .unwrap();
    assert_eq!(found[0].space_key.as_deref(), Some("DS"));
    let cql = parameter(&server.asked()[1], "cql").unwrap();
    assert!(cql.contains(r#"title ~ "say \"hi\"""#), "{cql}");
}
