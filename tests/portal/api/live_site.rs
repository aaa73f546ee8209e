//! Live connections with a site that answers: test, search, and shares of what it has.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule::accounts::api_token::TokenScope;

use super::caller::caller;
use crate::support::{Answer, Portal, Visitor, eventually};
use fake_confluence::credentials::{EMAIL, PASSWORD, PERSONAL_ACCESS_TOKEN, SITE_TOKEN};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::fault::{Fault, On};
use fake_confluence::wiki::{PORTAL, Wiki};

/// Dropped in this order: the portal ends before its site.
struct Site {
    writer: Visitor,
    id: String,
    #[expect(dead_code, reason = "held so that it runs")]
    portal: Portal,
    fake: FakeConfluence,
}

impl Site {
    async fn cloud() -> Self {
        let fake = FakeConfluence::cloud().wiki(Wiki::sample()).start();
        let credentials = json!({"type": "apiToken", "email": EMAIL, "token": SITE_TOKEN});
        Self::connect(fake, "cloud", credentials).await
    }

    async fn data_center() -> Self {
        let fake = FakeConfluence::data_center().wiki(Wiki::sample()).start();
        let credentials = json!({"type": "personalAccessToken", "token": PERSONAL_ACCESS_TOKEN});
        Self::connect(fake, "dataCenter", credentials).await
    }

    async fn connect(fake: FakeConfluence, kind: &str, credentials: Value) -> Self {
        let portal = Portal::start().await;
        let writer = caller(&portal, TokenScope::Write);
        let body = json!({
            "name": "Wiki", "kind": kind, "url": fake.base_url(), "credentials": credentials,
        });
        let made = writer.post_json("/connections", body).await;
        assert_eq!(made.status, 201, "{}", made.json);
        let id = made.json["id"].as_str().unwrap().to_owned();
        Self {
            writer,
            id,
            portal,
            fake,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/connections/{}{rest}", self.id)
    }

    fn page(&self, title: &str) -> String {
        self.fake.wiki(|wiki| wiki.id_of(title)).to_string()
    }

    fn url(&self, title: &str) -> String {
        let id = self.fake.wiki(|wiki| wiki.id_of(title));
        self.fake.page_url(id)
    }

    async fn find(&self, call: &str, parameters: &[(&str, &str)]) -> Answer {
        let request = self.writer.request(Method::GET, &self.path(call));
        request.query(parameters).await
    }

    async fn share(&self, scope: &str, field: &str, value: &str) -> Answer {
        let mut body = json!({"connectionId": self.id, "scope": scope});
        body[field] = value.into();
        self.writer.post_json("/shares", body).await
    }

    async fn test(&self) -> Value {
        let test = self.writer.request(Method::POST, &self.path("/test"));
        let tested = test.await;
        assert_eq!(tested.status, 200, "{}", tested.json);
        tested.json
    }
}

fn titles(answer: &Answer) -> Vec<&str> {
    let items = answer.json["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn a_test_says_who_we_are_and_what_is_missing() {
    for (site, product) in [
        (Site::cloud().await, "cloud"),
        (Site::data_center().await, "dataCenter"),
    ] {
        let report = site.test().await;
        assert_eq!(report["usable"], true, "{report}");
        assert_eq!(report["product"], product);
        assert!(report["account"]["displayName"].is_string(), "{report}");
        site.fake.revoke(SITE_TOKEN);
        site.fake.revoke(PERSONAL_ACCESS_TOKEN);
        let report = site.test().await;
        assert_eq!(report["usable"], false, "{report}");
        let status = site.writer.get(&site.path("")).await.json["status"].take();
        assert!(status["testedAt"].is_string(), "{status}");
    }
}

#[actix_web::test]
async fn pages_and_spaces_of_the_site_are_found() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let found = site.find("/pages", &[("query", "Runbook")]).await;
        assert!(titles(&found).contains(&"Runbook"), "{}", found.json);
        let elsewhere = [("query", "Runbook"), ("space", "HR")];
        let elsewhere = site.find("/pages", &elsewhere).await;
        assert!(titles(&elsewhere).is_empty(), "{}", elsewhere.json);
        let named = site.find("/pages", &[("url", &site.url("Plans"))]).await;
        assert_eq!(
            named.json["items"],
            json!([{"id": site.page("Plans"), "kind": "page", "title": "Plans", "spaceKey": "DS"}])
        );
        let hidden = [("url", site.url("Board Minutes"))];
        let hidden = hidden.each_ref().map(|(name, url)| (*name, url.as_str()));
        assert!(titles(&site.find("/pages", &hidden).await).is_empty());
        let spaces = site.find("/spaces", &[("query", "human")]).await;
        assert_eq!(spaces.json["items"][0]["key"], "HR", "{}", spaces.json);
        // Nothing was stored by looking.
        let status = site.writer.get(&site.path("")).await.json["status"].take();
        assert_eq!(status["pages"]["total"], 0, "{status}");
    }
}

