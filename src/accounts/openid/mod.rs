//! Sign-in at an OpenID provider: authorization code with PKCE, state and nonce. The crate `openidconnect` reads and
//! verifies; requests leave by the portal's own client.
//!
//! - [`OpenIdProvider::begin`]: where the browser goes, and what it must bring back.
//! - [`OpenIdProvider::finish`]: from the code to a person with a role.
//! - `discovery`: what the provider says of itself, kept for an hour. `tokens`: from the code to verified claims. `claims`:
//!   groups in them. [`error`]: why not.

mod claims;
mod discovery;
pub mod error;
mod tokens;

#[cfg(test)]
mod tests;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    ClaimsVerificationError, Client, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, Nonce, PkceCodeChallenge,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;
use url::Url;

use self::claims::OtherClaims;
use self::discovery::{Discovered, Discovery};
use self::error::{OpenIdError, plain_code};
use self::tokens::reason;
use super::account::Role;
use crate::config::OpenId;
use crate::confluence::Http;

/// How long somebody may take at the provider.
const ON_THE_WAY_SECONDS: i64 = 600;

type IdFields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<IdFields, CoreTokenType>;
type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;
type Portal = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider that the operator named; one per process.
pub struct OpenIdProvider {
    settings: OpenId,
    redirect_uri: RedirectUrl,
    http: Http,
    discovery: Discovery,
}

/// Somebody on the way to the provider and back. Kept in the browser, sealed; good once.
#[derive(Serialize, Deserialize)]
pub struct OnTheWay {
    state: String,
    nonce: String,
    verifier: String,
    began_at: i64,
    /// Where to go afterwards.
    pub next: String,
}

/// What the provider adds to the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Brought {
    code: String,
    state: String,
    error: String,
    iss: String,
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

    /// Who came back. A person without a fitting group is returned without a role.
    pub async fn finish(
        &self,
        brought: &Brought,
        on_the_way: &OnTheWay,
        now: OffsetDateTime,
    ) -> Result<OpenIdPerson, OpenIdError> {
        let age = now.unix_timestamp() - on_the_way.began_at;
        if !(0..=ON_THE_WAY_SECONDS).contains(&age) {
            return Err(OpenIdError::NotAsked("it took too long"));
        }
        if !bool::from(on_the_way.state.as_bytes().ct_eq(brought.state.as_bytes())) {
            return Err(OpenIdError::NotAsked("another state"));
        }
        let discovered = self.discovery.get(&self.http, now).await?;
        self.check_sender(&discovered, &brought.iss)?;
        if !brought.error.is_empty() || brought.code.is_empty() {
            return Err(OpenIdError::Sent(plain_code(&brought.error)));
        }
        let tokens = self
            .exchange(&discovered, &brought.code, on_the_way)
            .await?;
        let nonce = Nonce::new(on_the_way.nonce.clone());
        let claims = match self.verify(&discovered, &tokens, &nonce, now) {
            // The provider may have begun to sign with a new key since it was asked.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let renewed = self.discovery.renew(&self.http, now).await?;
                self.verify(&renewed, &tokens, &nonce, now)
            }
            verified => verified,
        };
        let claims = claims.map_err(|refused| OpenIdError::Token(reason(&refused)))?;
        self.learn(&discovered, &tokens, claims).await
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

    /// RFC 9207: an answer of another provider, which somebody mixed up with this one, says so.
    fn check_sender(&self, discovered: &Discovered, issuer: &str) -> Result<(), OpenIdError> {
        let is_missing = issuer.is_empty();
        if is_missing && discovered.always_names_itself() {
            return Err(OpenIdError::NotAsked("it does not name its provider"));
        }
        if !is_missing && issuer != self.settings.issuer {
            return Err(OpenIdError::NotAsked("another provider"));
        }
        Ok(())
    }

    fn portal(&self, discovered: &Discovered) -> Portal {
        discovered
            .client(&self.settings)
            .set_redirect_uri(self.redirect_uri.clone())
    }
}
