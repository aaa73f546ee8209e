//! Accounts with a password, and the sessions of every account.

use diesel::PgConnection;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::actor::{Actor, Person};
use super::error::SharingError;
use super::rights::MayAdminister;
use super::{Changed, Sharing, change_locally, facts};
use crate::accounts::account::{Account, Email};
use crate::accounts::sign_in::{OwnPassword, check_own_password};
use crate::accounts::store::account as store;
use crate::audit::event::{Event, EventKind, FieldChange, Subject, SubjectKind};
use crate::password::{Password, PasswordHash};
use crate::shares::guesses::network;

/// Adds an admin. For commands, which have a connection to the database and no more.
pub fn add(
    db: &mut PgConnection,
    actor: &Actor,
    _right: MayAdminister,
    email: &Email,
    password: &PasswordHash,
    now: OffsetDateTime,
) -> Result<Account, SharingError> {
    change_locally(db, actor, now, |db| {
        let account = store::insert_account(db, email, password, now)?;
        let events = vec![added(
            &account,
            vec![facts::field("email", Value::Null, json!(account.email))],
        )];
        Ok(Changed {
            answer: account,
            events,
        })
    })
}

/// Gives an account another password, and ends its sessions. For commands.
pub fn reset_password(
    db: &mut PgConnection,
    actor: &Actor,
    _right: MayAdminister,
    id: Uuid,
    password: &PasswordHash,
    now: OffsetDateTime,
) -> Result<Account, SharingError> {
    change_locally(db, actor, now, |db| set_password(db, id, password))
}

/// What came of a change of the own password.
pub enum PasswordChange {
    /// Every session has ended; the account is for a new one.
    Changed(Account),
    /// The current password is another one.
    Wrong,
    /// Too many guesses; nothing was checked.
    Wait(Duration),
}

/// Changes the password of whoever is signed in, once they have proven that they know the current one.
pub async fn change_password(
    sharing: &Sharing,
    actor: &Actor,
    account: &Account,
    current: Password,
    fresh: Password,
    now: OffsetDateTime,
) -> Result<PasswordChange, SharingError> {
    let id = own(actor)?.account_id;
    let client = actor.client.map(network).unwrap_or_default();
    let checked =
        check_own_password(&sharing.db, &sharing.hasher, account, current, &client, now).await?;
    match checked {
        OwnPassword::Right => {}
        OwnPassword::Wrong => return Ok(PasswordChange::Wrong),
        OwnPassword::Wait(wait) => return Ok(PasswordChange::Wait(wait)),
    }
    let hash = sharing.hasher.hash(fresh).await?;
    let account = sharing
        .change(actor, now, move |db| set_password(db, id, &hash))
        .await?;
    Ok(PasswordChange::Changed(account))
}

/// Ends every session of whoever is signed in.
pub async fn end_sessions(
    sharing: &Sharing,
    actor: &Actor,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let person = own(actor)?;
    let id = person.account_id;
    let events = vec![event_of(
        EventKind::AccountSessionsEnded,
        person,
        Vec::new(),
    )];
    sharing
        .change(actor, now, move |db| {
            store::end_sessions(db, id)?;
            Ok(Changed { answer: (), events })
        })
        .await
}

fn set_password(
    db: &mut PgConnection,
    id: Uuid,
    password: &PasswordHash,
) -> Result<Changed<Account>, SharingError> {
    let account = store::set_password(db, id, password)?.ok_or(SharingError::NotFound)?;
    let events = vec![event(
        EventKind::AccountPasswordChanged,
        &account,
        Vec::new(),
    )];
    Ok(Changed {
        answer: account,
        events,
    })
}

/// Whoever is signed in; nobody else has anything of their own.
pub(super) fn own(actor: &Actor) -> Result<&Person, SharingError> {
    actor.person().ok_or_else(|| {
        SharingError::Forbidden("Only somebody who is signed in has an account.".to_owned())
    })
}

/// The account is new: its role, and what else is known of it.
pub(super) fn added(account: &Account, mut changes: Vec<FieldChange>) -> Event {
    changes.push(facts::field(
        "role",
        Value::Null,
        json!(account.role.as_str()),
    ));
    event(EventKind::AccountAdded, account, changes)
}

pub(super) fn event(kind: EventKind, account: &Account, changes: Vec<FieldChange>) -> Event {
    named(kind, account.id, account.name(), changes)
}

/// The same about whoever is signed in.
pub(super) fn event_of(kind: EventKind, person: &Person, changes: Vec<FieldChange>) -> Event {
    named(kind, person.account_id, &person.name, changes)
}

fn named(kind: EventKind, id: Uuid, name: &str, changes: Vec<FieldChange>) -> Event {
    Event {
        kind,
        subject: Subject {
            kind: SubjectKind::Account,
            id: Some(id),
            name: name.to_owned(),
        },
        changes,
    }
}
