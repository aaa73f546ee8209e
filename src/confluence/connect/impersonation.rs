//! Access tokens in the name of a person: the JWT bearer grant (RFC 7523) of Connect's scope ACT_AS_USER. Keeping them is
//! the caller's.

use std::time::Duration;

use reqwest::{Method, StatusCode, header::ACCEPT};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use crate::confluence::addresses::Reach;
use crate::confluence::error::{Need, Problem, answer};
use crate::confluence::http;
use crate::confluence::oauth::AccessToken;
use crate::confluence::product::Product;
use crate::confluence::signed_token;
use crate::confluence::{ConfluenceError, Http, NO_ACTIVE_PERSON, Secret};

/// Who asks for whom, where.
pub struct Grant<'a> {
    pub oauth_client_id: &'a str,
    /// Atlassian's account id of the person.
    pub person: &'a str,
    /// The site's base URL, with `/wiki`.
    pub base_url: &'a str,
    /// The installation's shared secret.
    pub secret: &'a Secret,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum ImpersonationError {
    /// The server does not know the client id any more: the site was imported, and the app has to be installed again.
    #[error("the oauthClientId is no longer known")]
    StaleClient,
    /// The installed version of the app has no ACT_AS_USER.
    #[error("the app may not act as people")]
    NotAllowed,
    /// The person is gone, deactivated, without access to Confluence, or the user of an app.
    #[error("there is no active person of this id")]
    NoActivePerson,
    #[error(transparent)]
    Failed(#[from] ConfluenceError),
}

/// What our requests in the name of people need.
pub const SCOPE: &str = "READ";

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// More than two minutes are refused.
const ASSERTION_SECONDS: i64 = 60;

const ANSWER_BYTES: u64 = 64 * 1024;

/// What an answer's `expires_in` is cut to, and what counts if there is none.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
const USUAL_LIFE: Duration = Duration::from_secs(5 * 60);

/// A token in the name of the person.
pub async fn fetch_token(
    http: &Http,
    server: &Url,
    grant: &Grant<'_>,
    now: OffsetDateTime,
) -> Result<AccessToken, ImpersonationError> {
    let assertion = assertion(server, grant, now).ok_or(Problem::Unauthorized);
    let assertion = assertion.map_err(ConfluenceError::from)?;
    let form = [
        ("grant_type", GRANT_TYPE),
        ("assertion", &assertion),
        ("scope", SCOPE),
    ];
    let (status, problem, body) = post(http, token_url(server), &form).await?;
    if status.is_success() {
        return Ok(read_token(&body)?);
    }
    // What was sent is all secrets.
    Err(refusal(status, &body)
        .unwrap_or_else(|| ConfluenceError::from(problem).without_words().into()))
}

/// `None` if there is no secret.
fn assertion(server: &Url, grant: &Grant<'_>, now: OffsetDateTime) -> Option<String> {
    let issued_at = now.unix_timestamp();
    let claims = json!({
        "iss": format!("urn:atlassian:connect:clientid:{}", grant.oauth_client_id),
        "sub": format!("urn:atlassian:connect:useraccountid:{}", grant.person),
        "tnt": grant.base_url,
        "aud": server.as_str().trim_end_matches('/'),
        "iat": issued_at,
        "exp": issued_at + ASSERTION_SECONDS,
    });
    signed_token::sign(&claims, grant.secret)
}

fn token_url(server: &Url) -> Url {
    let mut url = server.clone();
    let path = format!("{}/oauth2/token", server.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// Status and body, and what the status means if nothing better is known.
async fn post(
    http: &Http,
    url: Url,
    form: &[(&str, &str)],
) -> Result<(StatusCode, Problem, bytes::Bytes), ConfluenceError> {
    let reach = Reach::of(Product::Cloud, &url);
    let request = http.request(Method::POST, url, reach)?.timeout(http::TOTAL);
    let request = request.header(ACCEPT, "application/json").form(form);
    let response = request.send().await.map_err(http::problem_of)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http::read(response, ANSWER_BYTES).await?;
    let problem = answer::problem(status, &headers, &body, Need::Account);
    Ok((status, problem, body))
}

fn read_token(body: &[u8]) -> Result<AccessToken, ConfluenceError> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: String,
        expires_in: Option<Value>,
        token_type: Option<String>,
        scope: Option<String>,
    }
    let answer: Option<Answer> = serde_json::from_slice(body).ok();
    let is_bearer = |answer: &Answer| {
        let kind = answer.token_type.as_deref().unwrap_or("Bearer");
        kind.eq_ignore_ascii_case("Bearer") && !answer.access_token.is_empty()
    };
    let answer = answer
        .filter(is_bearer)
        .ok_or_else(|| Problem::NotUnderstood {
            what: "no bearer token in the answer".to_owned(),
        })?;
    Ok(AccessToken {
        secret: Secret::new(answer.access_token),
        expires_in: answer.expires_in.as_ref().map_or(USUAL_LIFE, life),
        scope: answer.scope,
    })
}

