//! What goes out with every answer below the gate: the renewed pass, and how long it lasts.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};

use super::gate::UsedPass;
use crate::clock;
use crate::shares::pass::PassContext;

/// Middleware of `/content/{share}` and `/e/{key}/content/{share}`.
pub async fn tell_of_pass(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let used = response.request().extensions_mut().remove::<UsedPass>();
    let Some(used) = used else {
        return Ok(response);
    };
    if let Some(cookie) = used.cookie
        && let Ok(value) = HeaderValue::from_str(&cookie)
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    if used.context == PassContext::Framed {
        // A page's script can read this of its own document, and nothing that differs by visitor stands in the page
        // itself, which is kept in memory for all of them.
        let left = (used.expires - clock::now().unix_timestamp()).max(0);
        if let Ok(value) = HeaderValue::from_str(&format!("pass;dur={}", left * 1000)) {
            let name = HeaderName::from_static("server-timing");
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}
