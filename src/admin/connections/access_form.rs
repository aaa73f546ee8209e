//! The fields that say which site a live connection asks, and with what: as typed, and as understood. A new connection
//! and a change of an old one have them in common.

use serde::Deserialize;

use crate::admin::problems::Problems;
use crate::confluence::Product;
use crate::connections::credentials::{AuthKind, Credentials};
use crate::sharing::error::SharingError;
use crate::web::error::Failure;

/// As typed. The secrets in it are never written into a page.
#[derive(Deserialize)]
#[serde(default)]
pub struct AccessInput {
    /// `cloud` or `data_center`.
    pub kind: String,
    pub address: String,
    pub cloud_auth: String,
    pub data_center_auth: String,
    pub email: String,
    pub api_token: String,
    pub scoped_email: String,
    pub scoped_token: String,
    pub client_id: String,
    pub client_secret: String,
    pub token_url: String,
    pub app_client_id: String,
    pub app_client_secret: String,
    pub personal_access_token: String,
    pub service_client_id: String,
    pub service_client_secret: String,
    pub service_token_url: String,
    pub username: String,
    pub account_password: String,
}

impl Default for AccessInput {
    fn default() -> Self {
        let text = String::new;
        Self {
            kind: Product::Cloud.as_str().to_owned(),
            address: text(),
            cloud_auth: AuthKind::ApiToken.as_str().to_owned(),
            data_center_auth: AuthKind::PersonalAccessToken.as_str().to_owned(),
            email: text(),
            api_token: text(),
            scoped_email: text(),
            scoped_token: text(),
            client_id: text(),
            client_secret: text(),
            token_url: text(),
            app_client_id: text(),
            app_client_secret: text(),
            personal_access_token: text(),
            service_client_id: text(),
            service_client_secret: text(),
            service_token_url: text(),
            username: text(),
            account_password: text(),
        }
    }
}

/// Where to ask, and with what.
pub struct Access {
    pub product: Product,
    pub credentials: Credentials,
}

/// Secrets are shorter: a client secret of Atlassian has 64 characters, an API token 192.
const MAX_CHARS: usize = 4000;

impl AccessInput {
    pub fn is_cloud(&self) -> bool {
        self.kind != Product::DataCenter.as_str()
    }

    /// With what is no secret of how a connection signs in: the account, the client's id.
    pub fn with_account(mut self, auth: &str, account: &str) -> Self {
        let is_cloud = self.is_cloud();
        let field = match AuthKind::parse(auth) {
            Some(AuthKind::ApiToken) => &mut self.email,
            Some(AuthKind::ScopedToken) => &mut self.scoped_email,
            Some(AuthKind::ClientCredentials) if is_cloud => &mut self.client_id,
            Some(AuthKind::ClientCredentials) => &mut self.service_client_id,
            Some(AuthKind::AuthorizationCode) => &mut self.app_client_id,
            Some(AuthKind::Basic) => &mut self.username,
            Some(AuthKind::PersonalAccessToken | AuthKind::App) | None => return self,
        };
        account.clone_into(field);
        self
    }

    /// The credentials, or `None` and at least one problem.
    pub fn parse(&self, problems: &mut Problems) -> Option<Access> {
        let Some(product) = Product::parse(&self.kind) else {
            problems.add("kind", "Choose whether the site is Cloud or Data Center.");
            return None;
        };
        if self.address.trim().is_empty() {
            problems.add(
                "address",
                "Paste the site's address, or that of any page on it.",
            );
        }
        if product == Product::DataCenter && self.address.contains(".atlassian.net") {
            problems.add("kind", "The address is that of a Cloud site. Choose Cloud.");
        }
        let (field, chosen) = match product {
            Product::Cloud => ("cloud_auth", &self.cloud_auth),
            Product::DataCenter => ("data_center_auth", &self.data_center_auth),
        };
        let is_choice = |auth: &AuthKind| *auth != AuthKind::App && auth.fits(product);
        let auth = AuthKind::parse(chosen).filter(is_choice);
        let Some(auth) = auth else {
            problems.add(field, "Choose how the portal signs in.");
            return None;
        };
        let credentials = self.credentials(product, auth, problems)?;
        problems.is_empty().then_some(Access {
            product,
            credentials,
        })
    }

