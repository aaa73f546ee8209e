//! What Confluence tells of an installation, in a body and a signed token that must agree.

use time::OffsetDateTime;

use super::install_keys::{InstallKeys, NoKey};
use super::jwt::{self, Claims, JwtError};
use super::request::{QshRule, Request, check_qsh};
use crate::confluence::{Http, Secret};

mod body;

pub use body::{Callback, CallbackError, Event, read_body};

/// A call-back as it came in.
pub struct ReceivedCallback<'a> {
    pub event: Event,
    /// Of the `Authorization: JWT …` header or the query; `None` when there was none, or more than one.
    pub token: Option<&'a str>,
    pub body: &'a [u8],
    pub method: &'a str,
    /// Path and query as they stood in the request line.
    pub target: &'a str,
    /// Who sent it, as far as it says whose budget a fetch of a key costs.
    pub client: &'a str,
}

/// Who we are: what the token and the body must name.
pub struct Expected<'a> {
    pub app_key: &'a str,
    /// Our public URLs, without a slash at their ends.
    pub audiences: &'a [String],
    /// Whether a site with this host may install the app.
    pub allows_host: &'a (dyn Fn(&str) -> bool + Sync),
}

/// Checks a call-back that is signed with a key of Atlassian (RS256): `installed` and `uninstalled`. A key is fetched only
/// for what would be right if its signature were.
pub async fn verify_signed_by_atlassian(
    http: &Http,
    keys: &InstallKeys,
    received: &ReceivedCallback<'_>,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<Callback, CallbackError> {
    if !matches!(received.event, Event::Installed | Event::Uninstalled) {
        return Err(CallbackError::Mismatch("event"));
    }
    let callback = check_body(received, expected)?;
    let token = received.token.ok_or(CallbackError::NoToken)?;
    let unverified = jwt::peek(token)?;
    if !unverified.is_rs256 {
        return Err(JwtError::Algorithm.into());
    }
    let key_id = unverified.key_id.ok_or(NoKey::BadId)?;
    let claims = jwt::read_unverified(token, now)?;
    check_claims(&claims, &callback, received)?;
    if !claims.audience.iter().any(|named| is_ours(named, expected)) {
        return Err(CallbackError::Mismatch("app"));
    }
    let key = keys.find(http, &key_id, received.client).await?;
    jwt::verify_by_key(token, &key, now)?;
    Ok(callback)
}

/// Checks a call-back that is signed with the secret of the installation (HS256): `enabled` and `disabled`. Confluence
/// does not say in them whom they are for; the secret does.
pub fn verify_signed_by_site(
    received: &ReceivedCallback<'_>,
    expected: &Expected<'_>,
    secret: &Secret,
    now: OffsetDateTime,
) -> Result<Callback, CallbackError> {
    if !matches!(received.event, Event::Enabled | Event::Disabled) {
        return Err(CallbackError::Mismatch("event"));
    }
    let callback = check_body(received, expected)?;
    let token = received.token.ok_or(CallbackError::NoToken)?;
    let claims = jwt::verify(token, secret, now)?;
    check_claims(&claims, &callback, received)?;
    let is_for_us = |named: &String| {
        is_ours(named, expected) || *named == callback.client_key || *named == callback.key
    };
    match claims.audience.is_empty() || claims.audience.iter().any(is_for_us) {
        true => Ok(callback),
        false => Err(CallbackError::Mismatch("app")),
    }
}

fn check_body(
    received: &ReceivedCallback<'_>,
    expected: &Expected<'_>,
) -> Result<Callback, CallbackError> {
    let callback = body::read(received.body, Some(received.event))?;
    if callback.key != expected.app_key {
        return Err(CallbackError::Mismatch("app"));
    }
    let host = callback.base_url.host_str().unwrap_or_default();
    if !(expected.allows_host)(host) {
        return Err(CallbackError::Host(host.to_owned()));
    }
    match received.event == Event::Installed && callback.shared_secret.is_none() {
        true => Err(CallbackError::Body("sharedSecret is missing".to_owned())),
        false => Ok(callback),
    }
}

fn check_claims(
    claims: &Claims,
    callback: &Callback,
    received: &ReceivedCallback<'_>,
) -> Result<(), CallbackError> {
    if claims.issuer != callback.client_key {
        return Err(CallbackError::Mismatch("site"));
    }
    let request = Request {
        method: received.method,
        target: received.target,
    };
    Ok(check_qsh(claims, request, QshRule::Exact)?)
}

fn is_ours(named: &str, expected: &Expected<'_>) -> bool {
    let named = named.trim_end_matches('/');
    let is_same = |ours: &String| ours.trim_end_matches('/') == named;
    expected.audiences.iter().any(is_same)
}
