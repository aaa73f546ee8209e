//! What requests of a Connect app carry: their token, and the address that it was made for.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

use crate::confluence::connect::request::one_token;

/// The one token, from the query or the header; `None` when there is none, or more than one.
pub fn token_of(request: &HttpRequest) -> Option<String> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let authorization = headers.next().map(|value| value.to_str());
    if headers.next().is_some() {
        return None;
    }
    let authorization = authorization.transpose().ok()?;
    one_token(request.query_string(), authorization).ok()?
}

/// Path and query as they stood in the request line.
pub fn target(request: &HttpRequest) -> &str {
    request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str())
}
