//! A program that calls the API, and what it expects to find: two connections, one of them with a small space.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::accounts::api_token::{NewApiToken, TokenName, TokenScope};
use vestibule::accounts::store::api_token as tokens;

use crate::support::Portal;

pub(super) const MANUAL: &str = "11111111-1111-4111-8111-111111111111";
pub(super) const SPARE: &str = "22222222-2222-4222-8222-222222222222";

/// Holds one token and sends it with every call.
pub(super) struct Caller {
    http: reqwest::Client,
    url: String,
    token: String,
}

/// What came back, with a JSON body if there was one.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Value,
}

/// A portal with content, and a caller who may write.
pub(super) async fn portal_and_writer() -> (Portal, Caller) {
    let portal = Portal::start().await;
    db_content(&portal);
    let writer = caller(&portal, TokenScope::Write);
    (portal, writer)
}

pub(super) fn caller(portal: &Portal, scope: TokenScope) -> Caller {
    caller_until(portal, scope, None)
}

pub(super) fn caller_until(
    portal: &Portal,
    scope: TokenScope,
    expires_at: Option<time::OffsetDateTime>,
) -> Caller {
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

pub(super) fn caller_with(portal: &Portal, token: String) -> Caller {
    Caller {
        http: reqwest::Client::new(),
        url: portal.url("/api/v1"),
        token,
    }
}

impl Caller {
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// For requests that are wrong on purpose.
    pub(super) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.token)
    }

    pub(super) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    /// Creates a share of the page `Home` with everything below it.
    pub(super) async fn create_share(&self, name: &str) -> Value {
        let body = json!({"connectionId": MANUAL, "scope": "tree", "pageId": "100", "name": name});
        let created = self.post("/shares", body).await;
        assert_eq!(created.status, 201, "{}", created.body);
        created.body
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The fields that `errors` names, in its order.
    pub(super) fn wrong_fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().unwrap();
        errors
            .iter()
            .filter_map(|error| error["field"].as_str())
            .collect()
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
