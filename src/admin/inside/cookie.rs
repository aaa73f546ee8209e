//! The cookie of a session inside Confluence.
//!
//! It is the usual one under another name and with other attributes, so that
//! browsers bring it from a frame of another site, and keep it apart for each site around.
//!
//! `actix-session` knows one name. Around it stands a middleware that hands the value on under the usual name, and gives
//! it back under its own. Which of the two it came by is kept, and held against what the session says of itself.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use cookie::{Cookie, SameSite};

use crate::admin::session;
use crate::shares::access::Destination;
use crate::web::fetch_metadata::destination;
use crate::web::request::is_trustworthy;
use crate::web::state::AppState;

/// By which of the two cookies a session came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameBy {
    Usual,
    Framed,
}

impl CameBy {
    pub fn of(request: &HttpRequest) -> Self {
        let came_by = request.extensions().get::<Self>().copied();
        came_by.unwrap_or(Self::Usual)
    }
}

/// Sent by scripts of pages that stand in a frame.
const IN_A_FRAME: &str = "x-vestibule-framed";

/// Middleware around the admin pages.
///
/// A browser brings both cookies into a tab when it keeps none apart, and everywhere when
/// the portal and Confluence are below one domain. Then the framed one counts in frames, and the usual one elsewhere.
pub async fn carry(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let names = Names::of(request.request());
    let pairs = pairs(request.headers());
    let has = |name: &str| pairs.iter().any(|(other, _)| other == name);
    let came_by = if has(names.framed) && (!has(names.usual) || is_in_a_frame(request.request())) {
        CameBy::Framed
    } else {
        CameBy::Usual
    };
    exchange(request, next, came_by).await
}

/// Browsers say so of a page. Of what a page's script asks for they do not, so it says it.
fn is_in_a_frame(request: &HttpRequest) -> bool {
    let headers = request.headers();
    match destination(request) {
        Destination::Frame => true,
        Destination::Part => headers.get(IN_A_FRAME).is_some_and(|said| said == "1"),
        Destination::Tab | Destination::Unknown => false,
    }
}

/// Middleware around the addresses by which Confluence brings somebody in: their session is one for frames.
pub async fn begin(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    exchange(request, next, CameBy::Framed).await
}

async fn exchange(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
    came_by: CameBy,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let names = Names::of(request.request());
    if came_by == CameBy::Framed {
        let handed_on = hand_on(&pairs(request.headers()), names);
        let headers = request.headers_mut();
        headers.remove(header::COOKIE);
        if let Ok(value) = HeaderValue::from_str(&handed_on) {
            headers.insert(header::COOKIE, value);
        }
    }
    request.extensions_mut().insert(came_by);
    let mut response = next.call(request).await?;
    if came_by == CameBy::Framed {
        let secure = names.framed.starts_with("__") || is_trusted(response.request());
        give_back(response.headers_mut(), names, secure);
    }
    Ok(response)
}

#[derive(Clone, Copy)]
struct Names {
    usual: &'static str,
    framed: &'static str,
}

impl Names {
    fn of(request: &HttpRequest) -> Self {
        let settings = request
            .app_data::<web::Data<AppState>>()
            .map(|state| &state.settings);
        let usual = settings.map_or("__Host-vst_admin", session::cookie_name);
        Self {
            usual,
            framed: if usual.starts_with("__") {
                "__Host-vst_framed"
            } else {
                "vst_framed"
            },
        }
    }
}

fn is_trusted(request: &HttpRequest) -> bool {
    let state = request.app_data::<web::Data<AppState>>();
    state.is_some_and(|state| is_trustworthy(state, request))
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The header with the framed value under the usual name, and everything else as it was.
fn hand_on(pairs: &[(String, String)], names: Names) -> String {
    let kept = pairs.iter().filter(|(name, _)| name != names.usual);
    let renamed = kept.map(|(name, value)| {
        let name = if name == names.framed {
            names.usual
        } else {
            name
        };
        format!("{name}={value}")
    });
    renamed.collect::<Vec<_>>().join("; ")
}

/// Gives the session's cookie its own name and attributes; also the one that takes it away.
fn give_back(headers: &mut HeaderMap, names: Names, secure: bool) {
    let set: Vec<HeaderValue> = headers.remove(header::SET_COOKIE).collect();
    for value in set {
        let session = value
            .to_str()
            .ok()
            .and_then(|text| Cookie::parse(text.to_owned()).ok())
            .filter(|cookie| cookie.name() == names.usual);
        let value = match session {
            None => value,
            Some(usual) => match HeaderValue::from_str(&framed(&usual, names, secure)) {
                Ok(value) => value,
                Err(_no_header) => continue,
            },
        };
        headers.append(header::SET_COOKIE, value);
    }
}

/// On plain http away from localhost browsers take neither `Secure` nor `Partitioned`, and so no cookie in frames at all.
fn framed(usual: &Cookie<'_>, names: Names, secure: bool) -> String {
    let mut framed = Cookie::build((names.framed, usual.value()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(if secure {
            SameSite::None
        } else {
            SameSite::Strict
        })
        .partitioned(secure);
    if let Some(age) = usual.max_age() {
        framed = framed.max_age(age);
    }
    framed.build().to_string()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};

    use super::{Names, give_back, hand_on, pairs};

    const NAMES: Names = Names {
        usual: "__Host-vst_admin",
        framed: "__Host-vst_framed",
    };

    #[test]
    fn the_value_is_handed_on_under_the_usual_name_and_never_beside_another() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_static(
            "a=1; __Host-vst_framed=in; __Host-vst_admin=planted; __Host-vst_admin=again",
        );
        headers.append(HeaderName::from_static("cookie"), value);
        let handed_on = hand_on(&pairs(&headers), NAMES);
        assert_eq!(handed_on, "a=1; __Host-vst_admin=in");
    }

    #[test]
    fn it_comes_back_under_its_own_with_the_attributes_of_frames() {
        let mut headers = HeaderMap::new();
        for set in [
            "__Host-vst_admin=new; HttpOnly; SameSite=Strict; Secure; Path=/",
            "other=1",
            "__Host-vst_admin=; Path=/; Max-Age=0",
        ] {
            headers.append(SET_COOKIE, HeaderValue::from_static(set));
        }
        give_back(&mut headers, NAMES, true);
        let set: Vec<_> = headers
            .get_all(SET_COOKIE)
            .map(|value| value.to_str().unwrap())
            .collect();
        assert_eq!(
            set,
            [
                "__Host-vst_framed=new; HttpOnly; SameSite=None; Partitioned; Secure; Path=/",
                "other=1",
                "__Host-vst_framed=; HttpOnly; SameSite=None; Partitioned; Secure; Path=/; Max-Age=0",
            ]
        );
    }
}
