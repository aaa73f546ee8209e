//! What an invocation token must say: for whom it is, when, and that all its parts name one installation and one site.

use serde_json::Value;
use time::OffsetDateTime;
use url::Url;

use crate::confluence::ConfluenceError;
use crate::confluence::signed_token::{SignedToken, Unreadable, is_ahead, is_over};
use crate::strict_json::Whole as Object;

const ISSUER: &str = "forge/invocation-token";

/// Of a token, as Atlassian promises.
const LIFE_SECONDS: i64 = 25;
const LEEWAY_SECONDS: i64 = 5;

const LONGEST_TEXT: usize = 500;

/// Who calls, as a token with a right signature says.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// ARI of the installation.
    pub installation: String,
    /// Of the site, agreed on by all places that name one.
    pub cloud_id: String,
    /// Key of the module that the call comes from, if any.
    pub module: Option<String>,
    /// The person in front of the page, by Atlassian's account id; `None` for events.
    pub person: Option<String>,
    /// `https://acme.atlassian.net`; only calls from pages say it.
    pub site_url: Option<String>,
    /// `context.extension` of calls from pages: `content`, `space` and more.
    pub extension: Option<Value>,
    /// Makes a token count once, if the caller wants that.
    pub token_id: String,
}

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token names another algorithm")]
    Algorithm,
    #[error("there is no key with the token's id")]
    UnknownKey,
    #[error("the signature is wrong")]
    Signature,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the claim {0} is missing or wrong")]
    Claim(&'static str),
    #[error("the keys could not be fetched: {0}")]
    Keys(#[from] ConfluenceError),
}

impl From<Unreadable> for InvocationError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed => Self::Malformed,
            Unreadable::Algorithm => Self::Algorithm,
        }
    }
}

pub(super) fn check_times(
    token: &SignedToken<'_>,
    now: OffsetDateTime,
) -> Result<(), InvocationError> {
    let seconds = |claim| token.seconds(claim).ok_or(InvocationError::Claim(claim));
    let (issued, begins, expires) = (seconds("iat")?, seconds("nbf")?, seconds("exp")?);
    let life = expires.saturating_sub(issued);
    if life <= 0 || life > LIFE_SECONDS + LEEWAY_SECONDS {
        return Err(InvocationError::Claim("exp"));
    }
    if is_ahead(issued.max(begins), now, LEEWAY_SECONDS) {
        return Err(InvocationError::NotYetValid);
    }
    match is_over(expires, now, LEEWAY_SECONDS) {
        true => Err(InvocationError::Expired),
        false => Ok(()),
    }
}

pub(super) fn check_audience(token: &SignedToken<'_>, app: &str) -> Result<(), InvocationError> {
    if token.text("iss") != Some(ISSUER) {
        return Err(InvocationError::Claim("iss"));
    }
    if token.audience().is_none_or(|audience| audience != [app]) {
        return Err(InvocationError::Claim("aud"));
    }
    match token.claims.get("app").and_then(|claim| claim.get("id")) {
        Some(Value::String(id)) if id == app => Ok(()),
        _ => Err(InvocationError::Claim("app.id")),
    }
}

pub(super) fn read(token: &SignedToken<'_>) -> Result<Invocation, InvocationError> {
    let claims = &token.claims;
    let app = object(claims, "app")?.ok_or(InvocationError::Claim("app"))?;
    let context = object(claims, "context")?;
    // Isolated Cloud signs with other keys; here the claim can only be a mistake, or worse.
    let has_label = |object: &Object| object.contains_key("icLabel");
    if has_label(claims) || has_label(app) || context.is_some_and(has_label) {
        return Err(InvocationError::Claim("icLabel"));
    }
    let module = object(app, "module")?;
    let module = text(module, "key", "app.module.key")?;
    let context_module = text(context, "moduleKey", "context.moduleKey")?;
    Ok(Invocation {
        installation: installation(app)?,
        cloud_id: cloud_id(app, context)?,
        module: context_module.or(module),
        // Events have no context, and nobody in front of them.
        person: match context {
            Some(_) => text(Some(claims), "principal", "principal")?,
            None => None,
        },
        site_url: text(context, "siteUrl", "context.siteUrl")?
            .map(|url| site_url(&url).ok_or(InvocationError::Claim("context.siteUrl")))
            .transpose()?,
        extension: context
            .and_then(|context| context.get("extension"))
            .cloned(),
        token_id: text(Some(claims), "jti", "jti")?.ok_or(InvocationError::Claim("jti"))?,
    })
}

