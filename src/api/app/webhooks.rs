//! `POST /atlassian/webhooks/{event}`: what Confluence tells of pages to our Connect app. Each is signed with the secret
//! of the installation; nothing in it is believed but which page to look at.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{for_log, read_body};
use crate::clock;
use crate::confluence::connect::jwt::{self, JwtError};
use crate::confluence::connect::request::{QshRule, Request, verify_request};
use crate::connections::LiveError;
use crate::connections::installation::AppKind;
use crate::connections::installation_secret::InstallationSecret;
use crate::sync::webhook::WebhookOutcome;
use crate::web::connect::{target, token_of};
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

pub async fn receive(
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    if state.settings.app.connect.is_none() {
        return Err(ApiError(Failure::NotFound));
    }
    let body = read_body(payload).await?;
    let token = token_of(&request).ok_or_else(|| {
        ApiError(Failure::Unauthorized(
            "Send the token of the webhook once, as “Authorization: JWT …”.".to_owned(),
        ))
    })?;
    let issuer = jwt::peek(&token)
        .map_err(|error| refuse("", &error))?
        .issuer;
    let found = state
        .connections
        .installation_of(AppKind::Connect, &issuer)
        .await;
    let found = found.map_err(Failure::for_caller)?;
    let Some(installation) = found else {
        return Err(unknown(&issuer));
    };
    let secret = match state.connections.believed_secret(&installation) {
        Ok(InstallationSecret::Shared(secret)) => secret,
        Ok(_) | Err(LiveError::NotAuthorized) => return Err(unknown(&issuer)),
        Err(error) => return Err(ApiError(Failure::for_caller(error))),
    };
    let asked = Request {
        method: request.method().as_str(),
        target: target(&request),
    };
    let now = clock::now();
    verify_request(&token, &secret, asked, QshRule::Exact, now)
        .map_err(|error| refuse(&issuer, &error))?;
    if !installation.is_in_use() {
        return Ok(HttpResponse::NoContent().finish());
    }
    let recorded = state
        .sync
        .record_event(installation.connection_id, &body, Some(&path), now)
        .await;
    match recorded.map_err(Failure::for_caller)? {
        WebhookOutcome::Due | WebhookOutcome::Ignored | WebhookOutcome::Refused => {
            Ok(HttpResponse::NoContent().finish())
        }
        WebhookOutcome::Malformed => Err(ApiError(Failure::BadRequest(
            "This is not the event of a Confluence site.".to_owned(),
        ))),
    }
}

fn refuse(issuer: &str, error: &JwtError) -> ApiError {
    let client_key = for_log(issuer);
    tracing::warn!(client_key, reason = %error, "a webhook of an app was refused");
    ApiError(Failure::Unauthorized(format!(
        "The token is not accepted: {error}."
    )))
}

fn unknown(issuer: &str) -> ApiError {
    let client_key = for_log(issuer);
    tracing::warn!(
        client_key,
        "a webhook of an unknown installation was refused"
    );
    ApiError(Failure::Unauthorized(
        "No installation is known by this issuer, or its secret no longer counts.".to_owned(),
    ))
}
