//! Who is asking this site with a token of the app: the app itself, or a person in whose name it has got one.

use serde_json::{Value, json};

use super::{Installation, qsh, token};
use crate::access::{Reader, refused_by_site};
use crate::errors::error_v2;
use crate::exchange::{Reply, Request};
use crate::people::APP_USER;
use crate::state::State;

/// Clocks may be so far apart.
const LEEWAY: i64 = 30;

impl State {
    /// `None` if the request carries no token of an app.
    pub(in super::super) fn app_reader(
        &mut self,
        request: &Request,
        path: &str,
    ) -> Option<Result<Reader, Reply>> {
        let given = request.header("authorization")?.to_owned();
        let operation = self.spec.operation(&request.method, path);
        let scope = operation.map(|(_, operation)| operation.connect.clone());
        let scope = scope.unwrap_or_default();
        if let Some(token) = given.strip_prefix("JWT ") {
            return Some(match self.check_token(request, token) {
                Ok(installation) if !installation.has(&scope) => Err(self.forbid(request, &scope)),
                Ok(_) => Ok(Some(APP_USER.to_owned())),
                Err(reason) => Err(self.refuse(request, &reason)),
            });
        }
        let bearer = given.strip_prefix("Bearer ")?;
        Some(self.person_of(request, path, bearer, &scope))
    }

    fn check_token(&self, request: &Request, token: &str) -> Result<Installation, String> {
        let Some(installation) = self.app.installation.clone() else {
            return Err("no app is installed".to_owned());
        };
        if !installation.is_enabled {
            return Err("the app is disabled".to_owned());
        }
        if token::peek(token)?["iss"] != *installation.app_key {
            return Err("iss is not the app's key".to_owned());
        }
        let claims = token::verify(token, &installation.shared_secret)?;
        let context = self.urls.context.as_str();
        let wanted = qsh::hash(&request.method, &request.target, context);
        if claims["qsh"] != *wanted {
            let canonical = qsh::canonical(&request.method, &request.target, context);
            return Err(format!("qsh is not the hash of {canonical}"));
        }
        self.check_times(&claims)?;
        check_audience(&claims, &installation)?;
        Ok(installation)
    }

    fn check_times(&self, claims: &Value) -> Result<(), String> {
        let now = self.now().unix_timestamp();
        let time = |name: &str| claims[name].as_i64().ok_or(format!("{name} is missing"));
        if time("exp")? < now - LEEWAY {
            return Err("it has expired".to_owned());
        }
        if time("iat")? > now + LEEWAY {
            return Err("it is from the future".to_owned());
        }
        Ok(())
    }

    fn person_of(
        &mut self,
        request: &Request,
        path: &str,
        bearer: &str,
        scope: &str,
    ) -> Result<Reader, Reply> {
        let Some((username, key, scopes)) = self.granted(bearer) else {
            return Err(self.refuse(request, "the bearer is not good here"));
        };
        if !scopes.iter().any(|one| one == scope) {
            return Err(self.forbid(request, scope));
        }
        if self.wiki.is_active(&username) {
            return Ok(Some(username));
        }
        let text = format!(
            "Add-on '{key}' disallowed to impersonate the user because 'no valid active user exists'"
        );
        Err(match path.starts_with("/wiki/api/v2/") {
            true => error_v2(403, "FORBIDDEN", &text),
            false => Reply::json(403, &json!({"statusCode": 403, "message": text})),
        })
    }

    /// The person, the app's key and the scopes, while both the bearer and the installation are good.
    fn granted(&self, bearer: &str) -> Option<(String, String, Vec<String>)> {
        let granted = self.app.granted.get(bearer)?;
        let installation = self.app.installation.as_ref()?;
        let is_good = granted.ends > self.now()
            && granted.oauth_client_id == installation.oauth_client_id
            && installation.is_enabled;
        let key = installation.app_key.clone();
        is_good.then(|| (granted.username.clone(), key, granted.scopes.clone()))
    }

    fn forbid(&mut self, request: &Request, scope: &str) -> Reply {
        let what = format!("{} {}: it needs {scope}", request.method, request.target);
        self.app.refusals.push(what);
        let message = "Request not in an authorized API scope";
        Reply::json(403, &json!({"message": message, "status-code": 403}))
    }

    fn refuse(&mut self, request: &Request, reason: &str) -> Reply {
        let what = format!("{} {}: {reason}", request.method, request.target);
        self.app.refusals.push(what);
        refused_by_site(&self.urls.site)
    }
}

fn check_audience(claims: &Value, installation: &Installation) -> Result<(), String> {
    let is_ours = match &claims["aud"] {
        Value::Null => true,
        Value::Array(all) => all.iter().any(|one| *one == *installation.client_key),
        one => *one == *installation.client_key,
    };
    match is_ours {
        true => Ok(()),
        false => Err("aud is not the client key of this site".to_owned()),
    }
}
