//! Coming in, by a password or because another system vouches for somebody, and going out. What the other system says of
//! the person is kept in their account, at each time that it is asked.

use diesel::{Connection as _, PgConnection};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::account::{added, event, event_of, own};
use super::actor::{Actor, Person, Stranger};
use super::error::SharingError;
use super::{Changed, Sharing, facts, record};
use crate::accounts::account::{Account, Email, Role};
use crate::accounts::session::{SignInSession, Way};
use crate::accounts::sign_in::{self, SignIn};
use crate::accounts::store::account as store;
use crate::accounts::store::identity::{self, Admitted, Vouched};
use crate::audit::event::{Event, EventKind, FieldChange};
use crate::audit::{Tally, add_to_tally};
use crate::password::Password;
use crate::shares::guesses::network;

/// Who another system says that somebody is.
#[derive(Debug, Clone)]
pub struct VouchedFor {
    pub way: Way,
    /// See [`Vouched::issuer`].
    pub issuer: String,
    /// See [`Vouched::subject`].
    pub subject: String,
}

/// Why another system was asked about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A session begins with it.
    SignIn,
    /// A session goes on, or will begin later.
    Question,
}

/// Signs somebody in with a password.
pub async fn by_password(
    sharing: &Sharing,
    stranger: &Stranger,
    email: &Email,
    password: Password,
    now: OffsetDateTime,
) -> Result<SignIn, SharingError> {
    let client = network(stranger.client);
    let outcome = sign_in::check(&sharing.db, &sharing.hasher, email, password, &client, now);
    let outcome = outcome.await?;
    match &outcome {
        SignIn::Accepted(_) => {}
        SignIn::Refused => tally(sharing, Tally::SignInRefused, stranger, now).await?,
        SignIn::Wait(_) => tally(sharing, Tally::SignInThrottled, stranger, now).await?,
    }
    if let SignIn::Accepted(account) = &outcome {
        let id = account.id;
        let person = Person::of(account, Way::Password, None);
        let events = vec![signed_in(&person)];
        sharing
            .change(&stranger.identified(person), now, move |db| {
                store::record_sign_in(db, id, now)?;
                Ok(Changed { answer: (), events })
            })
            .await?;
    }
    Ok(outcome)
}

/// Adds up what came to nothing: strangers must not be able to lengthen the record one row at a time.
pub async fn tally(
    sharing: &Sharing,
    tally: Tally,
    stranger: &Stranger,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let kept = sharing.audit_addresses.of(Some(stranger.client));
    let client = kept.map(network);
    let adding = sharing
        .db
        .run(move |db| add_to_tally(db, tally, client.as_deref(), now));
    Ok(adding.await?)
}

/// Keeps what another system says of somebody whom it lets in; answers with their account, made at the first time.
pub async fn admit(
    sharing: &Sharing,
    stranger: &Stranger,
    person: VouchedFor,
    display_name: String,
    role: Role,
    occasion: Occasion,
    now: OffsetDateTime,
) -> Result<Account, SharingError> {
    let way = person.way;
    let admitted = change(sharing, stranger, way, now, move |db| {
        let vouched = Vouched {
            issuer: &person.issuer,
            subject: &person.subject,
            display_name: &display_name,
            role,
        };
        let admitted = identity::admit(db, &vouched, now)?;
        let mut events = said_anew(&admitted, &person.issuer);
        if occasion == Occasion::SignIn {
            events.push(signed_in(&Person::of(&admitted.account, way, None)));
        }
        Ok(Some((admitted.account, events)))
    });
    admitted.await?.ok_or(SharingError::NotFound)
}

/// What the other system lets somebody do has changed. Without an account nothing has.
pub async fn change_role(
    sharing: &Sharing,
    stranger: &Stranger,
    person: VouchedFor,
    role: Role,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let changed = change(sharing, stranger, person.way, now, move |db| {
        let before = identity::lock_account_of(db, &person.issuer, &person.subject)?;
        let Some(before) = before.filter(|before| before.role != role) else {
            return Ok(None);
        };
        store::set_role(db, before.id, role)?;
        let changed = vec![role_changed(&before, role)];
        Ok(Some((Account { role, ..before }, changed)))
    });
    changed.await.map(|_account| ())
}

