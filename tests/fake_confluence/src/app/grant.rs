//! The authorization server for tokens in the name of people: the JWT bearer grant of RFC 7523, with the checks of
//! Atlassian's.

use serde_json::{Value, json};
use time::Duration;

use super::token;
use super::{Granted, Installation};
use crate::exchange::{Reply, Request};
use crate::fake::FakeConfluence;
use crate::state::State;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CLIENT: &str = "urn:atlassian:connect:clientid:";
const PERSON: &str = "urn:atlassian:connect:useraccountid:";
/// An assertion lives at most so many seconds.
const LIFE: i64 = 120;
/// As all tokens of this server begin.
pub const IMPERSONATION: &str = "fake-impersonation-";

type Refused = (&'static str, &'static str);

impl State {
    /// `POST /oauth2/token`.
    pub(in super::super) fn grant(&mut self, request: &Request) -> Reply {
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Reply::empty(415);
        }
        match self.granted_to(&request.fields()) {
            Ok(answer) => Reply::ok(&answer),
            Err((error, description)) => {
                let refusal = format!("POST /oauth2/token: {error}: {description}");
                self.app.refusals.push(refusal);
                let body = json!({"error": error, "error_description": description});
                Reply::json(400, &body)
            }
        }
    }

    fn granted_to(&mut self, fields: &Value) -> Result<Value, Refused> {
        if fields["grant_type"] != GRANT {
            return Err(("unsupported_grant_type", "The grant type is not supported"));
        }
        let assertion = fields["assertion"].as_str().unwrap_or_default();
        let installation = self.client_of(assertion)?;
        let claims = token::verify(assertion, &installation.shared_secret)
            .map_err(|_wrong| ("invalid_grant", "The assertion's signature is wrong"))?;
        self.check_assertion(&claims)?;
        if !installation.has("ACT_AS_USER") {
            return Err((
                "unauthorized_client",
                "The authenticated client is not authorized to use this authorization grant type",
            ));
        }
        let username = self.person_for(&claims)?;
        let scopes: Vec<String> = match fields["scope"].as_str() {
            None => installation.scopes.clone(),
            Some(asked) => asked.split_whitespace().map(str::to_owned).collect(),
        };
        if !scopes.iter().all(|scope| installation.has(scope)) {
            return Err(("invalid_scope", "The app has no such scope"));
        }
        Ok(self.give(username, installation.oauth_client_id, scopes))
    }

    /// Whoever was installed before an import is not known any more.
    fn client_of(&self, assertion: &str) -> Result<Installation, Refused> {
        let claims = token::peek(assertion)
            .map_err(|_wrong| ("invalid_grant", "The assertion is malformed"))?;
        let issuer = claims["iss"].as_str().unwrap_or_default();
        let client = issuer.strip_prefix(CLIENT).unwrap_or_default();
        let known = self.app.installation.clone();
        known
            .filter(|installation| installation.oauth_client_id == client)
            .ok_or(("invalid_client", "The client is not known"))
    }

    fn check_assertion(&self, claims: &Value) -> Result<(), Refused> {
        let now = self.now().unix_timestamp();
        let [from, to] = ["iat", "exp"].map(|name| claims[name].as_i64().unwrap_or_default());
        if to <= now || from > now + 30 || to - from > LIFE {
            return Err((
                "invalid_grant",
                "The assertion is not valid now, or for too long",
            ));
        }
        if claims["aud"] != *self.app_server {
            return Err(("invalid_grant", "The assertion is for another server"));
        }
        if claims["tnt"] != *self.urls.base() {
            return Err(("invalid_grant", "The assertion is for another site"));
        }
        Ok(())
    }

    fn person_for(&self, claims: &Value) -> Result<String, Refused> {
        let subject = claims["sub"].as_str().unwrap_or_default();
        let account = subject.strip_prefix(PERSON).unwrap_or_default();
        let person = self.wiki.person_by_account(account);
        let username = person.map(|person| person.username.clone());
        let username = username.ok_or(("invalid_grant", "There is no such user"))?;
        if self.app.is_grant_strict && !self.wiki.is_active(&username) {
            return Err(("invalid_grant", "no valid active user exists"));
        }
        Ok(username)
    }

    fn give(&mut self, username: String, oauth_client_id: String, scopes: Vec<String>) -> Value {
        let life = self.app.token_life;
        let bearer = format!("{IMPERSONATION}{:06}", self.app.next());
        let ends = self.now() + Duration::seconds(life);
        let granted = Granted {
            username,
            oauth_client_id,
            scopes,
            ends,
        };
        self.app.granted.insert(bearer.clone(), granted);
        json!({"access_token": bearer, "expires_in": life, "token_type": "Bearer"})
    }
}

impl FakeConfluence {
    /// In place of the authorization server of Atlassian.
    pub fn impersonation_url(&self) -> String {
        self.with_state(|state| state.app_server.clone())
    }

    /// How often a token in somebody's name was asked for.
    pub fn grants(&self) -> usize {
        self.count("POST", "/oauth2/token")
    }

    /// Of tokens in people's names from now on.
    pub fn set_token_life(&self, seconds: i64) {
        self.with_state(|state| state.app.token_life = seconds);
    }

    /// Those that have been given are not good any more.
    pub fn expire_impersonations(&self) {
        self.with_state(|state| state.app.granted.clear());
    }

    /// People for whom no app may act get no token; unless this is called they get one that the site refuses.
    pub fn refuse_inactive_people_early(&self) {
        self.with_state(|state| state.app.is_grant_strict = true);
    }

    /// Why requests with tokens of the app were refused.
    pub fn refusals(&self) -> Vec<String> {
        self.with_state(|state| state.app.refusals.clone())
    }
}
