//! How fast sites are asked, and how that went: one pace for all requests of this process to one site, within a budget that
//! all nodes share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;
use uuid::Uuid;

use super::error::LiveError;
use super::store::health::{self, AfterFailure, Health};
use crate::confluence::Pace;
use crate::confluence::pace::PaceLimits;
use crate::db::Db;

/// The pace of every site that this process has asked, with the budget that each was made with.
#[derive(Default)]
pub struct Paces(Mutex<HashMap<Uuid, (i32, Arc<Pace>)>>);

impl Paces {
    /// A new one when the budget was changed.
    pub fn of(&self, connection_id: Uuid, requests_per_hour: i32) -> Arc<Pace> {
        let limits = PaceLimits {
            budget_per_hour: u32::try_from(requests_per_hour).unwrap_or(u32::MAX),
            ..PaceLimits::default()
        };
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (budget, pace) = paces
            .entry(connection_id)
            .or_insert_with(|| (requests_per_hour, Pace::new(limits)));
        if *budget != requests_per_hour {
            *budget = requests_per_hour;
            *pace = Pace::new(limits);
        }
        Arc::clone(pace)
    }

    pub fn cached(&self, connection_id: Uuid) -> Option<Arc<Pace>> {
        let paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paces.get(&connection_id).map(|(_, pace)| Arc::clone(pace))
    }

    pub fn reset(&self, connection_id: Uuid) {
        if let Some(pace) = self.cached(connection_id) {
            pace.reset();
        }
    }

    /// Adds up what was sent, whatever came of it.
    pub async fn record_requests(
        &self,
        db: &Db,
        id: Uuid,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let Some(pace) = self.cached(id) else {
            return Ok(());
        };
        let sent = i32::try_from(pace.requests_since_last_flush()).unwrap_or(i32::MAX);
        let used = db
            .run(move |db| health::add_requests(db, id, sent, now))
            .await?;
        pace.set_used(u32::try_from(used).unwrap_or(0), left_of_hour(now));
        Ok(())
    }

    /// Stores how it went, and how much was sent.
    pub async fn record_outcome(
        &self,
        db: &Db,
        connection_id: Uuid,
        failure: Option<&LiveError>,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let pace = self.cached(connection_id);
        let limits = pace.and_then(|pace| serde_json::to_value(pace.snapshot(now)).ok());
        let failure = failure.map(|error| {
            let after = if error.is_refusal() {
                AfterFailure::Stop
            } else {
                AfterFailure::GoOn
            };
            (error.sentence(), after)
        });
        db.run(move |db| match &failure {
            None => health::record_success(db, connection_id, limits.as_ref(), now),
            Some((sentence, after)) => {
                health::record_failure(db, connection_id, sentence, *after, now)
            }
        })
        .await?;
        self.record_requests(db, connection_id, now).await
    }
}

/// What all nodes have sent in this hour counts for this one's pace, too.
pub fn set_used(pace: &Pace, health: &Health, now: OffsetDateTime) {
    let used = u32::try_from(health.requests(now)).unwrap_or(0);
    pace.set_used(used, left_of_hour(now));
}

/// Budgets begin anew with each full hour.
fn left_of_hour(now: OffsetDateTime) -> std::time::Duration {
    let gone = now.unix_timestamp().rem_euclid(3600);
    std::time::Duration::from_secs(u64::try_from(3600 - gone).unwrap_or(3600))
}
