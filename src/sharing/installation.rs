//! Moving shares from one installation of our app to another one at the same site, and back.

use diesel::PgConnection;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::actor::Actor;
use super::error::SharingError;
use super::facts::field;
use super::rights::MayAdminister;
use super::{Changed, Sharing};
use crate::audit::event::{Event, EventKind, Subject, SubjectKind};
use crate::cloud_app::rebind::{self, RebindError};
use crate::cloud_app::store::rebind::ShareRoot;
use crate::connections::store::installations;

/// What an admin has agreed to after a comparison.
pub struct Agreement<'a> {
    pub from: Uuid,
    pub to: Uuid,
    /// Of the comparison.
    pub digest: &'a str,
    /// Shares that open with a page of another title, which the admin says is the same.
    pub confirmed: &'a [Uuid],
}

/// Moves what can be moved; answers with how many shares that were. `None`, and nothing is moved, when the site or the
/// shares are no longer as they were compared.
pub async fn move_shares(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    agreed: Agreement<'_>,
    now: OffsetDateTime,
) -> Result<Option<usize>, SharingError> {
    let Agreement { from, to, .. } = agreed;
    let prepared = sharing
        .cloud_app
        .prepare_move(from, to, agreed.digest, agreed.confirmed, now)
        .await;
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(RebindError::Changed) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let moved = sharing
        .change(actor, now, move |db| {
            let moved = rebind::move_shares(db, &prepared, now)?;
            let kinds = (EventKind::InstallationMoved, EventKind::ShareMoved);
            Ok(Changed {
                answer: moved.len(),
                events: events(db, kinds, (from, to), &moved)?,
            })
        })
        .await?;
    sharing.forget_all();
    sharing.cloud_app.after_move(from, to).await?;
    Ok(Some(moved))
}

/// Moves the shares back to `from` that were moved from there to `to`; answers with how many they were.
pub async fn move_back(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    (from, to): (Uuid, Uuid),
    now: OffsetDateTime,
) -> Result<usize, SharingError> {
    let moved = sharing
        .change(actor, now, move |db| {
            let moved = rebind::move_back(db, from, to, now)?;
            let kinds = (EventKind::InstallationMovedBack, EventKind::ShareMovedBack);
            Ok(Changed {
                answer: moved.len(),
                events: events(db, kinds, (to, from), &moved)?,
            })
        })
        .await?;
    sharing.forget_all();
    Ok(moved)
}

/// One of the installation that the shares were at, and one of each share.
fn events(
    db: &mut PgConnection,
    (of_installation, of_share): (EventKind, EventKind),
    (before, after): (Uuid, Uuid),
    moved: &[ShareRoot],
) -> Result<Vec<Event>, SharingError> {
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    let installation = installations::find_installation(db, before)?;
    let connection = || field("connectionId", json!(before), json!(after));
    let mut events = vec![Event {
        kind: of_installation,
        subject: Subject {
            kind: SubjectKind::Installation,
            id: Some(before),
            name: installation.map_or_else(String::new, |found| found.base_url),
        },
        changes: vec![connection()],
    }];
    events.extend(moved.iter().map(|share| Event {
        kind: of_share,
        subject: Subject {
            kind: SubjectKind::Share,
            id: Some(share.id),
            name: share.name.clone(),
        },
        changes: vec![connection()],
    }));
    Ok(events)
}

impl From<RebindError> for SharingError {
    fn from(error: RebindError) -> Self {
        match error {
            RebindError::NoTarget => Self::Conflict(
                "The shares cannot be moved there: the app must be installed and enabled at the same site."
                    .to_owned(),
            ),
            RebindError::Changed => Self::Conflict("Something has changed. Compare again.".to_owned()),
            RebindError::Live(error) => error.into(),
        }
    }
}
