//! Making a share, changing it, ending what it opened, deleting it.

use diesel::PgConnection;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::actor::{Actor, Who};
use super::error::{Field, FieldError, SharingError};
use super::fields::ShareFields;
use super::rights::{MayAdminister, MayChange, MayShare, refusal_of_restricted};
use super::values::{Note, ShareName, parse_origins};
use super::{Changed, Sharing, facts};
use crate::audit;
use crate::audit::event::{EventKind, FieldChange};
use crate::config::EmbedWildcards;
use crate::guess_limit;
use crate::password::PasswordHash;
use crate::shares::embed_health::may_embed;
use crate::shares::embed_origins::{EmbedOrigins, Origin, OriginError};
use crate::shares::guesses;
use crate::shares::share::{Creator, ExternalLinks, PassLifetime, Share, ShareId};
use crate::shares::store::{self, NewShare, ShareChange};
use crate::shares::unlock_secret::UnlockSecret;

/// Makes a share of what the actor may share.
///
/// A share without a name is called like what it shows; where `enabled` is not sent, visitors can open it at once.
pub async fn create(
    sharing: &Sharing,
    actor: &Actor,
    root: MayShare,
    mut fields: ShareFields,
    now: OffsetDateTime,
) -> Result<Share, SharingError> {
    let errors = [
        fields
            .period(None)
            .and_then(|period| period.of_new(now))
            .err(),
        fields.embed_list(None).err(),
        restricted(actor, &fields),
    ];
    refuse(errors)?;
    let password_hash = hash(sharing, &mut fields).await?.flatten();
    let new = new_share(actor, root, fields, password_hash)?;
    let share = sharing
        .change(actor, now, move |db| insert(db, &new, now))
        .await?;
    sharing.connections.wake();
    Ok(share)
}

fn insert(
    db: &mut PgConnection,
    new: &NewShare,
    now: OffsetDateTime,
) -> Result<Changed<Share>, SharingError> {
    let share = store::insert_share(db, new, now)?;
    let mut changes: Vec<_> = facts::settings(&share)
        .into_iter()
        .map(|(name, value)| facts::field(name, Value::Null, value))
        .collect();
    changes.push(protection(None, Some(&share)));
    changes.push(facts::field("enabled", Value::Null, json!(share.enabled)));
    let events = vec![facts::event(EventKind::ShareCreated, &share, changes)];
    Ok(Changed {
        answer: share,
        events,
    })
}

/// Makes a share of values that the portal itself has chosen; without a [`Sharing`], for the demo.
pub fn insert_own(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    _right: MayAdminister,
    new: &NewShare,
    now: OffsetDateTime,
) -> Result<Share, SharingError> {
    super::change(db, actor, now, |db| insert(db, new, now))
}

/// Changes such a share likewise.
pub fn change_own(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    _right: MayAdminister,
    (id, change): (ShareId, &ShareChange),
    now: OffsetDateTime,
) -> Result<Share, SharingError> {
    super::change(db, actor, now, |db| {
        let old = locked(db, id)?;
        apply(db, &old, change, now)
    })
}

fn new_share(
    actor: &Actor,
    root: MayShare,
    fields: ShareFields,
    password_hash: Option<PasswordHash>,
) -> Result<NewShare, SharingError> {
    let root = root.into_root();
    let period = fields.period(None)?;
    let sites = fields.embed_list(None)?;
    let name = fields.name;
    let name = name.unwrap_or_else(|| ShareName::of_title(&root.title));
    Ok(NewShare {
        name: name.into_text(),
        description: fields.note.unwrap_or_default().into_text(),
        password_hash,
        enabled: fields.enabled.unwrap_or(true),
        starts_at: period.starts_at(),
        expires_at: period.expires_at(),
        pass_lifetime: fields.pass_lifetime.unwrap_or(PassLifetime::DEFAULT),
        embed_only: sites.is_only(),
        embed_origins: sites.into_origins(),
        external_links: fields.external_links.unwrap_or(ExternalLinks::PlainText),
        restricted_pages: fields.restricted_pages.unwrap_or(root.restricted_pages),
        include_labels: fields.include_labels.unwrap_or_default(),
        exclude_labels: fields.exclude_labels.unwrap_or_default(),
        show_comments: fields.show_comments.unwrap_or(false),
        unlock_secret: UnlockSecret::generate()?,
        created_by: actor.author(),
        creator: match &actor.who {
            Who::Person(person) => Creator {
                account: Some(person.account_id),
                person: person.known_at(root.connection_id).map(str::to_owned),
                stand_in: None,
            },
            Who::Token { .. } | Who::CommandLine | Who::Portal => Creator::default(),
        },
        connection_id: root.connection_id,
        space_key: root.space_key,
        scope: root.scope,
    })
}

