//! What a share lets out: looking at it, saying that it was seen, and opening the share after that.

use std::time::Duration;

use time::OffsetDateTime;

use super::actor::Actor;
use super::error::SharingError;
use super::rights::MayChange;
use super::share::{apply, locked};
use super::{Changed, Sharing, facts, leak_reports};
use crate::audit::event::EventKind;
use crate::pages::store::leak;
use crate::shares::store::ShareChange;

/// How long a request waits for a check; it goes on afterwards.
const CHECK_WAITS: Duration = Duration::from_secs(8);

/// Makes the share's leak report anew and waits for it, but not for ever: a long one is finished without anybody.
pub async fn check(
    sharing: &Sharing,
    actor: &Actor,
    share: &MayChange,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let subject = facts::event(EventKind::ShareChecked, share.share(), Vec::new());
    sharing
        .change(actor, now, move |_db| {
            Ok(Changed {
                answer: (),
                events: vec![subject],
            })
        })
        .await?;
    let (db, id) = (sharing.db.clone(), share.id());
    let checking = tokio::spawn(async move { leak_reports::check_share(&db, id, now).await });
    match tokio::time::timeout(CHECK_WAITS, checking).await {
        Ok(Ok(checked)) => Ok(checked?),
        Ok(Err(broken)) => Err(SharingError::Internal(broken.to_string())),
        Err(_still_running) => Ok(()),
    }
}

/// Says that somebody has seen the report that was made at `made_at`; `false` when there is a newer one.
pub async fn acknowledge(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    made_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<bool, SharingError> {
    sharing
        .change(actor, now, move |db| {
            let is_newest = leak::mark_seen(db, share.id().uuid(), made_at)?;
            let event = || facts::event(EventKind::LeaksAcknowledged, share.share(), Vec::new());
            Ok(Changed {
                answer: is_newest,
                events: is_newest.then(event).into_iter().collect(),
            })
        })
        .await
}

/// The same, and opens the share to visitors; `false` when there is a newer report, and then nothing is changed.
pub async fn publish(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    made_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<bool, SharingError> {
    let id = share.id();
    let is_published = sharing
        .change(actor, now, move |db| {
            let old = locked(db, id)?;
            if !leak::mark_seen(db, id.uuid(), made_at)? {
                return Ok(Changed::nothing(false));
            }
            let change = ShareChange {
                enabled: Some(true),
                ..ShareChange::default()
            };
            let changed = apply(db, &old, &change, now)?;
            let mut events = changed.events;
            events.push(facts::event(
                EventKind::SharePublished,
                &changed.answer,
                Vec::new(),
            ));
            Ok(Changed {
                answer: true,
                events,
            })
        })
        .await?;
    sharing.forget(id);
    Ok(is_published)
}
