//! Calls of a Forge app to its remote: the invocation token, RS256 by keys of Atlassian. What is done with a call is not
//! known here.
//!
//! - [`keys`]: the set of keys. `claims`: what a token must say, and how its parts must agree.

mod claims;
pub mod keys;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use time::OffsetDateTime;

use super::Http;
use super::signed_token::{Algorithm, SignedToken};
pub use claims::{Invocation, InvocationError};
pub use keys::ForgeKeys;

impl ForgeKeys {
    /// Checks an invocation token for the app with this ARI.
    pub async fn verify(
        &self,
        http: &Http,
        token: &str,
        app: &str,
        now: OffsetDateTime,
    ) -> Result<Invocation, InvocationError> {
        let token = SignedToken::read(token)?;
        if token.algorithm() != Algorithm::Rs256 {
            return Err(InvocationError::Algorithm);
        }
        let key_id = token.key_id().ok_or(InvocationError::UnknownKey)?;
        let key = self.find(http, key_id, now).await?;
        if !token.is_by_key(&key.ok_or(InvocationError::UnknownKey)?) {
            return Err(InvocationError::Signature);
        }
        claims::check_times(&token, now)?;
        claims::check_audience(&token, app)?;
        claims::read(&token)
    }
}

/// The installation that a token names, before anything of it is believed: for words about a refusal.
pub fn unverified_installation(token: &str) -> Option<String> {
    let token = SignedToken::read(token).ok()?;
    let id = token.claims.get("app")?.get("installationId")?;
    Some(id.as_str()?.to_owned())
}

/// When a token that Forge has handed over ends: most are JSON Web Tokens and say so. Nothing else in it is looked at, and
/// it is believed in nothing but this; the site checks it.
pub fn end_of(token: &str) -> Option<OffsetDateTime> {
    #[derive(Deserialize)]
    struct Ends {
        exp: i64,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Ends = serde_json::from_slice(&claims).ok()?;
    OffsetDateTime::from_unix_timestamp(claims.exp).ok()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use time::OffsetDateTime;

    use super::end_of;

    #[test]
    fn a_token_that_says_its_end_is_believed_in_that() {
        let token = |payload: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload));
        assert_eq!(
            end_of(&token(r#"{"exp":1760174492,"a":1}"#)).map(OffsetDateTime::unix_timestamp),
            Some(1_760_174_492)
        );
        for opaque in ["", "opaque", "a.b.c", &token("{}")] {
            assert_eq!(end_of(opaque), None, "{opaque}");
        }
    }
}
