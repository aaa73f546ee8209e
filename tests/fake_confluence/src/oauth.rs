//! The OAuth 2.0 servers: Cloud's with its three grants and rotating refresh tokens, Data Center's with one. What a
//! bearer may do is in `access`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::credentials::{CLIENT_ID, CLIENT_SECRET, CLOUD_ID};
use super::exchange::{Reply, Request};
use super::state::State;

/// Tokens and codes that have been given, with their scopes.
#[derive(Default)]
pub(crate) struct Issued {
    bearers: BTreeMap<String, Vec<String>>,
    refresh_tokens: BTreeMap<String, Vec<String>>,
    codes: BTreeMap<String, Code>,
    last: u32,
}

struct Code {
    redirect_uri: String,
    scopes: Vec<String>,
}

impl Issued {
    /// Of a bearer that is still good.
    pub(crate) fn scopes(&self, bearer: &str) -> Option<&Vec<String>> {
        self.bearers.get(bearer)
    }

    /// All bearers end; refresh tokens stay.
    pub(crate) fn expire_bearers(&mut self) {
        self.bearers.clear();
    }

    pub(crate) fn revoke_refresh_tokens(&mut self) {
        self.refresh_tokens.clear();
    }

    fn name(&mut self, kind: &str) -> String {
        self.last += 1;
        format!("fake-{kind}-{:06}", self.last)
    }

    fn issue(&mut self, scopes: Vec<String>, is_refreshable: bool) -> Value {
        let bearer = self.name("bearer");
        let scope = scopes.join(" ");
        let mut answer = json!({
            "access_token": bearer, "token_type": "Bearer", "expires_in": 3600, "scope": scope,
        });
        if is_refreshable {
            let refresh = self.name("refresh");
            answer["refresh_token"] = refresh.clone().into();
            self.refresh_tokens.insert(refresh, scopes.clone());
        }
        self.bearers.insert(bearer, scopes);
        answer
    }
}

impl State {
    /// `POST /oauth/token` of Cloud, with a JSON object or a form.
    pub(crate) fn cloud_token(&mut self, request: &Request) -> Reply {
        let fields = request.fields();
        let field = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
        if field("client_id") != CLIENT_ID || field("client_secret") != CLIENT_SECRET {
            return error(401, "access_denied", "Unauthorized");
        }
        let granted = self.access.scopes.clone();
        let issued = &mut self.access.issued;
        match field("grant_type").as_str() {
            "client_credentials" => Reply::ok(&issued.issue(granted, false)),
            "authorization_code" => match issued.codes.remove(&field("code")) {
                Some(code) if code.redirect_uri == field("redirect_uri") => {
                    let is_refreshable = code.scopes.iter().any(|scope| scope == "offline_access");
                    Reply::ok(&issued.issue(code.scopes, is_refreshable))
                }
                _ => error(403, "invalid_grant", "Invalid authorization code"),
            },
            "refresh_token" => match issued.refresh_tokens.remove(&field("refresh_token")) {
                Some(scopes) => Reply::ok(&issued.issue(scopes, true)),
                None => error(403, "invalid_grant", "Unknown or invalid refresh token."),
            },
            _ => error(400, "unsupported_grant_type", "Unsupported grant type"),
        }
    }

    /// `POST /rest/oauth2/latest/token` of Data Center, which takes forms only.
    pub(crate) fn data_center_token(&mut self, request: &Request) -> Reply {
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Reply::empty(415);
        }
        let fields = request.fields();
        let is = |name: &str, wanted: &str| fields[name] == wanted;
        if !is("client_id", CLIENT_ID) || !is("client_secret", CLIENT_SECRET) {
            return error(401, "invalid_client", "Client authentication failed");
        }
        if !is("grant_type", "client_credentials") {
            return error(
                400,
                "unsupported_grant_type",
                "The grant type is not supported",
            );
        }
        Reply::ok(&self.access.issued.issue(vec!["READ".to_owned()], false))
    }

    /// `GET /authorize`: consents at once, as if a person had pressed the button.
    pub(crate) fn authorize(&mut self, request: &Request) -> Reply {
        let query = |name| request.query(name).unwrap_or_default();
        let is_complete = query("client_id") == CLIENT_ID
            && query("response_type") == "code"
            && query("audience") == "api.atlassian.com"
            && !query("state").is_empty();
        let redirect_uri = query("redirect_uri");
        let Ok(mut location) = url::Url::parse(redirect_uri) else {
            return error(400, "invalid_request", "redirect_uri is missing");
        };
        if !is_complete {
            return error(400, "invalid_request", "a parameter is missing or wrong");
        }
        let asked = query("scope").split(' ').map(str::to_owned);
        let may = |scope: &String| scope == "offline_access" || self.access.scopes.contains(scope);
        let scopes = asked.filter(may).collect();
        let code = self.access.issued.name("code");
        let redirect_uri = redirect_uri.to_owned();
        let known = Code {
            redirect_uri,
            scopes,
        };
        self.access.issued.codes.insert(code.clone(), known);
        let mut answer = location.query_pairs_mut();
        answer.append_pair("state", query("state"));
        answer.append_pair("code", &code);
        drop(answer);
        Reply::redirect(location.as_str())
    }

    /// `GET /oauth/token/accessible-resources`.
    pub(crate) fn accessible_resources(&self, request: &Request) -> Reply {
        let given = request.header("authorization").unwrap_or_default();
        let scopes = given
            .strip_prefix("Bearer ")
            .and_then(|token| self.access.issued.scopes(token));
        match scopes {
            Some(scopes) => Reply::ok(&json!([{
                "id": CLOUD_ID,
                "url": self.urls.site,
                "name": "acme",
                "scopes": scopes,
                "avatarUrl": format!("{}/avatar.png", self.urls.site),
            }])),
            None => Reply::json(401, &json!({"code": 401, "message": "Unauthorized"})),
        }
    }
}

fn error(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": error, "error_description": description}),
    )
}
