//! Live connections: which sites are asked, with what, and how their content gets into the snapshots and stays fresh.
//!
//! What Confluence's answers look like is `confluence`'s subject, what readers see of them `pages::reader`'s.
//!
//! - [`access`]: from a stored connection to a client that may ask, tokens included.
//! - [`asker`]: the same in the name of a person.
//! - `own_view`: what somebody sees who asks in their own name.
//! - [`impersonation`]: tokens for that at Cloud sites. [`rights`]: what people there may do.
//! - `viewer_rendering`: a page as Confluence renders it for a share's viewers; `wanted_renderings`: which of these are
//!   wanted.
//! - [`installation`]: our app at Cloud sites. [`lifecycle`], [`forge_events`]: how Connect and Forge tell of it.
//!   [`refusals`]: what of that was refused. [`rebind`]: moving shares to it from an older one.
//! - [`single_sign_on`]: people who come with the cookies of their site.
//! - `refresh_root`: one listing of a part of a site. `refresh_page`: one page's body and files.
//! - [`schedule`]: what is due, on every node, each part taken by one.
//! - [`download`]: bytes of files, fetched once and handed on while they come in.
//! - [`manage`]: what admins do: make, change, test, refresh.
//! - [`webhook`]: what a site tells by itself.
//! - [`pick`]: search and look-ups on the site, before anything is shared.

pub mod access;
pub mod asker;
pub mod credentials;
pub mod download;
mod error;
mod fetched_page;
pub mod forge_events;
pub mod impersonation;
pub mod installation;
pub mod lifecycle;
pub mod manage;
mod own_view;
pub mod pick;
pub mod rebind;
mod refresh_page;
mod refresh_root;
pub mod refusals;
pub mod rights;
pub mod schedule;
pub mod single_sign_on;
mod viewer_rendering;
mod wanted_renderings;
pub mod webhook;

pub use error::LiveError;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Notify;
use uuid::Uuid;

use self::download::Downloads;
use self::impersonation::Tokens;
use self::refusals::Refusals;
use self::rights::Rights;
use self::wanted_renderings::Wanted;
use super::files::FileStore;
use crate::config::{Atlassian, LiveConfig};
use crate::confluence::connect::install_keys::InstallKeys;
use crate::confluence::forge::ForgeKeys;
use crate::confluence::pace::Limits;
use crate::confluence::{Http, OutboundRules, Pace};
use crate::db::Db;
use crate::seal::Sealer;

/// How long a node does not ask again whether a page that somebody looks at is fresh.
const LOOKED_AT: Duration = Duration::from_secs(20);

/// How long a site is not asked again for a page that it does not have.
const ABSENT: Duration = Duration::from_secs(60);

/// How long the address of a Forge app's site is believed.
const TOLD_ADDRESS: Duration = Duration::from_secs(3600);

/// How long a site is left alone that could not be asked at all.
const RESTING: Duration = Duration::from_secs(30);

/// Everything that live connections need; one per process, shared by all of it.
pub struct Live {
    db: Db,
    files: FileStore,
    http: Http,
    rules: OutboundRules,
    atlassian: Atlassian,
    install_keys: InstallKeys,
    forge_keys: ForgeKeys,
    sealer: Sealer,
    webhook_key: [u8; 32],
    /// With the budget that each was made with.
    paces: Mutex<HashMap<Uuid, (i32, Arc<Pace>)>>,
    /// Connections that the schedule is working for.
    busy: Mutex<HashSet<Uuid>>,
    downloads: Downloads,
    /// Pages that somebody has looked at a moment ago.
    looked_at: Cache<(Uuid, String), ()>,
    /// Roots of shares that their sites do not have.
    absent: Cache<(Uuid, String), ()>,
    /// Sites that could not be asked at all a moment ago, such as for want of a token.
    resting: Cache<Uuid, ()>,
    /// Forge installations whose sites were asked for their addresses.
    told_addresses: Cache<String, ()>,
    /// What people see who ask in their own names.
    own_views: Cache<own_view::OwnView, bool>,
    /// Whose turn it is to exchange tokens, per connection.
    exchanges: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
    /// In people's names.
    tokens: Tokens,
    rights: Rights,
    refusals: Refusals,
    /// Shares whose pages are known to be wanted, as they were then.
    wanted: Mutex<HashMap<Uuid, Wanted>>,
    /// Wakes the schedule before its time.
    wake: Notify,
}

impl Live {
    /// Sends nothing yet.
    pub fn new(config: LiveConfig, db: Db, files: FileStore) -> Result<Arc<Self>, LiveError> {
        let rules = OutboundRules {
            private_networks: config.confluence_networks,
        };
        let http = Http::new(&rules)?;
        Ok(Arc::new(Self {
            rules,
            install_keys: InstallKeys::new(config.atlassian.install_keys.clone()),
            forge_keys: ForgeKeys::new(config.atlassian.forge_keys.clone()),
            atlassian: config.atlassian,
            db,
            files,
            http,
            sealer: Sealer::new(&config.seal_key, config.previous_seal_key.as_ref()),
            webhook_key: config.webhook_key,
            paces: Mutex::default(),
            busy: Mutex::default(),
            downloads: Downloads::default(),
            looked_at: Cache::builder()
                .max_capacity(50_000)
                .time_to_live(LOOKED_AT)
                .build(),
            absent: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(ABSENT)
                .build(),
            resting: Cache::builder().time_to_live(RESTING).build(),
            told_addresses: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(TOLD_ADDRESS)
                .build(),
            own_views: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(own_view::KEPT)
                .build(),
            exchanges: Mutex::default(),
            tokens: Tokens::default(),
            rights: Rights::default(),
            refusals: Refusals::default(),
            wanted: Mutex::default(),
            wake: Notify::new(),
        }))
    }

    /// The one client for requests to others.
    pub fn http(&self) -> Http {
        self.http.clone()
    }

    /// The pace that all requests of this process to one site keep; a new one when the budget was changed.
    fn pace(&self, connection_id: Uuid, requests_per_hour: i32) -> Arc<Pace> {
        let limits = Limits {
            budget_per_hour: u32::try_from(requests_per_hour).unwrap_or(u32::MAX),
            ..Limits::default()
        };
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let (budget, pace) = paces
            .entry(connection_id)
            .or_insert_with(|| (requests_per_hour, Pace::new(limits)));
        if *budget != requests_per_hour {
            *budget = requests_per_hour;
            *pace = Pace::new(limits);
        }
        Arc::clone(pace)
    }

    fn cached_pace(&self, connection_id: Uuid) -> Option<Arc<Pace>> {
        let paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        paces.get(&connection_id).map(|(_, pace)| Arc::clone(pace))
    }

    fn exchange_turn(&self, connection_id: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(connection_id).or_default())
    }

    /// Somebody has done something about what kept the site from being asked.
    fn begin_anew(&self, connection_id: Uuid) {
        self.resting.invalidate(&connection_id);
        self.rights.forget();
        if let Some(pace) = self.cached_pace(connection_id) {
            pace.reset();
        }
    }

    /// `false` when this process is working for the connection already.
    fn begin_work(&self, connection_id: Uuid) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.insert(connection_id)
    }

    fn end_work(&self, connection_id: Uuid) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&connection_id);
    }

    /// Has the schedule look at once what is due: a share was made, a webhook came in.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}
