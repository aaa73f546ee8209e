//! The panel of a connection that our app has made: what Confluence said of the app, what is wrong, and what to do.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::live::LiveState;
use super::notices::{Outlook, notices};
use crate::admin::times::Moment;
use crate::cloud_app::rebind::fits;
use crate::cloud_app::store::rebind;
use crate::config::App;
use crate::connections::installation::{AppKind, Installation, InstallationState};
use crate::connections::store::installations;
use crate::pages::store::connections;
use crate::shares::store::StoreError;
use crate::shares::store::listing::{self, ShareFilter};
use crate::web::error::words::moment_in_words;

/// Longer client keys are shown by their beginning: enough to tell two apart, as Confluence's own logs do.
const KEY_SHOWN: usize = 60;

/// An installation as its panel shows it.
pub struct InstallationView {
    pub kind: &'static str,
    pub state: LiveState,
    /// What the page says instead of how requests went.
    pub instead: Option<LiveState>,
    /// The site is asked in its name.
    pub is_in_use: bool,
    pub since: Moment,
    pub installed_at: Moment,
    pub display_url: Option<String>,
    pub app_key: String,
    pub client_key: String,
    pub scopes: &'static str,
    /// What is wrong and what to do, the most important first; with whether nothing works until then.
    pub notices: Vec<(String, bool)>,
    /// The installation that came after this one.
    pub newer: Option<Other>,
    /// Other installations whose shares may be moved to this one, or to which its own may be moved.
    pub moves: Vec<Move>,
    /// Connections from which shares were moved here, with what readers lose if they are moved back.
    pub moved: Vec<(Other, Option<String>)>,
    pub quiet_calls: i64,
    pub last_quiet_call: Option<Moment>,
}

/// Another connection, with a number of shares.
pub struct Other {
    pub id: Uuid,
    pub name: String,
    pub shares: i64,
}

/// Shares that may be moved.
pub struct Move {
    pub from: Other,
    pub to: Uuid,
    pub to_name: String,
    /// The site was imported or restored; else the app is there in both ways.
    pub is_successor: bool,
}

impl LiveState {
    /// What is said instead of how requests went, while the app cannot ask or act.
    pub fn of_app(installation: &Installation) -> Option<Self> {
        let state = |label, class| Some(Self { label, class });
        match installation.state {
            InstallationState::Enabled if installation.stale_since.is_some() => {
                state("Install again", "badge badge-danger")
            }
            InstallationState::Enabled => None,
            InstallationState::Disabled => state("Disabled", "badge badge-off"),
            InstallationState::Uninstalled => state("Uninstalled", "badge badge-danger"),
            InstallationState::Superseded => state("Replaced", "badge badge-wait"),
        }
    }
}

impl InstallationView {
    /// `None` for connections that no app has made.
    pub fn load(
        db: &mut PgConnection,
        connection: Uuid,
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Option<Self>, StoreError> {
        let Some(installation) = installations::find_installation(db, connection)? else {
            return Ok(None);
        };
        let newer = match installation.superseded_by {
            Some(id) => find_other(db, id, now)?,
            None => None,
        };
        let mut moved = Vec::new();
        for (id, name, shares) in rebind::moved_from(db, connection)? {
            let end = installations::shares_end(db, id)?;
            moved.push((Other { id, name, shares }, end.map(|end| loss(end, now))));
        }
        let moves = moves(db, &installation, now)?;
        let outlook = Outlook::load(db, connection, &moves, now)?;
        let instead = LiveState::of_app(&installation);
        let enabled = LiveState {
            label: "Installed",
            class: "badge badge-on",
        };
        Ok(Some(Self {
            kind: kind(installation.kind),
            state: instead.unwrap_or(enabled),
            instead,
            is_in_use: installation.is_in_use(),
            since: installation.state_since.into(),
            installed_at: installation.installed_at.into(),
            scopes: scopes(installation.kind),
            // The offer to move the shares says what has happened.
            notices: match installation.state {
                InstallationState::Superseded if outlook.goes_to.is_some() => Vec::new(),
                _ => notices(&installation, &outlook, ours, now),
            },
            newer,
            moves,
            moved,
            quiet_calls: installation.quiet_calls,
            last_quiet_call: installation.last_quiet_call_at.map(Moment::from),
            display_url: installation.display_url,
            app_key: installation.app_key,
            client_key: shortened(&installation.client_key),
        }))
    }
}

fn kind(kind: AppKind) -> &'static str {
    match kind {
        AppKind::Connect => "Connect app",
        AppKind::Forge => "Forge app",
    }
}

fn scopes(kind: AppKind) -> &'static str {
    match kind {
        AppKind::Connect => "READ, ACT_AS_USER",
        AppKind::Forge => "As in the app's manifest.yml",
    }
}

pub(super) fn shortened(key: &str) -> String {
    match key.char_indices().nth(KEY_SHOWN) {
        Some((end, _)) => format!("{}…", key.get(..end).unwrap_or_default()),
        None => key.to_owned(),
    }
}

/// Of moving shares back to an installation whose shares have an end.
fn loss(shares_end: OffsetDateTime, now: OffsetDateTime) -> String {
    if shares_end <= now {
        return "The app was uninstalled there, and the shares of that connection are no longer available: readers would see nothing.".to_owned();
    }
    format!(
        "The app was uninstalled there: readers would see what is stored until {}, and nothing after that.",
        moment_in_words(shares_end)
    )
}

pub(super) fn count(
    db: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    let filter = ShareFilter {
        connection_id: Some(id),
        ..ShareFilter::default()
    };
    listing::count_shares(db, &filter, now)
}

fn find_other(
    db: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<Other>, StoreError> {
    let Some(connection) = connections::find_connection(db, id)? else {
        return Ok(None);
    };
    Ok(Some(Other {
        id,
        name: connection.name,
        shares: count(db, id, now)?,
    }))
}

/// Every pair of installations of which this one is one, between which there is something to move.
pub(super) fn moves(
    db: &mut PgConnection,
    installation: &Installation,
    now: OffsetDateTime,
) -> Result<Vec<Move>, StoreError> {
    let mut moves = Vec::new();
    for other in installations::list_installations(db)? {
        for (older, newer) in [(installation, &other), (&other, installation)] {
            if !fits(older, newer) {
                continue;
            }
            let from = find_other(db, older.connection_id, now)?;
            let to = find_other(db, newer.connection_id, now)?;
            if let Some((from, to)) = from.zip(to).filter(|(from, _)| from.shares > 0) {
                moves.push(Move {
                    from,
                    to: to.id,
                    to_name: to.name,
                    is_successor: older.superseded_by == Some(newer.connection_id),
                });
            }
        }
    }
    Ok(moves)
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{loss, shortened};

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    #[test]
    fn the_way_back_to_what_has_ended_or_will_says_so() {
        assert!(loss(NOW, NOW).ends_with("readers would see nothing."));
        let later = loss(NOW + time::Duration::hours(72), NOW);
        assert!(later.contains("until 29 November 2026"), "{later}");
    }

    #[test]
    fn long_keys_are_cut() {
        assert_eq!(shortened("1111"), "1111");
        assert_eq!(shortened(&"é".repeat(80)).chars().count(), 61);
    }
}
