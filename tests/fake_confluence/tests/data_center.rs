//! Data Center: `expand`, lists, files, log-ins.

use super::{ask, encoded, get, titles};
use fake_confluence::credentials::{
    CLIENT_ID, CLIENT_SECRET, PASSWORD, PERSONAL_ACCESS_TOKEN, basic, bearer,
};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::wiki::{PORTAL, Wiki};

#[tokio::test]
async fn only_what_is_asked_for_is_expanded() {
    let fake = FakeConfluence::data_center().start();
    let id = fake.wiki(|wiki| wiki.id_of("Runbook"));

    let page = get(
        &fake,
        &format!("/rest/api/content/{id}?expand=body.export_view,metadata.labels,ancestors"),
    )
    .await
    .json();

    let body = page["body"]["export_view"]["value"].as_str().unwrap();
    assert!(body.contains(&format!("{}/download/attachments/{id}/", fake.base_url())));
    assert_eq!(page["ancestors"][1]["title"], "Handbook");
    assert_eq!(page["metadata"]["labels"]["results"][0]["name"], "public");
    assert_eq!(page["version"], serde_json::Value::Null);
    assert_eq!(page["_expandable"]["version"], "");
}

#[tokio::test]
async fn less_is_listed_when_bodies_are_asked_for() {
    let fake = FakeConfluence::data_center().wiki(Wiki::tree(60)).start();
    let home = fake.wiki(|wiki| wiki.home("DS"));
    let path = format!("/rest/api/content/{home}/descendant/page?limit=200");

    let bare = get(&fake, &path).await.json();
    fake.set_body_limit(10);
    let full = get(&fake, &format!("{path}&expand=body.storage"))
        .await
        .json();
    let next = full["_links"]["next"].as_str().unwrap();
    let second = get(&fake, next).await.json();

    assert_eq!(bare["size"], 60);
    assert_eq!(full["limit"], 10);
    assert_eq!(second["start"], 10);
}

#[tokio::test]
async fn a_file_is_read_with_the_same_credential() {
    let fake = FakeConfluence::data_center().start();
    let page = fake.wiki(|wiki| wiki.id_of("Runbook"));
    let list = get(
        &fake,
        &format!("/rest/api/content/{page}/child/attachment?filename=notes.txt"),
    )
    .await
    .json();
    let download = list["results"][0]["_links"]["download"].as_str().unwrap();

    assert_eq!(get(&fake, download).await.body, b"Nothing to note.");
    let nobody = ask(&format!("{}{download}", fake.base_url()), "")
        .await
        .unwrap();
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn failed_log_ins_end_in_a_captcha() {
    let fake = FakeConfluence::data_center().start();
    let url = format!("{}/rest/api/user/current", fake.base_url());
    for _ in 0..3 {
        assert_eq!(
            ask(&url, &basic(PORTAL, "wrong")).await.unwrap().status,
            401
        );
    }

    let refused = ask(&url, &basic(PORTAL, PASSWORD)).await.unwrap();

    assert!(
        refused
            .header("x-authentication-denied-reason")
            .starts_with("CAPTCHA_CHALLENGE")
    );
    assert_eq!(
        refused.header("x-seraph-loginreason"),
        "AUTHENTICATION_DENIED"
    );
    fake.answer_captcha();
    let known = ask(&url, &basic(PORTAL, PASSWORD)).await.unwrap();
    assert_eq!(known.json()["type"], "known");
}

#[tokio::test]
async fn anonymous_readers_are_told_so() {
    let fake = FakeConfluence::data_center().start();
    let url = format!("{}/rest/api/user/current", fake.base_url());
    assert_eq!(ask(&url, "").await.unwrap().status, 401);

    fake.allow_anonymous();

    assert_eq!(ask(&url, "").await.unwrap().json()["type"], "anonymous");
}

#[tokio::test]
async fn a_service_account_gets_a_bearer() {
    let fake = FakeConfluence::data_center().start();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
    ];

    let answer = reqwest::Client::new()
        .post(fake.token_url())
        .form(&fields)
        .send()
        .await
        .unwrap();
    let token: serde_json::Value = answer.json().await.unwrap();

    let url = format!("{}/rest/api/user/current", fake.base_url());
    let known = ask(&url, &bearer(token["access_token"].as_str().unwrap()))
        .await
        .unwrap();
    assert_eq!(known.status, 200);
}

