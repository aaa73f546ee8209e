//! What the audit record says of installations. A site tells it, so that the site is who caused it.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::audit;
use crate::audit::actor::{Actor, ActorKind};
use crate::audit::event::{Event, EventKind, Subject, SubjectKind};
use crate::connections::installation::Installation;
use crate::db::DbError;

/// A site that our app is at.
pub(super) struct Site<'a> {
    pub(super) connection_id: Uuid,
    pub(super) address: &'a str,
}

impl<'a> Site<'a> {
    pub(super) fn of(installation: &'a Installation) -> Self {
        Self {
            connection_id: installation.connection_id,
            address: &installation.base_url,
        }
    }

    /// The last statement of the transaction that does what the site tells.
    pub(super) fn tells(
        &self,
        db: &mut PgConnection,
        kind: EventKind,
        now: OffsetDateTime,
    ) -> Result<(), DbError> {
        let id = Some(self.connection_id);
        let name = self.address.to_owned();
        let actor = Actor {
            kind: ActorKind::Site,
            id,
            name: name.clone(),
            address: None,
            request_id: None,
        };
        let subject = Subject {
            kind: SubjectKind::Installation,
            id,
            name,
        };
        let event = Event {
            kind,
            subject,
            changes: Vec::new(),
        };
        audit::record(db, &actor, &event, now)
    }
}
