//! Sign-in to the admin pages by the single sign-on of a Confluence Data Center, if the operator names one.

use url::Url;

use super::base_url::BaseUrl;
use super::error::ConfigError;
use super::openid::RoleGroups;
use super::parse::{names, parse_url};

const COOKIES: &str = "crowd.token_key,JSESSIONID";

/// The site, its cookies, and which of its groups may come in.
#[derive(Debug, Clone, clap::Args)]
pub struct SingleSignOnArgs {
    /// Address of the Confluence Data Center whose single sign-on lets people in; it must be a live connection, too.
    #[arg(long, env = "VESTIBULE_SSO_URL", value_name = "URL")]
    pub sso_url: Option<String>,
    /// Names of the cookies that are passed on to Confluence, separated by commas; the first one is that of Crowd.
    #[arg(
        long,
        env = "VESTIBULE_SSO_COOKIES",
        default_value = COOKIES,
        value_name = "NAMES"
    )]
    pub sso_cookies: String,
    /// Groups of Confluence whose members are admins, separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_SSO_ADMIN_GROUPS",
        default_value = "confluence-administrators",
        value_name = "GROUPS"
    )]
    pub sso_admin_groups: String,
    /// Groups of Confluence whose members may share what they may see, separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_SSO_SHARER_GROUPS",
        default_value = "",
        value_name = "GROUPS"
    )]
    pub sso_sharer_groups: String,
    /// The domain that Crowd sets its cookie for, such as `example.com`; signing out then takes the cookie away.
    #[arg(long, env = "VESTIBULE_SSO_COOKIE_DOMAIN", value_name = "DOMAIN")]
    pub sso_cookie_domain: Option<String>,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub struct SingleSignOn {
    /// Without a slash at its end.
    pub url: Url,
    /// At least one; the first is Crowd's.
    pub cookies: Vec<String>,
    pub groups: RoleGroups,
    pub cookie_domain: Option<String>,
}

impl Default for SingleSignOnArgs {
    fn default() -> Self {
        Self {
            sso_url: None,
            sso_cookies: COOKIES.to_owned(),
            sso_admin_groups: "confluence-administrators".to_owned(),
            sso_sharer_groups: String::new(),
            sso_cookie_domain: None,
        }
    }
}

impl SingleSignOnArgs {
    /// The inner `None` when no site is named.
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<Option<SingleSignOn>> {
        let given = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let domain = given(&self.sso_cookie_domain);
        let Some(url) = given(&self.sso_url) else {
            if domain.is_some() {
                errors.add(
                    "VESTIBULE_SSO_URL",
                    "is missing, but VESTIBULE_SSO_COOKIE_DOMAIN is there; set it to Confluence's address",
                );
            }
            return Some(None);
        };
        let url = errors.check("VESTIBULE_SSO_URL", parse_site(&url));
        let cookies = errors.check("VESTIBULE_SSO_COOKIES", parse_cookies(&self.sso_cookies));
        let groups = RoleGroups {
            admins: names(&self.sso_admin_groups),
            sharers: names(&self.sso_sharer_groups),
        };
        let groups = errors.check(
            "VESTIBULE_SSO_ADMIN_GROUPS",
            groups.or_nobody("VESTIBULE_SSO_SHARER_GROUPS"),
        );
        let domain = errors.check(
            "VESTIBULE_SSO_COOKIE_DOMAIN",
            domain.map(|domain| parse_domain(&domain)).transpose(),
        );
        Some(Some(SingleSignOn {
            url: url?,
            cookies: cookies?,
            groups: groups?,
            cookie_domain: domain?,
        }))
    }
}

