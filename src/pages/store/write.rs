//! Writing an import: everything in one transaction, so that readers see the old content until the new is whole.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use super::format_word;
use crate::content::{BodyFormat, Finding};
use crate::db::DbError;
use crate::pages::model::{Attachment, ImportReport, PageSummary, Space};
use crate::schema::{attachment_snapshot, connection, page_snapshot, wiki_space, wiki_user};

/// A page as an import brings it; what is made from the body comes later, by [`store_derived`].
pub struct NewPage<'a> {
    pub summary: &'a PageSummary,
    pub position: i32,
    pub body: &'a str,
    pub format: BodyFormat,
    pub version: i32,
    pub author_name: Option<&'a str>,
    pub created_at: Option<OffsetDateTime>,
    pub modified_at: Option<OffsetDateTime>,
    pub labels: &'a [String],
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = page_snapshot, treat_none_as_null = true)]
struct PageRow<'a> {
    connection_id: Uuid,
    content_id: &'a str,
    kind: &'a str,
    space_key: &'a str,
    title: &'a str,
    parent_content_id: Option<&'a str>,
    position: i32,
    body: &'a str,
    body_format: &'a str,
    version: i32,
    author_name: Option<&'a str>,
    created_at: Option<OffsetDateTime>,
    modified_at: Option<OffsetDateTime>,
    labels: &'a [String],
    view_restricted: bool,
    search_text: &'a str,
    findings: serde_json::Value,
}

/// Makes the connection, or takes the one there is, locked until the transaction ends.
pub fn open_connection(
    db: &mut PgConnection,
    id: Uuid,
    name: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::insert_into(connection::table)
        .values((
            connection::id.eq(id),
            connection::kind.eq("space_export"),
            connection::name.eq(name),
            connection::created_at.eq(now),
            connection::updated_at.eq(now),
        ))
        .on_conflict(connection::id)
        .do_update()
        .set(connection::updated_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// The content ids that a connection holds now.
pub fn content_ids(db: &mut PgConnection, connection_id: Uuid) -> Result<Vec<String>, DbError> {
    Ok(page_snapshot::table
        .filter(page_snapshot::connection_id.eq(connection_id))
        .select(page_snapshot::content_id)
        .load(db)?)
}

pub fn delete_pages(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> Result<(), DbError> {
    for ids in ids.chunks(1000) {
        diesel::delete(page_snapshot::table)
            .filter(page_snapshot::connection_id.eq(connection_id))
            .filter(page_snapshot::content_id.eq_any(ids))
            .execute(db)?;
    }
    Ok(())
}

pub fn upsert_page(
    db: &mut PgConnection,
    connection_id: Uuid,
    page: &NewPage<'_>,
) -> Result<(), DbError> {
    let row = PageRow {
        connection_id,
        content_id: &page.summary.content_id,
        kind: page.summary.kind.as_str(),
        space_key: &page.summary.space_key,
        title: &page.summary.title,
        parent_content_id: page.summary.parent_content_id.as_deref(),
        position: page.position,
        body: page.body,
        body_format: format_word(page.format),
        version: page.version,
        author_name: page.author_name,
        created_at: page.created_at,
        modified_at: page.modified_at,
        labels: page.labels,
        view_restricted: page.summary.view_restricted,
        search_text: "",
        findings: serde_json::json!([]),
    };
    diesel::insert_into(page_snapshot::table)
        .values(&row)
        .on_conflict((page_snapshot::connection_id, page_snapshot::content_id))
        .do_update()
        .set(&row)
        .execute(db)?;
    Ok(())
}

/// What rendering a page gave besides its HTML.
pub fn store_derived(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    search_text: &str,
    findings: &[Finding],
) -> Result<(), DbError> {
    let findings = serde_json::to_value(findings).unwrap_or_default();
    diesel::update(page_snapshot::table.find((connection_id, content_id)))
        .set((
            page_snapshot::search_text.eq(search_text),
            page_snapshot::findings.eq(findings),
        ))
        .execute(db)?;
    Ok(())
}

/// Puts these files in the place of all that the connection had.
pub fn replace_attachments(
    db: &mut PgConnection,
    connection_id: Uuid,
    files: &[Attachment],
) -> Result<(), DbError> {
    diesel::delete(
        attachment_snapshot::table.filter(attachment_snapshot::connection_id.eq(connection_id)),
    )
    .execute(db)?;
    for file in files {
        diesel::insert_into(attachment_snapshot::table)
            .values((
                attachment_snapshot::connection_id.eq(connection_id),
                attachment_snapshot::attachment_id.eq(&file.attachment_id),
                attachment_snapshot::content_id.eq(&file.content_id),
                attachment_snapshot::file_name.eq(&file.file_name),
                attachment_snapshot::media_type.eq(&file.media_type),
                attachment_snapshot::size_bytes
                    .eq(i64::try_from(file.size_bytes).unwrap_or(i64::MAX)),
                attachment_snapshot::sha256.eq(file.sha256.as_ref().map(|digest| &digest[..])),
                attachment_snapshot::width
                    .eq(file.width.and_then(|pixels| i32::try_from(pixels).ok())),
                attachment_snapshot::height
                    .eq(file.height.and_then(|pixels| i32::try_from(pixels).ok())),
                attachment_snapshot::version.eq(file.version),
                attachment_snapshot::comment.eq(file.comment.as_deref()),
                attachment_snapshot::modified_at.eq(file.modified_at),
            ))
            .execute(db)?;
    }
    Ok(())
}

pub fn replace_spaces(
    db: &mut PgConnection,
    connection_id: Uuid,
    spaces: &[Space],
) -> Result<(), DbError> {
    diesel::delete(wiki_space::table.filter(wiki_space::connection_id.eq(connection_id)))
        .execute(db)?;
    for space in spaces {
        diesel::insert_into(wiki_space::table)
            .values((
                wiki_space::connection_id.eq(connection_id),
                wiki_space::space_key.eq(&space.key),
                wiki_space::name.eq(&space.name),
                wiki_space::home_content_id.eq(space.home_content_id.as_deref()),
            ))
            .execute(db)?;
    }
    Ok(())
}

/// Display names by user key: (key, user name, display name).
pub fn replace_users(
    db: &mut PgConnection,
    connection_id: Uuid,
    users: &[(String, String, String)],
) -> Result<(), DbError> {
    diesel::delete(wiki_user::table.filter(wiki_user::connection_id.eq(connection_id)))
        .execute(db)?;
    for (key, username, display_name) in users {
        diesel::insert_into(wiki_user::table)
            .values((
                wiki_user::connection_id.eq(connection_id),
                wiki_user::user_key.eq(key),
                wiki_user::username.eq(username),
                wiki_user::display_name.eq(display_name),
            ))
            .on_conflict_do_nothing()
            .execute(db)?;
    }
    Ok(())
}

/// Where the wiki is, for telling its links from others.
pub fn set_wiki_url(db: &mut PgConnection, connection_id: Uuid, url: &str) -> Result<(), DbError> {
    diesel::update(connection::table.find(connection_id))
        .set(connection::wiki_url.eq(url))
        .execute(db)?;
    Ok(())
}

/// The last statement of an import: caches learn of the new content by the revision.
pub fn finish_connection(
    db: &mut PgConnection,
    connection_id: Uuid,
    report: &ImportReport,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(connection::table.find(connection_id))
        .set((
            connection::content_revision.eq(connection::content_revision + 1),
            connection::report.eq(serde_json::to_value(report).unwrap_or_default()),
            connection::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}
