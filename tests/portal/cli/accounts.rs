//! `admin add` and `token add`: the first ways in.

use reqwest::Client;

use crate::support::{Portal, Ran};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "a pontoon at low tide";

fn add(portal: &Portal, email: &str, password: &str) -> Ran {
    Ran::with_input(&mut portal.vestibule(&["admin", "add", email]), password)
}

#[tokio::test]
async fn an_added_admin_can_sign_in() {
    let portal = Portal::start().await;
    let added = add(&portal, EMAIL, &format!("{PASSWORD}\n"));
    assert_eq!((added.code, added.stdout.as_str()), (Some(0), ""));
    assert_eq!(added.stderr, format!("Added the admin {EMAIL}.\n"));
    let sign_in = async |password: &str| {
        let fields = [("email", EMAIL), ("password", password)];
        let visitor = portal.visitor();
        visitor.post("/admin/sign-in", &fields).await.status
    };
    assert_eq!(sign_in(PASSWORD).await, 303);
    assert_ne!(sign_in("another password").await, 303);
}

#[tokio::test]
async fn an_address_is_taken_once_and_must_be_one() {
    let portal = Portal::start().await;
    assert_eq!(add(&portal, EMAIL, PASSWORD).code, Some(0));
    for (email, password) in [
        (EMAIL, PASSWORD),
        ("ADA@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("bea@example.com", ""),
    ] {
        let refused = add(&portal, email, password);
        assert_eq!(refused.code, Some(1), "{email}");
        assert!(refused.stderr.starts_with("vestibule: "), "{email}");
        assert!(!refused.stderr.contains(PASSWORD), "{email}");
    }
}

#[tokio::test]
async fn a_token_stands_alone_on_standard_output_and_the_api_takes_it() {
    let portal = Portal::start().await;
    let made = portal.run(&["token", "add", "build server"]);
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
    let token = made.stdout.strip_suffix('\n').unwrap();
    assert!(!token.contains(char::is_whitespace), "{token}");
    let status = async |token: &str| {
        let request = Client::new().get(portal.url("/api/v1/shares"));
        request.bearer_auth(token).send().await.unwrap().status()
    };
    assert_eq!(status(token).await, 200);
    assert_eq!(status(&format!("{token}x")).await, 401);
}

#[tokio::test]
async fn a_token_may_write_only_if_it_was_made_so() {
    let portal = Portal::start().await;
    let make = |scope: &str| portal.run(&["token", "add", "robot", "--scope", scope]);
    let write = async |token: &str| {
        let request = Client::new().post(portal.url("/api/v1/shares"));
        let request = request
            .bearer_auth(token.trim())
            .json(&serde_json::json!({}));
        request.send().await.unwrap().status()
    };
    assert_eq!(write(&make("read").stdout).await, 403);
    assert_eq!(write(&make("write").stdout).await, 422);
    let unknown = make("root");
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""));
    assert!(
        unknown.stderr.contains("must be read or write"),
        "{}",
        unknown.stderr
    );
}
