//! Files of pages. A file is seen where its page is, and where a page is that shows it.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{reach, walk};
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
    Ok(is_owner_seen(db, scope, &file.content_id)?
        || is_shown_in_scope(db, scope, &file.attachment_id)?)
}

/// Whether the page is in scope, and was looked at: before that nothing of it is known but its title.
fn is_owner_seen(
    db: &mut PgConnection,
    scope: &ContentScope,
    content_id: &str,
) -> Result<bool, DbError> {
    let is_owner = format!(
        "page.content_id = $10 and {}",
        walk::is_seen("page.content_id")
    );
    reach::is_any_in_scope(db, scope, &is_owner, content_id)
}

/// Whether a page in scope shows the file, whichever page it belongs to.
///
/// One that is gone, restricted in the wiki or not rendered for the share's viewers opens none of its files that way, for it is not
/// stored to which viewers a page shows a file.
pub fn is_shown_in_scope(
    db: &mut PgConnection,
    scope: &ContentScope,
    attachment_id: &str,
) -> Result<bool, DbError> {
    let shows_it = "page.content_id in (select shown.content_id from shown_file shown
        where shown.connection_id = $1 and shown.attachment_id = $10
          and not exists (
            select from attachment_snapshot file join page_snapshot owner
              on owner.connection_id = file.connection_id and owner.content_id = file.content_id
              where file.connection_id = $1 and file.attachment_id = $10
                and (owner.gone_at is not null or owner.view_restricted))
          and ($9 is null or exists (
            select from attachment_snapshot file join viewer_rendering rendering
              on rendering.connection_id = file.connection_id and rendering.content_id = file.content_id
              where file.connection_id = $1 and file.attachment_id = $10
                and rendering.creator = $9[1] and rendering.stand_in = $9[2] and rendering.version > 0 and not rendering.withheld)))";
    reach::is_any_in_scope(db, scope, shows_it, attachment_id)
}

/// A page's files that visitors of this scope may see, by name.
pub fn list_visible(
    db: &mut PgConnection,
    scope: &ContentScope,
    content_id: &str,
) -> Result<Vec<Attachment>, DbError> {
    let files = list_attachments(db, scope.connection_id, content_id)?;
    if files.is_empty() || is_owner_seen(db, scope, content_id)? {
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

/// A file's newest version as a live site lists it.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    pub attachment_id: &'a str,
    pub content_id: &'a str,
    pub file_name: &'a str,
    pub media_type: &'a str,
    pub size_bytes: u64,
    pub version: i32,
    pub comment: Option<&'a str>,
    pub modified_at: Option<OffsetDateTime>,
}

/// What came of a list of files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StoredFiles {
    /// Readers see a difference.
    pub changed: bool,
    /// Ids of files whose bytes are stored in an older version; their rows stay until the new bytes are there.
    pub outdated: Vec<String>,
}

