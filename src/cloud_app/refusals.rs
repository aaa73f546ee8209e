//! What becomes of refused calls of the app: they are kept until a call of the same installation is taken.

use std::sync::Arc;

use diesel::PgConnection;
use time::OffsetDateTime;

use super::CloudApp;
use super::refused_calls::{Refusal, RefusedCalls};
use crate::connections::LiveError;
use crate::connections::installation::AppKind;
use crate::connections::store::installations;
use crate::db::DbError;

/// What was refused of an installation is no problem of its any more.
pub fn settle_refusals(
    db: &mut PgConnection,
    kind: AppKind,
    client_key: &str,
) -> Result<(), DbError> {
    installations::settle_refusal(db, kind, client_key)
}

impl CloudApp {
    pub fn refusals(&self) -> &RefusedCalls {
        &self.refused_calls
    }

    /// Keeps a refusal; that of a known installation also as its problem.
    pub async fn record_refusal(
        self: &Arc<Self>,
        refusal: Refusal,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let Refusal {
            event,
            reason,
            remedy,
            ..
        } = &refusal;
        let sentence = format!("“{event}”, {reason}. {remedy}");
        let (kind, client_key) = (refusal.kind, refusal.client_key.clone());
        self.refused_calls.record(refusal, now);
        self.db
            .run(move |db| installations::record_refusal(db, kind, &client_key, &sentence, now))
            .await?;
        Ok(())
    }

    /// A call of an installation was taken, so that what was refused before is settled.
    pub async fn settle_refusals(
        self: &Arc<Self>,
        kind: AppKind,
        client_key: &str,
    ) -> Result<(), LiveError> {
        self.refused_calls.forget(kind, client_key);
        let client_key = client_key.to_owned();
        self.db
            .run(move |db| settle_refusals(db, kind, &client_key))
            .await?;
        Ok(())
    }
}
