//! `POST /forge/events`: what a Forge app tells of its life and of pages, and the calls of its timer, which bring the token
//! of the app user.
//!
//! Answers at once: Forge waits five seconds and follows no redirect.

use actix_web::{HttpRequest, HttpResponse, web};

use super::refused::{Caller, forge_remedy};
use super::{for_log, header, read_body};
use crate::clock;
use crate::cloud_app::forge_events::{ForgeCall, ForgeEventError, OurForgeApp};
use crate::cloud_app::lifecycle::{Done, LifecycleError};
use crate::confluence::Secret;
use crate::confluence::forge::{self, InvocationError};
use crate::connections::installation::AppKind;
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

pub async fn receive(
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let app = &state.settings.app;
    let ari = app.forge.as_ref().ok_or(ApiError(Failure::NotFound))?;
    let body = read_body(payload).await?;
    let token = bearer(&request).ok_or_else(|| {
        ApiError(Failure::Unauthorized(
            "Send the invocation token as “Authorization: Bearer …”.".to_owned(),
        ))
    })?;
    let call = ForgeCall {
        token,
        system_token: header(&request, "x-forge-oauth-system")
            .filter(|token| !token.is_empty())
            .map(Secret::new),
        body: &body,
    };
    let allows_host = |host: &str| app.allows_host(host);
    let us = OurForgeApp {
        ari,
        allows_host: &allows_host,
        grace: app.uninstall_grace,
    };
    let mut caller = Caller {
        kind: AppKind::Forge,
        event: "Forge event",
        client_key: forge::unverified_installation(token).unwrap_or_default(),
        host: String::new(),
    };
    let received = state.cloud_app.receive_forge_event(call, &us, clock::now());
    match received.await {
        Ok((invocation, done)) => {
            let installation = for_log(&invocation.installation);
            let module = for_log(invocation.module.as_deref().unwrap_or_default());
            let is_kept = matches!(done, Done::Changed(_));
            tracing::info!(installation, module, is_kept, "a Forge app called");
            caller.was_taken(&state).await;
            Ok(HttpResponse::NoContent().finish())
        }
        Err(error) => {
            let installation = for_log(&caller.client_key);
            tracing::warn!(installation, reason = %error, "a call of a Forge app was refused");
            if let ForgeEventError::Host(host) = &error {
                caller.host.clone_from(host);
            }
            if let Some(remedy) = forge_remedy(&error) {
                caller.was_refused(&state, error.to_string(), remedy).await;
            }
            Err(ApiError(failure(error)))
        }
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = header(request, "authorization")?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn failure(error: ForgeEventError) -> Failure {
    match error {
        ForgeEventError::Invocation(InvocationError::Keys(_)) => Failure::ServiceDown(
            "The keys of Forge could not be fetched. Please try again.".to_owned(),
        ),
        ForgeEventError::Invocation(error) => {
            Failure::Unauthorized(format!("The token is not accepted: {error}."))
        }
        ForgeEventError::Body(_) => {
            Failure::BadRequest("The body is not the JSON of an event.".to_owned())
        }
        ForgeEventError::Host(host) => Failure::Forbidden(format!(
            "Sites of {} may not install this app. The operator lists hosts in VESTIBULE_APP_HOSTS.",
            for_log(&host)
        )),
        ForgeEventError::Lifecycle(LifecycleError::Live(error)) => Failure::for_caller(error),
        ForgeEventError::Lifecycle(error) => {
            Failure::Unauthorized(format!("The token is not accepted: {error}."))
        }
        ForgeEventError::Live(error) => Failure::for_caller(error),
    }
}
