//! What a provider says of itself: addresses, keys, algorithms. Kept for an hour, and asked again sooner when it signs with
//! a key that is not known.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, DiscoveryError, IdTokenVerifier,
    IssuerUrl, ProviderMetadata,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use url::Url;

use super::error::OpenIdError;
use super::protocol::Portal;
use crate::config::OpenId;
use crate::confluence::{ConfluenceError, Http};

const KEPT: Duration = Duration::HOUR;
/// How long a provider that did not answer is not asked again.
const LEFT_ALONE: Duration = Duration::seconds(5);
/// Tokens with made-up keys must not have the provider asked again and again.
const RENEWED_AT_MOST_EVERY: Duration = Duration::MINUTE;

type Metadata = ProviderMetadata<
    Extensions,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Of other standards: signing out, and answers that name their provider (RFC 9207).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Extensions {
    end_session_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extensions {}

/// What was found out, and when. Whoever comes while the provider is being asked waits for that answer.
pub(super) struct Discovery {
    issuer: String,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    known: Option<(OffsetDateTime, Arc<Discovered>)>,
    renewed_at: Option<OffsetDateTime>,
    failed: Option<(OffsetDateTime, OpenIdError)>,
}

pub(super) struct Discovered(Metadata);

impl Discovery {
    pub(super) fn new(issuer: String) -> Self {
        Self {
            issuer,
            found: Mutex::default(),
        }
    }

    pub(super) async fn get(
        &self,
        http: &Http,
        now: OffsetDateTime,
    ) -> Result<Arc<Discovered>, OpenIdError> {
        let mut found = self.found.lock().await;
        if let Some((since, known)) = &found.known
            && now - *since < KEPT
        {
            return Ok(Arc::clone(known));
        }
        if let Some((at, error)) = &found.failed
            && now - *at < LEFT_ALONE
        {
            return Err(error.clone());
        }
        self.ask(http, &mut found, now).await
    }

    /// The same, asked anew unless that was done a moment ago.
    pub(super) async fn renew(
        &self,
        http: &Http,
        now: OffsetDateTime,
    ) -> Result<Arc<Discovered>, OpenIdError> {
        let mut found = self.found.lock().await;
        let renewed = found.renewed_at;
        if let Some((_, known)) = &found.known
            && renewed.is_some_and(|at| now - at < RENEWED_AT_MOST_EVERY)
        {
            return Ok(Arc::clone(known));
        }
        found.renewed_at = Some(now);
        self.ask(http, &mut found, now).await
    }

    async fn ask(
        &self,
        http: &Http,
        found: &mut Found,
        now: OffsetDateTime,
    ) -> Result<Arc<Discovered>, OpenIdError> {
        let asked = self.fetch(http).await;
        match &asked {
            Ok(discovered) => found.known = Some((now, Arc::clone(discovered))),
            Err(error) => found.failed = Some((now, error.clone())),
        }
        asked
    }

    async fn fetch(&self, http: &Http) -> Result<Arc<Discovered>, OpenIdError> {
        let issuer = IssuerUrl::new(self.issuer.clone())
            .map_err(|error| OpenIdError::Answer(error.to_string()))?;
        let client = |request| {
            let http = http.clone();
            async move { http.exchange(request).await }
        };
        let metadata = Metadata::discover_async(issuer, &client)
            .await
            .map_err(problem_of)?;
        Ok(Arc::new(Discovered(metadata)))
    }
}

/// The crate's texts name addresses and fields of a public document, never what the portal sent.
fn problem_of(error: DiscoveryError<ConfluenceError>) -> OpenIdError {
    match error {
        DiscoveryError::Request(error) => OpenIdError::Asking(error),
        DiscoveryError::Parse(error) => {
            OpenIdError::Answer(format!("the discovery document is incomplete: {error}"))
        }
        DiscoveryError::Response(status, _body, _text) => {
            OpenIdError::Answer(format!("the discovery document came with status {status}"))
        }
        error => OpenIdError::Answer(error.to_string()),
    }
}

impl Discovered {
    pub(super) fn client(&self, settings: &OpenId) -> Portal {
        let secret = settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(settings.client_id.clone());
        let client = Portal::from_provider_metadata(self.0.clone(), id, secret);
        match self.takes_secret_in_header() {
            true => client,
            false => client.set_auth_type(AuthType::RequestBody),
        }
    }

    /// In a header unless the provider takes it in the body only, as the standard has it.
    fn takes_secret_in_header(&self) -> bool {
        self.0
            .token_endpoint_auth_methods_supported()
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic))
    }

    /// Accepts what the provider says it signs with, but nothing that a secret or nobody signs.
    pub(super) fn verifier<'a>(
        &self,
        portal: &'a Portal,
        now: OffsetDateTime,
    ) -> IdTokenVerifier<'a, CoreJsonWebKey> {
        let offered = self.0.id_token_signing_alg_values_supported();
        let asymmetric = offered.iter().filter(|algorithm| is_asymmetric(algorithm));
        let now = chrono::DateTime::from_timestamp(now.unix_timestamp(), 0).unwrap_or_default();
        portal
            .id_token_verifier()
            .set_allowed_algs(asymmetric.cloned())
            .set_time_fn(move || now)
    }

    pub(super) fn end_session_endpoint(&self) -> Option<&Url> {
        let url = self.0.additional_metadata().end_session_endpoint.as_ref();
        url.filter(|url| matches!(url.scheme(), "https" | "http"))
    }

    pub(super) fn always_names_itself(&self) -> bool {
        self.0
            .additional_metadata()
            .authorization_response_iss_parameter_supported
    }

    pub(super) fn tells_about_people(&self) -> bool {
        self.0.userinfo_endpoint().is_some()
    }
}

fn is_asymmetric(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    !matches!(
        algorithm,
        CoreJwsSigningAlgorithm::HmacSha256
            | CoreJwsSigningAlgorithm::HmacSha384
            | CoreJwsSigningAlgorithm::HmacSha512
            | CoreJwsSigningAlgorithm::None
    )
}
