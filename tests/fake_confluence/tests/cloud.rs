//! Cloud: bodies, lists, downloads, rights.

use serde_json::json;

use super::{ask, get, get_through_gateway, titles};
use fake_confluence::credentials::{EMAIL, SITE_TOKEN, basic};
use fake_confluence::exchange::Port;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::files::Bytes;
use fake_confluence::wiki::{Kind, Status, Wiki};

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
async fn spaces_have_pages_and_blog_posts() {
    let fake = FakeConfluence::cloud().start();
    let id = fake.wiki(|wiki| wiki.space("DS").unwrap().id);

    let found = get(&fake, "/wiki/api/v2/spaces?keys=HR").await.json();
    let space = get(&fake, &format!("/wiki/api/v2/spaces/{id}"))
        .await
        .json();

    assert_eq!(found["results"][0]["name"], "Human Resources");
    assert_eq!(space["key"], "DS");
    let pages = format!("/wiki/api/v2/spaces/{id}/pages?depth=root");
    assert_eq!(titles(&fake, &pages).await, ["Demo Space Home"]);
    let posts = format!("/wiki/api/v2/spaces/{id}/blogposts");
    assert_eq!(titles(&fake, &posts).await, ["Release 1.0"]);
    let post = fake.wiki(|wiki| wiki.id_of("Release 1.0"));
    let files = format!("/wiki/api/v2/blogposts/{post}/attachments");
    assert_eq!(titles(&fake, &files).await, ["team.png"]);
}

#[tokio::test]
async fn folders_have_children() {
    let fake = FakeConfluence::cloud().start();
    let id = fake.wiki(|wiki| wiki.id_of("Archive"));

    let folder = get(&fake, &format!("/wiki/api/v2/folders/{id}"))
        .await
        .json();

    assert_eq!(folder["type"], "folder");
    assert!(fake.wiki(|wiki| wiki.contents[&id].kind == Kind::Folder));
    let children = format!("/wiki/api/v2/folders/{id}/direct-children");
    assert_eq!(titles(&fake, &children).await, ["Old Plans"]);
}

#[tokio::test]
async fn many_pages_come_at_once() {
    let fake = FakeConfluence::cloud().start();
    let (handbook, post, plans) = fake.wiki(|wiki| {
        (
            wiki.id_of("Handbook"),
            wiki.id_of("Release 1.0"),
            wiki.id_of("Plans"),
        )
    });

    let path = format!("/wiki/api/v2/pages?id={handbook},{post},{plans}&body-format=storage");

    assert_eq!(titles(&fake, &path).await, ["Handbook", "Plans"]);
}

#[tokio::test]
async fn comments_have_replies() {
    let fake = FakeConfluence::cloud().start();
    let id = fake.wiki(|wiki| wiki.id_of("Handbook"));
    let path = format!("/wiki/api/v2/pages/{id}/footer-comments?body-format=storage");

    let comments = get(&fake, &path).await.json();

    let comment = &comments["results"][0];
    assert_eq!(
        comment["body"]["storage"]["value"],
        "<p>Is this number still right?</p>"
    );
    let replies = format!(
        "/wiki/api/v2/footer-comments/{}/children",
        comment["id"].as_str().unwrap()
    );
    assert_eq!(titles(&fake, &replies).await, ["Re: Handbook"]);
}

#[tokio::test]
async fn a_page_knows_what_is_above_it() {
    let fake = FakeConfluence::cloud().start();
    let (home, handbook) = fake.wiki(|wiki| (wiki.home("DS"), wiki.id_of("Handbook")));

    let above = get(&fake, &format!("/wiki/api/v2/pages/{handbook}/ancestors"))
        .await
        .json();

    assert_eq!(
        above["results"],
        json!([{"id": home.to_string(), "type": "page"}])
    );
    assert!(
        fake.page_url(handbook)
            .ends_with(&format!("/wiki/spaces/DS/pages/{handbook}"))
    );
}
