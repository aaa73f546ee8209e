//! Access tokens. Keeping them, and letting only one process refresh them, is the caller's.
//!
//! There are client credentials of both products' service accounts, and the authorization code of Cloud, whose refresh
//! tokens change on every use.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, StatusCode, header::ACCEPT};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use super::{
    addresses::Reach,
    error::{ConfluenceError, Need, Problem, answer},
    http::{self, Http},
    product::Product,
    secret::Secret,
    site::Site,
    source::Answer,
};

/// Where people consent and tokens come from on Cloud, unless the operator says otherwise.
pub const AUTHORIZATION_SERVER: &str = "https://auth.atlassian.com";

const ANSWER_BYTES: u64 = 1024 * 1024;

/// An hour, as Cloud's tokens have, if the answer names no time.
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// Granular scopes that the portal asks for, because version 2 of Cloud's API takes no classic ones, and the one that gives
/// refresh tokens.
pub const SCOPES: &str = "read:page:confluence read:space:confluence read:folder:confluence \
    read:hierarchical-content:confluence read:content-details:confluence read:attachment:confluence \
    read:comment:confluence read:user:confluence offline_access";

/// Good until `expires_in` after the request was sent.
#[derive(Debug)]
pub struct AccessToken {
    pub secret: Secret,
    pub expires_in: Duration,
    /// What was granted, with spaces between.
    pub scope: Option<String>,
}

#[derive(Debug)]
pub struct Tokens {
    pub access: AccessToken,
    /// Replaces the refresh token that was used. `None` if the site keeps the old one or gave none.
    pub refresh: Option<Secret>,
}

/// Who the portal is at an authorization server.
#[derive(Debug, Clone, Copy)]
pub struct ClientCredentials<'a> {
    pub id: &'a str,
    pub secret: &'a Secret,
}

/// A Cloud site that a token opens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Resource {
    /// The cloud id.
    pub id: String,
    pub url: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
    scope: Option<String>,
    refresh_token: Option<String>,
}

/// The token URL of a Data Center site.
fn data_center_token_url(site: &Site) -> Url {
    let mut url = site.base_url().clone();
    let path = format!(
        "{}/rest/oauth2/latest/token",
        url.path().trim_end_matches('/')
    );
    url.set_path(&path);
    url
}

/// The token URL of a Cloud authorization server.
pub fn cloud_token_url(authorization_server: &Url) -> Url {
    with_path(authorization_server, "/oauth/token")
}

/// Where a service account gets its tokens, unless somebody says otherwise.
pub fn token_url(site: &Site, authorization_server: &Url) -> Url {
    match site.product() {
        Product::Cloud => cloud_token_url(authorization_server),
        Product::DataCenter => data_center_token_url(site),
    }
}

/// A token for a service account. `token_url` may be in the company's network only for Data Center.
pub async fn client_credentials(
    http: &Http,
    product: Product,
    token_url: &Url,
    client: ClientCredentials<'_>,
) -> Result<AccessToken, ConfluenceError> {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client.id),
        ("client_secret", client.secret.reveal()),
    ];
    let request = request(http, product, Method::POST, token_url)?.form(&form);
    let answer: TokenAnswer = ask(request).await?;
    Ok(answer.into_tokens().access)
}

/// Where an admin's browser goes to consent. `state` is the caller's, who compares it when the browser comes back.
pub fn authorize_url(
    authorization_server: &Url,
    client_id: &str,
    redirect_uri: &str,
    state: &str,
) -> Url {
    let mut url = with_path(authorization_server, "/authorize");
    url.query_pairs_mut()
        .append_pair("audience", "api.atlassian.com")
        .append_pair("client_id", client_id)
        .append_pair("scope", SCOPES)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", state)
        .append_pair("response_type", "code")
        .append_pair("prompt", "consent");
    url
}

/// Tokens for the code that the browser brought back.
pub async fn exchange_code(
    http: &Http,
    token_url: &Url,
    client: ClientCredentials<'_>,
    code: &str,
    redirect_uri: &str,
) -> Result<Tokens, ConfluenceError> {
    #[derive(Serialize)]
    struct Body<'a> {
        grant_type: &'static str,
        client_id: &'a str,
        client_secret: &'a str,
        code: &'a str,
        redirect_uri: &'a str,
    }
    let body = Body {
        grant_type: "authorization_code",
        client_id: client.id,
        client_secret: client.secret.reveal(),
        code,
        redirect_uri,
    };
    let request = request(http, Product::Cloud, Method::POST, token_url)?.json(&body);
    Ok(ask::<TokenAnswer>(request).await?.into_tokens())
}

