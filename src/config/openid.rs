//! Sign-in to the admin pages at an OpenID provider, if the operator names one.

use std::fmt;

use super::error::ConfigError;

use super::parse::{names, parse_url};

/// The provider, who the portal is there, and which of its groups may come in.
#[derive(Clone, clap::Args)]
pub struct OpenIdArgs {
    /// The OpenID provider's issuer URL, exactly as the provider writes it; switches sign-in there on.
    #[arg(long, env = "VESTIBULE_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// The portal's client id at the provider.
    #[arg(long, env = "VESTIBULE_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// The portal's client secret at the provider; not for public clients.
    #[arg(
        long,
        env = "VESTIBULE_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub oidc_client_secret: Option<String>,
    /// What the provider is asked for, with spaces between.
    #[arg(
        long,
        env = "VESTIBULE_OIDC_SCOPES",
        default_value = "openid email profile",
        value_name = "SCOPES"
    )]
    pub oidc_scopes: String,
    /// The claim with a person's groups; dots lead into objects, as in `realm_access.roles`.
    #[arg(
        long,
        env = "VESTIBULE_OIDC_GROUPS_CLAIM",
        default_value = "groups",
        value_name = "CLAIM"
    )]
    pub oidc_groups_claim: String,
    /// Groups whose members are admins, separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_OIDC_ADMIN_GROUPS",
        default_value = "",
        value_name = "GROUPS"
    )]
    pub oidc_admin_groups: String,
    /// Groups whose members may share pages of all connections, with the connections' rights; separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_OIDC_SHARER_GROUPS",
        default_value = "",
        value_name = "GROUPS"
    )]
    pub oidc_sharer_groups: String,
    /// What the provider is called on the sign-in page.
    #[arg(
        long,
        env = "VESTIBULE_OIDC_NAME",
        default_value = "OpenID",
        value_name = "NAME"
    )]
    pub oidc_name: String,
}

/// The same, checked.
#[derive(Clone)]
pub struct OpenId {
    /// As it was written: issuers are compared as texts.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    /// `openid` among them.
    pub scopes: Vec<String>,
    pub groups_claim: String,
    pub groups: RoleGroups,
    pub name: String,
}

impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenId({})", self.issuer)
    }
}

/// Which groups of another system let in here, and as what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleGroups {
    pub admins: Vec<String>,
    pub sharers: Vec<String>,
}

impl Default for OpenIdArgs {
    fn default() -> Self {
        Self {
            oidc_issuer: None,
            oidc_client_id: None,
            oidc_client_secret: None,
            oidc_scopes: "openid email profile".to_owned(),
            oidc_groups_claim: "groups".to_owned(),
            oidc_admin_groups: String::new(),
            oidc_sharer_groups: String::new(),
            oidc_name: "OpenID".to_owned(),
        }
    }
}

impl OpenIdArgs {
    /// The inner `None` when no provider is named. All are checked before the first `?`, so that every problem is noted.
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<Option<OpenId>> {
        let Some(issuer) = given(self.oidc_issuer.as_ref()) else {
            return self.check_nothing_else(errors).then_some(None);
        };
        let issuer = errors.check("VESTIBULE_OIDC_ISSUER", parse_issuer(issuer));
        let client_id = errors.check(
            "VESTIBULE_OIDC_CLIENT_ID",
            given(self.oidc_client_id.as_ref())
                .map(str::to_owned)
                .ok_or_else(|| {
                    "is missing; register the portal at the provider and enter its client id"
                        .to_owned()
                }),
        );
        let scopes = errors.check("VESTIBULE_OIDC_SCOPES", parse_scopes(&self.oidc_scopes));
        let claim = errors.check(
            "VESTIBULE_OIDC_GROUPS_CLAIM",
            parse_claim(&self.oidc_groups_claim),
        );
        let groups = RoleGroups {
            admins: names(&self.oidc_admin_groups),
            sharers: names(&self.oidc_sharer_groups),
        };
        let groups = errors.check(
            "VESTIBULE_OIDC_ADMIN_GROUPS",
            groups.or_nobody("VESTIBULE_OIDC_SHARER_GROUPS"),
        );
        let name = errors.check("VESTIBULE_OIDC_NAME", parse_name(&self.oidc_name));
        Some(Some(OpenId {
            issuer: issuer?,
            client_id: client_id?,
            client_secret: given(self.oidc_client_secret.as_ref()).map(str::to_owned),
            scopes: scopes?,
            groups_claim: claim?,
            groups: groups?,
            name: name?,
        }))
    }

