//! What is wrong with a connection, for pages that are not its own: the lists, and the shares that show its pages.

use diesel::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::installation::notices;
use super::live::LiveState;
use crate::pages::model::Connection;
use crate::pages::store::health::{self, Health};
use crate::pages::store::installations;
use crate::shares::store::StoreError;
use crate::shares::store::listing::{self, ShareFilter};

/// How long all requests fail until it is more than a moment of the site.
const PATIENCE: Duration = Duration::hours(1);

/// Shares of this connection show what is stored, or nothing, until somebody does something.
pub struct Trouble {
    pub connection_id: Uuid,
    pub name: String,
    /// What the connection's badge says.
    pub label: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl Trouble {
    /// `None` if there is none. Imported exports never have any.
    pub fn find(
        db: &mut PgConnection,
        connection: &Connection,
        now: OffsetDateTime,
    ) -> Result<Option<Self>, StoreError> {
        if !connection.kind.is_live() {
            return Ok(None);
        }
        let app = installations::find_installation(db, connection.id)?;
        let of_app = app.as_ref().and_then(LiveState::of_app);
        let (state, sentence) = if let Some((app, state)) = app.as_ref().zip(of_app) {
            let shares_end = installations::shares_end(db, connection.id)?;
            let first = notices(app, false, shares_end, now).into_iter().next();
            (state, first.map(|(sentence, _)| sentence))
        } else {
            let health = health::find_health(db, connection.id)?;
            if !lasts(&health, now) {
                return Ok(None);
            }
            (LiveState::of(&health), health.last_failure)
        };
        Ok(Some(Self {
            connection_id: connection.id,
            name: connection.name.clone(),
            label: state.label,
            sentence: sentence.unwrap_or_default(),
        }))
    }

    /// Of those connections that have shares.
    pub fn list(
        db: &mut PgConnection,
        connections: &[Connection],
        now: OffsetDateTime,
    ) -> Result<Vec<Self>, StoreError> {
        let mut troubles = Vec::new();
        for connection in connections {
            let Some(trouble) = Self::find(db, connection, now)? else {
                continue;
            };
            let filter = ShareFilter {
                connection_id: Some(connection.id),
                ..ShareFilter::default()
            };
            if listing::count_shares(db, &filter, now)? > 0 {
                troubles.push(trouble);
            }
        }
        Ok(troubles)
    }
}

fn lasts(health: &Health, now: OffsetDateTime) -> bool {
    let is_old = |at| now - at > PATIENCE;
    let fails = health.last_failure_at > health.last_success_at;
    health.stopped || fails && health.last_success_at.is_none_or(is_old)
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{PATIENCE, lasts};
    use crate::pages::store::health::Health;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    #[test]
    fn a_moment_of_the_site_is_no_trouble() {
        let health = |success, failure, stopped| Health {
            last_success_at: success,
            last_failure_at: failure,
            stopped,
            ..Health::default()
        };
        let long_ago = NOW - 2 * PATIENCE;
        for (health, expected) in [
            (health(None, None, false), false),
            (health(Some(NOW), None, false), false),
            (health(Some(long_ago), None, false), false),
            (health(Some(NOW), Some(long_ago), false), false),
            (health(Some(NOW - PATIENCE), Some(NOW), false), false),
            (health(Some(long_ago), Some(NOW), false), true),
            (health(None, Some(NOW), false), true),
            (health(Some(NOW), None, true), true),
        ] {
            assert_eq!(lasts(&health, NOW), expected, "{health:?}");
        }
    }
}
