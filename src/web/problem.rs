//! What the API answers when it cannot do what was asked: `application/problem+json` (RFC 9457). Which status a failure
//! has is `error`'s subject.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::error::{Failure, FieldProblem};
use super::headers::harden_data;
use super::request::request_id;

/// Why the call was not answered, as RFC 9457 has it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// Quote this when you ask the operator.
    request_id: String,
    /// The wrong fields; only there when it is about fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

pub(super) fn problem_of(failure: &Failure, request: &HttpRequest) -> HttpResponse {
    let status = failure.status();
    let problem = Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: detail_of(failure),
        request_id: request_id(request),
        errors: match failure {
            Failure::Invalid(problems) => problems.clone(),
            _ => Vec::new(),
        },
    };
    let mut response = HttpResponse::build(status);
    if let Failure::Unauthorized(_) = failure {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    response.content_type("application/problem+json");
    let mut response = response.json(problem);
    harden_data(response.headers_mut());
    failure.add_hints(&mut response);
    response
}

/// Where the words for pages would sound odd to a program's author, other ones.
fn detail_of(failure: &Failure) -> String {
    match failure {
        Failure::NotFound => "There is nothing at this address.".to_owned(),
        Failure::Invalid(_) => "Some values are wrong; `errors` names each.".to_owned(),
        Failure::Unreachable(_) => {
            "The portal is busy. Try again after the seconds in Retry-After.".to_owned()
        }
        Failure::NotFetched(_) => {
            "The wiki does not answer. Try again after the seconds in Retry-After.".to_owned()
        }
        _ => failure.words().1.join(" "),
    }
}
