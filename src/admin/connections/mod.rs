//! Admin pages of connections: the list, importing a space export, the report of an import, renaming, deleting.

pub mod change;
pub mod list;
pub mod report;
pub mod show;
pub mod upload;

use uuid::Uuid;

use crate::web::error::Failure;

/// The connection that a path names.
pub(super) fn connection_id(written: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(written).map_err(|_no_uuid| Failure::NotFound)
}
