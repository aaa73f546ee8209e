//! The one error map: what went wrong below becomes a status, and a page or `application/problem+json` (RFC 9457) by
//! the handler's return type.
//!
//! What the answers look like is the subject of `answer_errors`.

mod causes;
pub mod words;

pub use self::causes::NEXT_TRY_SECONDS;

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use super::headers::Shell;
use crate::shares::share::Availability;

/// Everything that a handler can answer instead of what was asked for.
#[derive(Debug, Clone)]
pub enum Failure {
    /// Unknown, deleted, malformed or out of scope: nobody can tell which.
    NotFound,
    /// The share is disabled, not started or ended.
    Unavailable(Availability),
    /// The share opens only inside a frame of its sites, and this is no such place.
    OnlyInItsSites,
    /// The request itself is wrong; the sentence says what to do.
    BadRequest(String),
    /// Input that names a wrong value; for the API, one problem per field.
    Invalid(Vec<FieldProblem>),
    /// No or a wrong credential.
    Unauthorized(String),
    /// A credential that does not suffice, or a request from another site.
    Forbidden(String),
    /// The address knows other methods only: these.
    MethodNotAllowed(&'static str),
    /// A body of another type than this one.
    UnsupportedMediaType(&'static str),
    /// What was asked for contradicts the state of things.
    Conflict(String),
    /// Larger than the limit, in bytes.
    TooLarge(u64),
    /// Too often; try again after so many seconds.
    Throttled(i64),
    /// Overloaded or without its database; try again soon.
    Unreachable(String),
    /// Something else that is needed does not answer; the sentence says what.
    ServiceDown(String),
    /// The wiki does not answer, and nothing of what was asked for is stored yet; try again after so many seconds.
    NotFetched(i64),
    /// The wiki's file is larger than what is fetched from it, in bytes.
    FileTooLarge(u64),
    /// Our mistake.
    Internal(String),
}

/// One wrong value.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// The field as the API names it.
    pub field: String,
    /// What is wrong and how to mend it.
    pub detail: String,
}

impl FieldProblem {
    pub fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            detail: detail.into(),
        }
    }
}

impl Failure {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unavailable(Availability::Ended) => StatusCode::GONE,
            Self::Unavailable(_) | Self::OnlyInItsSites | Self::Forbidden(_) => {
                StatusCode::FORBIDDEN
            }
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unreachable(_) | Self::ServiceDown(_) | Self::NotFetched(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::FileTooLarge(_) => StatusCode::NOT_FOUND,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Seconds after which another try makes sense.
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Self::Throttled(seconds) | Self::NotFetched(seconds) => Some((*seconds).max(1)),
            Self::Unreachable(_) | Self::ServiceDown(_) => Some(5),
            _ => None,
        }
    }

    /// What helps a client to do better: when to come back, which methods there are.
    pub(super) fn add_hints(&self, response: &mut HttpResponse) {
        if let Some(seconds) = self.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Failure::MethodNotAllowed(methods) = self {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(methods));
        }
    }

    pub(super) fn log(&self, request_id: &str) {
        match self {
            Self::Internal(error) => tracing::error!(request_id, error, "a request failed"),
            Self::Unreachable(reason) => {
                tracing::warn!(request_id, reason, "a request could not be served")
            }
            _ => {}
        }
    }
}

/// A failure that is answered with a page.
#[derive(Debug)]
pub struct PageError {
    pub failure: Failure,
    pub shell: Shell,
}

/// A failure that is answered with `application/problem+json`.
#[derive(Debug)]
pub struct ApiError(pub Failure);

impl<F: Into<Failure>> From<F> for PageError {
    fn from(failure: F) -> Self {
        Self {
            failure: failure.into(),
            shell: Shell::Plain,
        }
    }
}

impl<F: Into<Failure>> From<F> for ApiError {
    fn from(failure: F) -> Self {
        Self(failure.into())
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.failure)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.failure.status()
    }

    /// Only the status: `answer_errors` knows the request and writes the page.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}
