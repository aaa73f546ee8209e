//! Flags and environment variables in, [`Settings`] out. Every wrong value is reported, not only the first.
//! The one place that knows the names of variables.

mod app;
mod audit;
mod base_url;
mod checkpoint_keys;
mod embedding;
mod error;
mod live;
mod openid;
mod parse;
mod single_sign_on;
mod storage;

use std::net::SocketAddr;

use ipnet::IpNet;

pub use self::app::{App, AppArgs, Sharers};
pub use self::audit::{AuditAddresses, AuditArgs};
pub use self::base_url::BaseUrl;
pub use self::checkpoint_keys::CheckpointKeyArgs;
pub use self::embedding::{Cookieless, EmbedWildcards, Embedding, EmbeddingArgs};
pub use self::error::ConfigError;
pub use self::live::{Atlassian, LiveArgs, LiveConfig};
pub use self::openid::{OpenId, OpenIdArgs, RoleGroups};
pub use self::single_sign_on::{SingleSignOn, SingleSignOnArgs};
pub use self::storage::{Objects, S3Settings, Storage, StorageArgs};

use self::base_url::parse_base_url;
use self::parse::{parse_host, parse_list, parse_listen, parse_network, parse_number};

/// Where the database is: for every command.
#[derive(Clone, clap::Args)]
pub struct DatabaseArgs {
    /// PostgreSQL, as a URL or as `host=… dbname=…`; several hosts and `target_session_attrs=read-write` are possible.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
}

/// What the portal is called from outside: for `serve` and `unlock-link`.
#[derive(Debug, Clone, clap::Args)]
pub struct BaseUrlArgs {
    /// The portal's main public URL: scheme, host and port.
    #[arg(
        long,
        env = "VESTIBULE_BASE_URL",
        default_value = "http://localhost:8080",
        value_name = "URL"
    )]
    pub base_url: String,
}

/// Everything `serve` reads.
#[derive(Clone, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub storage: StorageArgs,
    #[command(flatten)]
    pub base_url: BaseUrlArgs,
    /// Address and port to listen on.
    #[arg(
        long,
        env = "VESTIBULE_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub listen: String,
    /// Further host names the portal answers to (custom domains), separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_HOSTS",
        default_value = "",
        value_name = "NAMES"
    )]
    pub hosts: String,
    #[command(flatten)]
    pub live: LiveArgs,
    #[command(flatten)]
    pub embedding: EmbeddingArgs,
    #[command(flatten)]
    pub audit: AuditArgs,
    #[command(flatten)]
    pub app: AppArgs,
    #[command(flatten)]
    pub openid: OpenIdArgs,
    #[command(flatten)]
    pub single_sign_on: SingleSignOnArgs,
    /// Addresses or networks of reverse proxies whose `Forwarded` and `X-Forwarded-For` are believed, separated by
    /// commas.
    #[arg(
        long,
        env = "VESTIBULE_TRUSTED_PROXIES",
        default_value = "",
        value_name = "NETWORKS"
    )]
    pub trusted_proxies: String,
    /// Most connections to the database.
    #[arg(
        long,
        env = "VESTIBULE_DATABASE_CONNECTIONS",
        default_value = "10",
        value_name = "NUMBER"
    )]
    pub database_connections: String,
    /// Largest space export that can be uploaded in the admin pages, in MiB.
    #[arg(
        long,
        env = "VESTIBULE_UPLOAD_LIMIT_MIB",
        default_value = "4096",
        value_name = "MIB"
    )]
    pub upload_limit_mib: String,
}

/// The checked configuration of a server.
#[derive(Clone)]
pub struct Settings {
    pub database_url: String,
    pub database_connections: u32,
    pub listen: SocketAddr,
    pub base_url: BaseUrl,
    /// Lower-case host names beside the base URL's.
    pub hosts: Vec<String>,
    pub pass_key: [u8; 64],
    pub session_key: [u8; 64],
    pub live: LiveConfig,
    pub embedding: Embedding,
    pub audit_addresses: AuditAddresses,
    pub app: App,
    pub openid: Option<OpenId>,
    pub single_sign_on: Option<SingleSignOn>,
    pub storage: Storage,
    pub trusted_proxies: Vec<IpNet>,
    pub upload_limit_bytes: u64,
}

impl DatabaseArgs {
    pub fn read(&self) -> Result<String, ConfigError> {
        let mut errors = ConfigError::default();
        let url = errors.check("DATABASE_URL", self.parse());
        url.ok_or(errors)
    }

    fn parse(&self) -> Result<String, String> {
        let text = self.database_url.as_deref().unwrap_or_default().trim();
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if text.is_empty() {
            Err("is missing; set it to postgres://user:password@host/database".to_owned())
        } else if is_url || (text.contains('=') && !text.contains("://")) {
            Ok(text.to_owned())
        } else {
            Err("must begin with postgres:// or be of the form host=… dbname=…".to_owned())
        }
    }
}

impl BaseUrlArgs {
    pub fn read(&self) -> Result<BaseUrl, ConfigError> {
        let mut errors = ConfigError::default();
        let url = errors.check("VESTIBULE_BASE_URL", parse_base_url(&self.base_url));
        url.ok_or(errors)
    }
}

impl ServeArgs {
    /// Checks every value; the error names each wrong one.
    pub fn read(&self) -> Result<Settings, ConfigError> {
        let mut errors = ConfigError::default();
        let settings = self.check(&mut errors);
        match settings {
            Some(settings) if errors.is_empty() => Ok(settings),
            _ => Err(errors),
        }
    }

    fn check(&self, errors: &mut ConfigError) -> Option<Settings> {
        // All are checked before the first `?`, so that every problem is noted.
        let database_url = errors.check("DATABASE_URL", self.database.parse());
        let connections = errors.check(
            "VESTIBULE_DATABASE_CONNECTIONS",
            parse_number(&self.database_connections, 1, 1000),
        );
        let listen = errors.check("VESTIBULE_LISTEN", parse_listen(&self.listen));
        let base_url = errors.check(
            "VESTIBULE_BASE_URL",
            parse_base_url(&self.base_url.base_url),
        );
        let hosts = errors.check("VESTIBULE_HOSTS", parse_list(&self.hosts, parse_host));
        let live = self.live.check(errors);
        let embedding = self.embedding.check(errors);
        let audit_addresses = self.audit.check(errors);
        let app = self.app.check(errors);
        let openid = self.openid.check(errors);
        let single_sign_on = self.single_sign_on.check(errors);
        let storage = self.storage.check(errors);
        let proxies = errors.check(
            "VESTIBULE_TRUSTED_PROXIES",
            parse_list(&self.trusted_proxies, parse_network),
        );
        let upload = errors.check(
            "VESTIBULE_UPLOAD_LIMIT_MIB",
            parse_number(&self.upload_limit_mib, 1, 1 << 20),
        );
        let (key, live) = live?;
        Some(Settings {
            database_url: database_url?,
            database_connections: connections?,
            listen: listen?,
            base_url: base_url?,
            hosts: hosts?,
            pass_key: key.pass_key(),
            session_key: key.session_key(),
            live,
            embedding: embedding?,
            audit_addresses: audit_addresses?,
            app: app?,
            openid: openid?,
            single_sign_on: single_sign_on?,
            storage: storage?,
            trusted_proxies: proxies?,
            upload_limit_bytes: u64::from(upload?) << 20,
        })
    }
}
