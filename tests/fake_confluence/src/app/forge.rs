//! The same app by Forge: signed invocations of its remote, and the bearers for the gateway that come with them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::callback::Response;
use super::rsa_keys::RsaKey;
use super::token::{Token, merge};
use crate::credentials::CLOUD_ID;
use crate::exchange::Reply;
use crate::fake::FakeConfluence;
use crate::people::APP_USER;
use crate::state::{State, Urls};
use crate::wiki::PORTAL;

pub const FORGE_APP: &str = "ari:cloud:ecosystem::app/d9e4002b-120b-426b-834b-402a4a5adce7";
const KEY_ID: &str = "forge/invocation-token/b64f0dcd-6ef0-4a0a-a6a5-8ae5c5a1a1b2";
const ENVIRONMENT: &str = "ari:cloud:ecosystem::environment/d9e4002b-120b-426b-834b-402a4a5adce7/2a0f3a5e-0000-4000-8000-000000000000";
/// As all bearers of Forge begin.
pub const FORGE: &str = "fake-forge-";

#[derive(Default)]
pub struct Forge {
    /// Names in `Wiki::people`.
    bearers: BTreeMap<String, String>,
    /// How often the app was installed anew.
    installations: u32,
}

impl Forge {
    /// Whose bearer it is.
    pub(in super::super) fn owner(&self, authorization: &str) -> Option<String> {
        let bearer = authorization.strip_prefix("Bearer ")?;
        self.bearers.get(bearer).cloned()
    }

    /// `GET /.well-known/jwks.json`.
    pub(in super::super) fn keys() -> Reply {
        Reply::ok(&json!({"keys": [RsaKey::Forge.jwk(KEY_ID)]}))
    }

    fn installation(&self) -> String {
        let number = self.installations;
        format!("ari:cloud:ecosystem::installation/30c1c0f9-9a3c-4b7e-8d0e-{number:012}")
    }
}

/// What an invocation carries beside its token.
#[derive(Clone, Debug, Default)]
pub struct ForgeBearers {
    pub system: Option<String>,
    pub user: Option<String>,
}

impl FakeConfluence {
    pub fn forge_keys_url(&self) -> String {
        format!("{}/.well-known/jwks.json", self.gateway_url())
    }

    /// ARI of the installation that invocations name.
    pub fn forge_installation(&self) -> String {
        self.with_state(|state| state.app.forge.installation())
    }

    /// The app was removed and installed again: another installation, and no bearer is good any more.
    pub fn reinstall_forge(&self) {
        self.with_state(|state| {
            state.app.forge.installations += 1;
            state.app.forge.bearers.clear();
        });
    }

    /// Of an event or a schedule: nobody is in front of it.
    pub fn event_invocation(&self, module: &str) -> Token {
        self.with_state(|state| {
            let claims = state.invocation("core:trigger", module);
            Token::rs256(RsaKey::Forge, KEY_ID, claims)
        })
    }

    /// From a page of the app that this person looks at. The extension says where it is, such as
    /// `{"type": "…", "content": {"id": "1", "type": "page"}, "space": {"id": "2", "key": "DS"}}`.
    pub fn page_invocation(&self, module: &str, username: &str, extension: &Value) -> Token {
        let person = self.account_id(username);
        self.with_state(|state| {
            let mut claims = state.invocation("confluence:contentBylineItem", module);
            let site = state.urls.site.clone();
            let local = format!("ari:cloud:ecosystem::extension/static/{module}");
            let context = json!({
                "localId": local, "cloudId": CLOUD_ID, "moduleKey": module, "siteUrl": site,
                "extension": extension,
            });
            merge(
                &mut claims,
                &json!({"context": context, "principal": person}),
            );
            Token::rs256(RsaKey::Forge, KEY_ID, claims)
        })
    }

    /// Good at the gateway, as the app.
    pub fn forge_system_bearer(&self) -> String {
        self.with_state(|state| {
            state.add_app_user();
            state.forge_bearer("system", APP_USER)
        })
    }

    /// Good at the gateway, with this person's rights.
    pub fn forge_user_bearer(&self, username: &str) -> String {
        self.with_state(|state| state.forge_bearer("user", username))
    }

