//! A client site with actix-web. Every view of the page signs a token of its own.

use std::io;

use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{App, HttpResponse, HttpServer, get, web};
use clap::Parser;
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::json;

#[derive(Parser)]
struct Settings {
    #[arg(
        long,
        env = "VESTIBULE_URL",
        default_value = "https://portal.example.com"
    )]
    portal: String,
    #[arg(
        long,
        env = "VESTIBULE_SHARE",
        default_value = "00000000-0000-0000-0000-000000000000"
    )]
    share: String,
    /// 64 hex digits.
    #[arg(long, env = "VESTIBULE_UNLOCK_SECRET", hide_env_values = true)]
    unlock_secret: String,
    #[arg(long, env = "PORT", default_value_t = 3000)]
    port: u16,
}

struct Site {
    portal: String,
    share: String,
    key: EncodingKey,
}

impl Site {
    fn unlock_url(&self) -> actix_web::Result<String> {
        // Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
        let now = get_current_timestamp();
        let claims = json!({ "iss": self.share, "nbf": now - 5, "exp": now + 55 });
        let header = Header::new(Algorithm::HS256);
        let token = jsonwebtoken::encode(&header, &claims, &self.key);
        let token = token.map_err(ErrorInternalServerError)?;
        Ok(format!(
            "{}/content/{}?unlock={token}",
            self.portal, self.share
        ))
    }
}

// Whoever gets these two answers can read the share: put them behind your own sign-in.
// A cached answer holds a token that has run out, so no cache may keep them.
#[get("/")]
async fn page(site: web::Data<Site>) -> actix_web::Result<HttpResponse> {
    let (url, portal) = (site.unlock_url()?, &site.portal);
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client site</title>
<h1>Client site</h1>
<iframe data-vestibule data-unlock-url="/unlock-url" src="{url}" title="Manual"
        style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
<script src="{portal}/embed.js" async></script>
</html>"#
    );
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html))
}

#[get("/unlock-url")]
async fn unlock_url(site: web::Data<Site>) -> actix_web::Result<HttpResponse> {
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({ "url": site.unlock_url()? })))
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let settings = Settings::parse();
    // The key is the 32 bytes that the 64 hex digits stand for, not their text.
    let mut key = [0_u8; 32];
    hex::decode_to_slice(&settings.unlock_secret, &mut key).map_err(io::Error::other)?;
    let site = web::Data::new(Site {
        portal: settings.portal,
        share: settings.share,
        key: EncodingKey::from_secret(&key),
    });
    let app = move || {
        App::new()
            .app_data(site.clone())
            .service(page)
            .service(unlock_url)
    };
    HttpServer::new(app)
        .bind(("127.0.0.1", settings.port))?
        .run()
        .await
}