/// Changes what was sent and leaves the rest; answers with the share as it is now. A changed password, disabling and
/// another position of `embed_only` end every pass.
pub async fn change(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    mut fields: ShareFields,
    now: OffsetDateTime,
) -> Result<Share, SharingError> {
    refuse([restricted(actor, &fields)])?;
    let password_hash = hash(sharing, &mut fields).await?;
    let id = share.id();
    let share = sharing
        .change(actor, now, move |db| {
            let old = locked(db, id)?;
            let errors = [
                fields.period(Some(&old)).err(),
                fields.embed_list(Some(&old)).err(),
            ];
            refuse(errors)?;
            let change = ShareChange {
                password_hash,
                ..share_change(fields)
            };
            apply(db, &old, &change, now)
        })
        .await?;
    sharing.forget(id);
    sharing.connections.wake();
    Ok(share)
}

fn share_change(fields: ShareFields) -> ShareChange {
    ShareChange {
        name: fields.name.map(ShareName::into_text),
        description: fields.note.map(Note::into_text),
        password_hash: None,
        enabled: fields.enabled,
        starts_at: fields.starts_at,
        expires_at: fields.expires_at,
        pass_lifetime: fields.pass_lifetime,
        embed_origins: fields.embed_origins,
        embed_only: fields.embed_only,
        external_links: fields.external_links,
        restricted_pages: fields.restricted_pages,
        include_labels: fields.include_labels,
        exclude_labels: fields.exclude_labels,
        show_comments: fields.show_comments,
        stand_in: None,
    }
}

/// Changes a locked share, with one event for each kind of thing that is different now.
pub(super) fn apply(
    db: &mut PgConnection,
    old: &Share,
    change: &ShareChange,
    now: OffsetDateTime,
) -> Result<Changed<Share>, SharingError> {
    let new = store::update_share(db, old.id, change, now)?.ok_or(SharingError::NotFound)?;
    let mut events = Vec::new();
    let changes = facts::difference(old, &new);
    if !changes.is_empty() {
        events.push(facts::event(EventKind::ShareChanged, &new, changes));
    }
    match &change.password_hash {
        Some(Some(_)) => {
            let changes = vec![protection(Some(old), Some(&new))];
            events.push(facts::event(EventKind::SharePasswordSet, &new, changes));
        }
        Some(None) if old.password_hash.is_some() => {
            let changes = vec![protection(Some(old), Some(&new))];
            events.push(facts::event(EventKind::SharePasswordRemoved, &new, changes));
        }
        Some(None) | None => {}
    }
    if old.enabled != new.enabled {
        let kind = if new.enabled {
            EventKind::ShareEnabled
        } else {
            EventKind::ShareDisabled
        };
        let changes = vec![facts::field(
            "enabled",
            json!(old.enabled),
            json!(new.enabled),
        )];
        events.push(facts::event(kind, &new, changes));
    }
    if old.creator.stand_in != new.creator.stand_in {
        let changes = vec![facts::field(
            "standIn",
            json!(old.creator.stand_in),
            json!(new.creator.stand_in),
        )];
        events.push(facts::event(EventKind::ShareStandInNamed, &new, changes));
    }
    Ok(Changed {
        answer: new,
        events,
    })
}

