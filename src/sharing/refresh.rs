//! Having what a share shows compared with its site now.

use time::OffsetDateTime;

use super::actor::Actor;
use super::content_scope::content_scope;
use super::error::SharingError;
use super::rights::MayChange;
use super::{Changed, Sharing};
use crate::audit::event::EventKind;
use crate::shares::store;
use crate::sync::refresh::refresh_scope;

/// Makes everything due that a share of a live connection shows.
pub async fn refresh_share(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let id = share.id();
    let found = sharing
        .db
        .run(move |db| store::find_connected_share(db, id))
        .await?
        .ok_or(SharingError::NotFound)?;
    if !found.source.is_live() {
        return Err(SharingError::Conflict(
            "This share shows an imported space export. Import a newer one to refresh it."
                .to_owned(),
        ));
    }
    let scope = content_scope(&found.share, found.source);
    sharing
        .change(actor, now, move |db| {
            refresh_scope(db, &scope, now)?;
            Ok(Changed::by_kind(EventKind::ShareRefreshed, &found.share))
        })
        .await?;
    sharing.connections.wake();
    Ok(())
}
