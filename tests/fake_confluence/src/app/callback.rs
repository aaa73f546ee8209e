//! A call-back of the life cycle, ready to be sent: body and signed token, each of which a test may spoil.

use serde_json::{Value, json};

use super::qsh;
use super::rsa_keys::RsaKey;
use super::token::{Signer, Token, merge};
use super::{Descriptor, Installation};
use crate::state::State;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    Installed,
    Enabled,
    Disabled,
    Uninstalled,
}

impl Lifecycle {
    pub fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Uninstalled => "uninstalled",
        }
    }

    /// With a key of Atlassian; the others with the shared secret.
    fn is_signed_by_atlassian(self) -> bool {
        matches!(self, Self::Installed | Self::Uninstalled)
    }
}

/// Where a request carries its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Header,
    Query,
    Both,
    Nowhere,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Callback {
    pub url: String,
    pub token: Token,
    pub body: Value,
    pub place: Place,
}

impl Callback {
    /// The patch replaces claims; `null` takes one away.
    pub fn claims(mut self, patch: &Value) -> Self {
        self.token = self.token.claims(patch);
        self
    }

    pub fn header(mut self, patch: &Value) -> Self {
        self.token = self.token.header(patch);
        self
    }

    pub fn kid(self, id: &str) -> Self {
        self.header(&json!({ "kid": id }))
    }

    /// `HS256` with the installation's secret, `RS256`, or `none` with no signature; without a key id but for `RS256`.
    pub fn alg(self, alg: &str) -> Self {
        let signer = match alg {
            "none" => Signer::Nobody,
            "RS256" => Signer::Rsa(RsaKey::Install),
            _ => Signer::Secret(text(&self.body["sharedSecret"])),
        };
        let patched = self.header(&json!({ "alg": alg }));
        match alg {
            "RS256" => patched.signed_by(signer),
            _ => patched.header(&json!({ "kid": null })).signed_by(signer),
        }
    }

    /// Whatever the header says.
    pub fn signed_by(mut self, signer: Signer) -> Self {
        self.token = self.token.signed_by(signer);
        self
    }

    pub fn body(mut self, patch: &Value) -> Self {
        merge(&mut self.body, patch);
        self
    }

    /// To another address, with the hash of the first.
    pub fn to(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    pub fn token_in(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The status that came back.
    pub async fn send(&self) -> u16 {
        self.response().await.status
    }

    pub async fn response(&self) -> Response {
        let token = self.token.text();
        post(&self.url, &token, self.place, &self.body).await
    }
}

/// A request with a token, as this site sends it.
pub(super) async fn post(url: &str, token: &str, place: Place, body: &Value) -> Response {
    let url = match place {
        Place::Query | Place::Both => {
            let sign = if url.contains('?') { '&' } else { '?' };
            format!("{url}{sign}jwt={token}")
        }
        Place::Header | Place::Nowhere => url.to_owned(),
    };
    let mut request = reqwest::Client::new()
        .post(url)
        .header("User-Agent", "Atlassian HttpClient / Confluence-1000.0.0");
    if matches!(place, Place::Header | Place::Both) {
        request = request.header("Authorization", format!("JWT {token}"));
    }
    let answer = request.json(body).send().await.unwrap();
    Response {
        status: answer.status().as_u16(),
        text: answer.text().await.unwrap(),
    }
}

impl State {
    /// What this site says of an installation, right in every way.
    pub(super) fn callback(
        &self,
        event: Lifecycle,
        descriptor: &Descriptor,
        installation: &Installation,
    ) -> Callback {
        let path = descriptor.whole["lifecycle"][event.name()].as_str();
        let url = format!(
            "{}{}",
            descriptor.base_url,
            path.expect("a call-back of the descriptor")
        );
        let claims = self.claims_for(&url, "POST", descriptor, &installation.client_key);
        let claims = match event.is_signed_by_atlassian() {
            true => claims,
            false => without(claims, "aud"),
        };
        let token = match event.is_signed_by_atlassian() {
            true => Token::rs256(RsaKey::Install, self.app.install_key_id(), claims),
            false => Token::hs256(&installation.shared_secret, claims),
        };
        Callback {
            url,
            token,
            body: self.callback_body(event, installation),
            place: Place::Header,
        }
    }

    /// Of any token that this site signs for a request to the app.
    pub(super) fn claims_for(
        &self,
        url: &str,
        method: &str,
        descriptor: &Descriptor,
        client_key: &str,
    ) -> Value {
        let base = url::Url::parse(&descriptor.base_url).unwrap();
        let url = url::Url::parse(url).unwrap();
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let now = self.now().unix_timestamp();
        let admin = self.wiki.people.first().map(|person| &person.account_id);
        json!({
            "iss": client_key, "sub": admin, "aud": [descriptor.base_url], "iat": now, "exp": now + 180,
            "qsh": qsh::hash(method, target, base.path()), "context": {},
        })
    }

    fn callback_body(&self, event: Lifecycle, installation: &Installation) -> Value {
        let base = self.urls.base();
        let mut body = json!({
            "key": installation.app_key,
            "clientKey": installation.client_key,
            "oauthClientId": installation.oauth_client_id,
            "baseUrl": base,
            "displayUrl": base,
            "displayUrlServicedeskHelpCenter": base,
            "productType": "confluence",
            "description": format!("Atlassian Confluence at {base}"),
            "serviceEntitlementNumber": "SEN-1234567",
            "entitlementId": "E-1111-1111",
            "entitlementNumber": "E-1111-1111",
            "eventType": event.name(),
        });
        if event == Lifecycle::Installed {
            body["publicKey"] = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC".into();
            body["sharedSecret"] = installation.shared_secret.clone().into();
        }
        body
    }
}

fn without(mut claims: Value, name: &str) -> Value {
    merge(&mut claims, &json!({ name: null }));
    claims
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
