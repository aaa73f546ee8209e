//! From what a browser brings back from the provider to a person with a role.

use openidconnect::{ClaimsVerificationError, Nonce};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use super::discovery::Discovered;
use super::error::{OpenIdError, plain_code};
use super::provider::{Brought, OnTheWay, OpenIdPerson, OpenIdProvider};
use super::tokens::reason;

/// How long somebody may take at the provider.
const ON_THE_WAY_SECONDS: i64 = 600;

impl OpenIdProvider {
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
}
