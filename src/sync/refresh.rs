//! Has what is stored of a site compared with it, whatever its age.
//!
//! Each function only makes it due: wake the schedule afterwards. Pages come before listings, as where a listing is stored, so that two transactions never wait for each other.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::pages::scope::{ContentScope, Reach};
use crate::pages::store::{followed, outline, reach};

/// Everything of a connection.
pub fn refresh_all(
    db: &mut PgConnection,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    outline::make_pages_due(db, connection_id, None)?;
    followed::make_due(db, connection_id, now)?;
    Ok(())
}

/// One page, and the lists that it may stand in.
pub fn refresh_page(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    make_due(db, connection_id, &[content_id.to_owned()], now)
}

/// All that a share shows.
pub fn refresh_scope(
    db: &mut PgConnection,
    scope: &ContentScope,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    // What is withheld may be shown again, and what was never rendered may be due.
    let scope = ContentScope {
        viewers: None,
        ..scope.clone()
    };
    let ids = match &scope.reach {
        Reach::One { root } => vec![root.clone()],
        _ => reach::ids_in_scope(db, &scope)?,
    };
    make_due(db, scope.connection_id, &ids, now)
}

fn make_due(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_ids: &[String],
    now: OffsetDateTime,
) -> Result<(), DbError> {
    outline::make_pages_due(db, connection_id, Some(content_ids))?;
    followed::make_due(db, connection_id, now)?;
    Ok(())
}