#[tokio::test]
async fn there_may_be_no_context_path() {
    let fake = FakeConfluence::data_center().context("").start();

    let url = format!("{}/rest/api/server-information", fake.base_url());
    let answer = ask(&url, &bearer(PERSONAL_ACCESS_TOKEN)).await.unwrap();

    assert_eq!(answer.json()["version"], "10.0.3");
}

#[tokio::test]
async fn the_port_is_free_when_the_fake_is_gone() {
    let fake = FakeConfluence::data_center().start();
    let base = fake.base_url();
    let port = url::Url::parse(&base).unwrap().port().unwrap();
    drop(fake);

    let again = FakeConfluence::data_center().port(port).start();

    assert_eq!(again.base_url(), base);
}

#[tokio::test]
async fn pages_are_found_by_title_parent_and_query() {
    let fake = FakeConfluence::data_center().start();
    let id = fake.wiki(|wiki| wiki.id_of("Handbook"));

    assert_eq!(
        titles(&fake, "/rest/api/content?spaceKey=DS&title=Plans&type=page").await,
        ["Plans"]
    );
    let children = format!("/rest/api/content/{id}/child/page");
    assert_eq!(
        titles(&fake, &children).await,
        ["Runbook", "Plans", "Salaries"]
    );
    let cql = encoded("type = page and title ~ \"plans\"");
    let search = format!("/rest/api/content/search?cql={cql}");
    assert_eq!(titles(&fake, &search).await, ["Plans", "Old Plans"]);
}

#[tokio::test]
async fn spaces_have_a_home_and_pages() {
    let fake = FakeConfluence::data_center().start();

    let space = get(&fake, "/rest/api/space/HR?expand=homepage")
        .await
        .json();
    let spaces = get(&fake, "/rest/api/space").await.json();

    assert_eq!(space["homepage"]["title"], "Human Resources Home");
    assert_eq!(spaces["size"], 2);
    assert_eq!(
        titles(&fake, "/rest/api/space/HR/content/page").await,
        ["Human Resources Home", "Policies"]
    );
}

#[tokio::test]
async fn comments_labels_and_people_are_there() {
    let fake = FakeConfluence::data_center().start();
    let id = fake.wiki(|wiki| wiki.id_of("Handbook"));

    let comments = format!("/rest/api/content/{id}/child/comment?depth=all&expand=body.view");
    let labels = get(&fake, &format!("/rest/api/content/{id}/label"))
        .await
        .json();
    let person = get(&fake, &format!("/rest/api/user?username={PORTAL}"))
        .await
        .json();

    assert_eq!(titles(&fake, &comments).await.len(), 2);
    assert_eq!(labels["size"], 0);
    assert_eq!(person["displayName"], "Share Portal");
}

#[tokio::test]
async fn inherited_restrictions_are_told() {
    let fake = FakeConfluence::data_center().start();
    let id = fake.wiki(|wiki| {
        let salaries = wiki.id_of("Salaries");
        wiki.add_page(salaries, "By name", "<p></p>")
    });

    let own = get(
        &fake,
        &format!("/rest/api/content/{id}/restriction/byOperation/read"),
    )
    .await
    .json();
    let all = format!("/rest/api/content/{id}/restriction/relevantViewRestrictions");
    let all = get(&fake, &all).await.json();

    assert_eq!(own["restrictions"]["user"]["size"], 0);
    assert_eq!(
        all["restrictions"]["read"]["restrictions"]["user"]["size"],
        2
    );
}
