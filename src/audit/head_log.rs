//! The head of the record, told to the log: whoever keeps logs elsewhere can show later that no row at the record's end was
//! cut off.

use std::time::Duration;

use super::store::record;
use crate::db::Db;

const INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Logs the head now and, when it has changed, once an hour. Never ends.
pub async fn log_head(db: Db) {
    let mut logged = None;
    loop {
        match db.run(record::head).await {
            Ok(head) if logged != Some(head) => {
                tracing::info!(seq = head.seq, hash = %head.hash, "head of the audit record");
                logged = Some(head);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the head of the audit record was not read"),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
