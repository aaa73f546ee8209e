//! Where the answer to a request will be shown, by what its browser says (Fetch Metadata). What that means for a share
//! is `shares::access`.

use actix_web::HttpRequest;

use crate::shares::access::Place;

/// By `Sec-Fetch-Dest`. Safari before 16.4 does not send it, nor any browser over plain http away from localhost.
pub fn place_of(request: &HttpRequest) -> Place {
    let destination = request.headers().get("sec-fetch-dest");
    match destination.map(|value| value.as_bytes()) {
        None => Place::Unknown,
        Some(b"document") => Place::Tab,
        Some(b"iframe" | b"frame" | b"embed" | b"object" | b"fencedframe") => Place::Frame,
        Some(_) => Place::Part,
    }
}