/// The other system no longer lets somebody in: sessions that began before end now. Without an account there are none.
pub async fn turn_away(
    sharing: &Sharing,
    stranger: &Stranger,
    person: VouchedFor,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let ended = change(sharing, stranger, person.way, now, move |db| {
        let account = identity::lock_account_of(db, &person.issuer, &person.subject)?;
        let Some(account) = account else {
            return Ok(None);
        };
        store::end_sessions(db, account.id)?;
        // Somebody who knocks again and again has no session that could end.
        let may_have_one = account
            .last_sign_in_at
            .is_some_and(|at| now - at < SignInSession::LONGEST);
        let ended = may_have_one
            .then(|| event(EventKind::AccountSessionsEnded, &account, Vec::new()))
            .into_iter()
            .collect();
        Ok(Some((account, ended)))
    });
    ended.await.map(|_account| ())
}

/// Records that a session begins of somebody who was admitted before.
pub async fn begin(
    sharing: &Sharing,
    stranger: &Stranger,
    person: Person,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let events = vec![signed_in(&person)];
    sharing
        .change(&stranger.identified(person), now, move |_db| {
            Ok(Changed { answer: (), events })
        })
        .await
}

/// Records that somebody ends their session here.
pub async fn sign_out(
    sharing: &Sharing,
    actor: &Actor,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let person = own(actor)?;
    let events = vec![event_of(EventKind::SignedOut, person, by_way(person.way))];
    sharing
        .change(actor, now, move |_db| Ok(Changed { answer: (), events }))
        .await
}

/// A change by the person of the account that is found in it.
async fn change<F>(
    sharing: &Sharing,
    stranger: &Stranger,
    way: Way,
    now: OffsetDateTime,
    work: F,
) -> Result<Option<Account>, SharingError>
where
    F: FnOnce(&mut PgConnection) -> Result<Option<(Account, Vec<Event>)>, SharingError>
        + Send
        + 'static,
{
    let (stranger, addresses) = (stranger.clone(), sharing.audit_addresses);
    let changed = sharing.db.run(move |db| {
        db.transaction(|db| {
            let Some((account, events)) = work(db)? else {
                return Ok(None);
            };
            let actor = stranger.identified(Person::of(&account, way, None));
            record(db, &actor.recorded(addresses), &events, now)?;
            Ok(Some(account))
        })
    });
    changed.await
}

/// In what the other system says something else than before.
fn said_anew(admitted: &Admitted, issuer: &str) -> Vec<Event> {
    let account = &admitted.account;
    let Some(before) = &admitted.before else {
        let changes = vec![
            facts::field("issuer", Value::Null, json!(issuer)),
            facts::field("displayName", Value::Null, json!(account.display_name)),
        ];
        return vec![added(account, changes)];
    };
    let mut events = Vec::new();
    if before.display_name != account.display_name {
        let name = facts::field(
            "displayName",
            json!(before.display_name),
            json!(account.display_name),
        );
        events.push(event(EventKind::AccountChanged, account, vec![name]));
    }
    if before.role != account.role {
        events.push(role_changed(before, account.role));
    }
    events
}

fn role_changed(before: &Account, role: Role) -> Event {
    let (from, to) = (before.role.as_str(), role.as_str());
    let changes = vec![facts::field("role", json!(from), json!(to))];
    event(EventKind::AccountRoleChanged, before, changes)
}

fn signed_in(person: &Person) -> Event {
    event_of(EventKind::SignedIn, person, by_way(person.way))
}

fn by_way(way: Way) -> Vec<FieldChange> {
    let mut changes = vec![facts::field("way", Value::Null, json!(way.as_str()))];
    if let Some(site) = way.site() {
        changes.push(facts::field("connectionId", Value::Null, json!(site)));
    }
    changes
}
