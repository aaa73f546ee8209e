//! The log at level `debug` after everything that carries a secret: none may stand in it.

use reqwest::Client;
use serde_json::{Value, json};
use vestibule::accounts::account::Email;
use vestibule::accounts::api_token::{NewApiToken, TokenName, TokenScope};
use vestibule::accounts::store::{account, api_token};
use vestibule::clock;
use vestibule::password::{self, Password};
use vestibule::shares::share::Share;

use crate::support::{Portal, everything_logged, token, token_with};

// No other test uses these words.
const SHARE_PASSWORD: &str = "grebe under the jetty";
const WRONG_PASSWORD: &str = "plover on the jetty";
const ADMIN_PASSWORD: &str = "dunlin above the jetty";
const EMAIL: &str = "log@example.com";

/// What was secret so far, with what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: impl Into<String>) -> String {
        let secret = secret.into();
        assert!(secret.len() > 8, "{what} is too short to be looked for");
        self.0.push((what, secret.clone()));
        secret
    }
}

#[tokio::test]
async fn no_secret_is_ever_logged() {
    let portal = Portal::with_sample().await;
    let hash = |text: &str| password::hash(&Password::new(text).unwrap()).unwrap();
    let share = portal.db_share(|new| new.password_hash = Some(hash(SHARE_PASSWORD)));
    portal
        .db(|db| {
            let email = Email::parse(EMAIL).unwrap();
            account::insert_account(db, &email, &hash(ADMIN_PASSWORD), clock::now())
        })
        .unwrap();
    let mut secrets = Secrets::default();
    for (what, text) in [
        ("the share's password", SHARE_PASSWORD),
        ("a wrong password", WRONG_PASSWORD),
        ("the admin's password", ADMIN_PASSWORD),
    ] {
        // As typed, and as it stands in a form.
        secrets.add(what, text);
        secrets.add(what, text.replace(' ', "+"));
        secrets.add(what, text.replace(' ', "%20"));
    }
    secrets.add("the unlock secret", share.unlock_secret.to_hex());

    unlock(&portal, &share, &mut secrets).await;
    type_passwords(&portal, &share, &mut secrets).await;
    sign_in(&portal, &mut secrets).await;
    call_api(&portal, &share, &mut secrets).await;
    connect(&portal, &mut secrets).await;
    fail(&portal, &share, &mut secrets).await;

    let log = everything_logged();
    assert!(
        log.contains("/content/{share}"),
        "the log says nothing about what this test does"
    );
    for (what, secret) in secrets.0 {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{what}");
    }
}

async fn unlock(portal: &Portal, share: &Share, secrets: &mut Secrets) {
    let visitor = portal.visitor();
    let path = format!("/content/{}", share.id);
    let good = secrets.add("a token", token(share));
    let late = token_with(share, |claims, now| {
        claims["nbf"] = (now - 100).into();
        claims["exp"] = (now - 50).into();
    });
    let late = secrets.add("an expired token", late);
    assert_eq!(
        visitor.get(&format!("{path}?unlock={late}")).await.status,
        401
    );
    let unlocked = visitor.get(&format!("{path}?unlock={good}")).await;
    assert_eq!(unlocked.status, 303);
    secrets.add("a pass", unlocked.cookies()[0].value());
    // With the pass, and with the token where nobody looks for one.
    assert_eq!(visitor.get(&path).await.status, 200);
    for elsewhere in ["/", "/access", "/nowhere", "/api/v1/shares", "/admin"] {
        visitor.get(&format!("{elsewhere}?unlock={good}")).await;
    }
    visitor
        .get(&format!("{path}/search?q={WRONG_PASSWORD}"))
        .await;
}

async fn type_passwords(portal: &Portal, share: &Share, secrets: &mut Secrets) {
    let path = format!("/content/{}/session", share.id);
    let visitor = portal.visitor();
    for (password, status) in [(WRONG_PASSWORD, 422), (SHARE_PASSWORD, 303)] {
        let answer = visitor.post(&path, &[("password", password)]).await;
        assert_eq!(answer.status, status);
        for cookie in answer.cookies() {
            secrets.add("a pass", cookie.value());
        }
    }
    let broken = visitor
        .post(&path, &[])
        .body(format!("password={SHARE_PASSWORD}&password=%zz"));
    assert!(broken.await.status >= 300);
    let json = visitor
        .post(&path, &[])
        .header("content-type", "application/json")
        .body(json!({"password": SHARE_PASSWORD}).to_string());
    assert_ne!(json.await.status, 500);
}

