//! Files of pages. A file is seen where its page is, and where a page is that shows it.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use super::reach;
use crate::db::DbError;
use crate::pages::model::Attachment;
use crate::pages::scope::ContentScope;
use crate::schema::{attachment_snapshot, shown_file};

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

/// A page's files by name. The caller checks that the page is in scope.
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

/// The caller checks that the file may be seen.
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

/// Whether visitors of this scope may see the file: its page, or a page that shows it, is in scope.
pub fn is_visible(
    db: &mut PgConnection,
    scope: &ContentScope,
    file: &Attachment,
) -> Result<bool, DbError> {
    Ok(reach::is_in_scope(db, scope, &file.content_id)?
        || is_shown_in_scope(db, scope, &file.attachment_id)?)
}

/// Whether a page in scope shows the file, whichever page it belongs to.
pub fn is_shown_in_scope(
    db: &mut PgConnection,
    scope: &ContentScope,
    attachment_id: &str,
) -> Result<bool, DbError> {
    let shows_it = "page.content_id in (select shown.content_id from shown_file shown
        where shown.connection_id = $1 and shown.attachment_id = $9)";
    reach::is_any_in_scope(db, scope, shows_it, attachment_id)
}

/// A page's files that visitors of this scope may see, by name.
pub fn list_visible(
    db: &mut PgConnection,
    scope: &ContentScope,
    content_id: &str,
) -> Result<Vec<Attachment>, DbError> {
    let files = list_attachments(db, scope.connection_id, content_id)?;
    if files.is_empty() || reach::is_in_scope(db, scope, content_id)? {
        return Ok(files);
    }
    let ids = files.iter().map(|file| file.attachment_id.as_str());
    // Few files are shown by other pages; only those are worth a walk each.
    let shown_somewhere: Vec<String> = shown_file::table
        .filter(shown_file::connection_id.eq(scope.connection_id))
        .filter(shown_file::attachment_id.eq_any(ids))
        .select(shown_file::attachment_id)
        .distinct()
        .load(db)?;
    let mut visible = Vec::new();
    for file in files {
        if shown_somewhere.contains(&file.attachment_id)
            && is_shown_in_scope(db, scope, &file.attachment_id)?
        {
            visible.push(file);
        }
    }
    Ok(visible)
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
