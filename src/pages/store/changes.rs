//! Changes that a site tells of: what of the snapshots has to be compared with it.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{followed, outline, refresh};
use crate::confluence::webhook::EventKind;
use crate::db::DbError;

/// Something has happened to a page, or to something on it. Nothing of that is believed; it only makes due what it may
/// concern.
pub fn record_change(
    db: &mut PgConnection,
    connection_id: Uuid,
    kind: EventKind,
    content_id: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    let is_known = refresh::is_known(db, connection_id, content_id)?;
    if is_known {
        outline::make_pages_due(db, connection_id, Some(&[content_id.to_owned()]))?;
    }
    // A page that is new, moved or gone changes lists.
    if !is_known || kind != EventKind::Changed {
        followed::make_due_soon(db, connection_id, now)?;
    }
    Ok(())
}
