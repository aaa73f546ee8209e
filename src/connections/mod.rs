//! Connections to live sites: what they sign in with, how they are made, changed and tested, and the way from a stored one
//! to a client that may ask.
//!
//! What Confluence's answers look like is `confluence`'s subject. What our app at a site allows is `cloud_app`'s, what is
//! fetched and when is `sync`'s: both ask by what is here.
//!
//! - [`credentials`]: what a connection signs in with. [`installation`], [`installation_secret`]: the same of our app.
//! - [`access`]: a client that may ask; `exchange`: tokens that are exchanged for it; [`consent`]: those that an admin
//!   gives in the browser. [`paces`]: how fast it asks, and how the site is doing.
//! - [`create`], [`change`], [`mod@test`]: what admins do. Each change is prepared with the network, written by a plain function
//!   within whatever transaction the caller has, and followed by [`Connections::begin_anew`].
//! - [`webhook`]: where a site sends webhooks to, and what it signs them with.
//! - [`single_sign_on`]: people who come with the cookies of their site. `names`: what people are called there.
//! - `reseal`: what was sealed with the previous secret key.

pub mod access;
pub mod change;
pub mod consent;
pub mod create;
pub mod credentials;
mod error;
mod exchange;
pub mod installation;
pub mod installation_secret;
mod names;
mod not_in_their_name;
pub mod paces;
mod reseal;
pub mod single_sign_on;
mod site_place;
pub mod store;
pub mod test;
pub mod webhook;

pub use error::{LiveError, ManageError, is_not_found};
pub use not_in_their_name::NotInTheirName;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Notify;
use uuid::Uuid;

use self::paces::Paces;
use self::store::live::{self, LiveConnection};
use crate::config::{Atlassian, LiveConfig};
use crate::confluence::{Http, OutboundRules};
use crate::db::Db;
use crate::seal::Sealer;

/// How long a site is left alone that could not be asked at all.
const RESTING: Duration = Duration::from_secs(30);

/// All live connections; one per process, shared by all of it.
pub struct Connections {
    db: Db,
    http: Http,
    rules: OutboundRules,
    atlassian: Atlassian,
    sealer: Sealer,
    webhook_key: [u8; 32],
    paces: Paces,
    /// Sites that could not be asked at all a moment ago, such as for want of a token.
    resting: Cache<Uuid, ()>,
    /// Whose turn it is to exchange tokens, per connection.
    exchanges: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
    /// How often connections have begun anew.
    beginnings: AtomicU64,
    /// Wakes the schedule before its time.
    wake: Notify,
}

impl Connections {
    /// Sends nothing yet.
    pub fn new(config: &LiveConfig, db: Db) -> Result<Arc<Self>, LiveError> {
        let rules = OutboundRules {
            private_networks: config.confluence_networks.clone(),
        };
        let http = Http::new(&rules)?;
        Ok(Arc::new(Self {
            db,
            http,
            rules,
            atlassian: config.atlassian.clone(),
            sealer: Sealer::new(&config.seal_key, config.previous_seal_key.as_ref()),
            webhook_key: config.webhook_key,
            paces: Paces::default(),
            resting: Cache::builder().time_to_live(RESTING).build(),
            exchanges: Mutex::default(),
            beginnings: AtomicU64::default(),
            wake: Notify::new(),
        }))
    }

    /// The one client for requests to others.
    pub fn http(&self) -> Http {
        self.http.clone()
    }

    /// A live connection; an import is none.
    pub async fn find(&self, id: Uuid) -> Result<LiveConnection, LiveError> {
        let found = self.db.run(move |db| live::find_live(db, id)).await?;
        found.ok_or(LiveError::NoConnection)
    }

    /// Somebody has done something about what kept the site from being asked: what this process had put off is tried at
    /// once. After the commit.
    pub fn begin_anew(&self, connection_id: Uuid) {
        self.end_rest(connection_id);
        self.beginnings.fetch_add(1, Ordering::Relaxed);
        self.paces.reset(connection_id);
    }

    /// Rises whenever some connection begins anew. Whoever keeps what a site has said asks it again after that.
    pub fn beginnings(&self) -> u64 {
        self.beginnings.load(Ordering::Relaxed)
    }

    /// Has the site left alone for a short while.
    pub fn rest(&self, connection_id: Uuid) {
        self.resting.insert(connection_id, ());
    }

    pub fn end_rest(&self, connection_id: Uuid) {
        self.resting.invalidate(&connection_id);
    }

    pub fn is_resting(&self, connection_id: Uuid) -> bool {
        self.resting.contains_key(&connection_id)
    }

    /// Has the schedule look at once what is due: a share was made, a webhook came in.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// For the schedule: returns when somebody wakes it.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    fn exchange_turn(&self, connection_id: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(connection_id).or_default())
    }
}
