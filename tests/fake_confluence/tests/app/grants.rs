//! Tokens in the name of people: when there is one, and what it is good for.

use serde_json::{Value, json};

use super::super::Got;
use super::stage::KEY;
use super::{ask, unix_now};
use fake_confluence::app::lifecycle::Ids;
use fake_confluence::app::token::Token;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::people::Standing;

fn installed() -> FakeConfluence {
    let fake = FakeConfluence::cloud().start();
    fake.installed_silently(KEY, "http://localhost:1");
    fake
}

fn assertion(fake: &FakeConfluence, username: &str) -> Token {
    let installation = fake.installation().unwrap();
    let now = unix_now();
    let claims = json!({
        "iss": format!("urn:atlassian:connect:clientid:{}", installation.oauth_client_id),
        "sub": format!("urn:atlassian:connect:useraccountid:{}", fake.account_id(username)),
        "tnt": format!("{}/wiki", fake.base_url()), "aud": fake.impersonation_url(),
        "iat": now, "exp": now + 60,
    });
    Token::hs256(&installation.shared_secret, claims)
}

async fn grant(fake: &FakeConfluence, assertion: &Token, scope: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", &assertion.text()),
        ("scope", scope),
    ];
    let url = format!("{}/oauth2/token", fake.impersonation_url());
    let answer = reqwest::Client::new().post(url).form(&form).send().await;
    let answer = answer.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn bearer(fake: &FakeConfluence, username: &str) -> String {
    let (_, answer) = grant(fake, &assertion(fake, username), "READ").await;
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

async fn get(fake: &FakeConfluence, path: &str, bearer: &str) -> Got {
    ask(&format!("{}{path}", fake.base_url()), bearer)
        .await
        .unwrap()
}

const ME: &str = "/wiki/rest/api/user/current";

#[tokio::test]
async fn a_person_sees_what_he_may_see() {
    let fake = installed();
    let page = |title: &str| {
        let id = fake.wiki(|wiki| wiki.id_of(title));
        format!("/wiki/api/v2/pages/{id}")
    };

    let (alice, bob) = (bearer(&fake, "alice").await, bearer(&fake, "bob").await);

    let me = get(&fake, ME, &alice).await.json();
    assert_eq!(me["accountId"], *fake.account_id("alice"));
    assert_eq!(get(&fake, &page("Board Minutes"), &alice).await.status, 200);
    assert_eq!(get(&fake, &page("Board Minutes"), &bob).await.status, 404);
    assert_eq!(get(&fake, &page("Handbook"), &bob).await.status, 200);
    assert_eq!(fake.grants(), 2);
}

#[tokio::test]
async fn an_assertion_must_be_right_in_every_part() {
    let fake = installed();
    let right = || assertion(&fake, "alice");
    let now = unix_now();

    for (patch, error) in [
        (
            json!({"iss": "urn:atlassian:connect:clientid:old"}),
            "invalid_client",
        ),
        (
            json!({"sub": "urn:atlassian:connect:useraccountid:nobody"}),
            "invalid_grant",
        ),
        (json!({"tnt": fake.base_url()}), "invalid_grant"),
        (json!({"aud": "https://elsewhere.example"}), "invalid_grant"),
        (json!({"exp": now + 121}), "invalid_grant"),
        (json!({"iat": now - 100, "exp": now - 1}), "invalid_grant"),
        (json!({"iat": now + 60}), "invalid_grant"),
    ] {
        let (status, answer) = grant(&fake, &right().claims(&patch), "READ").await;
        assert_eq!((status, &answer["error"]), (400, &json!(error)), "{patch}");
    }
    let (_, scope) = grant(&fake, &right(), "READ ADMIN").await;
    assert_eq!(scope["error"], "invalid_scope");
    let forged = Token::hs256("guess", right().claims);
    let (_, forged) = grant(&fake, &forged, "READ").await;
    assert_eq!(forged["error"], "invalid_grant");
    let (_, good) = grant(&fake, &right(), "READ").await;
    assert_eq!(good["expires_in"], 900);
}

#[tokio::test]
async fn a_client_from_before_an_import_is_not_known() {
    let fake = installed();
    let old = bearer(&fake, "alice").await;
    let stale = assertion(&fake, "alice");

    fake.import_site(Ids::Kept);
    fake.installed_silently(KEY, "http://localhost:1");

    let (status, answer) = grant(&fake, &stale, "READ").await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_client")));
    assert_eq!(get(&fake, ME, &old).await.status, 401);
}

#[tokio::test]
async fn without_act_as_user_there_is_no_token() {
    let fake = installed();
    fake.set_app_scopes(&["READ"]);

    let (status, answer) = grant(&fake, &assertion(&fake, "alice"), "READ").await;

    assert_eq!(
        (status, &answer["error"]),
        (400, &json!("unauthorized_client"))
    );
}

#[tokio::test]
async fn in_the_name_of_whoever_is_not_active_the_site_refuses() {
    let fake = installed();
    fake.wiki(|wiki| {
        wiki.add_app_user("drawings", "Drawings for Confluence");
        wiki.set_standing("bob", Standing::NoConfluence);
    });
    let alice = bearer(&fake, "alice").await;
    fake.wiki(|wiki| wiki.set_standing("alice", Standing::Deactivated));
    let text = "Add-on 'com.example.share' disallowed to impersonate the user because 'no valid active user exists'";

    let v1 = get(&fake, ME, &alice).await;
    let v2 = get(
        &fake,
        "/wiki/api/v2/pages",
        &bearer(&fake, "drawings").await,
    )
    .await;
    let unlicensed = get(&fake, ME, &bearer(&fake, "bob").await).await;

    assert_eq!((v1.status, &v1.json()["message"]), (403, &json!(text)));
    assert_eq!(
        (v2.status, &v2.json()["errors"][0]["title"]),
        (403, &json!(text))
    );
    assert_eq!(unlicensed.status, 403);
}

#[tokio::test]
async fn the_authorization_server_may_refuse_them_first() {
    let fake = installed();
    fake.wiki(|wiki| wiki.set_standing("bob", Standing::Deactivated));
    fake.refuse_inactive_people_early();

    let (status, answer) = grant(&fake, &assertion(&fake, "bob"), "READ").await;

    assert_eq!(status, 400);
    assert_eq!(answer["error_description"], "no valid active user exists");
    assert!(fake.refusals()[0].contains("no valid active user exists"));
}

#[tokio::test]
async fn a_token_is_good_for_its_own_scopes() {
    let fake = installed();

    let (_, answer) = grant(&fake, &assertion(&fake, "alice"), "ACT_AS_USER").await;
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());

    assert_eq!(get(&fake, ME, &bearer).await.status, 403);
    assert!(fake.refusals()[0].ends_with("it needs READ"));
}

#[tokio::test]
async fn a_token_ends_with_its_life_or_by_force() {
    let fake = installed();
    fake.set_token_life(-1);
    let short = bearer(&fake, "alice").await;
    fake.set_token_life(60);
    let long = bearer(&fake, "alice").await;

    assert_eq!(get(&fake, ME, &short).await.status, 401);
    assert_eq!(get(&fake, ME, &long).await.status, 200);
    fake.expire_impersonations();
    assert_eq!(get(&fake, ME, &long).await.status, 401);
}
