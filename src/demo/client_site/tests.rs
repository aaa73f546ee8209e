//! Asks the running site, as a member's browser would.

use jsonwebtoken::{DecodingKey, Validation};
use reqwest::Response;
use scraper::{Html, Selector};
use serde::Deserialize;
use url::Url;

use super::*;

const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const SHARE: Uuid = uuid::uuid!("6f1d2c3b-4a59-4687-9786-a5b4c3d2e1f0");

/// Starts a site and asks it for `path`.
async fn get(path: &str) -> Response {
    // The client of the tests takes the crypto library of the process, and is the first to name one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let site = ClientSite {
        portal_base_url: "http://localhost:8080".to_owned(),
        share_id: SHARE,
        signing_key: SigningKey::from_hex(SECRET).unwrap(),
    };
    actix_web::rt::spawn(bind(listener, site).unwrap());
    reqwest::get(format!("http://{address}{path}"))
        .await
        .unwrap()
}

async fn page(path: &str) -> Html {
    Html::parse_document(&get(path).await.text().await.unwrap())
}

fn frame_attribute(page: &Html, name: &str) -> Option<String> {
    let frame = Selector::parse("iframe").unwrap();
    let frame = page.select(&frame).next().unwrap();
    frame.attr(name).map(str::to_owned)
}

fn frame_url(page: &Html) -> Url {
    frame_attribute(page, "src").unwrap().parse().unwrap()
}

#[derive(Deserialize)]
struct Seen {
    iss: String,
    nbf: u64,
    exp: u64,
}

/// Reads the token of the page's frame, whatever its times are; its signature must be right.
fn token_of(page: &Html) -> Seen {
    token_in(&frame_url(page))
}

fn token_in(url: &Url) -> Seen {
    let (_, token) = url
        .query_pairs()
        .find(|(name, _)| name == "unlock")
        .unwrap();
    let key = DecodingKey::from_secret(&hex::decode(SECRET).unwrap());
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Seen>(token.as_bytes(), &key, &validation)
        .unwrap()
        .claims
}

#[actix_web::test]
async fn the_frame_shows_the_share_with_a_token_for_one_minute() {
    let page = page("/").await;

    let url = frame_url(&page);
    assert_eq!(url.origin().ascii_serialization(), "http://localhost:8080");
    assert_eq!(url.path(), format!("/content/{SHARE}"));
    let token = token_of(&page);
    assert_eq!(token.iss, SHARE.to_string());
    assert_eq!(token.exp - token.nbf, 60);
    let now = get_current_timestamp();
    assert!(token.nbf + 4 <= now && now + 50 <= token.exp);
}

#[actix_web::test]
async fn the_frame_may_do_what_a_manual_needs_and_has_a_title() {
    let page = page("/").await;

    assert_eq!(frame_attribute(&page, "title").unwrap(), "Tern 22 manual");
    assert_eq!(
        frame_attribute(&page, "referrerpolicy").unwrap(),
        "strict-origin"
    );
    assert_eq!(
        frame_attribute(&page, "sandbox").unwrap(),
        "allow-scripts allow-same-origin allow-forms allow-popups \
         allow-popups-to-escape-sandbox allow-downloads"
    );
    assert_eq!(frame_attribute(&page, "loading"), None);
}

#[actix_web::test]
async fn a_page_with_a_token_is_not_stored() {
    let response = get("/").await;

    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
}

#[actix_web::test]
async fn the_stale_page_has_a_rightly_signed_token_that_ran_out() {
    let token = token_of(&page("/stale-token").await);

    assert_eq!(token.exp - token.nbf, 60);
    assert!(token.exp < get_current_timestamp());
}

#[actix_web::test]
async fn the_explanation_names_the_share_and_never_the_secret() {
    let text = get("/how-it-works").await.text().await.unwrap();

    assert!(text.contains(&SHARE.to_string()));
    assert!(!text.contains(SECRET));
    assert!(!Html::parse_document(&text).html().contains("<script"));
}

#[actix_web::test]
async fn the_page_with_the_script_holds_no_token_and_asks_for_one() {
    let page = page("/with-script").await;

    let element = Selector::parse("vestibule-share").unwrap();
    let element = page.select(&element).next().unwrap();
    let share = format!("http://localhost:8080/content/{SHARE}");
    assert_eq!(element.attr("src"), Some(share.as_str()));
    assert_eq!(element.attr("title"), Some("Tern 22 manual"));
    let scripts = Selector::parse("script[src]").unwrap();
    let scripts = page
        .select(&scripts)
        .filter_map(|script| script.attr("src"));
    let scripts: Vec<_> = scripts.collect();
    assert_eq!(
        scripts,
        ["/client_site.js", "http://localhost:8080/embed.js"]
    );

    let response = get(element.attr("unlock-url").unwrap()).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let answer: serde_json::Value = response.json().await.unwrap();
    let token = token_in(&answer["url"].as_str().unwrap().parse().unwrap());
    assert_eq!((token.iss, token.exp - token.nbf), (SHARE.to_string(), 60));
}

#[actix_web::test]
async fn the_style_is_served_by_the_site_itself() {
    let response = get("/client_site.css").await;

    assert_eq!(
        response.headers()["content-type"],
        "text/css; charset=utf-8"
    );
    assert!(response.text().await.unwrap().contains(".manual"));
}

#[actix_web::test]
async fn another_path_is_not_found() {
    assert_eq!(get("/admin").await.status(), 404);
}

#[test]
fn a_secret_is_64_hex_digits_and_stays_out_of_debug_output() {
    let key = SigningKey::from_hex(SECRET).unwrap();

    assert_eq!(format!("{key:?}"), "SigningKey");
    assert!(SigningKey::from_hex(&SECRET[2..]).is_err());
    assert!(SigningKey::from_hex(&SECRET.replace('0', "g")).is_err());
}
