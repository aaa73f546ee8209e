//! Single sign-on of Data Center (Crowd, Seraph): whose cookies a visitor brought, by asking Confluence in their name.
//!
//! Crowd gives out its cookie for an address and checks that address, so that every request says the visitor's own. Only
//! cookies of the named names travel; what Confluence sets is kept in the same [`Jar`].

use std::net::IpAddr;

use reqwest::header::ACCEPT;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::addresses::Reach;
use super::error::{ConfluenceError, Need, Problem, answer};
use super::http::{self, Http};
use super::site::Site;

mod jar;

pub use jar::Jar;

use jar::XSRF;

const ANSWER_BYTES: u64 = 4 * 1024 * 1024;
const GROUPS_AT_ONCE: usize = 200;
/// People in more groups than come in so many parts have the first ones only.
const MOST_PARTS: usize = 50;

/// Who the cookies belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody {
    pub username: String,
    /// Stays the same when the user name changes.
    pub key: String,
    pub display_name: String,
    pub groups: Vec<String>,
}

/// What Confluence says of a jar.
#[derive(Debug, PartialEq, Eq)]
pub enum JarOwner {
    Known(Somebody),
    /// Nobody, as far as Confluence can tell: expired, or brought from a wrong address.
    Nobody,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CurrentUser {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    user_key: String,
    #[serde(default)]
    display_name: String,
}

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    results: Vec<Group>,
    /// The most that a part may hold.
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    name: String,
}

/// Who the jar belongs to, with the groups. The jar takes up what Confluence sets meanwhile.
pub async fn ask_who(
    http: &Http,
    site: &Site,
    jar: &mut Jar,
    client: IpAddr,
) -> Result<JarOwner, ConfluenceError> {
    let url = site.v1(&["user", "current"]);
    let Some(user) = ask::<CurrentUser>(http, site, &url, jar, client).await? else {
        return Ok(JarOwner::Nobody);
    };
    if user.kind == "anonymous" {
        return Ok(JarOwner::Nobody);
    }
    if user.kind != "known" || user.username.is_empty() || user.user_key.is_empty() {
        let what = "an answer without a person".to_owned();
        return Err(Problem::NotUnderstood { what }.into());
    }
    let mut groups = Vec::new();
    for _part in 0..MOST_PARTS {
        let mut url = site.v1(&["user", "memberof"]);
        url.query_pairs_mut()
            .append_pair("username", &user.username)
            .append_pair("start", &groups.len().to_string())
            .append_pair("limit", &GROUPS_AT_ONCE.to_string());
        let Some(part) = ask::<Groups>(http, site, &url, jar, client).await? else {
            return Ok(JarOwner::Nobody);
        };
        // The server may give fewer at once than were asked for, and says how many that is.
        let is_last = part.results.len() < part.limit.unwrap_or(1).max(1);
        groups.extend(part.results.into_iter().map(|group| group.name));
        if is_last {
            break;
        }
    }
    Ok(JarOwner::Known(Somebody {
        username: user.username,
        key: user.user_key,
        display_name: user.display_name,
        groups,
    }))
}

/// Ends the session at Confluence and the token of Crowd.
pub async fn sign_out(
    http: &Http,
    site: &Site,
    jar: &Jar,
    client: IpAddr,
) -> Result<(), ConfluenceError> {
    let mut url = page_of(site, "logout.action");
    if let Some(token) = jar.get(XSRF) {
        url.query_pairs_mut().append_pair("atl_token", token);
    }
    let response = send(http, site, &url, jar, client).await?;
    match response.status() {
        status if status.is_success() || status.is_redirection() => Ok(()),
        status => {
            let headers = response.headers().clone();
            let body = http::read(response, ANSWER_BYTES).await?;
            let error = answer::problem(status, &headers, &body, Need::Account);
            Err(ConfluenceError::from(error).without_words())
        }
    }
}

/// Where people sign in at Confluence, which then leads back to `path` of its own.
pub fn page_of(site: &Site, page: &str) -> Url {
    let mut url = site.base_url().clone();
    let path = format!("{}/{page}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// `None` when Confluence knows nobody by these cookies. A redirect leads to its sign-in, and is not followed.
async fn ask<T: DeserializeOwned>(
    http: &Http,
    site: &Site,
    url: &Url,
    jar: &mut Jar,
    client: IpAddr,
) -> Result<Option<T>, ConfluenceError> {
    let response = send(http, site, url, jar, client).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    jar.take_up(&headers);
    let body = http::read(response, ANSWER_BYTES).await?;
    if status == StatusCode::OK {
        return serde_json::from_slice(&body).map(Some).map_err(|_error| {
            let what = "not the JSON that was asked for".to_owned();
            Problem::NotUnderstood { what }.into()
        });
    }
    let is_stranger = status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN;
    if is_stranger || status.is_redirection() {
        return Ok(None);
    }
    let error = answer::problem(status, &headers, &body, Need::Account);
    Err(ConfluenceError::from(error).without_words())
}

async fn send(
    http: &Http,
    site: &Site,
    url: &Url,
    jar: &Jar,
    client: IpAddr,
) -> Result<reqwest::Response, ConfluenceError> {
    let reach = Reach::of(site.product(), url);
    let request = http
        .request(Method::GET, url.clone(), reach)?
        .timeout(http::EXCHANGE)
        .header(ACCEPT, "application/json");
    let what = "a cookie that no request may carry".to_owned();
    let request = jar
        .authorization(client)
        .sign(request, &Method::GET, url)
        .ok_or(Problem::NotUnderstood { what })?;
    Ok(request.send().await.map_err(http::problem_of)?)
}
