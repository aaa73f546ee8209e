//! What Confluence Cloud asks of our app: its descriptor, call-backs of its life, webhooks, events of Forge. What becomes
//! of them is `cloud_app`'s subject.
//!
//! Every refusal is a problem document and one line in the log, with the reason and who seems to call; never a token.
//! Those of the life cycle are also kept for the admin pages.

pub mod callbacks;
pub mod descriptor;
pub mod forge;
mod refused;
pub mod webhooks;

use actix_web::{HttpRequest, web};

use crate::confluence::connect::install_keys::NoKey;
use crate::web::error::{ApiError, Failure};

/// Call-backs and events are a few KiB; what is larger is none.
const LIMIT: usize = 64 << 10;

/// Longer names of callers are cut in the log.
const LONGEST_NAME: usize = 100;

async fn read_body(payload: web::Payload) -> Result<web::Bytes, ApiError> {
    match payload.to_bytes_limited(LIMIT).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_broken_off)) => Err(ApiError(Failure::BadRequest(
            "The body ended too early.".to_owned(),
        ))),
        Err(_too_large) => Err(ApiError(Failure::TooLarge(LIMIT as u64))),
    }
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// A name that nobody has vouched for, as it may stand in the log.
fn for_log(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_graphic)
        .take(LONGEST_NAME)
        .collect()
}

fn key_failure(error: &NoKey) -> Failure {
    match error {
        NoKey::Fetch(_) => Failure::ServiceDown(
            "The key that the token is signed with could not be fetched from Atlassian. Please try again.".to_owned(),
        ),
        _ => Failure::Unauthorized(format!("The token is not accepted: {error}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::for_log;

    #[test]
    fn what_a_stranger_calls_himself_makes_one_short_line() {
        assert_eq!(for_log("1111-2222"), "1111-2222");
        assert_eq!(for_log("a\nINFO b\u{202e}c"), "aINFObc");
        assert_eq!(for_log(&"x".repeat(5000)).len(), 100);
    }
}