/// Puts the files that a site lists in the place of those that a page had.
pub fn store_listed_files(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    files: &[NewFile<'_>],
) -> Result<StoredFiles, DbError> {
    let stays: Vec<&str> = files.iter().map(|file| file.attachment_id).collect();
    let removed = diesel::delete(attachment_snapshot::table)
        .filter(attachment_snapshot::connection_id.eq(connection_id))
        .filter(attachment_snapshot::content_id.eq(content_id))
        .filter(attachment_snapshot::attachment_id.ne_all(&stays))
        .execute(db)?;
    let mut stored = StoredFiles {
        changed: removed > 0,
        outdated: Vec::new(),
    };
    for file in files {
        let known = find_attachment(db, connection_id, file.attachment_id)?;
        match known {
            Some(known) if known.version == file.version => {
                stored.changed |= update_name(db, connection_id, &known, file)?;
            }
            Some(known) if known.sha256.is_some() && known.version < file.version => {
                stored.outdated.push(file.attachment_id.to_owned());
            }
            _ => {
                store_listed_file(db, connection_id, file)?;
                stored.changed = true;
            }
        }
    }
    Ok(stored)
}

fn update_name(
    db: &mut PgConnection,
    connection_id: Uuid,
    known: &Attachment,
    file: &NewFile<'_>,
) -> Result<bool, DbError> {
    let is_same = known.file_name == file.file_name
        && known.comment.as_deref() == file.comment
        && known.content_id == file.content_id;
    if is_same {
        return Ok(false);
    }
    diesel::update(attachment_snapshot::table.find((connection_id, file.attachment_id)))
        .set((
            attachment_snapshot::file_name.eq(file.file_name),
            attachment_snapshot::comment.eq(file.comment),
            attachment_snapshot::content_id.eq(file.content_id),
        ))
        .execute(db)?;
    Ok(true)
}

/// A file without bytes: they are fetched when somebody asks for them.
pub fn store_listed_file(
    db: &mut PgConnection,
    connection_id: Uuid,
    file: &NewFile<'_>,
) -> Result<(), DbError> {
    let row = || {
        (
            attachment_snapshot::content_id.eq(file.content_id),
            attachment_snapshot::file_name.eq(file.file_name),
            attachment_snapshot::media_type.eq(file.media_type),
            attachment_snapshot::size_bytes.eq(i64::try_from(file.size_bytes).unwrap_or(i64::MAX)),
            attachment_snapshot::sha256.eq(None::<Vec<u8>>),
            attachment_snapshot::width.eq(None::<i32>),
            attachment_snapshot::height.eq(None::<i32>),
            attachment_snapshot::version.eq(file.version),
            attachment_snapshot::comment.eq(file.comment),
            attachment_snapshot::modified_at.eq(file.modified_at),
        )
    };
    diesel::insert_into(attachment_snapshot::table)
        .values((
            attachment_snapshot::connection_id.eq(connection_id),
            attachment_snapshot::attachment_id.eq(file.attachment_id),
            row(),
        ))
        .on_conflict((
            attachment_snapshot::connection_id,
            attachment_snapshot::attachment_id,
        ))
        .do_update()
        .set(row())
        .execute(db)?;
    Ok(())
}

/// What is known of a file once its bytes are stored.
#[derive(Debug, Clone)]
pub struct FetchedFile {
    pub version: i32,
    pub media_type: String,
    pub size_bytes: u64,
    pub sha256: [u8; 32],
    pub width: Option<u32>,
    pub height: Option<u32>,
}

pub fn store_fetched_file(
    db: &mut PgConnection,
    connection_id: Uuid,
    attachment_id: &str,
    fetched: &FetchedFile,
) -> Result<(), DbError> {
    let pixels = |count: Option<u32>| count.and_then(|count| i32::try_from(count).ok());
    diesel::update(attachment_snapshot::table.find((connection_id, attachment_id)))
        .filter(attachment_snapshot::version.le(fetched.version))
        .set((
            attachment_snapshot::version.eq(fetched.version),
            attachment_snapshot::media_type.eq(&fetched.media_type),
            attachment_snapshot::size_bytes
                .eq(i64::try_from(fetched.size_bytes).unwrap_or(i64::MAX)),
            attachment_snapshot::sha256.eq(Some(&fetched.sha256[..])),
            attachment_snapshot::width.eq(pixels(fetched.width)),
            attachment_snapshot::height.eq(pixels(fetched.height)),
        ))
        .execute(db)?;
    Ok(())
}

/// Which of these files nothing is known of.
pub fn unknown_files(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> Result<Vec<String>, DbError> {
    let known: Vec<String> = attachment_snapshot::table
        .filter(attachment_snapshot::connection_id.eq(connection_id))
        .filter(attachment_snapshot::attachment_id.eq_any(ids))
        .select(attachment_snapshot::attachment_id)
        .load(db)?;
    Ok(ids
        .iter()
        .filter(|id| !known.contains(id))
        .cloned()
        .collect())
}

/// Which files of other pages a page shows.
pub fn replace_shown_files(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    ids: &[String],
) -> Result<(), DbError> {
    diesel::delete(shown_file::table)
        .filter(shown_file::connection_id.eq(connection_id))
        .filter(shown_file::content_id.eq(content_id))
        .execute(db)?;
    let rows: Vec<_> = ids
        .iter()
        .map(|id| {
            (
                shown_file::connection_id.eq(connection_id),
                shown_file::content_id.eq(content_id),
                shown_file::attachment_id.eq(id),
            )
        })
        .collect();
    diesel::insert_into(shown_file::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(db)?;
    Ok(())
}
