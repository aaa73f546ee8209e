//! What the site accepts from the app itself.

use serde_json::json;

use super::stage::TestApp;
use super::{app_token, ask, get_as_app, unix_now};
use fake_confluence::app::lifecycle::Ids;
use fake_confluence::app::qsh;
use fake_confluence::app::token::Token;
use fake_confluence::fake::FakeConfluence;

const PAGES: &str = "/wiki/api/v2/pages?limit=5&title=Hand%20book";

async fn installed() -> (FakeConfluence, TestApp) {
    let (fake, app) = (FakeConfluence::cloud().start(), TestApp::start());
    fake.install(app.url()).await;
    (fake, app)
}

async fn check(fake: &FakeConfluence, token: Token, status: u16, reason: &str) {
    let url = format!("{}{PAGES}", fake.base_url());
    let answer = ask(&url, &format!("JWT {}", token.text())).await.unwrap();
    assert_eq!(answer.status, status);
    let refusal = fake.refusals().pop().unwrap_or_default();
    assert!(refusal.ends_with(reason), "{refusal}");
}

#[test]
fn the_hash_is_that_of_the_published_examples() {
    let check = |method, target, base, canonical: &str, hash| {
        assert_eq!(qsh::canonical(method, target, base), canonical);
        assert_eq!(qsh::hash(method, target, base), hash);
    };
    check(
        "GET",
        "/test?param=value",
        "",
        "GET&/test&param=value",
        "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd",
    );
    check(
        "GET",
        "/wiki/rest/api/space?limit=1",
        "/wiki",
        "GET&/rest/api/space&limit=1",
        "84d4470beaea8f6b9f6d37ecef4cf44177a865fc8230c5f160657c236927fa33",
    );
    check(
        "get",
        "/s?q=!'()&jwt=x",
        "",
        "GET&/s&q=%21%27%28%29",
        "3e634b6205b15517103ced89e2f4646dc14a95c6410ff82745c81f306088e698",
    );
    check(
        "GET",
        "/project&a=b?x=y",
        "",
        "GET&/project%26a=b&x=y",
        "4903092b933403d0e5d5e3e21a0f236f55635a3900389d112ddd020cdca32531",
    );
    check(
        "GET",
        "/path/to/service?zee_last=param&repeated=parameter%201&first=param&repeated=parameter%202",
        "",
        "GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param",
        "e52bb281606c3bd9ca16cfe96fe2df78f5d9ffa126f06befd750dfa10fa1a897",
    );
    check(
        "GET",
        "?param=foo",
        "",
        "GET&/&param=foo",
        "557b49d80f3f963f6bec47b74d9832d8d601d6ed0979476bdb35bae4abafb0a4",
    );
    check(
        "GET",
        "/ac",
        "/ac",
        "GET&/&",
        "c88caad15a1c1a900b8ac08aa9686f4e8184539bea1deda36e2f649430df3239",
    );
}

#[tokio::test]
async fn a_request_with_its_own_hash_is_let_in_and_another_is_not() {
    let (fake, _app) = installed().await;

    assert_eq!(get_as_app(&fake, PAGES).await.status, 200);
    let other = app_token(&fake, "/wiki/api/v2/pages?limit=6");
    check(
        &fake,
        other,
        401,
        "qsh is not the hash of GET&/api/v2/pages&limit=5&title=Hand%20book",
    )
    .await;
}

#[tokio::test]
async fn a_token_must_be_of_this_app_for_this_site_and_now() {
    let (fake, _app) = installed().await;
    let token = || app_token(&fake, PAGES);
    let now = unix_now();

    check(&fake, token().claims(&json!({"aud": null})), 200, "").await;
    for (patch, reason) in [
        (
            json!({"iss": "com.example.other"}),
            "iss is not the app's key",
        ),
        (json!({"exp": now - 60}), "it has expired"),
        (json!({"exp": null}), "exp is missing"),
        (json!({"iat": now + 60}), "it is from the future"),
        (
            json!({"aud": "another"}),
            "aud is not the client key of this site",
        ),
        (json!({"qsh": "context-qsh"}), "limit=5&title=Hand%20book"),
    ] {
        check(&fake, token().claims(&patch), 401, reason).await;
    }
    let none = token().header(&json!({"alg": "none"}));
    check(&fake, none, 401, "its algorithm is not HS256").await;
    let mut other = token();
    other.signer = fake_confluence::app::token::Signer::Secret("guess".to_owned());
    check(
        &fake,
        other,
        401,
        "its signature is not of the shared secret",
    )
    .await;
}

#[tokio::test]
async fn what_no_app_may_call_is_forbidden() {
    let (fake, _app) = installed().await;

    let path = "/wiki/rest/api/contentbody/convert/async/1";
    let answer = get_as_app(&fake, path).await;

    assert_eq!(answer.status, 403);
    assert!(fake.refusals()[0].ends_with("it needs INACCESSIBLE"));
}

#[tokio::test]
async fn the_secret_from_before_an_import_is_not_good_any_more() {
    let (fake, app) = installed().await;
    let old = app_token(&fake, PAGES);
    fake.import_site(Ids::Kept);
    check(&fake, old.clone(), 401, "no app is installed").await;

    fake.install(app.url()).await;

    check(&fake, old, 401, "its signature is not of the shared secret").await;
}

#[tokio::test]
async fn an_app_can_be_there_without_having_been_asked() {
    let fake = FakeConfluence::cloud().start();

    let installation = fake.installed_silently(super::KEY, "http://localhost:1");

    assert_eq!(installation.scopes, ["READ", "ACT_AS_USER"]);
    assert_eq!(get_as_app(&fake, PAGES).await.status, 200);
}