/// New tokens for the last refresh token. [`Problem::GrantInvalid`] means that somebody has to consent again; after every
/// other failure the same refresh token may be tried again.
pub async fn refresh(
    http: &Http,
    token_url: &Url,
    client: ClientCredentials<'_>,
    refresh_token: &Secret,
) -> Result<Tokens, ConfluenceError> {
    #[derive(Serialize)]
    struct Body<'a> {
        grant_type: &'static str,
        client_id: &'a str,
        client_secret: &'a str,
        refresh_token: &'a str,
    }
    let body = Body {
        grant_type: "refresh_token",
        client_id: client.id,
        client_secret: client.secret.reveal(),
        refresh_token: refresh_token.reveal(),
    };
    let request = request(http, Product::Cloud, Method::POST, token_url)?.json(&body);
    Ok(ask::<TokenAnswer>(request).await?.into_tokens())
}

/// The Cloud sites that somebody consented to.
pub async fn accessible_resources(
    http: &Http,
    gateway: &Url,
    access: &AccessToken,
) -> Result<Vec<Resource>, ConfluenceError> {
    let url = with_path(gateway, "/oauth/token/accessible-resources");
    let request = request(http, Product::Cloud, Method::GET, &url)?;
    ask(request.bearer_auth(access.secret.reveal())).await
}

/// The cloud id of a site, which Cloud tells anybody.
pub async fn cloud_id(http: &Http, site: &Site) -> Result<String, ConfluenceError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct TenantInfo {
        cloud_id: String,
    }
    let request = request(http, Product::Cloud, Method::GET, &site.tenant_info())?;
    Ok(ask::<TenantInfo>(request).await?.cloud_id)
}

impl TokenAnswer {
    fn into_tokens(self) -> Tokens {
        Tokens {
            access: AccessToken {
                secret: Secret::new(self.access_token),
                expires_in: self.expires_in.map_or(USUAL_LIFE, Duration::from_secs),
                scope: self.scope,
            },
            refresh: self.refresh_token.map(Secret::new),
        }
    }
}

fn with_path(origin: &Url, path: &str) -> Url {
    let mut url = origin.clone();
    url.set_path(path);
    url.set_query(None);
    url
}

pub(super) fn request(
    http: &Http,
    product: Product,
    method: Method,
    url: &Url,
) -> Result<RequestBuilder, Problem> {
    let reach = Reach::of(product, url);
    let request = http.request(method, url.clone(), reach)?;
    Ok(request
        .timeout(http::TOTAL)
        .header(ACCEPT, "application/json"))
}

pub(super) async fn ask<T: DeserializeOwned>(request: RequestBuilder) -> Answer<T> {
    let response = request.send().await.map_err(http::problem_of)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = http::read(response, ANSWER_BYTES).await?;
    let problem = match status {
        StatusCode::OK => match serde_json::from_slice(&body) {
            Ok(answer) => return Ok(answer),
            Err(_) => Problem::NotUnderstood {
                what: "no tokens in the answer".to_owned(),
            },
        },
        _ => refusal(&body)
            .unwrap_or_else(|| answer::problem(status, &headers, &body, Need::Account)),
    };
    // What was sent is all secrets.
    Err(ConfluenceError::from(problem).without_words())
}

/// The named errors of RFC 6749, whatever status they come with.
fn refusal(body: &Bytes) -> Option<Problem> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    match refusal.error.as_str() {
        "invalid_grant" => Some(Problem::GrantInvalid),
        "invalid_client" | "unauthorized_client" | "access_denied" => Some(Problem::Unauthorized),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{AUTHORIZATION_SERVER, authorize_url, data_center_token_url, refusal};
    use crate::confluence::{OutboundRules, Problem, Site};

    #[test]
    fn the_consent_page_is_asked_with_everything_it_needs() {
        let server = Url::parse(AUTHORIZATION_SERVER).unwrap();
        let url = authorize_url(&server, "abc", "https://portal.example/back", "s&t");
        assert!(
            url.as_str()
                .starts_with("https://auth.atlassian.com/authorize?audience=api.atlassian.com&")
        );
        assert!(url.as_str().contains("&state=s%26t&"));
        assert!(url.as_str().contains("offline_access"));
    }

    #[test]
    fn data_center_has_its_token_url_below_the_context_path() {
        let rules = OutboundRules::default();
        let url = |typed| data_center_token_url(&Site::recognise(typed, None, &rules).unwrap());
        assert_eq!(
            url("wiki.acme.example/confluence").as_str(),
            "https://wiki.acme.example/confluence/rest/oauth2/latest/token"
        );
        assert_eq!(
            url("wiki.acme.example").as_str(),
            "https://wiki.acme.example/rest/oauth2/latest/token"
        );
    }

    #[test]
    fn a_withdrawn_grant_is_told_from_other_failures() {
        let check = |body: &'static str| refusal(&body.into());
        assert_eq!(
            check(
                r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#
            ),
            Some(Problem::GrantInvalid)
        );
        assert_eq!(
            check(r#"{"error":"unauthorized_client"}"#),
            Some(Problem::Unauthorized)
        );
        assert_eq!(check(r#"{"error":"temporarily_unavailable"}"#), None);
        assert_eq!(check("<html>"), None);
    }
}
