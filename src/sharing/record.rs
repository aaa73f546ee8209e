//! What may be taken out of the audit record, by whoever has a terminal: old rows behind a checkpoint, and people. Both
//! are events of the record.

use diesel::PgConnection;
use time::OffsetDateTime;

use super::rights::MayAdminister;
use crate::audit::actor::Actor;
use crate::audit::chain::Head;
use crate::audit::checkpoint::CheckpointKeys;
use crate::audit::store::remove::{self, PruneError};
use crate::db::DbError;

/// Removes the rows before a moment, after they were verified; answers with the last one that went, if any did.
pub fn prune(
    db: &mut PgConnection,
    keys: &CheckpointKeys,
    actor: &Actor,
    _right: MayAdminister,
    before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Option<Head>, PruneError> {
    remove::prune(db, keys, actor, before, now)
}

/// Removes every personal value that is this name or address; answers with their number. The chain stays as it is.
pub fn erase_person(
    db: &mut PgConnection,
    actor: &Actor,
    _right: MayAdminister,
    name_or_address: &str,
    now: OffsetDateTime,
) -> Result<usize, DbError> {
    remove::erase_person(db, actor, name_or_address, now)
}
