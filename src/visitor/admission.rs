//! The redirect into a share that takes a fresh pass along: one for the password, the token, the key and the hand-over.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};

use super::pass_cookie;
use super::query::with_probe;
use super::visit::Visit;
use crate::shares::access::Destination;
use crate::shares::pass::Pass;
use crate::shares::ticket::{Errand, Ticket};
use crate::web::page;

/// To the clean address `clean`, with the pass as a cookie.
pub(super) fn admit(visit: &Visit, pass: &Pass, clean: &str) -> HttpResponse {
    let mut response = page::see_other(&follow_up(visit, pass, clean));
    for cookie in pass_cookie::admit(visit, pass) {
        append_cookie(&mut response, &cookie);
    }
    response
}

/// Where to go with a fresh pass: in a frame by way of a probe, which `probe` answers.
fn follow_up(visit: &Visit, pass: &Pass, clean: &str) -> String {
    if visit.destination != Destination::Frame {
        return clean.to_owned();
    }
    let site = visit.embedder.site().map(|site| site.as_str().to_owned());
    let ticket = Ticket::issue(Errand::Probe, *pass, site, visit.now);
    with_probe(clean, &visit.state.pass_key.sign_ticket(&ticket))
}

pub(super) fn append_cookie(response: &mut HttpResponse, cookie: &str) {
    // A cookie holds base64url and a UUID, so the value is always one.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