#[actix_web::test]
async fn a_share_brings_its_root_from_the_site() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let tree = site.share("tree", "url", &site.url("Handbook")).await;
        assert_eq!(tree.status, 201, "{}", tree.json);
        assert_eq!(tree.json["name"], "Handbook");
        assert_eq!(tree.json["root"]["id"], site.page("Handbook"));
        let page = site.share("page", "pageId", &site.page("Runbook")).await;
        assert_eq!(page.json["name"], "Runbook");
        let space = site.share("space", "spaceKey", "HR").await;
        assert_eq!(space.json["name"], "Human Resources");
        let space = site.share("space", "url", &site.url("Policies")).await;
        assert_eq!(space.json["name"], "Human Resources");
        eventually("the pages are fetched", async || {
            let status = site.writer.get(&site.path("")).await.json["status"].take();
            let pages = &status["pages"];
            pages["total"].as_i64() > Some(4) && pages["fetched"] == pages["total"]
        })
        .await;
    }
}

#[actix_web::test]
async fn what_the_account_may_not_see_belongs_to_its_field() {
    for site in [Site::cloud().await, Site::data_center().await] {
        for (scope, field, value) in [
            ("page", "pageId", "987654321".to_owned()),
            ("page", "pageId", site.page("Board Minutes")),
            ("tree", "url", site.url("Board Minutes")),
            ("space", "spaceKey", "NONE".to_owned()),
            ("space", "url", "https://wiki.example/nothing".to_owned()),
        ] {
            let refused = site.share(scope, field, &value).await;
            assert_eq!(refused.status, 422, "{scope} {value}: {}", refused.json);
            assert_eq!(refused.wrong_fields(), [field], "{value}");
        }
        let post = site
            .share("page", "pageId", &site.page("Release 1.0"))
            .await;
        assert_eq!(post.wrong_fields(), ["scope"]);
    }
}

#[actix_web::test]
async fn a_site_that_is_down_says_when_to_try_again() {
    let site = Site::cloud().await;
    site.fake
        .fail(On::everything(), Fault::Unavailable(Some(30)));
    let refused = site.share("page", "pageId", &site.page("Runbook")).await;
    assert_eq!(refused.status, 503, "{}", refused.json);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(site.find("/spaces", &[]).await.status, 503);
}

#[actix_web::test]
async fn refused_credentials_are_told_and_new_ones_mend_it() {
    let site = Site::data_center().await;
    site.fake.revoke(PERSONAL_ACCESS_TOKEN);
    let refused = site.share("page", "pageId", &site.page("Runbook")).await;
    assert_eq!(refused.status, 409, "{}", refused.json);
    let status = site.writer.get(&site.path("")).await.json["status"].take();
    assert_eq!(status["stopped"], true, "{status}");
    site.fake.clear_requests();
    assert_eq!(site.find("/spaces", &[]).await.status, 409);
    assert!(site.fake.requests().is_empty());
    let basic = json!({"type": "basic", "username": PORTAL,
                       "password": PASSWORD});
    let changed = site
        .writer
        .patch(&site.path(""), json!({"credentials": basic}))
        .await;
    assert_eq!(changed.json["status"]["stopped"], false);
    assert_eq!(site.find("/spaces", &[]).await.status, 200);
}
