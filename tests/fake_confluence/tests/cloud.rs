//! Cloud: bodies, lists, downloads, tokens.

use serde_json::json;

use super::super::fake_confluence::credentials::{
    CLASSIC, CLIENT_ID, CLIENT_SECRET, EMAIL, SCOPED_TOKEN, SITE_TOKEN, basic, bearer,
};
use super::super::fake_confluence::{Bytes, FakeConfluence, Kind, Port, Status, Wiki};
use super::{ask, get, get_through_gateway, post};

#[tokio::test]
async fn a_page_has_the_body_that_was_asked_for() {
    let fake = FakeConfluence::cloud().start();
    let id = fake.wiki(|wiki| wiki.id_of("Runbook"));

    let page = get(
        &fake,
        &format!("/wiki/api/v2/pages/{id}?body-format=export_view&include-labels=true"),
    )
    .await
    .json();

    let body = page["body"]["export_view"]["value"].as_str().unwrap();
    assert!(body.contains(&format!(
        "{}/wiki/download/attachments/{id}/",
        fake.base_url()
    )));
    assert_eq!(page["labels"]["results"][0]["name"], "public");
    assert_eq!(page["version"]["number"], 1);
}

#[tokio::test]
async fn changes_are_seen_at_once() {
    let fake = FakeConfluence::cloud().start();
    let id = fake.wiki(|wiki| wiki.id_of("Runbook"));
    let path = format!("/wiki/api/v2/pages/{id}?body-format=storage");

    fake.wiki(|wiki| {
        wiki.edit(id, "<p>New.</p>");
        wiki.rename(id, "Run book");
        wiki.trash(id);
    });
    let page = get(&fake, &path).await.json();
    assert_eq!(page["version"]["number"], 3);
    assert_eq!(page["title"], "Run book");
    assert_eq!(page["status"], "trashed");

    fake.wiki(|wiki| {
        wiki.restore(id);
        wiki.restrict(id, &["alice"]);
    });
    assert_eq!(get(&fake, &path).await.status, 404);

    fake.wiki(|wiki| {
        wiki.unrestrict(id);
        wiki.page(id).status = Status::Draft;
    });
    assert_eq!(get(&fake, &path).await.status, 404);

    fake.wiki(|wiki| wiki.delete(id));
    assert_eq!(get(&fake, &path).await.status, 404);
}

