//! Sealed credentials of signed-in people at the sites of connections.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::person::StoredPerson;
use crate::db::DbError;
use crate::schema::person_credentials;

/// Keeps what a person is known by, in the place of what was there.
pub fn keep_credentials(
    db: &mut PgConnection,
    account_id: Uuid,
    connection_id: Uuid,
    sealed: &[u8],
    checked_at: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::insert_into(person_credentials::table)
        .values((
            person_credentials::account_id.eq(account_id),
            person_credentials::connection_id.eq(connection_id),
            person_credentials::credentials.eq(sealed),
            person_credentials::checked_at.eq(checked_at),
        ))
        .on_conflict((
            person_credentials::account_id,
            person_credentials::connection_id,
        ))
        .do_update()
        .set((
            person_credentials::credentials.eq(sealed),
            person_credentials::checked_at.eq(checked_at),
        ))
        .execute(db)?;
    Ok(())
}

pub fn find_credentials(
    db: &mut PgConnection,
    account_id: Uuid,
    connection_id: Uuid,
) -> Result<Option<StoredPerson>, DbError> {
    let found: Option<(Vec<u8>, OffsetDateTime)> = person_credentials::table
        .find((account_id, connection_id))
        .select((
            person_credentials::credentials,
            person_credentials::checked_at,
        ))
        .first(db)
        .optional()?;
    Ok(found.map(|(credentials, checked_at)| StoredPerson {
        credentials,
        checked_at,
    }))
}

/// The sign-in has ended.
pub fn forget_credentials(
    db: &mut PgConnection,
    account_id: Uuid,
    connection_id: Uuid,
) -> Result<(), DbError> {
    diesel::delete(person_credentials::table.find((account_id, connection_id))).execute(db)?;
    Ok(())
}
