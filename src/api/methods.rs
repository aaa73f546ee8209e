//! Methods that an address does not know, and addresses that nobody knows, as problems.

use std::future::{Ready, ready};

use actix_web::{HttpResponse, Route, web};

use crate::web::error::{ApiError, Failure};

/// Answers 405; `allowed` becomes the `Allow` header.
pub fn only(allowed: &'static str) -> Route {
    web::to(move || refuse(Failure::MethodNotAllowed(allowed)))
}

/// Answers 404.
pub fn nothing_here() -> Route {
    web::to(|| refuse(Failure::NotFound))
}

fn refuse(failure: Failure) -> Ready<Result<HttpResponse, ApiError>> {
    ready(Err(ApiError(failure)))
}
