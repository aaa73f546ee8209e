//! What people and the app may see and do, and how the site says it.

use serde_json::{Value, json};

use super::stage::KEY;
use super::{app_token, get_as_app};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::macros::{failed, included_page, static_macro};
use fake_confluence::people::{APP_USER, CHAT_NOTIFICATIONS, Standing};

fn installed() -> FakeConfluence {
    let fake = FakeConfluence::cloud().start();
    fake.installed_silently(KEY, "http://localhost:1");
    fake
}

/// As somebody, through Forge's bearer, which needs no grant.
async fn get(fake: &FakeConfluence, username: &str, path: &str) -> Value {
    let bearer = fake.forge_user_bearer(username);
    super::forge::get(fake, path, &bearer).await.json()
}

async fn may(fake: &FakeConfluence, page: u64, account: &str, operation: &str) -> (u16, Value) {
    let path = format!("/wiki/rest/api/content/{page}/permission/check");
    let body = json!({"subject": {"type": "user", "identifier": account}, "operation": operation});
    let hash = fake_confluence::app::qsh::hash("POST", &path, "/wiki");
    let token = app_token(fake, &path).claims(&json!({ "qsh": hash }));
    let request = reqwest::Client::new().post(format!("{}{path}", fake.base_url()));
    let request = request.header("Authorization", format!("JWT {}", token.text()));
    let answer = request.json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn reason(answer: &(u16, Value)) -> &str {
    answer.1["errors"][0]["translation"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn the_app_asks_what_somebody_may_do_to_a_page() {
    let fake = installed();
    let [handbook, policies] =
        ["Handbook", "Policies"].map(|title| fake.wiki(|wiki| wiki.id_of(title)));
    let [alice, bob] = ["alice", "bob"].map(|name| fake.account_id(name));
    fake.wiki(|wiki| {
        wiki.restrict_edits(handbook, &["alice"]);
        wiki.restrict_space("HR", &["alice", APP_USER]);
    });

    assert_eq!(
        may(&fake, handbook, &bob, "read").await.1["hasPermission"],
        true
    );
    assert_eq!(
        may(&fake, handbook, &alice, "update").await.1["hasPermission"],
        true
    );
    let edit = may(&fake, handbook, &bob, "update").await;
    assert_eq!(
        reason(&edit),
        "User does not have permission to the content"
    );
    let space = may(&fake, policies, &bob, "read").await;
    assert_eq!(reason(&space), "User does not have permission to the space");
    fake.wiki(|wiki| wiki.set_standing("bob", Standing::NoConfluence));
    let unlicensed = may(&fake, handbook, &bob, "read").await;
    assert_eq!(reason(&unlicensed), "User is not allowed to use Confluence");
    let anonymous = may(&fake, handbook, "anonymous", "read").await;
    assert_eq!(
        reason(&anonymous),
        "Anonymous users are not allowed to use Confluence"
    );
    assert_eq!(may(&fake, handbook, "nobody", "read").await.0, 404);
    assert_eq!(may(&fake, handbook, &alice, "purge").await.0, 400);
}

#[tokio::test]
async fn people_ask_for_themselves_and_admins_for_others() {
    let fake = FakeConfluence::cloud().start();
    let page = fake.wiki(|wiki| wiki.id_of("Handbook"));
    let ask = async |subject: &str| {
        let bearer = fake.forge_user_bearer("alice");
        let path = format!("/wiki/rest/api/content/{page}/permission/check");
        let body = json!({"subject": {"type": "user", "identifier": fake.account_id(subject)}, "operation": "read"});
        let url = format!(
            "{}{}{path}",
            fake.gateway_url(),
            "/ex/confluence/1a2b3c4d-0000-4000-8000-00000000cafe"
        );
        let request = reqwest::Client::new().post(url).bearer_auth(bearer);
        request.json(&body).send().await.unwrap().status().as_u16()
    };

    assert_eq!(ask("alice").await, 200);
    assert_eq!(ask("bob").await, 403);
    fake.wiki(|wiki| wiki.join("alice", "confluence-administrators"));
    assert_eq!(ask("bob").await, 200);
}

#[tokio::test]
async fn an_account_says_what_it_is() {
    let fake = installed();
    fake.wiki(|wiki| {
        wiki.add_system_user();
        wiki.set_standing("bob", Standing::Deactivated);
    });
    let account = async |id: &str| {
        let path = format!("/wiki/rest/api/user?accountId={id}");
        get_as_app(&fake, &path).await.json()
    };

    let system = account(CHAT_NOTIFICATIONS).await;
    let bob = account(&fake.account_id("bob")).await;

    assert_eq!(system["accountType"], "app");
    assert_eq!(bob["accountType"], "atlassian");
    assert_eq!(bob["displayName"], "Bob Example (Deactivated)");
    fake.wiki(|wiki| wiki.set_standing("bob", Standing::NoConfluence));
    let bob = account(&fake.account_id("bob")).await;
    assert_eq!(bob["displayName"], "Bob Example (Unlicensed)");
    assert_eq!(account("nobody").await["statusCode"], 404);
}

#[tokio::test]
async fn groups_are_joined_and_left() {
    let fake = installed();
    fake.wiki(|wiki| wiki.join("alice", "wiki sharers"));
    let path = format!(
        "/wiki/rest/api/user/memberof?accountId={}",
        fake.account_id("alice")
    );
    let names = async || {
        let groups = get_as_app(&fake, &path).await.json();
        let groups = groups["results"].as_array().unwrap().clone();
        let names = groups
            .iter()
            .map(|group| group["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };

    assert_eq!(names().await, ["confluence-users", "wiki sharers"]);
    fake.wiki(|wiki| wiki.leave("alice", "wiki sharers"));
    assert_eq!(names().await, ["confluence-users"]);
}

#[tokio::test]
async fn the_caller_is_told_what_he_may_do() {
    let fake = FakeConfluence::cloud().start();
    let (page, post, space) = fake.wiki(|wiki| {
        wiki.make_space_admin("alice", "DS");
        (
            wiki.id_of("Handbook"),
            wiki.id_of("Release 1.0"),
            wiki.space("DS").unwrap().id,
        )
    });
    fake.wiki(|wiki| wiki.restrict_edits(page, &["alice"]));
    let operations = async |username: &str, path: &str| {
        let answer = get(&fake, username, path).await;
        let all = answer["operations"].as_array().unwrap().clone();
        let names = all
            .iter()
            .map(|one| one["operation"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>().join(" ")
    };
    let of_page = format!("/wiki/api/v2/pages/{page}/operations");
    let of_space = format!("/wiki/api/v2/spaces/{space}/operations");

    assert_eq!(
        operations("alice", &of_page).await,
        "read update delete move"
    );
    assert_eq!(operations("bob", &of_page).await, "read");
    assert_eq!(
        operations("alice", &of_space).await,
        "read export administer"
    );
    assert_eq!(operations("bob", &of_space).await, "read");
    let of_post = format!("/wiki/api/v2/blogposts/{post}/operations");
    assert_eq!(operations("bob", &of_post).await, "read update delete move");
}

#[tokio::test]
async fn the_app_reads_who_administers_a_space() {
    let fake = installed();
    let space = fake.wiki(|wiki| {
        wiki.make_space_admin("alice", "HR");
        wiki.restrict_space("HR", &["alice", APP_USER]);
        wiki.space("HR").unwrap().id
    });

    let all = get_as_app(&fake, &format!("/wiki/api/v2/spaces/{space}/permissions")).await;

    let all = all.json()["results"].as_array().unwrap().clone();
    let alice = json!({"type": "user", "id": fake.account_id("alice")});
    let with = |key: &str| {
        let fits = |one: &&Value| one["operation"]["key"] == key && one["principal"] == alice;
        all.iter().filter(fits).count()
    };
    assert_eq!((with("read"), with("administer")), (1, 1));
}

#[tokio::test]
async fn a_space_is_there_for_those_who_may_enter_it() {
    let fake = FakeConfluence::cloud().start();
    let policies = fake.wiki(|wiki| {
        wiki.restrict_space("HR", &["alice"]);
        wiki.id_of("Policies")
    });
    let spaces = "/wiki/api/v2/spaces?keys=HR";
    let page = format!("/wiki/api/v2/pages/{policies}");

    assert_eq!(get(&fake, "alice", spaces).await["results"][0]["key"], "HR");
    assert_eq!(get(&fake, "bob", spaces).await["results"], json!([]));
    assert_eq!(get(&fake, "alice", &page).await["title"], "Policies");
    assert_eq!(get(&fake, "bob", &page).await["errors"][0]["status"], 404);
}

#[tokio::test]
async fn macros_of_other_apps_fail_for_the_user_of_an_app() {
    let fake = installed();
    let body = format!(
        "<p>Before</p>{}<p>after</p>",
        static_macro("drawings", "<p>A drawing.</p>")
    );
    let page = fake.wiki(|wiki| {
        let home = wiki.home("DS");
        wiki.add_page(home, "Drawn", &body)
    });
    let path = format!("/wiki/api/v2/pages/{page}?body-format=export_view");

    let app = get_as_app(&fake, &path).await.json();
    let alice = get(&fake, "alice", &path).await;

    let value = |answer: &Value| {
        answer["body"]["export_view"]["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        value(&app),
        format!("<p>Before</p>{}<p>after</p>", failed("drawings"))
    );
    assert!(failed("drawings").contains("no valid active user exists"));
    assert_eq!(value(&alice), "<p>Before</p><p>A drawing.</p><p>after</p>");
}

#[tokio::test]
async fn included_pages_are_there_for_those_who_may_read_them() {
    let fake = FakeConfluence::cloud().start();
    let page = fake.wiki(|wiki| {
        let home = wiki.home("DS");
        wiki.add_page(home, "Summary", &included_page("Board Minutes"))
    });
    let path = format!("/wiki/api/v2/pages/{page}?body-format=export_view");
    let shown = async |username: &str| {
        let answer = get(&fake, username, &path).await;
        answer["body"]["export_view"]["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };

    assert_eq!(shown("alice").await, "<p>Nobody may know.</p>");
    assert!(
        shown("bob")
            .await
            .ends_with("No link could be created for 'Board Minutes'.</div>")
    );
}

#[tokio::test]
async fn edits_that_are_restricted_are_not_for_apps() {
    let fake = installed();
    let page = fake.wiki(|wiki| {
        let page = wiki.id_of("Plans");
        wiki.restrict_edits(page, &["bob"]);
        page
    });

    let answer = get_as_app(&fake, &format!("/wiki/api/v2/pages/{page}/operations")).await;

    assert_eq!(answer.json()["operations"].as_array().unwrap().len(), 1);
}
