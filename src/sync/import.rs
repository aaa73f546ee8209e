//! Brings a space export into the snapshots: files first, then everything else in one transaction, so that readers see
//! the old content until the new is whole, and a refused export leaves nothing behind.

mod convert;
mod progress;
mod upload;

pub use progress::{ImportError, Progress};

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use diesel::{Connection as _, PgConnection};
use time::OffsetDateTime;
use tokio::runtime::Handle;
use url::Url;
use uuid::Uuid;

use self::convert::{Numbered, finding_totals, number_siblings};
use crate::content::{BodyFormat, Finding};
use crate::db::Db;
use crate::name;
use crate::pages::derive;
use crate::pages::files::FileStore;
use crate::pages::model::{Attachment, ImportReport, PageKind, PageSummary, Space};
use crate::pages::store::{attachments, connections, write};
use crate::space_export::{self, ExportedPage, Limits, SpaceExport};

/// A finished import.
#[derive(Debug)]
pub struct Imported {
    pub connection_id: Uuid,
    /// The connection was made by this import.
    pub is_new: bool,
    pub report: ImportReport,
}

/// What becomes of an export.
#[derive(Debug, Clone, Copy)]
pub struct ImportAs<'a> {
    /// Of the connection, which is made or brought up to date.
    pub name: &'a str,
    /// Where the wiki is, so that links to it are told from others; `None` leaves what is known.
    pub wiki_url: Option<&'a Url>,
}

/// Imports an archive; `record` may write what belongs to it, as the last thing of the one transaction that everything is
/// written in.
///
/// Runs on a thread of a runtime's blocking pool, for the object store needs the runtime. Blocks: minutes for a large
/// export.
pub fn import(
    db: &Db,
    files: &FileStore,
    archive: impl Read + Seek,
    import_as: ImportAs<'_>,
    on_progress: &mut dyn FnMut(Progress),
    record: impl FnOnce(&mut PgConnection, &Imported) -> Result<(), ImportError>,
    now: OffsetDateTime,
) -> Result<Imported, ImportError> {
    let typed = import_as.name.trim();
    let name = name::parse(typed)?;
    on_progress(Progress::Reading);
    let export = SpaceExport::open(archive, &Limits::default())?;
    if export.pages().is_empty() {
        return Err(ImportError::NoPages);
    }
    let mut connection = db.connect()?;
    lock(&mut connection, &name)?;
    // A connection that was named before runs of spaces became one is found by the name that it has.
    let known = match connections::find_connection_by_name(&mut connection, typed)? {
        None => connections::find_connection_by_name(&mut connection, &name)?,
        known => known,
    };
    let connection_id = known.unwrap_or_else(Uuid::new_v4);
    let target = Target {
        connection_id,
        import_as: ImportAs {
            name: &name,
            ..import_as
        },
        is_new: known.is_none(),
        now,
    };
    let written = upload_and_write(&mut connection, files, export, &target, on_progress, record);
    // After success the files of the version before, after failure those of this try: in both cases what the database
    // does not name.
    if let Err(error) = remove_unneeded(&mut connection, files, connection_id) {
        tracing::warn!(%error, "files that are no longer needed were left behind");
    }
    written
}

/// One import per name at a time, over all nodes. The lock ends with its connection, so a crash cannot leave it behind.
fn lock(db: &mut PgConnection, name: &str) -> Result<(), ImportError> {
    if connections::try_lock_name(db, name)? {
        Ok(())
    } else {
        Err(ImportError::AlreadyRunning(name.to_owned()))
    }
}

fn upload_and_write<R: Read + Seek>(
    db: &mut PgConnection,
    files: &FileStore,
    mut export: SpaceExport<R>,
    target: &Target<'_>,
    on_progress: &mut dyn FnMut(Progress),
    record: impl FnOnce(&mut PgConnection, &Imported) -> Result<(), ImportError>,
) -> Result<Imported, ImportError> {
    let connection_id = target.connection_id;
    let uploaded = upload::upload_files(&mut export, files, connection_id, on_progress)?;
    db.transaction(|db| {
        let report = write_content(db, &mut export, &uploaded, target, on_progress)?;
        let imported = Imported {
            connection_id,
            is_new: target.is_new,
            report,
        };
        record(db, &imported)?;
        Ok(imported)
    })
}

fn remove_unneeded(
    db: &mut PgConnection,
    files: &FileStore,
    connection_id: Uuid,
) -> Result<(), ImportError> {
    let needed: HashSet<Vec<u8>> = attachments::needed_objects(db, connection_id)?
        .into_iter()
        .collect();
    Ok(Handle::current().block_on(files.keep_only(connection_id, &needed))?)
}

struct Target<'a> {
    connection_id: Uuid,
    is_new: bool,
    import_as: ImportAs<'a>,
    now: OffsetDateTime,
}

