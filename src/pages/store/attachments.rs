//! Files of pages. A file is seen where its page is.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::pages::model::Attachment;
use crate::schema::attachment_snapshot;

#[derive(Queryable, Selectable)]
#[diesel(table_name = attachment_snapshot, check_for_backend(diesel::pg::Pg))]
struct AttachmentRow {
    connection_id: Uuid,
    attachment_id: String,
    content_id: String,
    file_name: String,
    media_type: String,
    size_bytes: i64,
    sha256: Option<Vec<u8>>,
    width: Option<i32>,
    height: Option<i32>,
    version: i32,
    comment: Option<String>,
    modified_at: Option<OffsetDateTime>,
}

impl From<AttachmentRow> for Attachment {
    fn from(row: AttachmentRow) -> Self {
        Self {
            connection_id: row.connection_id,
            attachment_id: row.attachment_id,
            content_id: row.content_id,
            file_name: row.file_name,
            media_type: row.media_type,
            // The database refuses negative sizes and hashes of another length.
            size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
            sha256: row.sha256.and_then(|digest| digest.try_into().ok()),
            width: row.width.and_then(|pixels| u32::try_from(pixels).ok()),
            height: row.height.and_then(|pixels| u32::try_from(pixels).ok()),
            version: row.version,
            comment: row.comment,
            modified_at: row.modified_at,
        }
    }
}

/// A page's files by name.
pub fn list_attachments(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<Vec<Attachment>, DbError> {
    let rows: Vec<AttachmentRow> = attachment_snapshot::table
        .filter(attachment_snapshot::connection_id.eq(connection_id))
        .filter(attachment_snapshot::content_id.eq(content_id))
        .order((
            attachment_snapshot::file_name,
            attachment_snapshot::attachment_id,
        ))
        .select(AttachmentRow::as_select())
        .load(db)?;
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// The caller checks that the file's page is in scope.
pub fn find_attachment(
    db: &mut PgConnection,
    connection_id: Uuid,
    attachment_id: &str,
) -> Result<Option<Attachment>, DbError> {
    let row: Option<AttachmentRow> = attachment_snapshot::table
        .find((connection_id, attachment_id))
        .select(AttachmentRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Attachment::from))
}

/// The hashes of all bytes that a connection's files need.
pub fn needed_objects(db: &mut PgConnection, connection_id: Uuid) -> Result<Vec<Vec<u8>>, DbError> {
    Ok(attachment_snapshot::table
        .filter(attachment_snapshot::connection_id.eq(connection_id))
        .select(attachment_snapshot::sha256.assume_not_null())
        .filter(attachment_snapshot::sha256.is_not_null())
        .distinct()
        .load(db)?)
}
