//! What live connections need of the configuration: for `serve` and for the commands that ask a site themselves.

use ipnet::IpNet;
use url::Url;

use super::base_url::parse_base_url;
use super::error::ConfigError;
use super::parse::{parse_list, parse_network, parse_url};
use crate::keys::MasterKey;

/// The keys, and which places live connections may ask.
#[derive(Clone, clap::Args)]
pub struct LiveArgs {
    /// 128 or more hexadecimal digits, from which every key is derived. Make one with `openssl rand -hex 64`.
    #[arg(
        long,
        env = "VESTIBULE_SECRET_KEY",
        hide_env_values = true,
        value_name = "HEX"
    )]
    pub secret_key: Option<String>,
    /// The secret key before the last change, until the stored credentials are sealed anew; one start is enough.
    #[arg(
        long,
        env = "VESTIBULE_PREVIOUS_SECRET_KEY",
        hide_env_values = true,
        value_name = "HEX"
    )]
    pub previous_secret_key: Option<String>,
    /// Addresses or networks, not public ones, that live connections and OpenID providers may also be at, without TLS, too;
    /// separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_CONFLUENCE_NETWORKS",
        default_value = "",
        value_name = "NETWORKS"
    )]
    pub confluence_networks: String,
    /// The API gateway of Confluence Cloud.
    #[arg(
        long,
        env = "VESTIBULE_ATLASSIAN_API_URL",
        default_value = "https://api.atlassian.com",
        value_name = "URL"
    )]
    pub atlassian_api_url: String,
    /// The authorization server of Confluence Cloud.
    #[arg(
        long,
        env = "VESTIBULE_ATLASSIAN_AUTH_URL",
        default_value = "https://auth.atlassian.com",
        value_name = "URL"
    )]
    pub atlassian_auth_url: String,
    /// Where the public keys are that sign the installation of a Connect app.
    #[arg(
        long,
        env = "VESTIBULE_INSTALL_KEYS_URL",
        default_value = "https://connect-install-keys.atlassian.com",
        value_name = "URL"
    )]
    pub install_keys_url: String,
    /// The authorization server at which a Connect app impersonates people.
    #[arg(
        long,
        env = "VESTIBULE_IMPERSONATION_URL",
        default_value = "https://oauth-2-authorization-server.services.atlassian.com",
        value_name = "URL"
    )]
    pub impersonation_url: String,
    /// Where the public keys are that sign calls of a Forge app, a JSON Web Key Set.
    #[arg(
        long,
        env = "VESTIBULE_FORGE_KEYS_URL",
        default_value = "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json",
        value_name = "URL"
    )]
    pub forge_keys_url: String,
}

/// The same, checked.
#[derive(Clone)]
pub struct LiveConfig {
    pub seal_key: [u8; 32],
    pub previous_seal_key: Option<[u8; 32]>,
    pub webhook_key: [u8; 32],
    pub confluence_networks: Vec<IpNet>,
    pub atlassian: Atlassian,
}

/// Where Atlassian's shared services for Confluence Cloud are.
#[derive(Debug, Clone)]
pub struct Atlassian {
    /// The API gateway.
    pub gateway: Url,
    /// Where people consent, and tokens come from.
    pub authorization: Url,
    /// The public keys of installations.
    pub install_keys: Url,
    /// Where a Connect app gets tokens in the name of people.
    pub impersonation: Url,
    /// The public keys of Forge; the whole URL of the set.
    pub forge_keys: Url,
}

impl LiveArgs {
    /// With Atlassian's own addresses, and no other network than the public one.
    pub fn with_key(secret_key: String) -> Self {
        Self {
            secret_key: Some(secret_key),
            previous_secret_key: None,
            confluence_networks: String::new(),
            atlassian_api_url: "https://api.atlassian.com".to_owned(),
            atlassian_auth_url: "https://auth.atlassian.com".to_owned(),
            install_keys_url: "https://connect-install-keys.atlassian.com".to_owned(),
            impersonation_url: "https://oauth-2-authorization-server.services.atlassian.com"
                .to_owned(),
            forge_keys_url: "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json"
                .to_owned(),
        }
    }

    pub fn read(&self) -> Result<LiveConfig, ConfigError> {
        let mut errors = ConfigError::default();
        let checked = self.check(&mut errors);
        checked.map(|(_key, config)| config).ok_or(errors)
    }

    /// With the key from which the server derives more. All are checked before the first `?`, so that every problem is
    /// noted.
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<(MasterKey, LiveConfig)> {
        let key = errors.check(
            "VESTIBULE_SECRET_KEY",
            parse_secret_key(self.secret_key.as_deref()),
        );
        let previous_key = errors.check(
            "VESTIBULE_PREVIOUS_SECRET_KEY",
            parse_previous_secret_key(self.previous_secret_key.as_deref()),
        );
        let networks = errors.check(
            "VESTIBULE_CONFLUENCE_NETWORKS",
            parse_list(&self.confluence_networks, parse_network),
        );
        let gateway = errors.check(
            "VESTIBULE_ATLASSIAN_API_URL",
            parse_base_url(&self.atlassian_api_url),
        );
        let authorization = errors.check(
            "VESTIBULE_ATLASSIAN_AUTH_URL",
            parse_base_url(&self.atlassian_auth_url),
        );
        let install_keys = errors.check(
            "VESTIBULE_INSTALL_KEYS_URL",
            parse_base_url(&self.install_keys_url),
        );
        let impersonation = errors.check(
            "VESTIBULE_IMPERSONATION_URL",
            parse_base_url(&self.impersonation_url),
        );
        let forge_keys = errors.check("VESTIBULE_FORGE_KEYS_URL", parse_url(&self.forge_keys_url));
        let key = key?;
        let config = LiveConfig {
            seal_key: key.seal_key(),
            previous_seal_key: previous_key?.map(|key| key.seal_key()),
            webhook_key: key.webhook_key(),
            confluence_networks: networks?,
            atlassian: Atlassian {
                gateway: gateway?.0,
                authorization: authorization?.0,
                install_keys: install_keys?.0,
                impersonation: impersonation?.0,
                forge_keys: forge_keys?,
            },
        };
        Some((key, config))
    }
}

pub(super) fn parse_secret_key(text: Option<&str>) -> Result<MasterKey, String> {
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return Err("is missing; make one with: openssl rand -hex 64".to_owned());
    }
    MasterKey::from_hex(text).map_err(|error| error.to_string())
}

pub(super) fn parse_previous_secret_key(text: Option<&str>) -> Result<Option<MasterKey>, String> {
    text.filter(|text| !text.is_empty())
        .map(MasterKey::from_hex)
        .transpose()
        .map_err(|error| error.to_string())
}
