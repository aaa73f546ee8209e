//! Queries on admin accounts.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::account::{Account, Email, Role};
use crate::db::DbError;
use crate::password::PasswordHash;
use crate::schema::account;

/// Why an account could not be added.
#[derive(Debug, thiserror::Error)]
pub enum InsertError {
    #[error("an account with this email address is there already")]
    Taken,
    #[error(transparent)]
    Db(#[from] DbError),
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = account, check_for_backend(diesel::pg::Pg))]
pub(super) struct AccountRow {
    pub(super) id: Uuid,
    email: Option<String>,
    display_name: Option<String>,
    role: String,
    password_hash: Option<String>,
    session_epoch: i32,
    created_at: OffsetDateTime,
    last_sign_in_at: Option<OffsetDateTime>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            display_name: row.display_name,
            // The database allows only the two words.
            role: Role::parse(&row.role).unwrap_or(Role::Sharer),
            password_hash: row.password_hash.map(PasswordHash::from_stored),
            session_epoch: row.session_epoch,
            created_at: row.created_at,
            last_sign_in_at: row.last_sign_in_at,
        }
    }
}

/// Adds an account and returns it.
pub fn insert_account(
    db: &mut PgConnection,
    email: &Email,
    password: &PasswordHash,
    now: OffsetDateTime,
) -> Result<Account, InsertError> {
    let inserted = diesel::insert_into(account::table)
        .values((
            account::id.eq(Uuid::new_v4()),
            account::email.eq(email.as_str()),
            account::password_hash.eq(password.as_stored()),
            account::created_at.eq(now),
        ))
        .returning(AccountRow::as_returning())
        .get_result(db);
    match inserted {
        Ok(row) => Ok(row.into()),
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(InsertError::Taken)
        }
        Err(error) => Err(DbError::from(error).into()),
    }
}

pub fn find_account(db: &mut PgConnection, id: Uuid) -> Result<Option<Account>, DbError> {
    let row = account::table
        .find(id)
        .select(AccountRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Account::from))
}

/// The account, which nobody else changes until the transaction is over.
pub fn lock_account(db: &mut PgConnection, id: Uuid) -> Result<Option<Account>, DbError> {
    let row = account::table
        .find(id)
        .select(AccountRow::as_select())
        .for_update()
        .first(db)
        .optional()?;
    Ok(row.map(Account::from))
}

pub fn find_by_email(db: &mut PgConnection, email: &Email) -> Result<Option<Account>, DbError> {
    let row = account::table
        .filter(account::email.eq(email.as_str()))
        .select(AccountRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Account::from))
}

pub fn count_accounts(db: &mut PgConnection) -> Result<i64, DbError> {
    Ok(account::table.count().get_result(db)?)
}

/// Sets a new password and ends every session. Returns the account as it is now, for a session of its own.
pub fn set_password(
    db: &mut PgConnection,
    id: Uuid,
    password: &PasswordHash,
) -> Result<Option<Account>, DbError> {
    let row = diesel::update(account::table.find(id))
        .set((
            account::password_hash.eq(password.as_stored()),
            account::session_epoch.eq(account::session_epoch + 1),
        ))
        .returning(AccountRow::as_returning())
        .get_result(db)
        .optional()?;
    Ok(row.map(Account::from))
}

/// What another system lets the account's person do has changed.
pub fn set_role(db: &mut PgConnection, id: Uuid, role: Role) -> Result<(), DbError> {
    diesel::update(account::table.find(id))
        .set(account::role.eq(role.as_str()))
        .execute(db)?;
    Ok(())
}

/// Ends every session of the account.
pub fn end_sessions(db: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::update(account::table.find(id))
        .set(account::session_epoch.eq(account::session_epoch + 1))
        .execute(db)?;
    Ok(())
}

/// Stores a hash with today's parameters after a sign-in. Does nothing when the password was changed meanwhile.
pub fn replace_outdated_hash(
    db: &mut PgConnection,
    id: Uuid,
    outdated: &PasswordHash,
    replacement: &PasswordHash,
) -> Result<(), DbError> {
    diesel::update(account::table.find(id))
        .filter(account::password_hash.eq(outdated.as_stored()))
        .set(account::password_hash.eq(replacement.as_stored()))
        .execute(db)?;
    Ok(())
}

pub fn record_sign_in(db: &mut PgConnection, id: Uuid, now: OffsetDateTime) -> Result<(), DbError> {
    diesel::update(account::table.find(id))
        .set(account::last_sign_in_at.eq(now))
        .execute(db)?;
    Ok(())
}
