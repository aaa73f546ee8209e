//! Footer comments of live pages, kept as they were fetched for shares that show them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::confluence::model::ListedComment;
use crate::db::DbError;
use crate::schema::{page_snapshot, shared_page};

/// A comment as stored, in reading order: replies follow what they reply to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    pub id: String,
    /// 0 for a comment on the page, 1 for a reply, and so on.
    pub depth: u32,
    pub author_name: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub created_at: Option<OffsetDateTime>,
    /// Storage format.
    pub storage: String,
}

/// Whether any share of the connection shows comments: else they are not fetched.
pub fn are_wanted(db: &mut PgConnection, connection_id: Uuid) -> Result<bool, DbError> {
    let shares = shared_page::table
        .filter(shared_page::connection_id.eq(connection_id))
        .filter(shared_page::show_comments);
    Ok(diesel::select(diesel::dsl::exists(shares)).get_result(db)?)
}

pub fn to_json(comments: &[ListedComment]) -> serde_json::Value {
    let kept: Vec<Comment> = comments
        .iter()
        .map(|comment| Comment {
            id: comment.id.clone(),
            depth: comment.depth,
            author_name: comment
                .author_name
                .as_ref()
                .map(|name| name.replace('\0', "")),
            created_at: comment.created_at,
            storage: comment.storage.replace('\0', ""),
        })
        .collect();
    serde_json::to_value(kept).unwrap_or_default()
}

/// The comments of a page; the caller has made sure that it is in scope. Stored ones that cannot be read are none.
pub fn list_comments(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<Vec<Comment>, DbError> {
    let stored: Option<Option<serde_json::Value>> = page_snapshot::table
        .find((connection_id, content_id))
        .select(page_snapshot::comments)
        .first(db)
        .optional()?;
    let comments = stored.flatten().map(serde_json::from_value);
    Ok(comments.transpose().unwrap_or_default().unwrap_or_default())
}
