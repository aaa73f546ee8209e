//! The cookie that carries a pass: its names, attributes and contexts. The value is `shares::pass`'s subject.

use actix_web::http::header;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

use super::paths::base_path;
use super::visit::Visit;
use crate::shares::access::{self, Access, Destination};
use crate::shares::pass::{Pass, PassContext};

/// Two names, never one for both: where a browser holds a partitioned and an unpartitioned cookie of one name it sends
/// both, and the server could not tell which is which.
const TOP_LEVEL: &str = "vst";
const FRAMED: &str = "vst-f";
const SECURE_PREFIX: &str = "__Secure-";
/// Cookies of our names that are looked at; a header of 8 kB holds about 70.
const MOST_COOKIES: usize = 80;

/// What the visitor may do by the cookies that came along.
pub fn access(visit: &Visit) -> Access {
    let passes = read_passes(visit);
    access::decide(visit.share(), &passes, visit.destination, visit.now)
}

/// Every pass with a right signature that the browser sent under the names valid here.
///
/// Without their prefix the names mean nothing where cookies are secure: another host of the same domain could have set them.
fn read_passes(visit: &Visit) -> Vec<Pass> {
    let is_ours = |name: &str| {
        let name = if visit.secure {
            name.strip_prefix(SECURE_PREFIX)
        } else {
            Some(name)
        };
        matches!(name, Some(TOP_LEVEL | FRAMED))
    };
    let headers = visit.request.headers().get_all(header::COOKIE);
    let headers = headers.filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|value| value.split(';'));
    let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
    let ours = pairs.filter(|(name, _)| is_ours(name)).take(MOST_COOKIES);
    ours.filter_map(|(_, value)| visit.state.pass_key.verify(value))
        .collect()
}

/// The `Set-Cookie` values that let the bearer of a pass in: one where the context is known, both where it is not.
pub fn admit(visit: &Visit, pass: &Pass) -> Vec<String> {
    let contexts: &[PassContext] = match visit.destination {
        Destination::Tab | Destination::Part => &[PassContext::TopLevel],
        Destination::Frame => &[PassContext::Framed],
        Destination::Unknown => &[PassContext::TopLevel, PassContext::Framed],
    };
    let cookie = |context: &PassContext| {
        let pass = pass.renew_in(*context, visit.share(), visit.now);
        carry(visit, &pass)
    };
    contexts.iter().map(cookie).collect()
}

/// The `Set-Cookie` value of a pass in the context it was made for.
pub fn carry(visit: &Visit, pass: &Pass) -> String {
    let lifetime = Duration::seconds((pass.expires - pass.issued).max(0));
    let value = visit.state.pass_key.sign(pass);
    build(visit, pass.context, value, lifetime)
}

/// The `Set-Cookie` values that take the pass away in both contexts. A removal must repeat `Partitioned`.
pub fn take_away(visit: &Visit) -> [String; 2] {
    [PassContext::TopLevel, PassContext::Framed]
        .map(|context| build(visit, context, String::new(), Duration::ZERO))
}

/// One path per share: frames that unlock in parallel do not overwrite each other, and no share sees another's pass.
/// On plain http away from localhost browsers take neither `Secure` nor `Partitioned`, so the names lose their prefix.
fn build(visit: &Visit, context: PassContext, value: String, lifetime: Duration) -> String {
    let secure = visit.secure;
    let name = match context {
        PassContext::TopLevel => TOP_LEVEL,
        PassContext::Framed => FRAMED,
    };
    let name = if secure {
        format!("{SECURE_PREFIX}{name}")
    } else {
        name.to_owned()
    };
    let partitioned = secure && context == PassContext::Framed;
    Cookie::build((name, value))
        .path(base_path(visit.share().id))
        .http_only(true)
        .secure(secure)
        .same_site(if partitioned {
            SameSite::None
        } else {
            SameSite::Lax
        })
        .partitioned(partitioned)
        .max_age(lifetime)
        .build()
        .to_string()
}
