//! Webhooks: what a live site sends by itself when a page of it changes. What follows from one is `sync::webhook`'s subject.
//!
//! They are no calls of the API: a site has no token of ours but the address that it was given, and Data Center the secret
//! that it signs with.

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use crate::clock;
use crate::sync::webhook::WebhookOutcome;
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

/// Events are a few KiB; what is larger is none.
const LIMIT: usize = 64 << 10;

/// An unknown connection, a wrong address and a wrong signature are one answer, as if there were nothing here.
pub async fn receive(
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let (connection, secret) = path.into_inner();
    let id = Uuid::try_parse(&connection).map_err(|_not_a_uuid| Failure::NotFound)?;
    let body = match payload.to_bytes_limited(LIMIT).await {
        Ok(Ok(body)) => body,
        Ok(Err(_broken_off)) => {
            return Err(ApiError(Failure::BadRequest(
                "The body ended too early.".to_owned(),
            )));
        }
        Err(_too_large) => return Err(ApiError(Failure::TooLarge(LIMIT as u64))),
    };
    let signature = header(&request, "x-hub-signature");
    let event = header(&request, "x-event-key");
    let received = state
        .sync
        .receive_webhook(id, &secret, signature, event, &body, clock::now());
    match received.await.map_err(Failure::of_site)? {
        WebhookOutcome::Due | WebhookOutcome::Ignored => Ok(HttpResponse::NoContent().finish()),
        WebhookOutcome::Refused => Err(ApiError(Failure::NotFound)),
        WebhookOutcome::Malformed => Err(ApiError(Failure::BadRequest(
            "This is not the event of a Confluence site.".to_owned(),
        ))),
    }
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}
