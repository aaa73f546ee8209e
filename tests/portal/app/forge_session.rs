//! The Forge app's pages: a call for a ticket, and the frame that comes in with it.

use diesel::RunQueryDsl as _;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::admin::inside::ticket::EntryTicket;
use vestibule::admin::inside::view::View;
use vestibule::seal::Sealer;

use super::frame::{Frame, ancestors};
use super::stage::Stage;
use crate::support::{Portal, everything_logged};
use fake_confluence::app::callback::Response;
use fake_confluence::app::forge::ForgeBearers;
use fake_confluence::app::rsa_keys::RsaKey;
use fake_confluence::app::token::{Signer, Token};

impl Stage {
    async fn by_forge() -> (Self, Uuid) {
        let stage = Self::set().await;
        let url = stage.portal.url("/forge/events");
        let event = "avi:forge:installed:app";
        let installed = stage.fake.forge_event(&url, event, &json!({})).await;
        assert_eq!(installed.status, 204);
        let known = stage.of_key(
            vestibule::connections::installation::AppKind::Forge,
            &stage.fake.forge_installation(),
        );
        (stage, known.unwrap().connection_id)
    }

    fn invocation(&self, username: &str) -> Token {
        self.fake
            .page_invocation("share-byline", username, &json!({}))
    }

    /// As a page of the app asks for its frame.
    async fn ask(&self, token: &Token, body: &Value, user: Option<String>) -> Response {
        let url = self.portal.url("/forge/session");
        let bearers = ForgeBearers { system: None, user };
        self.fake.invoke(&url, token, &bearers, body).await
    }

    fn wanted(&self, title: &str) -> Value {
        json!({"view": "share", "pageId": self.id(title).to_string(), "spaceKey": "DS"})
    }

    /// The address that a frame is to open.
    async fn ticket(&self, username: &str, title: &str) -> String {
        let user = Some(self.fake.forge_user_bearer(username));
        let token = self.invocation(username);
        let response = self.ask(&token, &self.wanted(title), user).await;
        assert_eq!(response.status, 200, "{}", response.text);
        let answer: Value = serde_json::from_str(&response.text).unwrap();
        self.target(answer["url"].as_str().unwrap())
    }
}

async fn frame_by<'a>(stage: &'a Stage, ticket: &str) -> Frame<'a> {
    let frame = stage.frame();
    assert_eq!(frame.get(ticket).await.status, 303);
    frame
}

