//! Accounts of people whom another system vouches for.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::{AccountRow, lock_account};
use crate::accounts::account::{Account, Role};
use crate::db::DbError;
use crate::schema::{account, identity};

/// A person as another system vouches for them, at a sign-in.
#[derive(Debug)]
pub struct Vouched<'a> {
    /// The OpenID issuer's URL, or `connection:{id}`.
    pub issuer: &'a str,
    /// The issuer's own name for the person; never changes.
    pub subject: &'a str,
    /// Cut to what an account may be called.
    pub display_name: &'a str,
    pub role: Role,
}

/// The issuer of people of a connection's site.
pub fn issuer_of(connection_id: Uuid) -> String {
    format!("connection:{connection_id}")
}

const NAME_CHARS: usize = 254;

/// The account of somebody who was let in.
#[derive(Debug)]
pub struct Admitted {
    pub account: Account,
    /// As the account was before; `None` for one that was made now.
    pub before: Option<Account>,
}

/// The person's account, made at the first sign-in, with the name and the role that the system says today. An account
/// with a password is never taken over, whatever address the system tells.
pub fn admit(
    db: &mut PgConnection,
    person: &Vouched<'_>,
    now: OffsetDateTime,
) -> Result<Admitted, DbError> {
    let name = name_of(person);
    db.transaction(|db| {
        // Two first sign-ins at once: the second waits here for the first.
        diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<diesel::sql_types::Text, _>(format!("{} {}", person.issuer, person.subject))
            .execute(db)?;
        let Some(before) = lock_account_of(db, person.issuer, person.subject)? else {
            let account = insert(db, person, &name, now)?;
            return Ok(Admitted {
                account,
                before: None,
            });
        };
        let row: AccountRow = diesel::update(account::table.find(before.id))
            .set((
                account::display_name.eq(&name),
                account::role.eq(person.role.as_str()),
                account::last_sign_in_at.eq(now),
            ))
            .returning(AccountRow::as_returning())
            .get_result(db)?;
        Ok(Admitted {
            account: row.into(),
            before: Some(before),
        })
    })
}

/// What the person's account is called; never empty.
fn name_of(person: &Vouched<'_>) -> String {
    let shown = |text: &str| -> String {
        let chars = text.trim().chars().filter(|char| !char.is_control());
        chars.take(NAME_CHARS).collect()
    };
    match shown(person.display_name) {
        name if name.trim().is_empty() => shown(person.subject),
        name => name.trim().to_owned(),
    }
}

fn insert(
    db: &mut PgConnection,
    person: &Vouched<'_>,
    name: &str,
    now: OffsetDateTime,
) -> Result<Account, DbError> {
    let row: AccountRow = diesel::insert_into(account::table)
        .values((
            account::id.eq(Uuid::new_v4()),
            account::display_name.eq(name),
            account::role.eq(person.role.as_str()),
            account::created_at.eq(now),
            account::last_sign_in_at.eq(now),
        ))
        .returning(AccountRow::as_returning())
        .get_result(db)?;
    diesel::insert_into(identity::table)
        .values((
            identity::issuer.eq(person.issuer),
            identity::subject.eq(person.subject),
            identity::account_id.eq(row.id),
            identity::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(row.into())
}

/// The person's account, which nobody else changes until the transaction is over; `None` when they have none.
pub fn lock_account_of(
    db: &mut PgConnection,
    issuer: &str,
    subject: &str,
) -> Result<Option<Account>, DbError> {
    let id: Option<Uuid> = identity::table
        .find((issuer, subject))
        .select(identity::account_id)
        .first(db)
        .optional()?;
    match id {
        Some(id) => lock_account(db, id),
        None => Ok(None),
    }
}

/// Admins whom the issuer vouches for: the issuer's name for each, and what they are called; by that.
pub fn admins_of(db: &mut PgConnection, issuer: &str) -> Result<Vec<(String, String)>, DbError> {
    let rows: Vec<(String, Option<String>)> = identity::table
        .inner_join(account::table)
        .filter(identity::issuer.eq(issuer))
        .filter(account::role.eq(Role::Admin.as_str()))
        .order((account::display_name, identity::subject))
        .select((identity::subject, account::display_name))
        .load(db)?;
    let named = rows.into_iter().map(|(subject, name)| {
        let name = name.unwrap_or_else(|| subject.clone());
        (subject, name)
    });
    Ok(named.collect())
}

/// What the issuer calls the person of an account; `None` when the account is not one of the issuer's.
pub fn subject_of(
    db: &mut PgConnection,
    account_id: Uuid,
    issuer: &str,
) -> Result<Option<String>, DbError> {
    Ok(identity::table
        .filter(identity::account_id.eq(account_id))
        .filter(identity::issuer.eq(issuer))
        .select(identity::subject)
        .first(db)
        .optional()?)
}
