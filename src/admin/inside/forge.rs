//! The Forge app: its page asks for a ticket in the name of whoever looks at it, and opens the portal in a frame with it.
//!
//! Between the two lies no cookie: the call comes from Atlassian's servers, the frame from the person's browser.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::admission::{Admission, Refusal, admit};
use super::enter;
use super::frame::{say, show_in};
use super::ticket::EntryTicket;
use super::view::{View, ViewName};
use crate::accounts::account::Account;
use crate::accounts::person::PersonCredentials;
use crate::accounts::store::{account as accounts, person as people};
use crate::admin::form::AdminQuery;
use crate::admin::stranger::stranger_of;
use crate::clock;
use crate::confluence::forge::{InvocationError, end_of};
use crate::connections::installation::{AppKind, Installation};
use crate::shares::store::frames;
use crate::web::error::{ApiError, Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// Of a token that does not say when it ends.
const TOKEN_LIVES: Duration = Duration::minutes(10);

/// What a page of the app wants to show.
#[derive(Deserialize)]
pub struct Wanted {
    view: ViewName,
    #[serde(rename = "pageId")]
    page: Option<String>,
    #[serde(rename = "spaceKey")]
    space: Option<String>,
}

#[derive(Serialize)]
struct Ticketed {
    url: String,
}

/// `POST /forge/session`. Never a redirect: Forge takes none.
pub async fn ask(
    state: web::Data<AppState>,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, ApiError> {
    let Some(app) = state.settings.app.forge.clone() else {
        return Err(Failure::NotFound.into());
    };
    let now = clock::now();
    let token = bearer(&request).ok_or_else(|| {
        Failure::Unauthorized("The call carries no invocation token, or more than one.".to_owned())
    })?;
    let invocation = state.cloud_app.forge_invocation(token, &app, now).await;
    let invocation = invocation.map_err(not_verified)?;
    let wanted: Wanted = serde_json::from_slice(&body).map_err(|_shape| {
        Failure::BadRequest("The body must be JSON with view, pageId and spaceKey.".to_owned())
    })?;
    let view = View::new(wanted.view, wanted.page.as_deref(), wanted.space.as_deref());
    let view = view.ok_or_else(|| {
        Failure::BadRequest("Publish the page first, then open this again.".to_owned())
    })?;
    let installation = enabled(&state, &invocation.installation).await?;
    let person = invocation.person.as_deref();
    let stranger = stranger_of(&state, &request);
    match admit(&state, &stranger, &installation, person, &view, now).await? {
        Admission::Quiet => Ok(HttpResponse::Ok().finish()),
        Admission::Refused(refusal) => {
            let sentences = refusal.sentences.join(" ");
            Err(Failure::Forbidden(format!("{}. {sentences}", refusal.title)).into())
        }
        Admission::In(account) => {
            keep_user_token(&state, &request, &account, &installation, now).await?;
            let ticket = EntryTicket::issue(&account, installation.connection_id, view, now);
            let ticket = ticket.seal(&state.sealer);
            let ticket = ticket.map_err(|error| Failure::Internal(error.to_string()))?;
            let url = state.settings.base_url.join("/forge/enter?ticket=");
            Ok(HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .json(Ticketed {
                    url: format!("{url}{ticket}"),
                }))
        }
    }
}

/// The ticket in the address.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Brought {
    ticket: String,
}

/// `GET /forge/enter?ticket=…`: the frame comes in.
pub async fn enter(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
    AdminQuery(brought): AdminQuery<Brought>,
) -> Result<HttpResponse, PageError> {
    if state.settings.app.forge.is_none() {
        return Err(Failure::NotFound.into());
    }
    let now = clock::now();
    let Some(ticket) = EntryTicket::open(&brought.ticket, &state.sealer) else {
        return Ok(stale(&request)?);
    };
    let installation = state.connections.installation(ticket.connection_id).await;
    let Some(installation) = installation.map_err(Failure::for_caller)? else {
        return Ok(stale(&request)?);
    };
    // Its site may show why the frame stays empty.
    show_in(&request, &installation);
    if ticket.is_over(now) || !installation.is_in_use() {
        return Ok(stale(&request)?);
    }
    let (id, nonce, expires) = (ticket.account_id, ticket.nonce, ticket.expires_at());
    let found = state
        .db
        .run(move |db| {
            let is_first = frames::use_nonce(db, &nonce, expires)?;
            Ok::<_, crate::db::DbError>((is_first, accounts::find_account(db, id)?))
        })
        .await?;
    let (is_first, Some(account)) = found else {
        return Ok(stale(&request)?);
    };
    if !is_first || account.session_epoch != ticket.epoch {
        return Ok(stale(&request)?);
    }
    let (stranger, site) = (stranger_of(&state, &request), ticket.connection_id);
    enter::begin(&state, &stranger, &cookie, &account, site, now).await?;
    Ok(page::see_other(&ticket.view.path(ticket.connection_id)))
}

fn stale(request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let refusal = Refusal::new(
        "This cannot be opened",
        "This address was used before, or is older than half a minute. Reload the page of Confluence to get a new one.",
    );
    say(request, StatusCode::UNAUTHORIZED, &refusal)
}

async fn enabled(state: &AppState, name: &str) -> Result<Installation, Failure> {
    let found = state
        .connections
        .installation_of(AppKind::Forge, name)
        .await;
    let found = found.map_err(Failure::for_caller)?;
    let Some(installation) = found else {
        return Err(Failure::Forbidden(
            "The portal does not know this installation yet. It learns of it within five minutes; then reload the page. \
             If it stays so, an admin of the portal sees under Connections whether calls of the app are refused."
                .to_owned(),
        ));
    };
    if installation.is_in_use() {
        return Ok(installation);
    }
    Err(Failure::Forbidden(
        "The app is not in use at this site. An admin of your Confluence can install or enable it again.".to_owned(),
    ))
}

/// What the person's own requests will carry, until it ends.
async fn keep_user_token(
    state: &AppState,
    request: &HttpRequest,
    account: &Account,
    installation: &Installation,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let token = request.headers().get("x-forge-oauth-user");
    let token = token.and_then(|value| value.to_str().ok());
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(());
    };
    let credentials = PersonCredentials::Token {
        token: token.to_owned(),
        expires_at: end_of(token).unwrap_or(now + TOKEN_LIVES).unix_timestamp(),
    };
    let (account_id, site) = (account.id, installation.connection_id);
    let sealed = credentials.seal(&state.sealer, account_id, site);
    let sealed = sealed.map_err(|error| Failure::Internal(error.to_string()))?;
    let kept = state
        .db
        .run(move |db| people::keep_credentials(db, account_id, site, &sealed, now));
    Ok(kept.await?)
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let only = values.next()?;
    if values.next().is_some() {
        return None;
    }
    only.to_str().ok()?.strip_prefix("Bearer ")
}

fn not_verified(error: InvocationError) -> Failure {
    match error {
        InvocationError::Keys(error) => {
            Failure::Unreachable(format!("the keys of Forge could not be fetched: {error}"))
        }
        refused => {
            tracing::info!(reason = %refused, "a call of the Forge app was refused");
            Failure::Unauthorized(format!("The invocation token is refused: {refused}."))
        }
    }
}
