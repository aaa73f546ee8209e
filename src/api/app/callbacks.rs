//! `POST /atlassian/{installed,enabled,disabled,uninstalled}`: what Confluence says of our Connect app's life.

use actix_web::{HttpRequest, HttpResponse, web};
use url::Url;

use super::refused::{Caller, remedy};
use super::{for_log, key_failure, read_body};
use crate::clock;
use crate::cloud_app::lifecycle::{Done, LifecycleError};
use crate::confluence::connect::callback::{
    self, Callback, CallbackError, Event, Expected, ReceivedCallback,
};
use crate::connections::installation::AppKind;
use crate::shares::guesses::network;
use crate::web::client::client_address;
use crate::web::connect::{target, token_of};
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

pub async fn installed(
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    receive(Event::Installed, &state, &request, payload).await
}

pub async fn enabled(
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    receive(Event::Enabled, &state, &request, payload).await
}

pub async fn disabled(
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    receive(Event::Disabled, &state, &request, payload).await
}

pub async fn uninstalled(
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    receive(Event::Uninstalled, &state, &request, payload).await
}

async fn receive(
    event: Event,
    state: &AppState,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let app = &state.settings.app;
    let app_key = app.connect.as_ref().ok_or(ApiError(Failure::NotFound))?;
    let body = read_body(payload).await?;
    let token = token_of(request);
    let received = ReceivedCallback {
        event,
        token: token.as_deref(),
        body: &body,
        method: request.method().as_str(),
        target: target(request),
        client: &network(client_address(request, &state.settings.trusted_proxies)),
    };
    let audiences = app.audiences(&state.settings.base_url);
    let callback = callback::read_body(&body).ok();
    let leaving = leaving_host(state, event, callback.as_ref()).await?;
    let allows_host = |host: &str| app.allows_host(host) || leaving.as_deref() == Some(host);
    let expected = Expected {
        app_key,
        audiences: &audiences,
        allows_host: &allows_host,
    };
    let done = state
        .cloud_app
        .receive_callback(&received, &expected, app.uninstall_grace, clock::now())
        .await;
    let caller = caller(event, callback);
    let client_key = for_log(&caller.client_key);
    match done {
        Ok(done) => {
            let is_change = matches!(done, Done::Changed(_));
            tracing::info!(
                ?event,
                client_key,
                is_change,
                "Confluence told of the app at a site"
            );
            caller.was_taken(state).await;
            Ok(HttpResponse::NoContent().finish())
        }
        Err(error) => {
            tracing::warn!(?event, client_key, reason = %error, "a call-back was refused");
            if let Some(remedy) = remedy(&error) {
                caller.was_refused(state, error.to_string(), remedy).await;
            }
            Err(ApiError(failure(error)))
        }
    }
}

/// The host of an installation that is known, of which the app is taken away: it may be listed no more.
async fn leaving_host(
    state: &AppState,
    event: Event,
    callback: Option<&Callback>,
) -> Result<Option<String>, ApiError> {
    let takes_away = matches!(event, Event::Disabled | Event::Uninstalled);
    let Some(callback) = callback.filter(|_| takes_away) else {
        return Ok(None);
    };
    let connections = &state.connections;
    let found = connections.installation_of(AppKind::Connect, &callback.client_key);
    let found = found.await.map_err(Failure::for_caller)?;
    let url = found.and_then(|found| Url::parse(&found.base_url).ok());
    Ok(url.and_then(|url| url.host_str().map(str::to_owned)))
}

fn caller(event: Event, callback: Option<Callback>) -> Caller {
    let url = callback.as_ref().map(|callback| &callback.base_url);
    Caller {
        kind: AppKind::Connect,
        event: event.as_str(),
        host: url.and_then(Url::host_str).unwrap_or_default().to_owned(),
        client_key: callback
            .map(|callback| callback.client_key)
            .unwrap_or_default(),
    }
}

fn failure(error: LifecycleError) -> Failure {
    let refused = |error: &dyn std::fmt::Display| {
        Failure::Unauthorized(format!("The token is not accepted: {error}."))
    };
    match error {
        LifecycleError::Live(error) => Failure::for_caller(error),
        LifecycleError::Unknown => Failure::Unauthorized(
            "No installation is known by this clientKey, or its secret no longer counts. Install the app again.".to_owned(),
        ),
        LifecycleError::Stolen => refused(&error),
        LifecycleError::Callback(error) => match &error {
            CallbackError::Body(what) => Failure::BadRequest(format!(
                "The body is not a call-back of Confluence: {what}."
            )),
            CallbackError::NoToken => Failure::Unauthorized(
                "Send the token of the call-back once, as “Authorization: JWT …”.".to_owned(),
            ),
            CallbackError::Token(error) => refused(error),
            CallbackError::Key(error) => key_failure(error),
            CallbackError::Mismatch(_) => refused(&error),
            CallbackError::Host(host) => Failure::Forbidden(format!(
                "Sites of {host} may not install this app. The operator lists hosts in VESTIBULE_APP_HOSTS.",
                host = for_log(host)
            )),
        },
    }
}
