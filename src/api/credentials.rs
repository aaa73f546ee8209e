//! The credentials of a live connection as a program sends them: one object whose `type` says which fields it has. They
//! go in and never come out.

use std::mem::take;

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::fields;
use super::given::{Given, JsonType};
use super::problems::{Problems, Unknown};
use super::words::read_word;
use crate::connections::credentials::{AuthKind, Credentials};

/// With what the portal signs in at the site.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CredentialsType)]
pub(super) enum AuthWord {
    /// Cloud: an e-mail and its API token without scopes.
    ApiToken,
    /// Cloud: an API token with scopes, of a person (with the e-mail) or of a service account (alone).
    ScopedToken,
    /// OAuth 2.0 client credentials of a service account, Cloud or Data Center.
    ClientCredentials,
    /// Cloud: OAuth 2.0 with consent in the browser, which an admin gives on the connection's page.
    AuthorizationCode,
    /// Data Center.
    PersonalAccessToken,
    /// Data Center: user name and password.
    Basic,
    /// Cloud: our app is installed there. Installing the app makes such a connection; a call cannot.
    App,
}

impl From<AuthKind> for AuthWord {
    fn from(kind: AuthKind) -> Self {
        match kind {
            AuthKind::ApiToken => Self::ApiToken,
            AuthKind::ScopedToken => Self::ScopedToken,
            AuthKind::ClientCredentials => Self::ClientCredentials,
            AuthKind::AuthorizationCode => Self::AuthorizationCode,
            AuthKind::PersonalAccessToken => Self::PersonalAccessToken,
            AuthKind::Basic => Self::Basic,
            AuthKind::App => Self::App,
        }
    }
}

