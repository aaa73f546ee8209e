//! From the code that the browser brought to claims that are verified. No text from here holds a token.

use openidconnect::core::{CoreErrorResponseType, CoreGenderClaim};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, EndUserEmail, EndUserName,
    EndUserUsername, LocalizedClaim, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier,
    RequestTokenError, TokenResponse as _, UserInfoClaims, UserInfoError,
};
use time::OffsetDateTime;

use super::claims::OtherClaims;
use super::discovery::Discovered;
use super::error::{OpenIdError, plain_code};
use super::protocol::{Claims, Tokens};
use super::provider::{OnTheWay, OpenIdPerson, OpenIdProvider};
use crate::accounts::roles::role_of;

impl OpenIdProvider {
    pub(super) async fn exchange(
        &self,
        discovered: &Discovered,
        code: &str,
        on_the_way: &OnTheWay,
    ) -> Result<Tokens, OpenIdError> {
        let code = AuthorizationCode::new(code.to_owned());
        let verifier = PkceCodeVerifier::new(on_the_way.verifier.clone());
        let portal = self.portal(discovered);
        let request = portal
            .exchange_code(code)
            .map_err(|error| OpenIdError::Answer(error.to_string()))?
            .set_pkce_verifier(verifier);
        let client = |request| self.http.exchange(request);
        request
            .request_async(&client)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => OpenIdError::Asking(error),
                RequestTokenError::ServerResponse(refused) => match refused.error() {
                    CoreErrorResponseType::InvalidGrant => OpenIdError::Code,
                    code => OpenIdError::Client(plain_code(code.as_ref())),
                },
                // The body may hold tokens, so that only the place of the error is said.
                RequestTokenError::Parse(error, _body) => {
                    OpenIdError::Answer(format!("no tokens at {}", error.path()))
                }
                RequestTokenError::Other(_) => OpenIdError::Answer("no tokens".to_owned()),
            })
    }

    pub(super) fn verify<'a>(
        &self,
        discovered: &Discovered,
        tokens: &'a Tokens,
        nonce: &Nonce,
        now: OffsetDateTime,
    ) -> Result<&'a Claims, ClaimsVerificationError> {
        let other = |text: &str| ClaimsVerificationError::Other(text.to_owned());
        let id_token = tokens.id_token().ok_or_else(|| other("there is none"))?;
        let portal = self.portal(discovered);
        let verifier = discovered.verifier(&portal, now);
        let claims = id_token.claims(&verifier, nonce)?;
        // The crate leaves this one to its callers.
        let party = claims.authorized_party().map(|party| party.as_str());
        if party.is_some_and(|party| party != self.settings.client_id) {
            return Err(other("it was made for another client"));
        }
        if let Some(expected) = claims.access_token_hash() {
            let signature = ClaimsVerificationError::SignatureVerification;
            let algorithm = id_token.signing_alg().map_err(signature)?;
            let key = id_token.signing_key(&verifier).map_err(signature)?;
            let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if hash.ok().as_ref() != Some(expected) {
                return Err(other("the access token does not belong to it"));
            }
        }
        Ok(claims)
    }

    /// From the ID token, and what is missing there from where the provider answers questions about the person.
    pub(super) async fn learn(
        &self,
        discovered: &Discovered,
        tokens: &Tokens,
        claims: &Claims,
    ) -> Result<OpenIdPerson, OpenIdError> {
        let claim = &self.settings.groups_claim;
        let mut groups = claims.additional_claims().groups(claim);
        let mut name = name_of(claims.name(), claims.preferred_username(), claims.email());
        if groups.is_none() || name.is_none() {
            let asked = match self.ask_about(discovered, tokens, claims).await {
                Ok(asked) => asked,
                // Only a name is missing, and there is another one.
                Err(_) if groups.is_some() => None,
                Err(error) => return Err(error),
            };
            let more = asked.as_ref().map(UserInfoClaims::additional_claims);
            groups = groups.or_else(|| more?.groups(claim));
            name = name.or_else(|| {
                let asked = asked.as_ref()?;
                name_of(asked.name(), asked.preferred_username(), asked.email())
            });
        }
        let subject = claims.subject().to_string();
        Ok(OpenIdPerson {
            display_name: name.unwrap_or_else(|| subject.clone()),
            subject,
            role: role_of(&self.settings.groups, &self.named(groups, claims)?),
        })
    }

    fn named(
        &self,
        groups: Option<Vec<String>>,
        claims: &Claims,
    ) -> Result<Vec<String>, OpenIdError> {
        let claim = self.settings.groups_claim.clone();
        let is_elsewhere = claims.additional_claims().says_groups_are_elsewhere(&claim);
        match groups {
            Some(groups) => Ok(groups),
            None if is_elsewhere => Err(OpenIdError::TooManyGroups(claim)),
            None => Err(OpenIdError::NoGroups(claim)),
        }
    }

    async fn ask_about(
        &self,
        discovered: &Discovered,
        tokens: &Tokens,
        claims: &Claims,
    ) -> Result<Option<UserInfoClaims<OtherClaims, CoreGenderClaim>>, OpenIdError> {
        let token = tokens.access_token();
        // The crate stops the process's request at a token that no header may carry.
        let fits_header = token.secret().bytes().all(|byte| byte.is_ascii_graphic());
        if !discovered.tells_about_people() || !fits_header {
            return Ok(None);
        }
        let portal = self.portal(discovered);
        let request = portal
            .user_info(token.clone(), Some(claims.subject().clone()))
            .map_err(|error| OpenIdError::Answer(error.to_string()))?;
        let client = |request| self.http.exchange(request);
        let asked = request.request_async(&client).await;
        asked.map(Some).map_err(|error| match error {
            UserInfoError::Request(error) => OpenIdError::Asking(error),
            UserInfoError::ClaimsVerification(refused) => OpenIdError::Token(reason(&refused)),
            UserInfoError::Response(status, _body, _text) => {
                OpenIdError::Answer(format!("what it knows of people came with status {status}"))
            }
            _ => OpenIdError::Answer("what it knows of people cannot be read".to_owned()),
        })
    }
}

/// Why a token does not hold, for the log. Issuers, audiences and times are no secrets; a signature has a reason of its own.
pub(super) fn reason(refused: &ClaimsVerificationError) -> String {
    match refused {
        ClaimsVerificationError::SignatureVerification(why) => format!("{refused}: {why}"),
        refused => refused.to_string(),
    }
}

/// What people call somebody, or else the name that the provider has for them.
fn name_of(
    names: Option<&LocalizedClaim<EndUserName>>,
    username: Option<&EndUserUsername>,
    email: Option<&EndUserEmail>,
) -> Option<String> {
    let name = names.and_then(|names| names.get(None));
    let texts = [
        name.map(|name| name.as_str()),
        username.map(|username| username.as_str()),
        email.map(|email| email.as_str()),
    ];
    let mut filled = texts.into_iter().flatten().map(str::trim);
    filled.find(|text| !text.is_empty()).map(str::to_owned)
}
