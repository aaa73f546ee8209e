//! Middleware: gives every error its body, a page or a problem document.
//!
//! An error is logged here, once, where it is answered; nobody outside sees its text.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};

use super::error::{ApiError, Failure, PageError};
use super::headers::Shell;
use super::page;
use super::problem::problem_of;
use super::request::request_id;

/// Errors of actix itself (a path that is no UUID, a body too large) are mapped as well, so that nobody meets a bare line
/// of text.
pub async fn answer_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let Some(error) = response.response().error() else {
        return Ok(give_bare_answer_a_page(response));
    };
    let status = error.as_response_error().status_code();
    let body = if let Some(error) = error.as_error::<PageError>() {
        error.failure.log(&request_id(response.request()));
        page_of(&error.failure, &error.shell, response.request())
    } else if let Some(ApiError(failure)) = error.as_error::<ApiError>() {
        failure.log(&request_id(response.request()));
        problem_of(failure, response.request())
    } else {
        let failure = foreign(status, &error.to_string());
        failure.log(&request_id(response.request()));
        if response.request().path().starts_with("/api/") {
            problem_of(&failure, response.request())
        } else {
            page_of(&failure, &Shell::Plain, response.request())
        }
    };
    Ok(response.into_response(body))
}

/// An address that no route knows comes as a bare status.
fn give_bare_answer_a_page(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let is_bare = matches!(
        response.response().body().size(),
        BodySize::None | BodySize::Sized(0)
    );
    if response.status() != StatusCode::NOT_FOUND || !is_bare {
        return response;
    }
    let answer = page_of(&Failure::NotFound, &Shell::Plain, response.request());
    response.into_response(answer)
}

/// actix's own errors by their status. The text can quote the request, so it goes nowhere.
fn foreign(status: StatusCode, text: &str) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Failure::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge(1 << 20),
        status if status.is_client_error() => Failure::BadRequest(
            "The request is not of the form that this address takes.".to_owned(),
        ),
        _ => Failure::Internal(text.to_owned()),
    }
}

fn page_of(failure: &Failure, shell: &Shell, request: &HttpRequest) -> HttpResponse {
    let (title, sentences) = failure.words();
    let id = matches!(failure, Failure::Internal(_)).then(|| request_id(request));
    let mut response = page::message(request, failure.status(), shell, title, sentences, id);
    failure.add_hints(&mut response);
    response
}