    pub fn expire_forge_bearers(&self) {
        self.with_state(|state| state.app.forge.bearers.clear());
    }

    /// A call of the app's remote.
    pub async fn invoke(
        &self,
        url: &str,
        invocation: &Token,
        bearers: &ForgeBearers,
        body: &Value,
    ) -> Response {
        let token = invocation.text();
        let mut request = reqwest::Client::new()
            .post(url)
            .header("Authorization", format!("Bearer {token}"))
            .header("x-b3-traceid", "0123456789abcdef0123456789abcdef")
            .header("x-b3-spanid", "0123456789abcdef");
        if let Some(system) = &bearers.system {
            request = request.header("x-forge-oauth-system", system);
        }
        if let Some(user) = &bearers.user {
            request = request.header("x-forge-oauth-user", user);
        }
        let answer = request.json(body).send().await.unwrap();
        Response {
            status: answer.status().as_u16(),
            text: answer.text().await.unwrap(),
        }
    }

    /// `invoke` with an event and a bearer of the app: `avi:forge:installed:app` as Forge tells it, others with what `more`
    /// says of them.
    pub async fn forge_event(&self, url: &str, event: &str, more: &Value) -> Response {
        let mut body = match event.starts_with("avi:forge:") {
            true => json!({
                "id": self.forge_installation(),
                "app": {"id": FORGE_APP, "version": "2.9.0"},
                "environment": {"id": ENVIRONMENT},
            }),
            false => json!({"atlassianId": self.account_id(PORTAL)}),
        };
        body["eventType"] = event.into();
        merge(&mut body, more);
        self.invoke_as_app(url, "portal-events", &body).await
    }

    /// What the scheduled trigger of the app sends.
    pub async fn forge_schedule(&self, url: &str) -> Response {
        let module = "portal-schedule";
        let body =
            json!({"context": {"cloudId": CLOUD_ID, "moduleKey": module}, "contextToken": "-"});
        self.invoke_as_app(url, module, &body).await
    }

    /// `more` of an event about a page: `avi:confluence:trashed:page` and its like.
    pub fn forge_content(&self, id: u64) -> Value {
        self.with_state(|state| {
            let page = &state.wiki.contents[&id];
            let space = state.wiki.space_of(page);
            json!({"content": {
                "id": id.to_string(), "type": "page", "status": "current", "title": page.title,
                "space": {"id": space.id, "key": space.key, "alias": space.key, "name": space.name},
            }})
        })
    }

    async fn invoke_as_app(&self, url: &str, module: &str, body: &Value) -> Response {
        let invocation = self.event_invocation(module);
        let system = Some(self.forge_system_bearer());
        let bearers = ForgeBearers { system, user: None };
        self.invoke(url, &invocation, &bearers, body).await
    }
}

impl State {
    fn forge_bearer(&mut self, kind: &str, username: &str) -> String {
        let bearer = format!("{FORGE}{kind}-{:06}", self.app.next());
        let forge = &mut self.app.forge;
        forge.bearers.insert(bearer.clone(), username.to_owned());
        bearer
    }

    fn invocation(&mut self, kind: &str, module: &str) -> Value {
        let installation = self.app.forge.installation();
        let api = format!("{}{}", self.app_server, Urls::gateway());
        let now = self.now().unix_timestamp();
        let number = self.app.next();
        json!({
            "app": {
                "id": FORGE_APP,
                "appVersion": "2.9.0",
                "installationId": installation,
                "apiBaseUrl": api,
                "environment": {"type": "DEVELOPMENT", "id": ENVIRONMENT},
                "module": {"type": kind, "key": module},
                "installation": {
                    "id": installation,
                    "contexts": [{"name": "confluence", "cloudId": CLOUD_ID, "apiBaseUrl": api}],
                },
            },
            "iat": now, "nbf": now, "exp": now + 25,
            "aud": FORGE_APP,
            "iss": "forge/invocation-token",
            "jti": format!("e9c0a2b4-0000-4000-8000-{number:012}"),
        })
    }
}
