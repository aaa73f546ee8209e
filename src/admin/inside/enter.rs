//! The addresses that Connect opens in frames, signed by the installation's secret.
//!
//! Whoever comes by one gets a session and is led to a page whose address holds no token.
//!
//! A token is tied to its address by the hash of it, lives for minutes, and brings in one browser: an address that was
//! used before leads on who is in already, and nobody else.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use time::{Duration, OffsetDateTime};

use super::admission::{Admission, Refusal, admit};
use super::frame::{say, show_in};
use super::view::{View, ViewName};
use crate::accounts::account::Account;
use crate::accounts::session::{SignInSession, Way};
use crate::admin::session;
use crate::admin::stranger::stranger_of;
use crate::clock;
use crate::cloud_app::lifecycle::digest_of;
use crate::confluence::connect::jwt;
use crate::confluence::connect::request::{QshRule, Request, verify_request};
use crate::connections::LiveError;
use crate::connections::installation::{AppKind, Installation, InstallationState};
use crate::connections::installation_secret::InstallationSecret;
use crate::shares::store::frames;
use crate::sharing::actor::{Person, Stranger};
use crate::sharing::sign_in;
use crate::web::connect::{target, token_of};
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// Longer than any token is accepted.
const USED_FOR: Duration = Duration::hours(25);

/// `GET /atlassian/share?pageId=…&spaceKey=…`.
pub async fn share(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
) -> Result<HttpResponse, PageError> {
    enter(&state, &request, &cookie, ViewName::Share).await
}

/// `GET /atlassian/space?spaceKey=…`.
pub async fn space(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
) -> Result<HttpResponse, PageError> {
    enter(&state, &request, &cookie, ViewName::Space).await
}

/// `GET /atlassian/admin`.
pub async fn admin(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
) -> Result<HttpResponse, PageError> {
    enter(&state, &request, &cookie, ViewName::Admin).await
}

async fn enter(
    state: &AppState,
    request: &HttpRequest,
    cookie: &Session,
    name: ViewName,
) -> Result<HttpResponse, PageError> {
    if state.settings.app.connect.is_none() {
        return Err(Failure::NotFound.into());
    }
    let now = clock::now();
    let verified = match verify(state, request, now).await {
        Ok(verified) => verified,
        Err(Unverified::Failed(failure)) => return Err(failure.into()),
        Err(Unverified::Refused(reason)) => return Ok(unproven(request, reason)?),
        Err(Unverified::NotInUse(state)) => return Ok(not_in_use(request, state)?),
    };
    if !verified.installation.is_in_use() {
        return Ok(not_in_use(request, verified.installation.state)?);
    }
    let Some(view) = view_of(request, name) else {
        let refusal = Refusal::new(
            "There is no page yet",
            "Confluence did not say which page this is about. Publish the page first, then open this again.",
        );
        return Ok(say(request, StatusCode::BAD_REQUEST, &refusal)?);
    };
    let stranger = stranger_of(state, request);
    let admitted = admit(
        state,
        &stranger,
        &verified.installation,
        verified.person.as_deref(),
        &view,
        now,
    )
    .await?;
    match admitted {
        Admission::Quiet => Ok(nothing()),
        Admission::Refused(refusal) => Ok(say(request, StatusCode::FORBIDDEN, &refusal)?),
        Admission::In(account) => {
            let site = verified.installation.connection_id;
            if !is_first_use(state, &verified.nonce, now).await?
                && !is_in_already(cookie, &account, site, now)
            {
                return Ok(unproven(request, Reason::UsedBefore)?);
            }
            begin(state, &stranger, cookie, &account, site, now).await?;
            Ok(page::see_other(&view.path(site)))
        }
    }
}

/// Starts a session for frames of this site, in the place of the one there is. Only the first counts as a sign-in.
pub(super) async fn begin(
    state: &AppState,
    stranger: &Stranger,
    cookie: &Session,
    account: &Account,
    connection_id: uuid::Uuid,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let way = Way::App { connection_id };
    if !is_in_already(cookie, account, connection_id, now) {
        let person = Person::of(account, way, None);
        sign_in::begin(&state.sharing, stranger, person, now).await?;
    }
    session::begin(cookie, &SignInSession::begin(account, way, now))
}

