//! The portal as an app inside Confluence Cloud: by Connect, by Forge, or not at all.

use time::Duration;
use url::Url;

use super::base_url::BaseUrl;
use super::base_url::parse_base_url;
use super::error::ConfigError;
use super::parse::{names, parse_list, parse_number};

const HOSTS: &str = "*.atlassian.net,*.jira.com,*.jira-dev.com";

/// Who we are as an app, and what people inside Confluence may do.
#[derive(Debug, Clone, clap::Args)]
pub struct AppArgs {
    /// Key of the Connect app, such as `com.example.share`; switches its descriptor and call-backs on.
    #[arg(long, env = "VESTIBULE_ATLASSIAN_APP", value_name = "KEY")]
    pub atlassian_app: Option<String>,
    /// Id of the Forge app, `ari:cloud:ecosystem::app/…`; switches its calls on.
    #[arg(long, env = "VESTIBULE_FORGE_APP", value_name = "ARI")]
    pub forge_app: Option<String>,
    /// Further public URLs of the portal that may stand in the `aud` of a call-back, separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_APP_URLS",
        default_value = "",
        value_name = "URLS"
    )]
    pub app_urls: String,
    /// Hosts of sites that may install the app, separated by commas; `*.example.com` for all below a name.
    #[arg(
        long,
        env = "VESTIBULE_APP_HOSTS",
        default_value = HOSTS,
        value_name = "HOSTS"
    )]
    pub app_hosts: String,
    /// Who may share inside Confluence: `page-editors`, `space-admins`, or `groups:` with names separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_APP_SHARERS",
        default_value = "page-editors",
        value_name = "WHO"
    )]
    pub app_sharers: String,
    /// Groups of Confluence whose members are admins of the portal inside Confluence, separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_APP_ADMIN_GROUPS",
        default_value = "",
        value_name = "GROUPS"
    )]
    pub app_admin_groups: String,
    /// How many hours shares stay open after the app was uninstalled.
    #[arg(
        long,
        env = "VESTIBULE_UNINSTALL_GRACE_HOURS",
        default_value = "72",
        value_name = "HOURS"
    )]
    pub uninstall_grace_hours: String,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub struct App {
    /// The Connect app's key.
    pub connect: Option<String>,
    /// The Forge app's ARI.
    pub forge: Option<String>,
    /// Beside the portal's own URL.
    pub urls: Vec<BaseUrl>,
    /// Lower case; a leading `*.` stands for any number of labels.
    pub hosts: Vec<String>,
    pub sharers: Sharers,
    pub admin_groups: Vec<String>,
    pub uninstall_grace: Duration,
}

/// Who may share inside Confluence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sharers {
    /// Whoever may edit the page.
    PageEditors,
    SpaceAdmins,
    /// Members of one of these groups.
    Groups(Vec<String>),
}

impl Default for AppArgs {
    fn default() -> Self {
        Self {
            atlassian_app: None,
            forge_app: None,
            app_urls: String::new(),
            app_hosts: HOSTS.to_owned(),
            app_sharers: "page-editors".to_owned(),
            app_admin_groups: String::new(),
            uninstall_grace_hours: "72".to_owned(),
        }
    }
}

impl App {
    /// All public URLs that a call-back may be meant for, without a slash at their ends.
    pub fn audiences(&self, base_url: &BaseUrl) -> Vec<String> {
        let urls = [base_url].into_iter().chain(&self.urls);
        urls.map(BaseUrl::origin).collect()
    }

    /// Whether people of the site at this address may come in. One that installed the app before may be listed no more.
    pub fn lists_site(&self, base_url: &str) -> bool {
        let url = Url::parse(base_url).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.is_some_and(|host| self.allows_host(host))
    }

    /// Whether a site with this host may install the app.
    pub fn allows_host(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        self.hosts
            .iter()
            .any(|entry| match entry.strip_prefix('*') {
                Some(end) => host.len() > end.len() && host.ends_with(end),
                None => host == *entry,
            })
    }
}

impl AppArgs {
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<App> {
        let connect = errors.check(
            "VESTIBULE_ATLASSIAN_APP",
            given(self.atlassian_app.as_ref())
                .map(parse_app_key)
                .transpose(),
        );
        let forge = errors.check(
            "VESTIBULE_FORGE_APP",
            given(self.forge_app.as_ref())
                .map(parse_forge_app)
                .transpose(),
        );
        let urls = errors.check(
            "VESTIBULE_APP_URLS",
            parse_list(&self.app_urls, parse_base_url),
        );
        let hosts = errors.check(
            "VESTIBULE_APP_HOSTS",
            parse_list(&self.app_hosts, parse_host_pattern),
        );
        let sharers = errors.check("VESTIBULE_APP_SHARERS", parse_sharers(&self.app_sharers));
        let grace = errors.check(
            "VESTIBULE_UNINSTALL_GRACE_HOURS",
            parse_number(&self.uninstall_grace_hours, 0, 24 * 365),
        );
        let admin_groups = names(&self.app_admin_groups);
        let open = hosts.as_deref().and_then(wildcard);
        if let Some(pattern) = open.filter(|_| !admin_groups.is_empty()) {
            errors.add(
                "VESTIBULE_APP_ADMIN_GROUPS",
                format!(
                    "makes admins of groups at every site that installs the app, and VESTIBULE_APP_HOSTS lets any site \
                     of {pattern} install it. Name your own sites in VESTIBULE_APP_HOSTS, such as acme.atlassian.net"
                ),
            );
        }
        Some(App {
            connect: connect?,
            forge: forge?,
            urls: urls?,
            hosts: hosts?,
            sharers: sharers?,
            admin_groups,
            uninstall_grace: Duration::hours(i64::from(grace?)),
        })
    }
}