fn write_content<R: Read + Seek>(
    db: &mut PgConnection,
    export: &mut SpaceExport<R>,
    files: &[Attachment],
    target: &Target<'_>,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, ImportError> {
    let id = target.connection_id;
    write::open_connection(db, id, target.import_as.name, target.now)?;
    if let Some(url) = target.import_as.wiki_url {
        write::set_wiki_url(db, id, url.as_str())?;
    }
    let pages = number_siblings(export.pages());
    let before: HashSet<String> = write::content_ids(db, id)?.into_iter().collect();
    let stays: HashSet<&str> = pages
        .iter()
        .map(|page| page.summary.content_id.as_str())
        .collect();
    if !before.is_empty() && !before.iter().any(|id| stays.contains(id.as_str())) {
        return Err(ImportError::OtherContent(target.import_as.name.to_owned()));
    }
    let removed: Vec<String> = before
        .iter()
        .filter(|id| !stays.contains(id.as_str()))
        .cloned()
        .collect();
    write::delete_pages(db, id, &removed)?;
    write_pages(db, export, &pages, id, on_progress)?;
    let kept: Vec<Attachment> = files
        .iter()
        .filter(|file| stays.contains(file.content_id.as_str()))
        .cloned()
        .collect();
    write::replace_attachments(db, id, &kept)?;
    write::replace_spaces(db, id, &spaces(export, id))?;
    write::replace_users(db, id, &convert::users(export.users()))?;
    let findings = derive_all(db, id, &pages, on_progress)?;
    let report = ImportReport {
        spaces: count(export.spaces().len()),
        pages: count(
            pages
                .iter()
                .filter(|page| page.summary.kind == PageKind::Page)
                .count(),
        ),
        blog_posts: count(
            pages
                .iter()
                .filter(|page| page.summary.kind == PageKind::BlogPost)
                .count(),
        ),
        files: count(kept.len()),
        file_bytes: kept.iter().map(|file| file.size_bytes).sum(),
        removed_pages: count(removed.len()),
        restricted_pages: count(
            pages
                .iter()
                .filter(|page| page.summary.view_restricted)
                .count(),
        ),
        skipped: convert::skipped(export.skipped()),
        findings,
    };
    write::finish_connection(db, id, &report, target.now)?;
    Ok(report)
}

fn spaces<R: Read + Seek>(export: &SpaceExport<R>, connection_id: Uuid) -> Vec<Space> {
    let spaces = export.spaces().iter().map(|space| Space {
        connection_id,
        key: convert::without_nul(&space.key),
        name: convert::without_nul(&space.name),
        home_content_id: space.home_page.map(|id| id.to_string()),
    });
    spaces.collect()
}

/// Streams the bodies; a page without a readable one is stored empty, so that its children keep their place.
fn write_pages<R: Read + Seek>(
    db: &mut PgConnection,
    export: &mut SpaceExport<R>,
    pages: &[Numbered],
    connection_id: Uuid,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<(), ImportError> {
    let exported: HashMap<u64, ExportedPage> = export
        .pages()
        .iter()
        .map(|page| (page.id, page.clone()))
        .collect();
    let names = convert::display_names(export.users());
    let mut missing: HashMap<u64, &Numbered> = pages.iter().map(|page| (page.id, page)).collect();
    let mut failed = None;
    let write = |db: &mut PgConnection, page: &Numbered, body: &str, format| {
        let exported = exported.get(&page.id);
        let author =
            exported.and_then(|page| page.modifier_key.as_ref().or(page.creator_key.as_ref()));
        let new = write::NewPage {
            summary: &page.summary,
            position: page.position,
            body,
            format,
            version: exported.map_or(1, |page| i32::try_from(page.version).unwrap_or(i32::MAX)),
            author_name: author.and_then(|key| names.get(key)).map(String::as_str),
            created_at: exported.and_then(|page| page.created_at),
            modified_at: exported.and_then(|page| page.modified_at),
            labels: exported
                .map(|page| page.labels.as_slice())
                .unwrap_or_default(),
        };
        write::upsert_page(db, connection_id, &new)
    };
    export.for_each_body(|body| {
        let Some(page) = missing.remove(&body.page_id) else {
            return ControlFlow::Continue(());
        };
        if let Err(error) = write(
            db,
            page,
            &body.body.replace('\0', ""),
            format_of(body.format),
        ) {
            failed = Some(error);
            return ControlFlow::Break(());
        }
        on_progress(Progress::Pages {
            done: pages.len() - missing.len(),
            of: pages.len(),
        });
        ControlFlow::Continue(())
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    for page in missing.into_values() {
        write(db, page, "", BodyFormat::Storage)?;
    }
    Ok(())
}

fn format_of(format: space_export::BodyFormat) -> BodyFormat {
    match format {
        space_export::BodyFormat::Storage => BodyFormat::Storage,
        space_export::BodyFormat::WikiMarkup => BodyFormat::WikiMarkup,
    }
}

fn derive_all(
    db: &mut PgConnection,
    connection_id: Uuid,
    pages: &[Numbered],
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Finding>, ImportError> {
    let mut totals = Vec::new();
    for (done, page) in pages.iter().enumerate() {
        on_progress(Progress::Rendering {
            done,
            of: pages.len(),
        });
        let PageSummary {
            space_key,
            content_id,
            ..
        } = &page.summary;
        let findings = derive::store_derived(db, connection_id, space_key, content_id)?;
        finding_totals(&mut totals, findings);
    }
    Ok(totals)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