/// Ends every pass: everybody needs the password or a new token.
pub async fn end_passes(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let id = share.id();
    sharing
        .change(actor, now, move |db| {
            let share = store::sign_everybody_out(db, id, now)?.ok_or(SharingError::NotFound)?;
            Ok(Changed::by_kind(EventKind::SharePassesEnded, &share))
        })
        .await?;
    sharing.forget(id);
    Ok(())
}

/// Lifts every lock of visitors who guessed too often.
pub async fn clear_guesses(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    sharing
        .change(actor, now, move |db| {
            guess_limit::clear(db, &guesses::share_prefix(share.id()))?;
            Ok(Changed::by_kind(
                EventKind::ShareGuessesCleared,
                share.share(),
            ))
        })
        .await
}

/// Deletes a share with its activity; its link leads nowhere from then on. What is gone already is deleted as well.
pub async fn delete(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let id = share.id();
    sharing
        .change(actor, now, move |db| {
            let deleted = store::delete_share(db, id)?;
            let event = || {
                let changes = facts::settings(share.share()).into_iter();
                let changes = changes.map(|(name, value)| facts::field(name, value, Value::Null));
                facts::event(EventKind::ShareDeleted, share.share(), changes.collect())
            };
            Ok(Changed {
                answer: (),
                events: deleted.then(event).into_iter().collect(),
            })
        })
        .await?;
    sharing.forget(id);
    Ok(())
}

/// Puts a site into the share's list of those that may embed it; `false` when it may already.
pub async fn add_site(
    sharing: &Sharing,
    actor: &Actor,
    share: MayChange,
    site: Origin,
    now: OffsetDateTime,
) -> Result<bool, SharingError> {
    let id = share.id();
    let is_new = sharing
        .change(actor, now, move |db| {
            let old = locked(db, id)?;
            if may_embed(&old.embed_origins, &site) {
                return Ok(Changed::nothing(false));
            }
            let mut listed: Vec<&str> = old.embed_origins.entries();
            if listed.len() >= EmbedOrigins::MAX {
                let text = format_args!("{}.", OriginError::TooMany);
                return Err(FieldError::new(Field::EmbedOrigins, text).into());
            }
            listed.push(site.as_str());
            // What was allowed when it was saved stays as it is.
            let origins = parse_origins(listed, EmbedWildcards::Allow);
            let change = ShareChange {
                embed_origins: Some(origins.map_err(SharingError::Invalid)?),
                ..ShareChange::default()
            };
            let changed = apply(db, &old, &change, now)?;
            Ok(Changed {
                answer: true,
                events: changed.events,
            })
        })
        .await?;
    sharing.forget(id);
    Ok(is_new)
}

/// The share as it is now, which nobody else changes until the transaction ends.
pub(super) fn locked(db: &mut PgConnection, id: ShareId) -> Result<Share, SharingError> {
    store::lock_share(db, id)?.ok_or(SharingError::NotFound)
}

/// Whether there is a password; what it is, no record says.
fn protection(old: Option<&Share>, new: Option<&Share>) -> FieldChange {
    let is_protected =
        |share: Option<&Share>| json!(share.map(|share| share.password_hash.is_some()));
    facts::field("passwordProtected", is_protected(old), is_protected(new))
}

fn restricted(actor: &Actor, fields: &ShareFields) -> Option<FieldError> {
    let text = refusal_of_restricted(actor, fields.restricted_pages)?;
    Some(FieldError::new(Field::RestrictedPages, text))
}

fn refuse(errors: impl IntoIterator<Item = Option<FieldError>>) -> Result<(), SharingError> {
    let errors: Vec<FieldError> = errors.into_iter().flatten().collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(SharingError::Invalid(errors))
    }
}

async fn hash(
    sharing: &Sharing,
    fields: &mut ShareFields,
) -> Result<Option<Option<PasswordHash>>, SharingError> {
    Ok(match fields.password.take() {
        Some(Some(password)) => Some(Some(sharing.hasher.hash(password).await?)),
        Some(None) => Some(None),
        None => None,
    })
}