#[tokio::test]
async fn nobody_gets_a_ticket_at_a_site_that_is_listed_no_more() {
    let (stage, _site) = Stage::by_forge().await;
    stage.portal.db(|db| {
        let moved = "update installation set base_url = 'https://evil.atlassian.net/wiki'";
        diesel::sql_query(moved).execute(db).unwrap();
    });
    let (token, user) = (
        stage.invocation("alice"),
        stage.fake.forge_user_bearer("alice"),
    );

    let refused = stage
        .ask(&token, &stage.wanted("Handbook"), Some(user))
        .await;

    assert_eq!(refused.status, 403);
    assert!(
        refused.text.contains("VESTIBULE_APP_HOSTS"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_page_of_the_app_brings_its_person_in() {
    let (stage, site) = Stage::by_forge().await;
    let ticket = stage.ticket("alice", "Handbook").await;
    let frame = stage.frame();

    let answer = frame.get(&ticket).await;

    assert_eq!(answer.status, 303);
    let handbook = stage.id("Handbook");
    let expected = format!("/admin/inside/share?page={handbook}&space=DS&at={site}");
    assert_eq!(answer.location(), expected);
    let page = frame.get(&expected).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let origin = stage.fake.base_url();
    let both = format!("{origin} https://*.cdn.prod.atlassian-dev.net");
    assert_eq!(ancestors(&page), both);
    // The bridge is Connect's.
    assert!(page.attributes("script[src^=https]", "src").is_empty());
    assert_eq!(page.attributes("#name", "value"), ["Handbook"]);
}

#[tokio::test]
async fn the_site_is_searched_with_the_persons_own_token() {
    let (stage, _) = Stage::by_forge().await;
    let alice = frame_by(&stage, &stage.ticket("alice", "Handbook").await).await;
    let bob = frame_by(&stage, &stage.ticket("bob", "Handbook").await).await;

    let hers = alice.get(&alice.dialog("Board Minutes")).await;
    let his = bob.get(&bob.dialog("Board Minutes")).await;

    assert_eq!(hers.attributes("#name", "value"), ["Board Minutes"]);
    assert!(his.attributes("#name", "value").is_empty());
    assert!(!everything_logged().contains("fake-forge-user"));
}

#[tokio::test]
async fn a_ticket_is_good_once() {
    let (stage, _) = Stage::by_forge().await;
    let ticket = stage.ticket("alice", "Handbook").await;
    let (first, thief) = (stage.frame(), stage.frame());

    assert_eq!(first.get(&ticket).await.status, 303);

    assert_eq!(thief.get(&ticket).await.status, 401);
    assert_eq!(thief.cookie(), None);
    let changed = format!("{ticket}A");
    assert_eq!(stage.frame().get(&changed).await.status, 401);
    let text = ticket.split('=').nth(1).unwrap();
    assert!(!everything_logged().contains(text));
}

#[tokio::test]
async fn an_old_ticket_is_refused_in_its_frame() {
    let (stage, connection_id) = Stage::by_forge().await;
    let now = vestibule::clock::now();
    let ticket = EntryTicket {
        nonce: [7; 16],
        expires: now.unix_timestamp() - 1,
        account_id: Uuid::nil(),
        epoch: 0,
        connection_id,
        view: View::Admin,
    };
    let sealed = ticket.seal(&Sealer::new(&stage.portal.seal_key(), None));
    let path = format!("/forge/enter?ticket={}", sealed.unwrap());

    let answer = stage.frame().get(&path).await;

    assert_eq!(answer.status, 401);
    assert!(answer.text().contains("older than half a minute"));
    assert!(ancestors(&answer).starts_with(&stage.fake.base_url()));
}

#[tokio::test]
async fn a_call_that_forge_did_not_sign_gets_no_ticket() {
    let (stage, _) = Stage::by_forge().await;
    let right = || stage.invocation("alice");
    let table = [
        (
            "another key",
            right().signed_by(Signer::Rsa(RsaKey::Stranger)),
        ),
        (
            "no signature",
            right()
                .header(&json!({"alg": "none"}))
                .signed_by(Signer::Nobody),
        ),
        (
            "another app",
            right().claims(
                &json!({"aud": "ari:cloud:ecosystem::app/11111111-1111-4111-8111-111111111111"}),
            ),
        ),
        (
            "another issuer",
            right().claims(&json!({"iss": "forge/other-token"})),
        ),
        ("expired", right().claims(&json!({"exp": 1_760_174_492}))),
    ];
    for (what, token) in table {
        let response = stage.ask(&token, &stage.wanted("Handbook"), None).await;
        assert_eq!(response.status, 401, "{what}: {}", response.text);
        assert!(!response.text.contains("ticket"), "{what}");
    }
    let event = stage.fake.event_invocation("portal-events");
    let nobody = stage.ask(&event, &stage.wanted("Handbook"), None).await;
    assert_eq!(nobody.status, 403);
    let wrong = stage.ask(&right(), &json!({"view": "attic"}), None).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn whoever_may_not_share_is_told_the_rule_in_json() {
    let (stage, _) = Stage::by_forge().await;
    let handbook = stage.id("Handbook");
    stage
        .fake
        .wiki(|wiki| wiki.restrict_edits(handbook, &["alice"]));

    let response = stage
        .ask(&stage.invocation("bob"), &stage.wanted("Handbook"), None)
        .await;

    assert_eq!(response.status, 403);
    let answer: Value = serde_json::from_str(&response.text).unwrap();
    let detail = answer["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("You may not share this page."),
        "{detail}"
    );
}

#[tokio::test]
async fn an_installation_that_is_not_known_yet_is_asked_to_wait() {
    let stage = Stage::set().await;
    let response = stage
        .ask(&stage.invocation("alice"), &stage.wanted("Handbook"), None)
        .await;
    assert_eq!(response.status, 403);
    assert!(response.text.contains("within five minutes"));
}

#[tokio::test]
async fn without_a_forge_app_there_is_nothing() {
    let portal = Portal::start().await;
    let visitor = portal.visitor();
    assert_eq!(visitor.get("/forge/enter?ticket=x").await.status, 404);
    assert_eq!(visitor.post("/forge/session", &[]).await.status, 404);
}