/// With what the portal signs in at the site. Each type has its own fields: `apiToken` has `email` and `token`,
/// `scopedToken` has `token` and perhaps `email`, `clientCredentials` has `clientId`, `clientSecret` and perhaps
/// `tokenUrl`, `authorizationCode` has `clientId` and `clientSecret`, `personalAccessToken` has `token`, and `basic` has
/// `username` and `password`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(
    as = CredentialsInput,
    example = json!({"type": "apiToken", "email": "portal@example.com", "token": "ATATT3x…"})
)]
pub(super) struct CredentialsBody {
    #[serde(default, rename = "type")]
    #[schema(value_type = AuthWord, required = true)]
    kind: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000)]
    email: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000, write_only)]
    token: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000)]
    client_id: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000, write_only)]
    client_secret: Given<String>,
    /// Where tokens are exchanged, if that is not where the product usually has it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    token_url: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000)]
    username: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 4000, write_only)]
    password: Given<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl JsonType for CredentialsBody {
    const WORDS: &'static str = "an object";

    fn from_json(value: serde_json::Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

impl CredentialsBody {
    pub(super) fn read(mut self, problems: &mut Problems) -> Option<Credentials> {
        problems.refuse_unknown("credentials.", &self.unknown);
        let kind = problems.required(
            "credentials.type",
            take(&mut self.kind),
            read_word::<AuthWord>,
        )?;
        let credentials = self.take_fields(kind, problems);
        self.refuse_rest(problems);
        credentials
    }

    fn take_fields(&mut self, kind: AuthWord, problems: &mut Problems) -> Option<Credentials> {
        match kind {
            AuthWord::App => {
                problems.add(
                    "credentials.type",
                    "Such a connection is made by installing the app in Confluence.",
                );
                None
            }
            AuthWord::ApiToken => {
                let email = line(problems, "email", &mut self.email);
                let token = line(problems, "token", &mut self.token);
                Some(Credentials::ApiToken {
                    email: email?,
                    token: token?,
                })
            }
            AuthWord::ScopedToken => {
                let email = problems.optional("credentials.email", take(&mut self.email), one_line);
                let token = line(problems, "token", &mut self.token)?;
                Some(Credentials::ScopedToken { email, token })
            }
            AuthWord::ClientCredentials => {
                let (client_id, client_secret) = self.take_client(problems);
                let token_url =
                    problems.optional("credentials.tokenUrl", take(&mut self.token_url), address);
                Some(Credentials::ClientCredentials {
                    token_url,
                    client_id: client_id?,
                    client_secret: client_secret?,
                    access: None,
                })
            }
            AuthWord::AuthorizationCode => {
                let (client_id, client_secret) = self.take_client(problems);
                Some(Credentials::AuthorizationCode {
                    client_id: client_id?,
                    client_secret: client_secret?,
                    access: None,
                    refresh_token: None,
                })
            }
            AuthWord::PersonalAccessToken => Some(Credentials::PersonalAccessToken {
                token: line(problems, "token", &mut self.token)?,
            }),
            AuthWord::Basic => {
                let username = line(problems, "username", &mut self.username);
                let password = problems.required(
                    "credentials.password",
                    take(&mut self.password),
                    // Spaces at its ends belong to it.
                    |text| one_line(text.clone()).map(|_trimmed| text),
                );
                Some(Credentials::Basic {
                    username: username?,
                    password: password?,
                })
            }
        }
    }

    fn take_client(&mut self, problems: &mut Problems) -> (Option<String>, Option<String>) {
        (
            line(problems, "clientId", &mut self.client_id),
            line(problems, "clientSecret", &mut self.client_secret),
        )
    }

    /// What is still there belongs to another type.
    fn refuse_rest(self, problems: &mut Problems) {
        let rest = [
            ("email", self.email),
            ("token", self.token),
            ("clientId", self.client_id),
            ("clientSecret", self.client_secret),
            ("tokenUrl", self.token_url),
            ("username", self.username),
            ("password", self.password),
        ];
        for (name, given) in rest {
            if !matches!(given, Given::Absent | Given::Null) {
                let field = format!("credentials.{name}");
                problems.add(&field, "Credentials of this type have no such field.");
            }
        }
    }
}

const MOST_CHARS: usize = 4000;

fn one_line(text: String) -> Result<String, String> {
    fields::line(text, MOST_CHARS)
}

/// A required field on one line; takes it out of its place.
fn line(problems: &mut Problems, name: &str, given: &mut Given<String>) -> Option<String> {
    problems.required(&format!("credentials.{name}"), take(given), one_line)
}

fn address(text: String) -> Result<String, String> {
    let text = fields::line(text, 2000)?;
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") => Ok(text),
        _ => Err("This is not an address that begins with https://.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AuthKind, CredentialsBody, Problems};
    use crate::web::error::Failure;

    fn read(body: Value) -> Result<AuthKind, Vec<String>> {
        let body: CredentialsBody = serde_json::from_value(body).unwrap();
        let mut problems = Problems::default();
        let credentials = body.read(&mut problems);
        match problems.allow(credentials) {
            Ok(credentials) => Ok(credentials.kind()),
            Err(Failure::Invalid(problems)) => {
                Err(problems.into_iter().map(|problem| problem.field).collect())
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_type_is_read_with_its_own_fields() {
        for (body, kind) in [
            (
                json!({"type": "apiToken", "email": "a@example.com", "token": "t"}),
                AuthKind::ApiToken,
            ),
            (
                json!({"type": "scopedToken", "token": "t"}),
                AuthKind::ScopedToken,
            ),
            (
                json!({"type": "clientCredentials", "clientId": "i", "clientSecret": "s",
                       "tokenUrl": "https://auth.example.com/oauth/token"}),
                AuthKind::ClientCredentials,
            ),
            (
                json!({"type": "authorizationCode", "clientId": "i", "clientSecret": "s"}),
                AuthKind::AuthorizationCode,
            ),
            (
                json!({"type": "personalAccessToken", "token": "t"}),
                AuthKind::PersonalAccessToken,
            ),
            (
                json!({"type": "basic", "username": "u", "password": " p "}),
                AuthKind::Basic,
            ),
        ] {
            assert_eq!(read(body), Ok(kind));
        }
    }

    #[test]
    fn missing_foreign_and_unknown_fields_are_all_named() {
        assert_eq!(
            read(json!({"type": "apiToken", "username": "u", "tokne": "t"})),
            Err(vec![
                "credentials.tokne".to_owned(),
                "credentials.email".to_owned(),
                "credentials.token".to_owned(),
                "credentials.username".to_owned(),
            ])
        );
        assert_eq!(
            read(json!({"token": "t"})),
            Err(vec!["credentials.type".to_owned()])
        );
        assert_eq!(
            read(
                json!({"type": "clientCredentials", "clientId": "i", "clientSecret": "s", "tokenUrl": "x"})
            ),
            Err(vec!["credentials.tokenUrl".to_owned()])
        );
    }
}
