//! The app at a fake Cloud site: call-backs, tokens, people.

mod forge;
mod framed;
mod grants;
mod lifecycle;
mod people;
mod signed;
mod stage;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

use super::{Got, ask};
use fake_confluence::app::qsh;
use fake_confluence::app::token::Token;
use fake_confluence::fake::FakeConfluence;
use stage::KEY;

/// With a token of the app for exactly this request.
async fn get_as_app(fake: &FakeConfluence, path: &str) -> Got {
    let token = app_token(fake, path).text();
    ask(
        &format!("{}{path}", fake.base_url()),
        &format!("JWT {token}"),
    )
    .await
    .unwrap()
}

fn app_token(fake: &FakeConfluence, path: &str) -> Token {
    let installation = fake.installation().unwrap();
    let now = unix_now();
    let claims = serde_json::json!({
        "iss": KEY, "iat": now, "exp": now + 180, "qsh": qsh::hash("GET", path, "/wiki"),
        "aud": [installation.client_key],
    });
    Token::hs256(&installation.shared_secret, claims)
}

/// The claims of a token whose signature is right, by a library that the fakes do not verify with.
fn claims_of(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Value {
    let mut validation = Validation::new(algorithm);
    validation.validate_aud = false;
    decode::<Value>(token, key, &validation).unwrap().claims
}

fn unix_now() -> i64 {
    time::OffsetDateTime::from(std::time::SystemTime::now()).unix_timestamp()
}
