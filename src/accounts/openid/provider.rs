//! The provider that the operator named, and the ways that lead to it: to sign in, and to sign out. The way back is the
//! subject of `way_back`.

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, RedirectUrl, Scope};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::Url;

use super::discovery::{Discovered, Discovery};
use super::error::OpenIdError;
use super::protocol::Portal;
use crate::accounts::account::Role;
use crate::config::OpenId;
use crate::confluence::Http;

/// The provider that the operator named; one per process.
pub struct OpenIdProvider {
    pub(super) settings: OpenId,
    redirect_uri: RedirectUrl,
    pub(super) http: Http,
    pub(super) discovery: Discovery,
}

/// Somebody on the way to the provider and back. Kept in the browser, sealed; good once.
#[derive(Serialize, Deserialize)]
pub struct OnTheWay {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) began_at: i64,
    /// Where to go afterwards.
    pub next: String,
}

/// What the provider adds to the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Brought {
    pub(super) code: String,
    pub(super) state: String,
    pub(super) error: String,
    pub(super) iss: String,
}

/// Somebody whom the provider vouches for.
#[derive(Debug, PartialEq, Eq)]
pub struct OpenIdPerson {
    pub subject: String,
    pub display_name: String,
    /// `None` when none of the groups lets in.
    pub role: Option<Role>,
}

impl OpenIdProvider {
    /// Sends nothing yet. `redirect_uri` is what is registered at the provider.
    pub fn new(settings: OpenId, redirect_uri: String, http: Http) -> Result<Self, OpenIdError> {
        let redirect_uri = RedirectUrl::new(redirect_uri)
            .map_err(|error| OpenIdError::Answer(error.to_string()))?;
        Ok(Self {
            discovery: Discovery::new(settings.issuer.clone()),
            settings,
            redirect_uri,
            http,
        })
    }

    pub fn settings(&self) -> &OpenId {
        &self.settings
    }

    /// Where to send the browser, and what it must bring back.
    pub async fn begin(
        &self,
        next: String,
        now: OffsetDateTime,
    ) -> Result<(Url, OnTheWay), OpenIdError> {
        let discovered = self.discovery.get(&self.http, now).await?;
        let portal = self.portal(&discovered);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = portal.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        for scope in self
            .settings
            .scopes
            .iter()
            .filter(|scope| *scope != "openid")
        {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        let on_the_way = OnTheWay {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            began_at: now.unix_timestamp(),
            next,
        };
        Ok((url, on_the_way))
    }

    /// Where somebody signs out at the provider, if it offers that; afterwards the browser comes to `back`.
    pub async fn sign_out_url(&self, back: &str, now: OffsetDateTime) -> Option<Url> {
        let discovered = self.discovery.get(&self.http, now).await.ok()?;
        let mut url = discovered.end_session_endpoint()?.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", back);
        Some(url)
    }

    pub(super) fn portal(&self, discovered: &Discovered) -> Portal {
        discovered
            .client(&self.settings)
            .set_redirect_uri(self.redirect_uri.clone())
    }
}