struct Verified {
    installation: Installation,
    person: Option<String>,
    nonce: [u8; 16],
}

enum Unverified {
    Refused(Reason),
    /// There is nothing to verify with any more.
    NotInUse(InstallationState),
    Failed(Failure),
}

/// Why an address proves nothing, for the log.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Reason {
    #[error("it has no token, or more than one")]
    NoToken,
    #[error("{0}")]
    Token(jwt::JwtError),
    #[error("its token is of no installation that is known")]
    UnknownInstallation,
    #[error("it was used before")]
    UsedBefore,
}

impl From<Reason> for Unverified {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

impl From<jwt::JwtError> for Unverified {
    fn from(error: jwt::JwtError) -> Self {
        Self::Refused(Reason::Token(error))
    }
}

impl From<LiveError> for Unverified {
    fn from(error: LiveError) -> Self {
        Self::Failed(Failure::for_caller(error))
    }
}

async fn verify(
    state: &AppState,
    request: &HttpRequest,
    now: OffsetDateTime,
) -> Result<Verified, Unverified> {
    let token = token_of(request).ok_or(Reason::NoToken)?;
    let unverified = jwt::peek(&token)?;
    let connections = &state.connections;
    let found = connections
        .installation_of(AppKind::Connect, &unverified.issuer)
        .await?;
    let installation = found.ok_or(Reason::UnknownInstallation)?;
    // A site whose address is known may show why its frame stays empty.
    show_in(request, &installation);
    if installation.secret.is_none() {
        return Err(Unverified::NotInUse(installation.state));
    }
    let InstallationSecret::Shared(secret) = connections.secret_of(&installation)? else {
        return Err(Reason::UnknownInstallation.into());
    };
    let signed = Request {
        method: request.method().as_str(),
        target: target(request),
    };
    let claims = verify_request(&token, &secret, signed, QshRule::Exact, now)?;
    Ok(Verified {
        installation,
        person: claims.subject,
        nonce: digest_of(&[b"frame", token.as_bytes()]),
    })
}

fn view_of(request: &HttpRequest, name: ViewName) -> Option<View> {
    let pairs: Vec<_> = url::form_urlencoded::parse(request.query_string().as_bytes()).collect();
    let value = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_ref())
    };
    View::new(name, value("pageId"), value("spaceKey"))
}

async fn is_first_use(
    state: &AppState,
    nonce: &[u8; 16],
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let nonce = *nonce;
    let used = state
        .db
        .run(move |db| frames::use_nonce(db, &nonce, now + USED_FOR));
    Ok(used.await?)
}

fn is_in_already(
    cookie: &Session,
    account: &Account,
    connection_id: uuid::Uuid,
    now: OffsetDateTime,
) -> bool {
    session::read(cookie).is_some_and(|before| {
        before.is_live(now)
            && before.belongs_to(account)
            && before.way == Way::App { connection_id }
    })
}

fn unproven(request: &HttpRequest, reason: Reason) -> Result<HttpResponse, Failure> {
    tracing::info!(%reason, "a frame of the Connect app was refused");
    let sentence = match reason {
        Reason::UsedBefore => {
            "This address was used before. Reload the page of Confluence to get a new one."
        }
        _ => {
            "Confluence did not prove that it sent you here. Reload the page of Confluence. If that does not help, see \
             whether its clock and the portal's are right, and install the app again."
        }
    };
    let refusal = Refusal::new("This cannot be opened", sentence);
    say(request, StatusCode::UNAUTHORIZED, &refusal)
}

fn not_in_use(request: &HttpRequest, state: InstallationState) -> Result<HttpResponse, Failure> {
    let sentence = match state {
        InstallationState::Disabled => {
            "The app is disabled at this site. An admin of your Confluence can enable it again."
        }
        InstallationState::Superseded => {
            "The app was installed anew at this site, as after an import. Reload the page of Confluence."
        }
        InstallationState::Enabled | InstallationState::Uninstalled => {
            "The app was uninstalled from this site. An admin of your Confluence can install it again."
        }
    };
    let refusal = Refusal::new("The app is not in use", sentence);
    say(request, StatusCode::FORBIDDEN, &refusal)
}

/// For system users: there is nobody who could read a page.
fn nothing() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
