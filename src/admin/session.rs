//! The cookie of a signed-in admin: its attributes and the four things in it. It is encrypted, so that nothing of it
//! can be read or made outside. What a session means is `accounts::session`'s subject.

use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::{Key, SameSite};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::accounts::session::SignInSession;
use crate::config::Settings;
use crate::web::csrf::CsrfToken;
use crate::web::error::Failure;

const SIGNED_IN: &str = "signed_in";
const CSRF: &str = "csrf";
const FLASH: &str = "flash";
const CONSENT: &str = "consent";

/// The usual cookie. That of frames is `inside::cookie`.
pub fn cookie_name(settings: &Settings) -> &'static str {
    if settings.base_url.is_https() {
        "__Host-vst_admin"
    } else {
        "vst_admin"
    }
}

/// Reads and writes the cookie around the admin pages. `__Host-` ties it to this very host and to https.
pub fn middleware(settings: &Settings) -> SessionMiddleware<CookieSessionStore> {
    let secure = settings.base_url.is_https();
    let name = cookie_name(settings);
    SessionMiddleware::builder(
        CookieSessionStore::default(),
        Key::from(&settings.session_key),
    )
    .cookie_name(name.to_owned())
    .cookie_secure(secure)
    .cookie_http_only(true)
    .cookie_same_site(SameSite::Strict)
    .cookie_path("/".to_owned())
    .cookie_content_security(CookieContentSecurity::Private)
    // Gone with the browser; the times in `SignInSession` end it earlier.
    .session_lifecycle(BrowserSession::default())
    .build()
}

/// One sentence for the next page, after a redirect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub kind: FlashKind,
    pub text: String,
}

/// What a flash message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlashKind {
    Done,
    Problem,
}

/// What the cookie says about a sign-in, if anything. Nothing is checked yet.
pub fn read(cookie: &Session) -> Option<SignInSession> {
    cookie.get(SIGNED_IN).ok().flatten()
}

/// Writes the session anew, with this request recorded.
pub fn write(cookie: &Session, session: &SignInSession) -> Result<(), Failure> {
    put(cookie, SIGNED_IN, session)
}

/// Starts a session.
///
/// Whoever signs in again where the same account was signed in before keeps the token of the forms
/// that are still open, so that nothing typed there is lost; everybody else gets a new one.
pub fn begin(cookie: &Session, session: &SignInSession) -> Result<(), Failure> {
    let same_account = read(cookie).is_some_and(|before| before.account_id == session.account_id);
    let kept = csrf_token(cookie).filter(|_| same_account);
    cookie.clear();
    cookie.renew();
    put(cookie, CSRF, &kept.unwrap_or_else(CsrfToken::random))?;
    write(cookie, session)
}

/// Takes the cookie away.
pub fn end(cookie: &Session) {
    cookie.purge();
}

/// The token that the session's forms carry.
pub fn csrf_token(cookie: &Session) -> Option<CsrfToken> {
    cookie.get(CSRF).ok().flatten()
}

/// Leaves a message for the next page.
pub fn leave_flash(cookie: &Session, flash: &Flash) -> Result<(), Failure> {
    put(cookie, FLASH, flash)
}

/// Takes the message out.
pub fn take_flash(cookie: &Session) -> Option<Flash> {
    if !cookie.contains_key(FLASH) {
        return None;
    }
    cookie.remove_as(FLASH).and_then(Result::ok)
}

/// A consent that this session asks for at Atlassian.
#[derive(Serialize, Deserialize)]
struct Consent {
    connection_id: Uuid,
    state: CsrfToken,
}

/// What a consent for this connection must bring back. The same as long as nothing came back, so that a page that is
/// open twice works in both places.
pub fn ask_for_consent(cookie: &Session, connection_id: Uuid) -> Result<CsrfToken, Failure> {
    let asked: Option<Consent> = cookie.get(CONSENT).ok().flatten();
    if let Some(asked) = asked.filter(|asked| asked.connection_id == connection_id) {
        return Ok(asked.state);
    }
    let state = CsrfToken::random();
    let consent = Consent {
        connection_id,
        state: state.clone(),
    };
    put(cookie, CONSENT, &consent)?;
    Ok(state)
}

/// The connection that a consent which came back is for; `None` when this session did not ask for it. It comes back
/// once.
pub fn take_consent(cookie: &Session, state: &str) -> Option<Uuid> {
    let asked: Consent = cookie.get(CONSENT).ok().flatten()?;
    if !asked.state.matches(state) {
        return None;
    }
    cookie.remove(CONSENT);
    Some(asked.connection_id)
}

fn put(cookie: &Session, key: &str, value: &impl Serialize) -> Result<(), Failure> {
    cookie
        .insert(key, value)
        .map_err(|error| Failure::Internal(error.to_string()))
}
