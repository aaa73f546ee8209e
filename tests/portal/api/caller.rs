//! A program that calls the API with a token, and what it expects to find: two connections, one of them with a small space.

use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::accounts::api_token::{NewApiToken, TokenName, TokenScope};
use vestibule::accounts::store::api_token as tokens;

use crate::support::{Portal, Shown, Visitor};

pub(super) const MANUAL: &str = "11111111-1111-4111-8111-111111111111";
pub(super) const SPARE: &str = "22222222-2222-4222-8222-222222222222";

/// A portal with content, and a caller who may write.
pub(super) async fn portal_and_writer() -> (Portal, Visitor) {
    let portal = Portal::start().await;
    db_content(&portal);
    let writer = caller(&portal, TokenScope::Write);
    (portal, writer)
}

pub(super) fn caller(portal: &Portal, scope: TokenScope) -> Visitor {
    caller_until(portal, scope, None)
}

pub(super) fn caller_until(
    portal: &Portal,
    scope: TokenScope,
    expires_at: Option<time::OffsetDateTime>,
) -> Visitor {
    let new = NewApiToken {
        name: TokenName::parse("build server").unwrap(),
        scope,
        created_by: "test".to_owned(),
        expires_at,
    };
    let made = portal.db(|db| tokens::insert_token(db, &new, vestibule::clock::now()));
    let (_, plain) = made.unwrap();
    caller_with(portal, plain.reveal())
}

pub(super) fn caller_with(portal: &Portal, token: String) -> Visitor {
    portal.visitor_in(Shown::Unsaid).calling("/api/v1", token)
}

impl Visitor {
    /// Creates a share of the page `Home` with everything below it.
    pub(super) async fn create_share(&self, name: &str) -> Value {
        let body = json!({"connectionId": MANUAL, "scope": "tree", "pageId": "100", "name": name});
        let created = self.post_json("/shares", body).await;
        assert_eq!(created.status, 201, "{}", created.json);
        created.json
    }
}

/// The path of a share in the API.
pub(super) fn path_of(share: &Value) -> String {
    format!("/shares/{}", share["id"].as_str().unwrap())
}

/// Two connections; the first has a space with a home page and a blog post.
fn db_content(portal: &Portal) {
    use diesel::connection::SimpleConnection as _;
    let (manual, spare) = (id(MANUAL), id(SPARE));
    let sql = format!(
        "insert into connection (id, kind, name, created_at, updated_at) values
           ('{manual}', 'space_export', 'Manual', now(), now()),
           ('{spare}', 'space_export', 'Spare', now(), now());
         insert into wiki_space values ('{manual}', 'DOC', 'Documentation', '100');
         insert into page_snapshot (connection_id, content_id, kind, space_key, title, position, body, body_format,
           version, search_text, findings) values
           ('{manual}', '100', 'page', 'DOC', 'Home', 0, '<p>Welcome</p>', 'storage', 1, 'Welcome', '[]'),
           ('{manual}', '101', 'blog_post', 'DOC', 'News', 0, '<p>News</p>', 'storage', 1, 'News', '[]');"
    );
    portal.db(|db| db.batch_execute(&sql)).unwrap();
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}