/// `app.installationId`, and the same again where it stands twice.
fn installation(app: &Object) -> Result<String, InvocationError> {
    let wrong = InvocationError::Claim("app.installationId");
    let id = text(Some(app), "installationId", "app.installationId")?;
    let again = text(object(app, "installation")?, "id", "app.installation.id")?;
    match (id, again) {
        (Some(id), None) => Ok(id),
        (Some(id), Some(again)) if id == again => Ok(id),
        _ => Err(wrong),
    }
}

/// Of the site that `app.apiBaseUrl` leads to; every other place that names one must name the same.
fn cloud_id(app: &Object, context: Option<&Object>) -> Result<String, InvocationError> {
    let wrong = InvocationError::Claim("cloudId");
    let base = text(Some(app), "apiBaseUrl", "app.apiBaseUrl")?;
    let id = base.as_deref().and_then(cloud_id_of);
    let id = id.ok_or(InvocationError::Claim("app.apiBaseUrl"))?;
    let mut named = vec![text(context, "cloudId", "context.cloudId")?];
    if let Some(installation) = object(app, "installation")? {
        let confluence = confluence_context(installation)?;
        let base = text(Some(confluence), "apiBaseUrl", "app.installation.contexts")?;
        let is_other = |base: &String| cloud_id_of(base).as_ref() != Some(&id);
        if base.as_ref().is_some_and(is_other) {
            return Err(wrong);
        }
        let id = text(Some(confluence), "cloudId", "app.installation.contexts")?;
        named.push(Some(
            id.ok_or(InvocationError::Claim("app.installation.contexts"))?,
        ));
    }
    match named.iter().flatten().all(|named| *named == id) {
        true => Ok(id),
        false => Err(wrong),
    }
}

/// An installation may be in several products; exactly one of them is Confluence.
fn confluence_context(installation: &Object) -> Result<&Object, InvocationError> {
    let contexts = installation.get("contexts").and_then(Value::as_array);
    let is_confluence =
        |context: &&Object| context.get("name").and_then(Value::as_str) == Some("confluence");
    let mut found = contexts
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .filter(is_confluence);
    match (found.next(), found.next()) {
        (Some(context), None) => Ok(context),
        _ => Err(InvocationError::Claim("app.installation.contexts")),
    }
}

/// `…/ex/confluence/{cloudId}`.
fn cloud_id_of(api_base_url: &str) -> Option<String> {
    let url = Url::parse(api_base_url).ok()?;
    let id = url.path().strip_prefix("/ex/confluence/")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = (1..=64).contains(&id.len()) && id.bytes().all(is_plain);
    is_id.then(|| id.to_owned())
}

/// Scheme and host alone, in one form.
fn site_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_web = ["http", "https"].contains(&url.scheme()) && url.has_host();
    let is_bare = url.username().is_empty() && url.path() == "/" && url.query().is_none();
    (is_web && is_bare).then(|| url.origin().ascii_serialization())
}

/// A claim that is an object, if it is there.
fn object<'a>(
    parent: &'a Object,
    claim: &'static str,
) -> Result<Option<&'a Object>, InvocationError> {
    match parent.get(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(InvocationError::Claim(claim)),
    }
}

/// A claim that is a text, if it is there; `named` is how an error calls it.
fn text(
    parent: Option<&Object>,
    claim: &str,
    named: &'static str,
) -> Result<Option<String>, InvocationError> {
    match parent.and_then(|parent| parent.get(claim)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (1..=LONGEST_TEXT).contains(&text.len()) => {
            Ok(Some(text.clone()))
        }
        Some(_) => Err(InvocationError::Claim(named)),
    }
}
