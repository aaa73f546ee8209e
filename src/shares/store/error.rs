//! Why a query on shares failed, by the names of the checks in the database.

use diesel::result::Error as DieselError;
use uuid::Uuid;

use crate::db::DbError;

/// Why a stored share could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// A row that the database's own checks should have refused.
    #[error("share {id} is stored wrongly: {problem}")]
    Corrupt { id: Uuid, problem: &'static str },
    /// The database compares, so that two changes at once cannot get past the comparison.
    #[error("the share would end before it starts")]
    EndsBeforeStart,
    /// The database compares here as well.
    #[error("a share that opens only through its sites would name none")]
    EmbedOnlyWithoutSites,
    /// It was deleted while the share was being created.
    #[error("the connection of the share is gone")]
    ConnectionGone,
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        let violated = match &error {
            DieselError::DatabaseError(_, information) => information.constraint_name(),
            _ => None,
        };
        match violated {
            Some("shared_page_ends_after_start") => Self::EndsBeforeStart,
            Some("shared_page_embed_only_names_sites") => Self::EmbedOnlyWithoutSites,
            Some("shared_page_connection_id_fkey") => Self::ConnectionGone,
            _ => Self::Db(error.into()),
        }
    }
}
