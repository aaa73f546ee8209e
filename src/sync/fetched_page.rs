//! Everything that was fetched of one page, and how it gets into the snapshots: in one transaction, and only if it is
//! better than what is there.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::confluence::model::{Bodies, ListedFile, ListedPage};
use crate::connections::LiveError;
use crate::content::{self, BodyFormat};
use crate::db::DbError;
use crate::pages::derive;
use crate::pages::media_type;
use crate::pages::scope::Viewers;
use crate::pages::store::attachments::{self, NewFile, StoredFiles};
use crate::pages::store::refresh::{self, FetchedBody, TakenPage};
use crate::pages::store::viewer_renderings::{self, Versions};
use crate::pages::store::{connections, outline};
use crate::pages::viewer::ViewerRendering;

/// Everything that was fetched of one page.
pub(super) struct Fetched {
    pub(super) page: ListedPage,
    pub(super) author_name: Option<String>,
    /// `None` when they were not asked for, or not told.
    pub(super) files: Option<Vec<ListedFile>>,
    /// They were asked for, whatever came of it.
    pub(super) asked_for_files: bool,
    /// Files of other pages that the page shows.
    pub(super) shown_ids: Vec<String>,
    /// Those among them of which nothing was known.
    pub(super) shown_elsewhere: Vec<ListedFile>,
    pub(super) comments: Option<serde_json::Value>,
    /// As Confluence renders the page for each share's viewers; none where it looks the same to everybody.
    pub(super) renderings: Vec<(Viewers, ViewerRendering)>,
    /// Nothing has to be fetched once more.
    pub(super) is_whole: bool,
    /// All views of the page are known, so that `shown_ids` are all files that it shows.
    pub(super) has_views: bool,
}

/// The site no longer has it, or no longer for us.
pub(super) fn hide(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    if outline::mark_gone(db, connection_id, &[content_id.to_owned()], now)? > 0 {
        connections::raise_revision(db, connection_id)?;
    }
    Ok(())
}

/// The body to be shown.
fn choose<'a>(
    bodies: &'a Bodies,
    taken: &TakenPage,
    version: i32,
) -> Result<(&'a str, BodyFormat, Option<&'a str>), LiveError> {
    let storage = bodies.storage.as_deref();
    let export_view = bodies
        .export_view
        .as_deref()
        .filter(|html| content::is_usable_export_view(html, storage));
    match (export_view, storage) {
        (Some(html), storage) => Ok((html, BodyFormat::ExportView, storage)),
        // What Confluence rendered of this very version is better than what we can make of its storage format.
        (None, Some(_)) if taken.has_export_view && version <= taken.version => {
            Err(LiveError::NoExportView)
        }
        (None, Some(storage)) => Ok((storage, BodyFormat::Storage, None)),
        (None, None) => Err(LiveError::NoExportView),
    }
}

/// Stores everything, and returns the files whose new bytes are to be fetched.
pub(super) fn store(
    db: &mut PgConnection,
    connection_id: Uuid,
    taken: &TakenPage,
    fetched: &Fetched,
    now: OffsetDateTime,
) -> Result<Vec<ListedFile>, LiveError> {
    let page = &fetched.page;
    let version = page.version.max(1);
    let (body, format, storage) = choose(&page.bodies, taken, version)?;
    let body = body.replace('\0', "");
    let storage = storage.map(|storage| storage.replace('\0', ""));
    let title = page.title.replace('\0', "");
    let new = FetchedBody {
        title: Some(&title),
        version,
        body: &body,
        format,
        storage: storage.as_deref(),
        author_name: fetched.author_name.as_deref(),
        modified_at: page.modified_at,
        labels: page.labels.as_deref(),
        view_restricted: page.view_restricted,
        comments: fetched.comments.as_ref(),
        is_whole: fetched.is_whole,
        instead_of: taken.version,
    };
    let mut changed = refresh::store_body(db, connection_id, &page.id, &new, now)?;
    let versions = Versions {
        rendered: version,
        instead_of: taken.version,
    };
    for (viewers, rendering) in &fetched.renderings {
        changed |= viewer_renderings::store(
            db,
            connection_id,
            &page.id,
            viewers,
            versions,
            rendering,
            now,
        )?;
    }
    let (files, outdated) = store_files(db, connection_id, fetched, now)?;
    changed |= files.changed;
    if changed {
        if let Some(space_key) = refresh::space_of(db, connection_id, &page.id)? {
            derive::store_derived(db, connection_id, &space_key, &page.id)?;
        }
        connections::raise_revision(db, connection_id)?;
    }
    Ok(outdated)
}

fn store_files(
    db: &mut PgConnection,
    connection_id: Uuid,
    fetched: &Fetched,
    now: OffsetDateTime,
) -> Result<(StoredFiles, Vec<ListedFile>), LiveError> {
    let mut stored = StoredFiles::default();
    let mut outdated = Vec::new();
    let page_id = &fetched.page.id;
    if fetched.asked_for_files {
        refresh::record_files_listed(db, connection_id, page_id, now)?;
    }
    if let Some(files) = &fetched.files {
        let new: Vec<NewFile<'_>> = files.iter().map(new_file).collect();
        stored = attachments::store_listed_files(db, connection_id, page_id, &new)?;
        outdated = files
            .iter()
            .filter(|file| stored.outdated.contains(&file.id))
            .cloned()
            .collect();
    }
    for file in &fetched.shown_elsewhere {
        attachments::store_listed_file(db, connection_id, &new_file(file))?;
        stored.changed = true;
    }
    if fetched.has_views {
        let shown = &fetched.shown_ids;
        let unknown = attachments::unknown_files(db, connection_id, shown)?;
        let known: Vec<String> = shown
            .iter()
            .filter(|id| !unknown.contains(id))
            .cloned()
            .collect();
        attachments::replace_shown_files(db, connection_id, page_id, &known)?;
    }
    Ok((stored, outdated))
}

fn new_file(file: &ListedFile) -> NewFile<'_> {
    NewFile {
        attachment_id: &file.id,
        content_id: &file.content_id,
        file_name: &file.name,
        media_type: media_type::guess(file.media_type.as_deref()),
        size_bytes: file.size_bytes.unwrap_or(0),
        version: file.version,
        comment: file.comment.as_deref().filter(|text| !text.is_empty()),
        modified_at: file.modified_at,
    }
}

/// Whether a body shows, links or lists attachments, in either form.
pub(super) fn mentions_files(bodies: &Bodies) -> bool {
    let texts = [&bodies.export_view, &bodies.storage];
    texts
        .into_iter()
        .flatten()
        .any(|text| text_mentions_files(text))
}

pub(super) fn text_mentions_files(text: &str) -> bool {
    const SIGNS: [&str; 7] = [
        "ri:attachment",
        "/download/",
        "data-linked-resource-type=\"attachment\"",
        "ac:name=\"attachments\"",
        "ac:name=\"gallery\"",
        "plugin_attachments",
        "drawio",
    ];
    SIGNS.iter().any(|sign| text.contains(sign))
}