    /// A client without its provider is a forgotten or misspelt variable.
    fn check_nothing_else(&self, errors: &mut ConfigError) -> bool {
        let is_alone = given(self.oidc_client_id.as_ref()).is_none()
            && given(self.oidc_client_secret.as_ref()).is_none()
            && names(&self.oidc_admin_groups).is_empty()
            && names(&self.oidc_sharer_groups).is_empty();
        if !is_alone {
            errors.add(
                "VESTIBULE_OIDC_ISSUER",
                "is missing, but other VESTIBULE_OIDC_ settings are there; set it to the provider's issuer URL",
            );
        }
        is_alone
    }
}

impl RoleGroups {
    /// Refuses lists that let nobody in.
    pub(super) fn or_nobody(self, other_variable: &str) -> Result<Self, String> {
        if self.admins.is_empty() && self.sharers.is_empty() {
            return Err(format!(
                "names no group, and neither does {other_variable}, so nobody could sign in"
            ));
        }
        Ok(self)
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn parse_issuer(text: &str) -> Result<String, String> {
    let url = parse_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("“{text}” must have no query and no fragment"));
    }
    Ok(text.to_owned())
}

/// `openid` is added where it was left out: without it the provider would not say who somebody is.
fn parse_scopes(text: &str) -> Result<Vec<String>, String> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',');
    let mut scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if let Some(wrong) = scopes.iter().find(|scope| !scope.bytes().all(plain)) {
        return Err(format!(
            "“{wrong}” is no scope; write names with spaces between, such as: openid email profile"
        ));
    }
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    Ok(scopes)
}

fn parse_claim(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("is empty; the usual name is groups".to_owned()),
        claim => Ok(claim.to_owned()),
    }
}

fn parse_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err("must have 1 to 60 characters".to_owned());
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{OpenIdArgs, parse_scopes};
    use crate::config::error::ConfigError;

    fn configured() -> OpenIdArgs {
        OpenIdArgs {
            oidc_issuer: Some("https://login.acme.example/realms/staff".to_owned()),
            oidc_client_id: Some("portal".to_owned()),
            oidc_admin_groups: "portal admins, it".to_owned(),
            ..OpenIdArgs::default()
        }
    }

    #[track_caller]
    fn problems(args: &OpenIdArgs) -> String {
        let mut errors = ConfigError::default();
        assert!(args.check(&mut errors).is_none());
        errors.to_string()
    }

    #[test]
    fn nothing_configured_is_no_provider_and_no_problem() {
        let mut errors = ConfigError::default();
        assert!(OpenIdArgs::default().check(&mut errors).unwrap().is_none());
    }

    #[test]
    fn a_provider_a_client_and_a_group_are_enough() {
        let mut errors = ConfigError::default();
        let openid = configured().check(&mut errors).unwrap().unwrap();
        assert_eq!(openid.groups.admins, ["portal admins", "it"]);
        assert_eq!(openid.scopes, ["openid", "email", "profile"]);
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let incomplete = OpenIdArgs {
            oidc_issuer: Some("login.acme.example".to_owned()),
            ..OpenIdArgs::default()
        };
        let problems = problems(&incomplete);
        for variable in ["ISSUER", "CLIENT_ID", "ADMIN_GROUPS"] {
            let line = format!("\n  VESTIBULE_OIDC_{variable}: ");
            assert!(problems.contains(&line), "{variable}: {problems}");
        }
    }

    #[test]
    fn a_client_without_a_provider_is_a_mistake() {
        let forgotten = OpenIdArgs {
            oidc_issuer: None,
            ..configured()
        };
        assert!(problems(&forgotten).contains("VESTIBULE_OIDC_ISSUER: is missing"));
    }

    #[test]
    fn the_openid_scope_is_always_asked_for() {
        assert_eq!(parse_scopes("groups").unwrap(), ["openid", "groups"]);
        assert!(parse_scopes("openid,email").is_err());
    }
}
