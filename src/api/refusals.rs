//! Every way a call can be refused, for the OpenAPI document. What is answered is decided by the handlers and mapped
//! in `web`.

use utoipa::IntoResponses;

use crate::web::problem::Problem;

/// Of every call.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "only its description in the OpenAPI document is used"
)]
pub(super) enum Guarded {
    /// No token, or one that is unknown, deleted or expired.
    #[response(
        status = 401,
        content_type = "application/problem+json",
        headers(("WWW-Authenticate" = String, description = "Always `Bearer`."))
    )]
    Unauthorized(Problem),
    /// The mistake is ours; quote `requestId` when you report it.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Overloaded, or the database or the wiki is out of reach.
    #[response(
        status = 503,
        content_type = "application/problem+json",
        headers(("Retry-After" = i64, description = "Seconds."))
    )]
    Unreachable(Problem),
}

/// Of every call that changes something.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "only its description in the OpenAPI document is used"
)]
pub(super) enum WriteOnly {
    /// The token may only read.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
}

/// Of every call that names one thing.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "only its description in the OpenAPI document is used"
)]
pub(super) enum Named {
    /// There is no such thing, or the identifier is no UUID.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
}

/// Of every call with fields or parameters.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "only its description in the OpenAPI document is used"
)]
pub(super) enum Checked {
    /// Some values are wrong; `errors` names each of them.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
}

/// Of every call with a body.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "only its description in the OpenAPI document is used"
)]
pub(super) enum WithBody {
    /// The body is not valid JSON, or not an object.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// The body is larger than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is not declared as `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Problem),
}

/// Of calls that contradict the state of things.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "only its description in the OpenAPI document is used"
)]
pub(super) enum Contradicting {
    /// The state of things does not allow it; `detail` says why.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
}
