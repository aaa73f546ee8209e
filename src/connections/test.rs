//! Testing a connection: every call that the portal needs, once.

use std::sync::Arc;

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::store::health;
use super::{Connections, LiveError};
use crate::confluence::check::TestReport;
use crate::db::DbError;
use crate::pages::store::{followed, refresh};

/// Keeps the report of a test. Where all is well, what had failed is tried again; afterwards the schedule is woken.
pub fn record_test(
    db: &mut PgConnection,
    connection_id: Uuid,
    report: &TestReport,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    let stored = serde_json::to_value(report).unwrap_or_default();
    health::store_test(db, connection_id, &stored, now)?;
    if report.is_good() {
        refresh::forget_waits(db, connection_id)?;
        followed::make_due(db, connection_id, now)?;
    }
    Ok(())
}

impl Connections {
    /// Makes every call that the portal needs, and keeps the report.
    pub async fn test(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<TestReport, LiveError> {
        let report = self.ask_for_test(connection_id, now).await?;
        let kept = report.clone();
        self.db
            .run(move |db| record_test(db, connection_id, &kept, now))
            .await?;
        self.wake();
        Ok(report)
    }

    /// Makes every call that the portal needs, also where the site refused the credentials before: from now on requests are
    /// sent again. [`record_test`] keeps the report.
    pub async fn ask_for_test(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<TestReport, LiveError> {
        self.db
            .run(move |db| health::allow_again(db, connection_id))
            .await?;
        self.begin_anew(connection_id);
        let access = self.access(connection_id, now).await?;
        let report = access.client.test(now).await;
        self.paces
            .record_requests(&self.db, connection_id, now)
            .await?;
        Ok(report)
    }
}
