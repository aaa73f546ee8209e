//! Every change of a share, a connection, an account or a token, whichever door it comes in by.
//!
//! The admin pages, the API, the frames inside Confluence, the command line and the demo translate what they are sent
//! into an [`actor::Actor`], checked [`values`] and a right of [`rights`], and call one function here. That function makes the
//! change and its row of the audit record in one transaction, then has caches forget, wakes the schedule, and answers
//! with plain values. Nothing here knows HTTP or a template.

pub mod account;
pub mod actor;
pub mod api_token;
pub mod asker;
pub mod connection;
mod connection_facts;
pub mod connection_site;
pub mod content_scope;
pub mod error;
mod facts;
pub mod fields;
pub mod import;
pub mod installation;
pub mod leak_reports;
pub mod leaks;
pub mod record;
pub mod refresh;
pub mod rights;
pub mod root;
pub mod share;
pub mod sharer_rule;
pub mod sign_in;
pub mod stand_in;
mod stored_root;
pub mod unlock_secret;
pub mod values;

use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use time::OffsetDateTime;

use self::actor::Actor;
use self::error::SharingError;
use crate::audit;
use crate::audit::event::{Event, EventKind};
use crate::cloud_app::CloudApp;
use crate::config::{App, AuditAddresses};
use crate::connections::Connections;
use crate::db::{Db, DbError};
use crate::pages::files::FileStore;
use crate::password::Hasher;
use crate::seal::Sealer;
use crate::shares::share::{Share, ShareId};
use crate::sync::SiteSync;

/// What the use cases work with. One per process.
pub struct Sharing {
    pub db: Db,
    pub files: FileStore,
    pub hasher: Hasher,
    pub connections: Arc<Connections>,
    pub cloud_app: Arc<CloudApp>,
    pub sync: Arc<SiteSync>,
    /// The operator's rules for people inside Confluence.
    pub app: App,
    /// For what people are known by at sites.
    pub sealer: Sealer,
    pub audit_addresses: AuditAddresses,
    /// Has the caches of this process forget what was changed.
    pub caches: Box<dyn Fn(Stale) + Send + Sync>,
}

/// What caches hold of a share is no longer true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    One(ShareId),
    /// The content of a connection has changed, and nobody has counted whose.
    All,
}

impl Sharing {
    fn forget(&self, id: ShareId) {
        (self.caches)(Stale::One(id));
    }

    fn forget_all(&self) {
        (self.caches)(Stale::All);
    }

    /// Makes a change and its audit rows, all or nothing. The chain of the record is locked last.
    async fn change<T, F>(
        &self,
        actor: &Actor,
        now: OffsetDateTime,
        work: F,
    ) -> Result<T, SharingError>
    where
        F: FnOnce(&mut PgConnection) -> Result<Changed<T>, SharingError> + Send + 'static,
        T: Send + 'static,
    {
        let actor = actor.recorded(self.audit_addresses);
        self.db.run(move |db| change(db, &actor, now, work)).await
    }
}

/// What a change answers with, and what the record says of it: nothing, when all was as it is.
struct Changed<T> {
    answer: T,
    events: Vec<Event>,
}

impl<T> Changed<T> {
    /// All is as it was.
    fn nothing(answer: T) -> Self {
        Self {
            answer,
            events: Vec::new(),
        }
    }
}

impl Changed<()> {
    /// An event of a share of which its kind says everything.
    fn by_kind(kind: EventKind, share: &Share) -> Self {
        Self {
            answer: (),
            events: vec![facts::event(kind, share, Vec::new())],
        }
    }
}

/// The same for actors without a client, by whoever holds a connection to the database and no [`Sharing`].
fn change_locally<T>(
    db: &mut PgConnection,
    actor: &Actor,
    now: OffsetDateTime,
    work: impl FnOnce(&mut PgConnection) -> Result<Changed<T>, SharingError>,
) -> Result<T, SharingError> {
    change(db, &actor.recorded(AuditAddresses::Off), now, work)
}

/// The same on a connection to the database.
fn change<T>(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    now: OffsetDateTime,
    work: impl FnOnce(&mut PgConnection) -> Result<Changed<T>, SharingError>,
) -> Result<T, SharingError> {
    db.transaction(|db| {
        let changed = work(db)?;
        record(db, actor, &changed.events, now)?;
        Ok(changed.answer)
    })
}

/// Must be the last thing that a transaction does.
fn record(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    events: &[Event],
    now: OffsetDateTime,
) -> Result<(), DbError> {
    for event in events {
        audit::record(db, actor, event, now)?;
    }
    Ok(())
}
