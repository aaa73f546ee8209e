//! How a live connection is doing, for admins.

use diesel::PgConnection;
use uuid::Uuid;

use crate::connections::store::health::{self, Health};
use crate::db::DbError;
use crate::pages::store::followed::{self, FollowedRoot};
use crate::pages::store::freshness::{self, Progress};

/// So many failing pages are named.
const FAILING_SHOWN: i64 = 20;

pub struct Status {
    pub health: Health,
    pub progress: Progress,
    /// What of the site is followed, with the last listing of each.
    pub roots: Vec<FollowedRoot>,
    /// Content id, title and reason of pages whose refresh failed.
    pub failing: Vec<(String, String, String)>,
}

pub fn status(db: &mut PgConnection, connection_id: Uuid) -> Result<Status, DbError> {
    Ok(Status {
        health: health::find_health(db, connection_id)?,
        progress: freshness::progress(db, connection_id)?,
        roots: followed::list(db, connection_id)?,
        failing: freshness::failing_pages(db, connection_id, FAILING_SHOWN)?,
    })
}