impl SingleSignOn {
    /// Whether a cookie that Confluence's host sets can reach the portal at all: the same host, or one below the same
    /// name of at least two labels.
    pub fn shares_cookies_with(&self, portal: &BaseUrl) -> bool {
        let site = self.url.host_str().unwrap_or_default();
        let portal = portal.host();
        if let Some(domain) = &self.cookie_domain {
            let below = |host: &str| host == domain || host.ends_with(&format!(".{domain}"));
            return below(site) && below(portal);
        }
        let labels = site.rsplit('.').zip(portal.rsplit('.'));
        let common = labels.take_while(|(one, other)| one == other).count();
        let is_address = site.parse::<std::net::IpAddr>().is_ok();
        site == portal || (common >= 2 && !is_address)
    }

    /// The name of Crowd's cookie.
    pub fn crowd_cookie(&self) -> &str {
        self.cookies.first().map_or("", String::as_str)
    }
}

fn parse_site(text: &str) -> Result<Url, String> {
    let mut url = parse_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "“{text}” must be Confluence's address with its context path, without a query"
        ));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Tokens of RFC 9110, which is what a cookie's name may be.
fn parse_cookies(text: &str) -> Result<Vec<String>, String> {
    let of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let cookies = names(text);
    if let Some(wrong) = cookies.iter().find(|name| !name.bytes().all(of_token)) {
        return Err(format!("“{wrong}” is no name of a cookie"));
    }
    if cookies.is_empty() {
        return Err("names no cookie; the usual ones are crowd.token_key,JSESSIONID".to_owned());
    }
    Ok(cookies)
}

fn parse_domain(text: &str) -> Result<String, String> {
    let domain = text.trim_start_matches('.').to_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if domain.contains('.') && domain.bytes().all(plain) {
        return Ok(domain);
    }
    Err(format!("“{text}” is not a domain such as example.com"))
}

#[cfg(test)]
mod tests {
    use super::SingleSignOnArgs;
    use crate::config::base_url::parse_base_url;
    use crate::config::error::ConfigError;

    fn args(url: &str) -> SingleSignOnArgs {
        SingleSignOnArgs {
            sso_url: Some(url.to_owned()),
            ..SingleSignOnArgs::default()
        }
    }

    #[track_caller]
    fn check(site: &str, domain: Option<&str>, portal: &str, expected: bool) {
        let args = SingleSignOnArgs {
            sso_cookie_domain: domain.map(str::to_owned),
            ..args(site)
        };
        let mut errors = ConfigError::default();
        let checked = args.check(&mut errors).unwrap().unwrap();
        let portal = parse_base_url(portal).unwrap();
        assert_eq!(checked.shares_cookies_with(&portal), expected);
    }

    #[test]
    fn cookies_reach_the_portal_below_a_common_name_only() {
        let wiki = "https://wiki.acme.example/confluence";
        check(wiki, None, "https://portal.acme.example", true);
        check(wiki, None, "https://wiki.acme.example", true);
        check(wiki, None, "https://portal.example", false);
        check(wiki, None, "https://portal.other.example", false);
        check("https://10.0.0.7", None, "https://10.1.0.7", false);
        check(
            wiki,
            Some(".acme.example"),
            "https://a.b.acme.example",
            true,
        );
        check(wiki, Some("acme.example"), "https://notacme.example", false);
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let wrong = SingleSignOnArgs {
            sso_url: Some("wiki".to_owned()),
            sso_cookies: "crowd token".to_owned(),
            sso_admin_groups: " , ".to_owned(),
            sso_cookie_domain: Some("example".to_owned()),
            ..SingleSignOnArgs::default()
        };
        let mut errors = ConfigError::default();
        assert!(wrong.check(&mut errors).is_none());
        let problems = errors.to_string();
        for variable in ["URL", "COOKIES", "ADMIN_GROUPS", "COOKIE_DOMAIN"] {
            let line = format!("\n  VESTIBULE_SSO_{variable}: ");
            assert!(problems.contains(&line), "{variable}: {problems}");
        }
    }

    #[test]
    fn nothing_named_is_no_single_sign_on() {
        let mut errors = ConfigError::default();
        let checked = SingleSignOnArgs::default().check(&mut errors);
        assert!(checked.unwrap().is_none());
    }
}