#[tokio::test]
async fn a_list_is_followed_by_its_cursor() {
    let fake = FakeConfluence::cloud().wiki(Wiki::tree(600)).start();
    let home = fake.wiki(|wiki| wiki.home("DS"));
    let mut next = format!("/wiki/api/v2/pages/{home}/descendants?depth=10&limit=250");
    let mut seen = Vec::new();

    while !next.is_empty() {
        let answer = get_through_gateway(&fake, &next).await;
        seen.extend(answer.titles());
        next = answer.json()["_links"]["next"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
    }

    assert_eq!(seen.len(), 600);
    assert_eq!(fake.count("GET", "/wiki/api/v2/pages/*/descendants"), 3);
}

#[tokio::test]
async fn children_are_in_their_order_with_folders() {
    let fake = FakeConfluence::cloud().start();
    let home = fake.wiki(|wiki| {
        let archive = wiki.id_of("Archive");
        wiki.set_position(archive, 0);
        let handbook = wiki.id_of("Handbook");
        wiki.set_position(handbook, 1);
        let policies = wiki.id_of("Policies");
        let home = wiki.home("DS");
        wiki.move_below(policies, home);
        home
    });

    let answer = get(&fake, &format!("/wiki/api/v2/pages/{home}/direct-children")).await;

    assert_eq!(answer.titles(), ["Archive", "Handbook", "Policies"]);
    assert_eq!(answer.json()["results"][0]["type"], "folder");
}

#[tokio::test]
async fn a_search_goes_on_where_its_next_leads() {
    let fake = FakeConfluence::cloud().wiki(Wiki::tree(30)).start();

    let first = get(&fake, "/wiki/rest/api/search?cql=type%3Dpage&limit=20")
        .await
        .json();
    let next = first["_links"]["next"].as_str().unwrap();
    let second = get(&fake, &format!("/wiki{next}")).await;

    assert_eq!(first["totalSize"], 31);
    assert_eq!(second.titles().len(), 11);
}

#[tokio::test]
async fn a_file_comes_from_the_media_store_without_a_credential() {
    let fake = FakeConfluence::cloud().start();
    let page = fake.wiki(|wiki| wiki.id_of("Runbook"));
    let list = get(
        &fake,
        &format!("/wiki/api/v2/pages/{page}/attachments?filename=backup.iso"),
    )
    .await
    .json();
    let id = list["results"][0]["id"].as_str().unwrap();

    let answer = get(
        &fake,
        &format!("/wiki/rest/api/content/{page}/child/attachment/{id}/download"),
    )
    .await;
    let client = reqwest::Client::new()
        .get(answer.header("location"))
        .header("Range", "bytes=256-259");
    let part = client.send().await.unwrap();

    assert_eq!(answer.status, 302);
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-range"], "bytes 256-259/5368709120");
    assert_eq!(part.bytes().await.unwrap().as_ref(), [0, 1, 2, 3]);
    let media = fake.requests_to(Port::Media);
    assert_eq!(media[0].range.as_deref(), Some("bytes=256-259"));
    assert!(!media[0].has_credential());
    assert!(answer.header("location").starts_with(&fake.media_url()));
}

#[tokio::test]
async fn a_file_has_versions() {
    let fake = FakeConfluence::cloud().start();
    let (page, id) = fake.wiki(|wiki| {
        let page = wiki.id_of("Runbook");
        (
            page,
            wiki.attach(
                page,
                "notes.txt",
                "text/plain",
                Bytes::text("Much to note."),
            ),
        )
    });

    let file = get(&fake, &format!("/wiki/api/v2/attachments/att{id}"))
        .await
        .json();
    let old = get(
        &fake,
        &format!("/wiki/rest/api/content/{page}/child/attachment/att{id}/download?version=1"),
    )
    .await;
    let old = ask(old.header("location"), "").await.unwrap();

    assert_eq!(file["version"]["number"], 2);
    assert_eq!(old.body, b"Nothing to note.");
    fake.wiki(|wiki| wiki.trash_attachment(id));
    assert_eq!(
        get(&fake, &format!("/wiki/api/v2/attachments/att{id}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn tokens_are_good_in_their_own_place_only() {
    let fake = FakeConfluence::cloud().start();
    let path = "/wiki/rest/api/user/current";

    let scoped = ask(
        &format!("{}{path}", fake.base_url()),
        &basic(EMAIL, SCOPED_TOKEN),
    )
    .await
    .unwrap();
    let download = get(&fake, "/wiki/download/attachments/1/x.png").await;

    assert_eq!(scoped.status, 401);
    assert_eq!(download.status, 401);
    assert!(
        download
            .header("www-authenticate")
            .starts_with("OAuth realm=")
    );
    assert_eq!(get(&fake, path).await.status, 200);
    assert_eq!(get_through_gateway(&fake, path).await.status, 200);
    fake.revoke(SITE_TOKEN);
    assert_eq!(get(&fake, path).await.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_told_by_the_gateway() {
    let fake = FakeConfluence::cloud().start();
    fake.set_scopes(CLASSIC);

    let search = get_through_gateway(&fake, "/wiki/rest/api/search?cql=type%3Dpage").await;
    let pages = get_through_gateway(&fake, "/wiki/api/v2/pages").await;

    assert_eq!(search.status, 200);
    assert_eq!(pages.status, 401);
    assert_eq!(
        pages.json(),
        json!({"code": 401, "message": "Unauthorized; scope does not match"})
    );
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let fake = FakeConfluence::cloud().start();
    let client = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let with = |more: serde_json::Value| {
        let mut body = client.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let consent = format!(
        "{}?audience=api.atlassian.com&client_id={CLIENT_ID}&scope=offline_access%20read:page:confluence\
         &redirect_uri=http%3A%2F%2Fportal.example%2Fback&state=s&response_type=code&prompt=consent",
        fake.authorize_url(),
    );
    let back = ask(&consent, "").await.unwrap();
    let (_, code) = back.header("location").split_once("code=").unwrap();
    let redeem = with(json!({
        "grant_type": "authorization_code", "code": code, "redirect_uri": "http://portal.example/back",
    }));
    let (_, first) = post(&fake.token_url(), redeem).await;
    let refresh =
        with(json!({"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}));

    let (status, second) = post(&fake.token_url(), refresh.clone()).await;
    let again = post(&fake.token_url(), refresh).await;

    assert_eq!(status, 200);
    assert_eq!(
        again,
        (
            403,
            json!({"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."})
        )
    );
    let url = format!("{}/oauth/token/accessible-resources", fake.gateway_url());
    let bearer = bearer(second["access_token"].as_str().unwrap());
    assert_eq!(ask(&url, &bearer).await.unwrap().json()[0]["name"], "acme");
    fake.expire_bearers();
    assert_eq!(ask(&url, &bearer).await.unwrap().status, 401);
    fake.revoke_refresh_tokens();
    let refresh =
        with(json!({"grant_type": "refresh_token", "refresh_token": second["refresh_token"]}));
    assert_eq!(post(&fake.token_url(), refresh).await.0, 403);
}

#[tokio::test]
async fn a_client_gets_a_bearer_by_its_credentials() {
    let fake = FakeConfluence::cloud().start();
    let body = json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});

    let (status, token) = post(&fake.token_url(), body).await;

    assert_eq!(status, 200);
    assert_eq!(token["expires_in"], 3600);
}

#[tokio::test]
async fn restrictions_and_rights_are_told() {
    let fake = FakeConfluence::cloud().start();
    let (salaries, bob) = fake.wiki(|wiki| {
        (
            wiki.id_of("Salaries"),
            wiki.person("bob").unwrap().account_id.clone(),
        )
    });

    let restriction = get(
        &fake,
        &format!("/wiki/rest/api/content/{salaries}/restriction/byOperation/read"),
    )
    .await;
    let url = format!(
        "{}/wiki/rest/api/content/{salaries}/permission/check",
        fake.base_url()
    );
    let question = json!({"subject": {"type": "user", "identifier": bob}, "operation": "read"});
    let request = reqwest::Client::new()
        .post(url)
        .header("Authorization", basic(EMAIL, SITE_TOKEN));
    let answer: serde_json::Value = request
        .json(&question)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();

    assert_eq!(restriction.json()["restrictions"]["user"]["size"], 2);
    assert_eq!(answer["hasPermission"], false);
}

#[tokio::test]
async fn every_kind_of_thing_is_there() {
    let fake = FakeConfluence::cloud().start();
    let page = |title: &str| fake.wiki(|wiki| wiki.id_of(title));
    let (handbook, post, folder) = (page("Handbook"), page("Release 1.0"), page("Archive"));
    let space = fake.wiki(|wiki| wiki.space("DS").unwrap().id);

    assert_eq!(
        get(&fake, "/wiki/api/v2/spaces?keys=HR").await.json()["results"][0]["name"],
        "Human Resources"
    );
    assert_eq!(
        get(&fake, &format!("/wiki/api/v2/spaces/{space}"))
            .await
            .json()["key"],
        "DS"
    );
    assert_eq!(
        get(
            &fake,
            &format!("/wiki/api/v2/spaces/{space}/pages?depth=root")
        )
        .await
        .titles()
        .len(),
        1
    );
    assert_eq!(
        get(&fake, &format!("/wiki/api/v2/spaces/{space}/blogposts"))
            .await
            .titles(),
        ["Release 1.0"]
    );
    assert_eq!(
        get(&fake, &format!("/wiki/api/v2/blogposts/{post}/attachments"))
            .await
            .titles(),
        ["team.png"]
    );
    assert_eq!(
        get(&fake, &format!("/wiki/api/v2/folders/{folder}"))
            .await
            .json()["type"],
        "folder"
    );
    assert_eq!(
        get(
            &fake,
            &format!("/wiki/api/v2/folders/{folder}/direct-children")
        )
        .await
        .titles(),
        ["Old Plans"]
    );
    assert_eq!(
        get(&fake, &format!("/wiki/api/v2/pages/{handbook}/ancestors"))
            .await
            .json()["results"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let comments = get(
        &fake,
        &format!("/wiki/api/v2/pages/{handbook}/footer-comments?body-format=storage"),
    )
    .await
    .json();
    let comment = comments["results"][0]["id"].as_str().unwrap();
    let replies = get(
        &fake,
        &format!("/wiki/api/v2/footer-comments/{comment}/children"),
    )
    .await;
    assert_eq!(replies.titles(), ["Re: Handbook"]);
    let many = get(
        &fake,
        &format!("/wiki/api/v2/pages?id={handbook},{post}&body-format=storage"),
    )
    .await;
    assert_eq!(many.titles(), ["Handbook"]);
    assert!(fake.wiki(|wiki| wiki.contents[&folder].kind == Kind::Folder));
    assert!(
        fake.page_url(handbook)
            .ends_with(&format!("/wiki/spaces/DS/pages/{handbook}"))
    );
}
