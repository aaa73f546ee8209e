//! Making connections to live sites, changing them, deleting connections of all kinds.
//!
//! What a command does has a form here that works on a connection to the database: commands have no [`Sharing`].

use std::collections::HashSet;

use diesel::PgConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use time::OffsetDateTime;
use uuid::Uuid;

use super::actor::Actor;
use super::connection_facts::ConnectionFacts;
use super::error::{Field, FieldError, SharingError};
use super::rights::MayAdminister;
use super::{Changed, Sharing};
use crate::audit;
use crate::confluence::Product;
use crate::connections::change::{self, PreparedAccess};
use crate::connections::create::{self, NewConnection, PreparedConnection};
use crate::connections::credentials::Credentials;
use crate::connections::store::live::LiveSettings;
use crate::connections::{Connections, ManageError};
use crate::db::DbError;
use crate::name;
use crate::pages::store::connections::{self, Deletion};

/// What to change of a connection; what is not named stays.
#[derive(Debug, Default)]
pub struct ConnectionFields {
    pub name: Option<String>,
    /// An address with the credentials for it: the old ones are never sent to another address.
    pub access: Option<(String, Credentials)>,
    pub settings: Option<LiveSettings>,
}

/// Makes a live connection. Nothing has been asked of the site yet but its cloud id; test it afterwards.
pub async fn create(
    sharing: &Sharing,
    actor: &Actor,
    right: MayAdminister,
    new: NewConnection,
    now: OffsetDateTime,
) -> Result<Uuid, SharingError> {
    let new = prepare(&sharing.connections, new).await?;
    let actor = actor.recorded(sharing.audit_addresses);
    let inserting = sharing
        .db
        .run(move |db| insert(db, &actor, right, &new, now));
    inserting.await
}

/// Checks a new connection and seals its credentials. [`insert`] does the rest.
pub async fn prepare(
    connections: &Connections,
    new: NewConnection,
) -> Result<PreparedConnection, SharingError> {
    let (product, name) = (new.product, checked(&new.name)?);
    let prepared = connections.prepare(NewConnection { name, ..new }).await;
    prepared.map_err(|error| refusal(error, product))
}

/// Stores a prepared connection.
pub fn insert(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    _right: MayAdminister,
    new: &PreparedConnection,
    now: OffsetDateTime,
) -> Result<Uuid, SharingError> {
    super::change(db, actor, now, |db| {
        let id = create::create(db, new, now).map_err(|error| refusal(error, new.product))?;
        let events = vec![ConnectionFacts::read(db, id)?.created()];
        Ok(Changed { answer: id, events })
    })
}

/// Changes what was sent, all or nothing; new credentials take the place of the old ones at once.
pub async fn change(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    id: Uuid,
    fields: ConnectionFields,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let name = fields.name.as_deref().map(checked).transpose()?;
    // The site may have a say in this, so it comes before everything that is written.
    let access = match &fields.access {
        Some((address, credentials)) => {
            Some(prepare_access(&sharing.connections, id, address, credentials).await?)
        }
        None => None,
    };
    let has_access = access.is_some();
    sharing
        .change(actor, now, move |db| {
            let old = ConnectionFacts::lock(db, id)?;
            if !old.is_live() && (access.is_some() || fields.settings.is_some()) {
                let reason = "An imported space export has no site.";
                return Err(SharingError::Conflict(reason.to_owned()));
            }
            if let Some(access) = &access {
                change::change_access(db, access, now)?;
            }
            if let Some(settings) = fields.settings {
                change::change_settings(db, id, settings, now)?;
            }
            if let Some(name) = &name {
                rename(db, id, name, now)?;
            }
            let new = ConnectionFacts::read(db, id)?;
            let mut events: Vec<_> = new.changed_from(&old).into_iter().collect();
            events.extend(access.map(|_access| new.credentials_changed_from(&old)));
            Ok(Changed { answer: (), events })
        })
        .await?;
    if has_access {
        sharing.connections.begin_anew(id);
        sharing.connections.wake();
    }
    Ok(())
}

async fn prepare_access(
    connections: &Connections,
    id: Uuid,
    address: &str,
    credentials: &Credentials,
) -> Result<PreparedAccess, SharingError> {
    let product = connections.find(id).await?.product;
    let prepared = connections.prepare_access(id, address, credentials).await;
    prepared.map_err(|error| refusal(error, product))
}

fn rename(
    db: &mut PgConnection,
    id: Uuid,
    name: &str,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let holder = connections::find_connection_by_name(db, name)?;
    if holder.is_some_and(|holder| holder != id) {
        return Err(name_error(ManageError::NameTaken).into());
    }
    match connections::rename_connection(db, id, name, now) {
        Ok(true) => Ok(()),
        Ok(false) => Err(SharingError::NotFound),
        // Somebody took it at the same moment.
        Err(DbError::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))) => {
            Err(name_error(ManageError::NameTaken).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes a connection with all that is stored of it, unless shares show it.
pub async fn delete(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Deletion, SharingError> {
    let deletion = sharing
        .change(actor, now, move |db| {
            let Some(old) = ConnectionFacts::find(db, id)? else {
                return Ok(Changed::nothing(Deletion::Missing));
            };
            let deletion = connections::delete_connection(db, id)?;
            let is_deleted = deletion == Deletion::Deleted;
            Ok(Changed {
                answer: deletion,
                events: is_deleted.then(|| old.deleted()).into_iter().collect(),
            })
        })
        .await?;
    if !matches!(deletion, Deletion::InUse(_)) {
        // The rows are gone; files that nothing names any more only take room.
        if let Err(error) = sharing.files.keep_only(id, &HashSet::new()).await {
            tracing::warn!(%error, connection = %id, "files of a deleted connection stay behind");
        }
    }
    Ok(deletion)
}

/// The name as it is stored.
pub(super) fn checked(name: &str) -> Result<String, FieldError> {
    name::parse(name).map_err(name_error)
}

pub(super) fn name_error(error: impl ToString) -> FieldError {
    FieldError::new(Field::Name, error)
}

/// Each mistake at the field that it belongs to.
fn refusal(error: ManageError, product: Product) -> SharingError {
    let wrong = match (error, product) {
        (ManageError::Live(error), _) => return error.into(),
        (ManageError::NameTaken, _) => return name_error(ManageError::NameTaken).into(),
        (ManageError::Address(sentence), _) => FieldError::new(Field::Address, sentence),
        (ManageError::Auth(sentence), Product::Cloud) => {
            FieldError::new(Field::CloudCredentials, sentence)
        }
        (ManageError::Auth(sentence), Product::DataCenter) => {
            FieldError::new(Field::DataCenterCredentials, sentence)
        }
    };
    wrong.into()
}
