//! Our app at this Cloud site: which installation is good, what it signs with, and the servers of Atlassian that vouch
//! for it. How call-backs are sent is in `lifecycle`, who may ask the site in `entry`.
//!
//! - `token`, `qsh`, `rsa_keys`: what is signed, and with what.
//! - `lifecycle`, `callback`: what the site tells the app.
//! - `entry`, `grant`: what the app's tokens are good for, and how it gets those of people.
//! - `framed`: the app's pages inside Confluence. `forge`: the same app by Forge.

pub mod callback;
pub mod entry;
pub mod forge;
mod framed;
pub mod grant;
pub mod lifecycle;
pub mod qsh;
pub mod rsa_keys;
pub mod token;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::exchange::Reply;
use rsa_keys::RsaKey;

/// The app as its descriptor tells it.
#[derive(Clone, Debug)]
pub struct Descriptor {
    pub key: String,
    /// Without a slash at its end.
    pub base_url: String,
    pub scopes: Vec<String>,
    pub whole: Value,
}

impl Descriptor {
    pub fn read(whole: Value) -> Self {
        let text = |name: &str| whole[name].as_str().expect(name).to_owned();
        let scopes = whole["scopes"].as_array().expect("scopes").iter();
        Self {
            key: text("key"),
            base_url: text("baseUrl").trim_end_matches('/').to_owned(),
            scopes: scopes
                .map(|scope| scope.as_str().unwrap().to_owned())
                .collect(),
            whole,
        }
    }

    /// What an app of ours would say that has no descriptor of its own.
    pub fn usual(key: &str, base_url: &str) -> Self {
        Self::read(json!({
            "key": key, "name": "Share Portal", "baseUrl": base_url, "scopes": ["READ", "ACT_AS_USER"],
            "lifecycle": {
                "installed": "/atlassian/installed", "enabled": "/atlassian/enabled",
                "disabled": "/atlassian/disabled", "uninstalled": "/atlassian/uninstalled",
            },
        }))
    }
}

/// What the site and the app share since the app was installed.
#[derive(Clone, Debug)]
pub struct Installation {
    pub app_key: String,
    pub client_key: String,
    pub oauth_client_id: String,
    pub shared_secret: String,
    pub scopes: Vec<String>,
    pub is_enabled: bool,
}

impl Installation {
    fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|one| one == scope)
    }
}

/// A bearer in the name of a person.
struct Granted {
    username: String,
    oauth_client_id: String,
    scopes: Vec<String>,
    ends: OffsetDateTime,
}

pub struct App {
    pub(super) descriptor: Option<Descriptor>,
    /// The one that is good.
    pub(super) installation: Option<Installation>,
    /// Under whose name the site knows itself; an import makes a new one.
    client_key: String,
    oauth_client_id: String,
    install_key_ids: Vec<String>,
    granted: BTreeMap<String, Granted>,
    pub(super) token_life: i64,
    /// The authorization server refuses people for whom no app may act; otherwise only the site does.
    pub(super) is_grant_strict: bool,
    /// Why requests of the app were refused, for whoever wonders.
    pub(super) refusals: Vec<String>,
    pub(super) forge: forge::Forge,
    last: u32,
}

impl App {
    pub(super) fn new() -> Self {
        let mut app = Self {
            descriptor: None,
            installation: None,
            client_key: String::new(),
            oauth_client_id: String::new(),
            install_key_ids: Vec::new(),
            granted: BTreeMap::new(),
            token_life: 900,
            is_grant_strict: false,
            refusals: Vec::new(),
            forge: forge::Forge::default(),
            last: 0,
        };
        app.name_site_anew();
        app.make_install_key();
        app
    }

    /// For a site that has the app.
    fn known(&self) -> Installation {
        self.installation.clone().expect("an installation")
    }

    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// As an import does; whoever knew the site before does not know it now.
    fn name_site_anew(&mut self) {
        let number = self.next();
        self.client_key = format!("11111111-2222-3333-4444-{number:012}");
        self.oauth_client_id = format!("eyJob3N0S2V5Ijoi-{number:012}");
    }

    /// A new key id from now on. The key behind it is the same, since making one takes a while.
    fn make_install_key(&mut self) {
        let number = self.next();
        let id = format!("f50f8562-f146-4b98-9bbb-{number:012}");
        self.install_key_ids.push(id);
    }

    fn install_key_id(&self) -> &str {
        self.install_key_ids.last().unwrap()
    }

    fn new_secret(&mut self) -> String {
        let number = self.next();
        format!("{SECRET}{number:032}")
    }

    /// What an installation would be that is made now.
    fn new_installation(&mut self, descriptor: &Descriptor) -> Installation {
        Installation {
            app_key: descriptor.key.clone(),
            client_key: self.client_key.clone(),
            oauth_client_id: self.oauth_client_id.clone(),
            shared_secret: self.new_secret(),
            scopes: descriptor.scopes.clone(),
            is_enabled: true,
        }
    }

    /// `GET /{kid}` of the host of install keys.
    pub(super) fn install_key(&self, key_id: &str) -> Reply {
        match self.install_key_ids.iter().any(|id| id == key_id) {
            true => Reply::text(200, "application/x-pem-file", &RsaKey::Install.pem()),
            false => Reply::text(404, "text/plain", "Not Found"),
        }
    }
}

/// As all shared secrets begin.
pub const SECRET: &str = "ATCOFakeSharedSecret";

/// `/{kid}` of the host of install keys: it stands beside everything else on the fake's origin.
pub(super) fn key_id_of(path: &str) -> Option<&str> {
    let id = path.strip_prefix('/')?;
    let is_other = id.is_empty() || id.contains('/') || ["authorize", "wiki"].contains(&id);
    (!is_other).then_some(id)
}
