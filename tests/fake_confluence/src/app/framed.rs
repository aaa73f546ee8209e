//! The app's pages inside Confluence: the URL that a frame is opened with, the tokens that a script there gets, and the
//! webhooks of the app's descriptor.

use serde_json::{Value, json};

use super::callback::{Place, Response, post};
use super::token::{Token, merge};
use crate::fake::FakeConfluence;
use crate::links::encoded;
use crate::webhook::{Event, Webhook};

impl FakeConfluence {
    /// The whole URL of a page of the app as Confluence opens it in a frame for this person: `path` with the parameters
    /// that Confluence adds and a token in `jwt`. A name in `Wiki::people`.
    pub fn framed_url(&self, path: &str, username: &str) -> String {
        let url = self.framed_url_unsigned(path);
        let token = self.framed_token(&url, username).text();
        format!("{url}&jwt={token}")
    }

    /// Without the token, for a test that makes its own.
    pub fn framed_url_unsigned(&self, path: &str) -> String {
        self.with_state(|state| {
            let app = &state.app.descriptor.as_ref().expect("an app").base_url;
            let sign = if path.contains('?') { '&' } else { '?' };
            let site = encoded(&state.urls.site);
            format!("{app}{path}{sign}xdm_e={site}&xdm_c=channel-share&cp=%2Fwiki&lic=active&cv=1001.0.0")
        })
    }

    /// For the URL of a frame; a test may change and spoil it.
    pub fn framed_token(&self, url: &str, username: &str) -> Token {
        self.signed(
            url,
            "GET",
            &json!({"sub": self.account_id(username), "aud": null}),
        )
    }

    /// What `AP.context.getToken()` gives: for any request, and only for those of scripts.
    pub fn context_token(&self, username: &str) -> Token {
        let claims = json!({"sub": self.account_id(username), "qsh": "context-qsh", "aud": null});
        self.signed(&self.framed_url_unsigned("/"), "GET", &claims)
    }

    /// The webhook of the app's descriptor for this event, signed; the status that came back.
    pub async fn post_webhook(&self, event: Event, id: u64) -> u16 {
        self.webhook_response(event, id).await.status
    }

    pub async fn webhook_response(&self, event: Event, id: u64) -> Response {
        let (url, body) = self.with_state(|state| {
            let descriptor = state.app.descriptor.as_ref().expect("an app");
            let webhooks = descriptor.whole["modules"]["webhooks"].as_array();
            let mut webhooks = webhooks.expect("webhooks").iter();
            let webhook = webhooks.find(|webhook| webhook["event"] == event.name());
            let path = webhook.expect("a webhook of the descriptor")["url"]
                .as_str()
                .unwrap();
            let webhook = Webhook::cloud(&state.wiki, event, id, &state.urls.base());
            let body: Value = serde_json::from_str(&webhook.body).unwrap();
            (format!("{}{path}", descriptor.base_url), body)
        });
        let token = self.signed(&url, "POST", &json!({"aud": null})).text();
        post(&url, &token, Place::Header, &body).await
    }

    /// A token of this site for one request to the app.
    fn signed(&self, url: &str, method: &str, patch: &Value) -> Token {
        self.with_state(|state| {
            let descriptor = state.app.descriptor.as_ref().expect("an app");
            let installation = state.app.installation.as_ref().expect("an installation");
            let client_key = &installation.client_key;
            let mut claims = state.claims_for(url, method, descriptor, client_key);
            merge(&mut claims, patch);
            Token::hs256(&installation.shared_secret, claims)
        })
    }

    pub fn account_id(&self, username: &str) -> String {
        self.wiki(|wiki| wiki.person(username).expect(username).account_id.clone())
    }
}
