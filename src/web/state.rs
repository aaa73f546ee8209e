//! What every handler can reach. Built once by `server`; holds nothing that must outlive the process.

use std::sync::Arc;

use crate::accounts::openid::OpenIdProvider;
use crate::accounts::sign_on_turns::SignOnTurns;
use crate::cloud_app::CloudApp;
use crate::config::Settings;
use crate::connections::Connections;
use crate::db::Db;
use crate::pages::files::FileStore;
use crate::password::Hasher;
use crate::seal::Sealer;
use crate::shares::event_log::EventLog;
use crate::shares::pass::PassKey;
use crate::sharing::Sharing;
use crate::sync::SiteSync;

use super::share_cache::ShareCache;

pub struct AppState {
    pub settings: Settings,
    pub db: Db,
    pub hasher: Hasher,
    pub pass_key: PassKey,
    pub shares: ShareCache,
    pub files: FileStore,
    pub events: EventLog,
    pub connections: Arc<Connections>,
    pub cloud_app: Arc<CloudApp>,
    pub sync: Arc<SiteSync>,
    /// Every change goes through it.
    pub sharing: Sharing,
    /// Where people may sign in beside the form, if the operator named a provider.
    pub openid: Option<OpenIdProvider>,
    pub sign_on_turns: SignOnTurns,
    /// For what people are known by at sites, and for tickets.
    pub sealer: Sealer,
}
