//! Middleware: answers only under the names that the operator has listed. A request with another `Host` (a scanner,
//! a rebound DNS name, a forgotten proxy) gets a plain page and reaches no handler.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::headers::Shell;
use super::page;
use super::request::host_name;
use super::state::AppState;

/// Probes ask by address, so the two health routes answer to every name.
pub async fn check_host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_probe = matches!(request.path(), "/healthz" | "/readyz");
    if is_probe || is_ours(&request) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let sentence = "Nothing is served under this host name. If you run the portal, add the name to VESTIBULE_HOSTS.";
    let response = page::message(
        request.request(),
        StatusCode::MISDIRECTED_REQUEST,
        &Shell::Plain,
        "Unknown host".to_owned(),
        vec![sentence.to_owned()],
        None,
    );
    Ok(request.into_response(response))
}

fn is_ours(request: &ServiceRequest) -> bool {
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return false;
    };
    let settings = &state.settings;
    host_name(request.request())
        .is_some_and(|name| name == settings.base_url.host() || settings.hosts.contains(&name))
}