    fn credentials(
        &self,
        product: Product,
        auth: AuthKind,
        problems: &mut Problems,
    ) -> Option<Credentials> {
        let mut typed = |field, value: &str, missing| required(field, value, missing, problems);
        Some(match auth {
            // No admin types them; the list of kinds does not offer it.
            AuthKind::App => return None,
            AuthKind::ApiToken => {
                let email = typed("email", &self.email, "Type the account's e-mail address.");
                let token = typed("api_token", &self.api_token, "Paste the API token.");
                Credentials::ApiToken {
                    email: email?,
                    token: token?,
                }
            }
            AuthKind::ScopedToken => Credentials::ScopedToken {
                email: optional(&self.scoped_email),
                token: typed("scoped_token", &self.scoped_token, "Paste the API token.")?,
            },
            AuthKind::ClientCredentials => {
                let (id, secret, url) = self.client(product);
                let client_id = typed(id.0, id.1, "Paste the client id.");
                let client_secret = typed(secret.0, secret.1, "Paste the client secret.");
                Credentials::ClientCredentials {
                    token_url: optional(url),
                    client_id: client_id?,
                    client_secret: client_secret?,
                    access: None,
                }
            }
            AuthKind::AuthorizationCode => {
                let id = typed(
                    "app_client_id",
                    &self.app_client_id,
                    "Paste the app's client id.",
                );
                let secret = "Paste the app's secret.";
                let secret = typed("app_client_secret", &self.app_client_secret, secret);
                Credentials::AuthorizationCode {
                    client_id: id?,
                    client_secret: secret?,
                    access: None,
                    refresh_token: None,
                }
            }
            AuthKind::PersonalAccessToken => {
                let token = &self.personal_access_token;
                let missing = "Paste the personal access token.";
                Credentials::PersonalAccessToken {
                    token: typed("personal_access_token", token, missing)?,
                }
            }
            AuthKind::Basic => {
                let username = typed("username", &self.username, "Type the user name.");
                let (field, missing) = ("account_password", "Type the password.");
                let password = typed(field, &self.account_password, missing);
                Credentials::Basic {
                    username: username?,
                    password: password?,
                }
            }
        })
    }

    /// Id and secret of a service account's client with their fields, and the token URL.
    fn client(&self, product: Product) -> (Field<'_>, Field<'_>, &str) {
        match product {
            Product::Cloud => (
                ("client_id", &self.client_id),
                ("client_secret", &self.client_secret),
                &self.token_url,
            ),
            Product::DataCenter => (
                ("service_client_id", &self.service_client_id),
                ("service_client_secret", &self.service_client_secret),
                &self.service_token_url,
            ),
        }
    }

    /// Says of every secret that was typed and is not to be seen in the form again that it is missing there.
    pub fn ask_for_secrets_again(&self, problems: &mut Problems) {
        let secrets = [
            ("api_token", &self.api_token),
            ("scoped_token", &self.scoped_token),
            ("client_secret", &self.client_secret),
            ("app_client_secret", &self.app_client_secret),
            ("personal_access_token", &self.personal_access_token),
            ("service_client_secret", &self.service_client_secret),
            ("account_password", &self.account_password),
        ];
        for (field, secret) in secrets {
            if !secret.is_empty() && !problems.has(field) {
                problems.add(
                    field,
                    "Please give it again. Secrets are never written into a page.",
                );
            }
        }
    }
}

/// What came of a use case with an access; `None` when it was refused. What the site says stands beside its address.
pub(super) fn take<T>(
    done: Result<T, SharingError>,
    problems: &mut Problems,
) -> Result<Option<T>, Failure> {
    match done {
        Err(SharingError::Site(error)) => {
            problems.add("address", error.sentence());
            Ok(None)
        }
        done => problems.take(done),
    }
}

/// The id of a field and what was typed in it.
type Field<'a> = (&'static str, &'a str);

fn required(
    field: &'static str,
    value: &str,
    missing: &str,
    problems: &mut Problems,
) -> Option<String> {
    let value = value.trim();
    if value.is_empty() {
        problems.add(field, missing);
        return None;
    }
    if value.chars().count() > MAX_CHARS {
        problems.add(field, "This is too long to be what is asked for here.");
        return None;
    }
    Some(value.to_owned())
}

fn optional(value: &str) -> Option<String> {
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::AccessInput;
    use crate::admin::problems::Problems;
    use crate::connections::credentials::Credentials;

    fn fields(input: &AccessInput) -> Vec<&'static str> {
        let mut problems = Problems::default();
        assert!(input.parse(&mut problems).is_none());
        problems.all().iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn only_fields_of_the_chosen_kind_are_missed() {
        assert_eq!(
            fields(&AccessInput::default()),
            ["address", "email", "api_token"]
        );
        let data_center = AccessInput {
            kind: "data_center".to_owned(),
            address: "https://wiki.example.com".to_owned(),
            ..AccessInput::default()
        };
        assert_eq!(fields(&data_center), ["personal_access_token"]);
    }

    #[test]
    fn what_the_other_product_has_is_no_choice() {
        let basic = AccessInput {
            address: "acme.atlassian.net".to_owned(),
            cloud_auth: "basic".to_owned(),
            ..AccessInput::default()
        };
        assert_eq!(fields(&basic), ["cloud_auth"]);
    }

    #[test]
    fn a_cloud_address_is_no_data_center() {
        let wrong = AccessInput {
            kind: "data_center".to_owned(),
            address: "https://acme.atlassian.net/wiki/x/abc".to_owned(),
            personal_access_token: "s3cret".to_owned(),
            ..AccessInput::default()
        };
        assert_eq!(fields(&wrong), ["kind"]);
    }

    #[test]
    fn a_service_account_of_data_center_has_fields_of_its_own() {
        let service = AccessInput {
            kind: "data_center".to_owned(),
            address: "https://wiki.example.com".to_owned(),
            data_center_auth: "client_credentials".to_owned(),
            service_client_id: " id ".to_owned(),
            service_client_secret: "s3cret".to_owned(),
            ..AccessInput::default()
        };
        let access = service.parse(&mut Problems::default()).unwrap();
        let Credentials::ClientCredentials {
            client_id,
            token_url,
            ..
        } = access.credentials
        else {
            panic!("other credentials");
        };
        assert_eq!((client_id.as_str(), token_url), ("id", None));
    }
}
