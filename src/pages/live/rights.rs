//! What a person may do at a site, by Atlassian's account id. Asked by the app, kept for a few minutes.

use std::collections::HashMap;
use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Live, LiveError};

/// Who somebody is at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKind {
    /// A person who may use Confluence.
    Active { display_name: String },
    /// The user of an app or of the system, in whose name nothing is ever shown.
    App,
    /// Deactivated, without Confluence, or unknown.
    Gone,
}

impl Live {
    pub async fn person_kind(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<PersonKind, LiveError> {
        let _ = (connection_id, person, now);
        Err(LiveError::NotAuthorized)
    }

    /// Which of the pages the person may see. What could not be found out is `false`.
    pub async fn may_view(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        content_ids: &[String],
        now: OffsetDateTime,
    ) -> Result<HashMap<String, bool>, LiveError> {
        let _ = (connection_id, person, content_ids, now);
        Err(LiveError::NotAuthorized)
    }

    /// Whether the person may change the page.
    pub async fn may_edit(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LiveError> {
        let _ = (connection_id, person, content_id, now);
        Err(LiveError::NotAuthorized)
    }

    /// Whether the person administers the space.
    pub async fn is_space_admin(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        space_key: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LiveError> {
        let _ = (connection_id, person, space_key, now);
        Err(LiveError::NotAuthorized)
    }

    /// Names of the groups that the person is in.
    pub async fn groups_of(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Vec<String>, LiveError> {
        let _ = (connection_id, person, now);
        Err(LiveError::NotAuthorized)
    }
}
