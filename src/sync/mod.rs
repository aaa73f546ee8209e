//! How content of wikis gets into the snapshots, and stays fresh.
//!
//! - `schedule`: what is due, on every node, each part taken by one. `refresh_root`: one listing of a part of a site.
//!   `refresh_page`: one page's body and files; `fetched_page`: how these are stored.
//! - [`reading`]: what happens when somebody reads a page. [`download`]: bytes of files, fetched once and handed on while
//!   they come in.
//! - [`webhook`]: what a site tells by itself. [`refresh`]: what admins ask for. [`status`]: how a site is doing.
//! - [`pick`]: search and look-ups on the site, before anything is shared; in the name of whoever chooses.
//! - [`import`]: space exports, which are read once.

mod coming_file;
pub mod download;
mod fetched_page;
pub mod import;
mod outline_of;
pub mod pick;
pub mod reading;
pub mod refresh;
mod refresh_page;
mod refresh_root;
pub mod schedule;
pub mod status;
mod wait;
pub mod webhook;

pub use coming_file::ComingFile;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

use self::coming_file::Downloads;
use crate::cloud_app::CloudApp;
use crate::config::LiveConfig;
use crate::connections::{Connections, LiveError};
use crate::db::Db;
use crate::pages::files::FileStore;

/// How long a node does not ask again whether a page that somebody looks at is fresh.
const LOOKED_AT: Duration = Duration::from_secs(20);

/// How long a site is not asked again for a page that it does not have.
const ABSENT: Duration = Duration::from_secs(60);

/// What keeps snapshots of live sites in step with them; one per process.
pub struct SiteSync {
    db: Db,
    files: FileStore,
    connections: Arc<Connections>,
    cloud_app: Arc<CloudApp>,
    /// Connections that the schedule is working for.
    busy: Mutex<HashSet<Uuid>>,
    downloads: Downloads,
    /// Pages that somebody has looked at a moment ago.
    looked_at: Cache<(Uuid, String), ()>,
    /// Roots of shares that their sites do not have.
    absent: Cache<(Uuid, String), ()>,
}

impl SiteSync {
    /// With the connections and the app that it asks by. Sends nothing yet.
    pub fn open(config: &LiveConfig, db: Db, files: FileStore) -> Result<Arc<Self>, LiveError> {
        let connections = Connections::new(config, db.clone())?;
        let cloud_app = CloudApp::new(config, db.clone(), files.clone(), Arc::clone(&connections));
        Ok(Arc::new(Self {
            db,
            files,
            connections,
            cloud_app,
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
        }))
    }

    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    pub fn cloud_app(&self) -> &Arc<CloudApp> {
        &self.cloud_app
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
}