/// A number, or a number in quotes.
fn life(expires_in: &Value) -> Duration {
    let seconds = match expires_in {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    };
    seconds
        .map_or(USUAL_LIFE, Duration::from_secs)
        .min(LONGEST_LIFE)
}

/// The errors that mean something for the installation or the person; `None` for what may pass by itself.
fn refusal(status: StatusCode, body: &[u8]) -> Option<ImpersonationError> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Refusal {
        error: String,
        error_description: String,
        message: String,
    }
    let is_passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    if !status.is_client_error() || is_passing.contains(&status) {
        return None;
    }
    let told: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let words = format!("{} {}", told.error_description, told.message).to_lowercase();
    if words.contains(NO_ACTIVE_PERSON) {
        return Some(ImpersonationError::NoActivePerson);
    }
    match told.error.as_str() {
        "unauthorized_client" | "invalid_scope" => Some(ImpersonationError::NotAllowed),
        // Nothing but the person differs from one request to the next.
        "invalid_grant" | "invalid_request" => Some(ImpersonationError::NoActivePerson),
        "invalid_client" => Some(ImpersonationError::StaleClient),
        "" if status == StatusCode::BAD_REQUEST => Some(ImpersonationError::StaleClient),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::StatusCode;
    use serde_json::{Value, json};
    use time::OffsetDateTime;
    use url::Url;

    use super::{Grant, ImpersonationError, assertion, life, read_token, refusal, token_url};
    use crate::confluence::Secret;

    const VECTORS: &str = include_str!("../../../tests/fixtures/connect/jwt-qsh-vectors.json");

    #[test]
    fn the_assertion_is_the_one_that_atlassians_library_makes() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let vector = &vectors["tokens"]["impersonation_assertion"];
        let claims = &vector["claims"];
        let after = |claim: &str| claims[claim].as_str().unwrap().rsplit_once(':').unwrap().1;
        let grant = Grant {
            oauth_client_id: after("iss"),
            person: after("sub"),
            base_url: claims["tnt"].as_str().unwrap(),
            secret: &Secret::new(vector["secret"].as_str().unwrap()),
        };
        let server = Url::parse(claims["aud"].as_str().unwrap()).unwrap();
        let now = OffsetDateTime::from_unix_timestamp(claims["iat"].as_i64().unwrap()).unwrap();
        let token = assertion(&server, &grant, now).unwrap();
        // The order of claims is free, and with it the signature; it is held against the secret as it is.
        let read = crate::confluence::signed_token::SignedToken::read(&token).unwrap();
        assert_eq!(Value::Object(read.claims.clone()), *claims);
        assert!(read.is_by_secret(grant.secret));
        assert_eq!(token_url(&server).as_str(), vector["post"]["url"]);
    }

    #[track_caller]
    fn check(status: u16, body: &Value, expected: Option<&ImpersonationError>) {
        let status = StatusCode::from_u16(status).unwrap();
        let told = refusal(status, body.to_string().as_bytes());
        let words = |error: &ImpersonationError| error.to_string();
        assert_eq!(told.as_ref().map(words), expected.map(words), "{body}");
    }

    #[test]
    fn refusals_are_told_apart() {
        let unauthorized = json!({
            "error": "unauthorized_client",
            "error_description": "The authenticated client is not authorized to use this authorization grant type",
        });
        check(400, &unauthorized, Some(&ImpersonationError::NotAllowed));
        check(401, &unauthorized, Some(&ImpersonationError::NotAllowed));
        let gone = ImpersonationError::NoActivePerson;
        check(400, &json!({"error": "invalid_grant"}), Some(&gone));
        let words = "disallowed to impersonate the user because 'no valid active user exists'";
        check(403, &json!({"message": words}), Some(&gone));
        check(
            400,
            &json!({"error": "invalid_request", "error_description": words}),
            Some(&gone),
        );
        let stale = ImpersonationError::StaleClient;
        check(400, &json!({}), Some(&stale));
        check(400, &json!({"error": "invalid_request"}), Some(&gone));
        check(400, &json!({"error": "slow_down"}), None);
        check(401, &json!({"error": "invalid_client"}), Some(&stale));
        check(400, &json!("not an object"), Some(&stale));
    }

    #[test]
    fn what_may_pass_says_nothing_about_installation_or_person() {
        for status in [301, 403, 404, 408, 429, 500, 502, 503] {
            check(status, &json!({}), None);
        }
        check(503, &json!({"error": "invalid_grant"}), None);
    }

    #[test]
    fn a_token_says_how_long_it_is_good() {
        let seconds = |told: Value| life(&told).as_secs();
        assert_eq!(seconds(json!(900)), 900);
        assert_eq!(seconds(json!("900")), 900);
        assert_eq!(seconds(json!(u64::MAX)), 24 * 60 * 60);
        assert_eq!(seconds(json!(-1)), 300);
        let token = read_token(br#"{"access_token":"t","token_type":"bearer"}"#).unwrap();
        assert_eq!(token.expires_in, Duration::from_secs(300));
        for body in [
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":"t","token_type":"mac"}"#,
            "{}",
            "<html>",
        ] {
            assert!(read_token(body.as_bytes()).is_err(), "{body}");
        }
    }
}