async fn sign_in(portal: &Portal, secrets: &mut Secrets) {
    let visitor = portal.visitor();
    for (password, status) in [(WRONG_PASSWORD, 422), (ADMIN_PASSWORD, 303)] {
        let fields = [("email", EMAIL), ("password", password)];
        let answer = visitor.post("/admin/sign-in", &fields).await;
        assert_eq!(answer.status, status);
        for cookie in answer.cookies() {
            secrets.add("an admin's session", cookie.value());
        }
    }
    assert_eq!(visitor.get("/admin").await.status, 200);
}

async fn call_api(portal: &Portal, share: &Share, secrets: &mut Secrets) {
    let new = NewApiToken {
        name: TokenName::parse("log").unwrap(),
        scope: TokenScope::Write,
        created_by: EMAIL.to_owned(),
        expires_at: None,
    };
    let made = portal.db(|db| api_token::insert_token(db, &new, clock::now()));
    let api_token = secrets.add("an API token", made.unwrap().1.reveal().to_string());
    let root = portal.url(&format!("/api/v1/shares/{}", share.id));
    let http = Client::new();
    let call = async |path: &str, body: Value| {
        let request = http.post(format!("{root}{path}")).bearer_auth(&api_token);
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap_or_default())
    };
    let (status, link) = call("/unlock-links", json!({})).await;
    assert_eq!(status, 200);
    let link = secrets.add("a token", link["token"].as_str().unwrap());
    assert_eq!(
        call("/unlock-checks", json!({ "token": link })).await.0,
        200
    );
    let (status, changed) = call("/unlock-secret", json!({"overlapSeconds": 60})).await;
    assert_eq!(status, 200);
    secrets.add("a new secret", changed["unlockSecret"].as_str().unwrap());
    let wrong = json!({ "overlapSeconds": SHARE_PASSWORD });
    assert_eq!(call("/unlock-secret", wrong).await.0, 422);
    let patch = http.patch(&root).bearer_auth(&api_token);
    let patched = patch.json(&json!({ "password": SHARE_PASSWORD }));
    assert_eq!(patched.send().await.unwrap().status(), 200);
    let unknown = secrets.add("a wrong API token", format!("{api_token}x"));
    let refused = http.get(&root).bearer_auth(unknown).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}

/// A live connection, and what its site sends.
async fn connect(portal: &Portal, secrets: &mut Secrets) {
    let new = NewApiToken {
        name: TokenName::parse("log of a site").unwrap(),
        scope: TokenScope::Write,
        created_by: EMAIL.to_owned(),
        expires_at: None,
    };
    let made = portal.db(|db| api_token::insert_token(db, &new, clock::now()));
    let api_token = secrets.add("an API token", made.unwrap().1.reveal().to_string());
    let site_token = secrets.add("a site's token", "bittern beside the jetty");
    let http = Client::new();
    let made = http
        .post(portal.url("/api/v1/connections"))
        .bearer_auth(&api_token)
        // Nobody listens there.
        .json(&json!({
            "name": "Log", "kind": "dataCenter", "url": "http://127.0.0.1:9",
            "credentials": {"type": "personalAccessToken", "token": site_token},
        }));
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let url = made["webhook"]["url"].as_str().unwrap();
    secrets.add(
        "a webhook's signing secret",
        made["webhook"]["signingSecret"].as_str().unwrap(),
    );
    secrets.add(
        "a webhook's address",
        url.rsplit('/').next().unwrap().to_owned(),
    );
    for address in [url.to_owned(), format!("{url}/"), format!("{url}?a=b")] {
        let sent = http.post(address).body("{}").send().await.unwrap();
        assert_eq!(sent.status(), 404);
    }
    assert_eq!(http.get(url).send().await.unwrap().status(), 405);
    let path = format!("/api/v1/connections/{}/test", made["id"].as_str().unwrap());
    let tested = http.post(portal.url(&path)).bearer_auth(&api_token);
    tested.send().await.unwrap();
}

/// What goes wrong inside is logged in full, but for the secrets.
async fn fail(portal: &Portal, share: &Share, secrets: &mut Secrets) {
    let unseen = portal.db_share(|_| {});
    secrets.add("the unlock secret", unseen.unlock_secret.to_hex());
    let good = secrets.add("a token", token(&unseen));
    portal.db_lose();
    let visitor = portal.visitor();
    let failed = visitor.get(&format!("/content/{}?unlock={good}", unseen.id));
    assert_eq!(failed.await.status, 503);
    let path = format!("/content/{}/session", share.id);
    let failed = visitor.post(&path, &[("password", SHARE_PASSWORD)]);
    assert!(failed.await.status >= 500);
    portal.db_find_again();
}
