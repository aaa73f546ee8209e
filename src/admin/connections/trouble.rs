//! What is wrong with a connection, for pages that are not its own: the lists, and the shares that show its pages.

use diesel::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::installation::moves;
use super::live::LiveState;
use super::notices::{Outlook, notices};
use crate::config::App;
use crate::connections::installation::Installation;
use crate::connections::store::health::{self, Health};
use crate::connections::store::{installations, live};
use crate::pages::model::Connection;
use crate::shares::store::StoreError;
use crate::shares::store::listing::{self, ShareFilter, ShareState};

/// How long all requests fail until it is more than a moment of the site.
const PATIENCE: Duration = Duration::hours(1);

/// Something about this connection wants somebody's attention.
pub struct Trouble {
    pub connection_id: Uuid,
    pub name: String,
    /// In a word or two.
    pub label: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl Trouble {
    /// `None` if there is none. Imported exports never have any.
    pub fn find(
        db: &mut PgConnection,
        connection: &Connection,
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Option<Self>, StoreError> {
        if !connection.kind.is_live() {
            return Ok(None);
        }
        let app = installations::find_installation(db, connection.id)?;
        let health = health::find_health(db, connection.id)?;
        Self::of(db, connection, app.as_ref(), &health, ours, now)
    }

    /// The same for a live connection of which more is known already.
    pub fn of(
        db: &mut PgConnection,
        connection: &Connection,
        app: Option<&Installation>,
        health: &Health,
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Option<Self>, StoreError> {
        let trouble = |label, sentence| Self {
            connection_id: connection.id,
            name: connection.name.clone(),
            label,
            sentence,
        };
        if let Some(app) = app {
            let is_listed = ours.lists_site(&app.base_url);
            let state = LiveState::of_app(app);
            if state.is_some() || !is_listed {
                let moves = moves(db, app, now)?;
                let outlook = Outlook::load(db, connection.id, &moves, now)?;
                let first = notices(app, &outlook, ours, now).into_iter().next();
                let label = state.map_or("Not listed", |state| state.label);
                return Ok(first.map(|(sentence, _)| trouble(label, sentence)));
            }
        }
        if !is_failing(health) {
            return Ok(None);
        }
        let settings = live::find_live(db, connection.id)?.map(|found| found.settings);
        let between = settings.map_or(0, |settings| settings.refresh_after_seconds);
        let patience = PATIENCE.max(2 * Duration::seconds(between.into()));
        let sentence = health.last_failure.clone().unwrap_or_default();
        Ok(lasts(health, patience, now).then(|| trouble(LiveState::of(health).label, sentence)))
    }

    /// Of those connections that have shares which are open.
    pub fn list(
        db: &mut PgConnection,
        connections: &[Connection],
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Vec<Self>, StoreError> {
        let mut troubles = Vec::new();
        for connection in connections {
            let Some(trouble) = Self::find(db, connection, ours, now)? else {
                continue;
            };
            let filter = ShareFilter {
                connection_id: Some(connection.id),
                state: Some(ShareState::Active),
                ..ShareFilter::default()
            };
            if listing::count_shares(db, &filter, now)? > 0 {
                troubles.push(trouble);
            }
        }
        Ok(troubles)
    }
}

fn is_failing(health: &Health) -> bool {
    health.stopped || health.last_failure_at > health.last_success_at
}

/// A site that is asked seldom is not failing for as long as it was last asked ago.
fn lasts(health: &Health, patience: Duration, now: OffsetDateTime) -> bool {
    let is_old = |at| now - at > patience;
    is_failing(health) && (health.stopped || health.last_success_at.is_none_or(is_old))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{PATIENCE, lasts};
    use crate::connections::store::health::Health;

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
            assert_eq!(lasts(&health, PATIENCE, NOW), expected, "{health:?}");
        }
    }
}
