//! Our app at Cloud sites, by Connect or Forge, and asking sites in people's names.
//!
//! What arrives from Confluence is `confluence::connect`'s and `confluence::forge`'s subject; what an installation signs with
//! is `connections::installation_secret`'s.
//!
//! - [`lifecycle`], [`forge_events`]: how Connect and Forge tell of installations. [`refusals`]: what of that was refused;
//!   `site_events`: what the audit record says of it.
//! - [`asker`]: a client that asks in somebody's name; [`impersonation`]: how a Connect app may. [`own_view`]: what somebody
//!   sees who asks in their own name. [`rights`]: what people may do, as the app is told.
//! - `viewer_rendering`: a page as Confluence renders it for a share's viewers; `wanted_renderings`: which of these are
//!   wanted.
//! - [`rebind`]: moving shares to an installation from an older one.

mod answers;
pub mod asker;
pub mod forge_events;
pub mod impersonation;
pub mod lifecycle;
pub mod own_view;
pub mod rebind;
pub mod refusals;
mod refused_calls;
pub mod rights;
mod site_events;
pub mod store;
mod tokens;
pub mod viewer_rendering;
mod wanted_renderings;

pub use answers::PersonKind;
pub use refused_calls::Refusal;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use moka::sync::Cache;
use time::OffsetDateTime;
use uuid::Uuid;

use self::answers::Answers;
use self::refused_calls::RefusedCalls;
use self::tokens::Tokens;
use crate::config::{Atlassian, LiveConfig};
use crate::confluence::Http;
use crate::confluence::connect::install_keys::InstallKeys;
use crate::confluence::forge::ForgeKeys;
use crate::connections::Connections;
use crate::db::Db;
use crate::pages::files::FileStore;

/// How long the address of a Forge app's site is believed.
const TOLD_ADDRESS: Duration = Duration::from_secs(3600);

/// How long it counts what somebody sees.
const OWN_VIEW: Duration = Duration::from_secs(120);

/// A page or a space of a connection, and who asked for it: an account.
type OwnView = (Uuid, Uuid, String);

/// A share as it was when renderings of its pages were wanted: changed since, and listed when.
type ShareState = (OffsetDateTime, Option<OffsetDateTime>);

/// The app at all its sites; one per process.
pub struct CloudApp {
    db: Db,
    files: FileStore,
    connections: Arc<Connections>,
    http: Http,
    atlassian: Atlassian,
    install_keys: InstallKeys,
    forge_keys: ForgeKeys,
    /// Forge installations whose sites were asked for their addresses.
    told_addresses: Cache<String, ()>,
    /// What people see who ask in their own names.
    own_views: Cache<OwnView, bool>,
    /// In people's names.
    tokens: Tokens,
    answers: Answers,
    refused_calls: RefusedCalls,
    /// Shares whose renderings are wanted already, as they were then.
    wanted_of: Mutex<HashMap<Uuid, ShareState>>,
}

impl CloudApp {
    pub fn new(
        config: &LiveConfig,
        db: Db,
        files: FileStore,
        connections: Arc<Connections>,
    ) -> Arc<Self> {
        Arc::new(Self {
            db,
            files,
            http: connections.http(),
            connections,
            install_keys: InstallKeys::new(config.atlassian.install_keys.clone()),
            forge_keys: ForgeKeys::new(config.atlassian.forge_keys.clone()),
            atlassian: config.atlassian.clone(),
            told_addresses: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(TOLD_ADDRESS)
                .build(),
            own_views: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(OWN_VIEW)
                .build(),
            tokens: Tokens::default(),
            answers: Answers::default(),
            refused_calls: RefusedCalls::default(),
            wanted_of: Mutex::default(),
        })
    }
}
