//! Importing space exports: as a new connection, or into one that is there.

use std::io::{Read, Seek};

use diesel::PgConnection;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Sharing;
use super::actor::Actor;
use super::connection::{checked, name_error};
use super::connection_facts::ConnectionFacts;
use super::error::{Field, FieldError, SharingError};
use super::facts::field;
use super::rights::MayAdminister;
use crate::audit;
use crate::audit::event::{Event, EventKind};
use crate::db::{Db, DbError};
use crate::pages::files::FileStore;
use crate::pages::store::connections;
use crate::sync::import::{self, ImportAs, ImportError, Imported, Progress};

/// Where an export goes.
pub enum Destination {
    /// A connection of this name, which nothing has yet.
    New(String),
    /// The connection with this id, which is brought up to date.
    Known(Uuid),
}

/// Imports an archive that somebody sent. Blocks, for minutes where it is large: call it on a thread of a runtime's
/// blocking pool.
pub fn import(
    sharing: &Sharing,
    actor: &Actor,
    right: MayAdminister,
    archive: impl Read + Seek,
    destination: Destination,
    now: OffsetDateTime,
) -> Result<Imported, SharingError> {
    let name = sharing.db.run_blocking(|db| name_of(db, destination))?;
    let import_as = ImportAs {
        name: &name,
        wiki_url: None,
    };
    let by = Importer {
        db: &sharing.db,
        files: &sharing.files,
        actor: &actor.recorded(sharing.audit_addresses),
        right,
    };
    let imported = by.import(archive, import_as, &mut |_progress| {}, now)?;
    sharing.forget_all();
    Ok(imported)
}

fn name_of(db: &mut PgConnection, destination: Destination) -> Result<String, SharingError> {
    let name = match destination {
        Destination::Known(id) => {
            let connection = connections::find_connection(db, id)?;
            return Ok(connection.ok_or(SharingError::NotFound)?.name);
        }
        Destination::New(name) => checked(&name)?,
    };
    if connections::find_connection_by_name(db, &name)?.is_some() {
        let text = format!("“{name}” is there already. Open it above to import into it again.");
        return Err(name_error(text).into());
    }
    Ok(name)
}

/// What an import needs, and who asks for it: for commands and the demo, which have no [`Sharing`].
pub struct Importer<'a> {
    pub db: &'a Db,
    pub files: &'a FileStore,
    pub actor: &'a audit::actor::Actor,
    pub right: MayAdminister,
}

impl Importer<'_> {
    /// Imports under a name, into the connection that has it already if there is one. Blocks, on a thread of a runtime's
    /// blocking pool.
    pub fn import(
        &self,
        archive: impl Read + Seek,
        import_as: ImportAs<'_>,
        on_progress: &mut dyn FnMut(Progress),
        now: OffsetDateTime,
    ) -> Result<Imported, ImportError> {
        let record = |db: &mut PgConnection, imported: &Imported| {
            let events = events(db, imported)?;
            Ok(super::record(db, self.actor, &events, now)?)
        };
        import::import(
            self.db,
            self.files,
            archive,
            import_as,
            on_progress,
            record,
            now,
        )
    }
}

fn events(db: &mut PgConnection, imported: &Imported) -> Result<Vec<Event>, DbError> {
    let Some(connection) = ConnectionFacts::find(db, imported.connection_id)? else {
        return Ok(Vec::new());
    };
    let report = &imported.report;
    let counts = [
        ("pages", json!(report.pages)),
        ("blogPosts", json!(report.blog_posts)),
        ("files", json!(report.files)),
        ("removedPages", json!(report.removed_pages)),
    ];
    let counts = counts.map(|(name, count)| field(name, Value::Null, count));
    let mut events: Vec<Event> = imported
        .is_new
        .then(|| connection.created())
        .into_iter()
        .collect();
    events.push(connection.event(EventKind::ConnectionImported, counts.into()));
    Ok(events)
}

impl From<ImportError> for SharingError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Db(error) => error.into(),
            ImportError::Files(error) => Self::Internal(error.to_string()),
            ImportError::Name(error) => name_error(error).into(),
            error => FieldError::new(Field::Archive, error).into(),
        }
    }
}
