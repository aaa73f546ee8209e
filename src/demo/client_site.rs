//! The site of an invented client, on a host of its own, that embeds a share by signed tokens.
//!
//! It does what an integrator's server does and knows no more than one: the portal's address, the
//! share's id and the secret as an admin copied it. Of this crate it uses only the snippets that an
//! integrator copies, to show them.

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, ContentType, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpResponse, HttpServer, error, get, web};
use askama::Template;
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::client_kit::CLIENT_SITES;
use crate::client_kit::frame::Framed;

/// What the client was told by the portal's admin.
#[derive(Clone, Debug)]
pub struct ClientSite {
    /// Without a slash at the end, e.g. `http://localhost:8080`.
    pub portal_base_url: String,
    pub share_id: Uuid,
    pub signing_key: SigningKey,
}

/// The share's unlock secret, ready to sign with.
#[derive(Clone)]
pub struct SigningKey(EncodingKey);

/// The copied secret is not 64 hex digits.
#[derive(Debug, thiserror::Error)]
#[error("an unlock secret has 64 hex digits")]
pub struct NotASecret;

impl SigningKey {
    /// The key is the 32 bytes that the 64 hex digits stand for, not the text.
    pub fn from_hex(secret: &str) -> Result<Self, NotASecret> {
        let mut key = [0_u8; 32];
        match hex::decode_to_slice(secret, &mut key) {
            Ok(()) => Ok(Self(EncodingKey::from_secret(&key))),
            Err(_) => Err(NotASecret),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

/// Serves the site on `listener`. Signals are the caller's business: stop it by its handle.
pub fn bind(listener: TcpListener, site: ClientSite) -> io::Result<Server> {
    let site = web::Data::new(site);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(site.clone())
            .wrap(DefaultHeaders::new().add((X_CONTENT_TYPE_OPTIONS, "nosniff")))
            .service(show_my_berth)
            .service(show_with_script)
            .service(send_unlock_url)
            .service(show_stale_token)
            .service(show_how_it_works)
            .service(show_style)
            .service(show_script)
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

#[derive(Template)]
#[template(path = "demo/my_berth.html")]
struct MyBerth {
    current: &'static str,
    manual_url: String,
}

#[get("/")]
async fn show_my_berth(site: web::Data<ClientSite>) -> actix_web::Result<HttpResponse> {
    html(&MyBerth {
        current: "/",
        manual_url: site.fresh_manual_url()?,
    })
}

#[derive(Template)]
#[template(path = "demo/with_script.html")]
struct WithScript {
    current: &'static str,
    portal_base_url: String,
    share_id: Uuid,
}

/// The share by `embed.js`, which asks this site for tokens.
#[get("/with-script")]
async fn show_with_script(site: web::Data<ClientSite>) -> actix_web::Result<HttpResponse> {
    html(&WithScript {
        current: "/with-script",
        portal_base_url: site.portal_base_url.clone(),
        share_id: site.share_id,
    })
}

/// What `embed.js` is answered. A real site would ask first who is there.
#[derive(Serialize)]
struct Fresh {
    url: String,
}

#[get("/unlock-url")]
async fn send_unlock_url(site: web::Data<ClientSite>) -> actix_web::Result<HttpResponse> {
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Fresh {
            url: site.fresh_manual_url()?,
        }))
}

#[derive(Template)]
#[template(path = "demo/stale_token.html")]
struct StaleToken {
    current: &'static str,
    manual_url: String,
}

#[get("/stale-token")]
async fn show_stale_token(site: web::Data<ClientSite>) -> actix_web::Result<HttpResponse> {
    let an_hour_ago = get_current_timestamp() - 3600;
    html(&StaleToken {
        current: "/stale-token",
        manual_url: site.manual_url(an_hour_ago - 5, an_hour_ago + 55)?,
    })
}

#[derive(Template)]
#[template(path = "demo/how_it_works.html")]
struct HowItWorks {
    current: &'static str,
    portal_base_url: String,
    server_code: String,
    page_code: String,
}

#[get("/how-it-works")]
async fn show_how_it_works(site: web::Data<ClientSite>) -> actix_web::Result<HttpResponse> {
    let (portal, share) = (&site.portal_base_url, site.share_id.to_string());
    let framed = Framed {
        portal,
        share: &share,
        title: "Tern 22 manual",
    };
    let [node, ..] = CLIENT_SITES;
    html(&HowItWorks {
        current: "/how-it-works",
        portal_base_url: portal.clone(),
        server_code: node.source(portal, &share),
        page_code: framed.element(),
    })
}

#[get("/client_site.css")]
async fn show_style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("../../static/demo/client_site.css"))
}

#[get("/client_site.js")]
async fn show_script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(include_str!("../../static/demo/client_site.js"))
}

/// A page that is never cached, because the token in it is good for one minute only.
fn html(page: &impl Template) -> actix_web::Result<HttpResponse> {
    let body = page.render().map_err(error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body))
}

#[derive(Serialize)]
struct Claims {
    iss: Uuid,
    nbf: u64,
    exp: u64,
}

impl ClientSite {
    /// An address that opens the share during the next minute.
    fn fresh_manual_url(&self) -> actix_web::Result<String> {
        // Five seconds for a portal whose clock is behind ours; 60 in all is what it accepts.
        let now = get_current_timestamp();
        self.manual_url(now - 5, now + 55)
    }

    /// The address of the embedded share, with a token for these seconds since 1970.
    fn manual_url(&self, not_before: u64, expires: u64) -> actix_web::Result<String> {
        let claims = Claims {
            iss: self.share_id,
            nbf: not_before,
            exp: expires,
        };
        let header = Header::new(Algorithm::HS256);
        let token = jsonwebtoken::encode(&header, &claims, &self.signing_key.0)
            .map_err(error::ErrorInternalServerError)?;
        let Self {
            portal_base_url,
            share_id,
            ..
        } = self;
        Ok(format!(
            "{portal_base_url}/content/{share_id}?unlock={token}"
        ))
    }
}