/// The first entry that stands for more than one host.
fn wildcard(hosts: &[String]) -> Option<&str> {
    let mut patterns = hosts.iter().filter(|host| host.starts_with('*'));
    patterns.next().map(String::as_str)
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// What Atlassian allows as an app's key, at most 64 characters of it.
fn parse_app_key(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if text.len() <= 64 && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "“{text}” is no app key such as com.example.share: at most 64 letters, digits, dots, hyphens and underscores"
    ))
}

fn parse_forge_app(text: &str) -> Result<String, String> {
    let id = text.strip_prefix("ari:cloud:ecosystem::app/");
    let is_id = |id: &str| uuid::Uuid::try_parse(id).is_ok();
    if id.is_some_and(is_id) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "“{text}” is no app id such as ari:cloud:ecosystem::app/00000000-0000-0000-0000-000000000000 (`app.id` in \
         manifest.yml)"
    ))
}

fn parse_host_pattern(text: &str) -> Result<String, String> {
    let host = text.to_lowercase();
    let name = host.strip_prefix("*.").unwrap_or(&host);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if !name.is_empty() && name.bytes().all(plain) {
        return Ok(host);
    }
    Err(format!(
        "“{text}” is not a host such as acme.atlassian.net or *.atlassian.net"
    ))
}

fn parse_sharers(text: &str) -> Result<Sharers, String> {
    match text.trim() {
        "page-editors" => Ok(Sharers::PageEditors),
        "space-admins" => Ok(Sharers::SpaceAdmins),
        other => {
            let groups = other.strip_prefix("groups:").map(names);
            groups
                .filter(|groups| !groups.is_empty())
                .map(Sharers::Groups)
                .ok_or_else(|| {
                    format!("“{other}” must be page-editors, space-admins or groups:one,another")
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AppArgs, Sharers, parse_app_key, parse_forge_app, parse_sharers};
    use crate::config::error::ConfigError;

    #[test]
    fn without_settings_there_is_no_app_and_only_atlassians_hosts_could_install_one() {
        let mut errors = ConfigError::default();
        let app = AppArgs::default().check(&mut errors).unwrap();
        assert_eq!((app.connect.is_some(), app.forge.is_some()), (false, false));
        for host in ["acme.atlassian.net", "ACME.jira.com", "a.b.jira-dev.com"] {
            assert!(app.allows_host(host), "{host}");
        }
        for host in [
            "atlassian.net",
            ".atlassian.net",
            "evilatlassian.net",
            "acme.atlassian.net.evil.example",
            "attacker.example",
        ] {
            assert!(!app.allows_host(host), "{host}");
        }
    }

    /// Whoever owns some site of a wildcard could make a group of the name there.
    #[test]
    fn groups_make_admins_only_where_each_site_is_named() {
        let problems = |hosts: &str, groups: &str| {
            let args = AppArgs {
                app_hosts: hosts.to_owned(),
                app_admin_groups: groups.to_owned(),
                ..AppArgs::default()
            };
            let mut errors = ConfigError::default();
            args.check(&mut errors);
            errors.to_string()
        };
        let refused = "\n  VESTIBULE_APP_ADMIN_GROUPS: ";
        for hosts in [super::HOSTS, "acme.atlassian.net,*.acme.example"] {
            assert!(problems(hosts, "admins").contains(refused), "{hosts}");
            assert!(!problems(hosts, "").contains(refused), "{hosts}");
        }
        assert!(!problems("acme.atlassian.net,wiki.acme.example", "admins").contains(refused));
    }

    #[test]
    fn who_may_share_is_one_of_three() {
        assert_eq!(parse_sharers(" page-editors "), Ok(Sharers::PageEditors));
        assert_eq!(parse_sharers("space-admins"), Ok(Sharers::SpaceAdmins));
        assert_eq!(
            parse_sharers("groups: wiki sharers, docs"),
            Ok(Sharers::Groups(vec![
                "wiki sharers".to_owned(),
                "docs".to_owned()
            ]))
        );
        for wrong in ["", "groups:", "groups: ,", "everyone"] {
            assert!(parse_sharers(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn keys_and_ids_are_held_to_their_forms() {
        assert!(parse_app_key("com.example.share").is_ok());
        assert!(parse_app_key("com.example/share").is_err());
        assert!(parse_forge_app("d9e4002b-120b-426b-834b-402a4a5adce7").is_err());
        assert!(
            parse_forge_app("ari:cloud:ecosystem::app/d9e4002b-120b-426b-834b-402a4a5adce7")
                .is_ok()
        );
    }
}
