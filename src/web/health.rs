//! `/healthz` and `/readyz`: for process managers and load balancers.

use actix_web::{HttpResponse, HttpResponseBuilder, web};

use super::error::Failure;
use super::headers::harden_data;
use super::state::AppState;
use crate::db;

/// The process runs.
pub async fn is_running() -> HttpResponse {
    plain(HttpResponse::Ok(), "ok")
}

/// The database answers and is up to date.
pub async fn is_ready(state: web::Data<AppState>) -> HttpResponse {
    let pending = state
        .db
        .run(|db| db::pending_on(db).map_err(|error| Failure::Unreachable(error.to_string())))
        .await;
    match pending {
        Ok(pending) if pending.is_empty() => plain(HttpResponse::Ok(), "ok"),
        Ok(_) => plain(HttpResponse::ServiceUnavailable(), "migrations are pending"),
        Err(_) => plain(
            HttpResponse::ServiceUnavailable(),
            "the database is out of reach",
        ),
    }
}

fn plain(mut response: HttpResponseBuilder, text: &'static str) -> HttpResponse {
    let mut response = response
        .content_type("text/plain; charset=utf-8")
        .body(text);
    harden_data(response.headers_mut());
    response
}
