//! The unlock secret of a share: changing it, showing it, and links that it signs.

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::actor::Actor;
use super::error::{Field, FieldError, SharingError};
use super::rights::MayChange;
use super::{Changed, Sharing, facts};
use crate::audit;
use crate::audit::event::{EventKind, fingerprint};
use crate::shares::share::{Availability, Share};
use crate::shares::store;
use crate::shares::unlock_secret::UnlockSecret;
use crate::shares::unlock_token::{self, MintedToken};

/// How much longer tokens of the old secret are accepted: at most seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap(Duration);

impl Overlap {
    pub const NONE: Self = Self(Duration::ZERO);
    const LONGEST: i64 = 7 * 24 * 60 * 60;

    pub fn from_seconds(seconds: i64) -> Result<Self, FieldError> {
        if (0..=Self::LONGEST).contains(&seconds) {
            return Ok(Self(Duration::seconds(seconds)));
        }
        let text = "This must be between 0 and 604800 (7 days).";
        Err(FieldError::new(Field::Overlap, text))
    }

    pub fn duration(self) -> Duration {
        self.0
    }
}

/// Gives the share a new secret; answers with the share as it is now. Without an overlap tokens of the old one are
/// refused at once, and every pass ends.
pub async fn rotate(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    overlap: Overlap,
    now: OffsetDateTime,
) -> Result<Share, SharingError> {
    let fresh = UnlockSecret::generate()?;
    let id = share.id();
    let share = sharing
        .change(actor, now, move |db| {
            let old = super::share::locked(db, id)?;
            let new = store::rotate_unlock_secret(db, id, &fresh, overlap.0, now)?;
            let new = new.ok_or(SharingError::NotFound)?;
            let changes = vec![
                facts::field(
                    "unlockSecret",
                    fingerprint(old.unlock_secret.as_bytes()),
                    fingerprint(new.unlock_secret.as_bytes()),
                ),
                facts::field(
                    "overlapSeconds",
                    Value::Null,
                    overlap.0.whole_seconds().into(),
                ),
            ];
            let events = vec![facts::event(EventKind::UnlockSecretRotated, &new, changes)];
            Ok(Changed {
                answer: new,
                events,
            })
        })
        .await?;
    sharing.forget(id);
    Ok(share)
}

/// Records that somebody is shown the secrets in force of these shares: once for an actor, a share and an hour.
pub async fn record_shown(
    sharing: &Sharing,
    actor: &Actor,
    shares: &[&Share],
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let subjects: Vec<_> = shares.iter().map(|share| facts::subject(share)).collect();
    let actor = actor.recorded(sharing.audit_addresses);
    let recording = sharing
        .db
        .run(move |db| audit::record_shown(db, &actor, &subjects, now));
    Ok(recording.await?)
}

/// Signs a token for the share that works from now on, for less than a minute.
pub async fn mint(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    now: OffsetDateTime,
) -> Result<MintedToken, SharingError> {
    if share.share().availability(now) != Availability::Open {
        return Err(SharingError::Conflict(
            "The share is disabled, has not started or has ended, so that no unlock link would work.".to_owned(),
        ));
    }
    let minted = unlock_token::mint(
        share.id().uuid(),
        &share.share().unlock_secret,
        now.unix_timestamp(),
    )?;
    sharing
        .change(actor, now, move |_db| {
            Ok(Changed::by_kind(EventKind::UnlockLinkMinted, share.share()))
        })
        .await?;
    Ok(minted)
}
