//! What the audit record says of a connection: its settings by the API's names, never what it signs in with.

use diesel::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::SharingError;
use super::facts::{differing, field};
use crate::audit::event::{Event, EventKind, FieldChange, Subject, SubjectKind};
use crate::connections::store::live;
use crate::db::DbError;
use crate::pages::store::connections;

/// A connection as it is now.
pub(super) struct ConnectionFacts {
    pub(super) id: Uuid,
    pub(super) name: String,
    settings: Vec<(&'static str, Value)>,
    /// Which kind of credentials; `None` for an import.
    auth: Option<String>,
}

impl ConnectionFacts {
    pub(super) fn read(db: &mut PgConnection, id: Uuid) -> Result<Self, SharingError> {
        Self::find(db, id)?.ok_or(SharingError::NotFound)
    }

    pub(super) fn find(db: &mut PgConnection, id: Uuid) -> Result<Option<Self>, DbError> {
        let Some(connection) = connections::find_connection(db, id)? else {
            return Ok(None);
        };
        let live = live::find_live(db, id)?;
        let numbers = live.as_ref().map(|live| live.settings);
        Ok(Some(Self {
            id,
            settings: vec![
                ("name", json!(connection.name)),
                ("url", json!(connection.wiki_url)),
                (
                    "settings.refreshAfterSeconds",
                    json!(numbers.map(|numbers| numbers.refresh_after_seconds)),
                ),
                (
                    "settings.requestsPerHour",
                    json!(numbers.map(|numbers| numbers.requests_per_hour)),
                ),
                (
                    "settings.fileLimitBytes",
                    json!(numbers.map(|numbers| numbers.file_limit_bytes)),
                ),
            ],
            name: connection.name,
            auth: live.map(|live| live.auth),
        }))
    }

    /// The same, and nobody else changes the connection until the transaction ends.
    pub(super) fn lock(db: &mut PgConnection, id: Uuid) -> Result<Self, SharingError> {
        live::lock_live(db, id)?;
        Self::read(db, id)
    }

    /// There is a site behind it.
    pub(super) fn is_live(&self) -> bool {
        self.auth.is_some()
    }

    pub(super) fn event(&self, kind: EventKind, changes: Vec<FieldChange>) -> Event {
        Event {
            kind,
            subject: Subject {
                kind: SubjectKind::Connection,
                id: Some(self.id),
                name: self.name.clone(),
            },
            changes,
        }
    }

    pub(super) fn created(&self) -> Event {
        let settings = self.settings.iter().cloned();
        let mut changes: Vec<_> = settings
            .map(|(name, value)| field(name, Value::Null, value))
            .collect();
        changes.push(field("credentials.type", Value::Null, json!(self.auth)));
        self.event(EventKind::ConnectionCreated, changes)
    }

    pub(super) fn deleted(&self) -> Event {
        let settings = self.settings.iter().cloned();
        let mut changes: Vec<_> = settings
            .map(|(name, value)| field(name, value, Value::Null))
            .collect();
        changes.push(field("credentials.type", json!(self.auth), Value::Null));
        self.event(EventKind::ConnectionDeleted, changes)
    }

    /// Nothing, when no setting is different.
    pub(super) fn changed_from(&self, old: &Self) -> Option<Event> {
        let changes = differing(old.settings.clone(), self.settings.clone());
        (!changes.is_empty()).then(|| self.event(EventKind::ConnectionChanged, changes))
    }

    /// Of credentials that took the place of others the record holds the kind, also where that is the same.
    pub(super) fn credentials_changed_from(&self, old: &Self) -> Event {
        let kind = field("credentials.type", json!(old.auth), json!(self.auth));
        self.event(EventKind::ConnectionCredentialsChanged, vec![kind])
    }
}
