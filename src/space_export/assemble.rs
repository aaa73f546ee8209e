//! Puts the rows of pass 1 together: spaces with their current pages and files, everything else counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;

use super::collect::Collected;
use super::descriptor::{Descriptor, ExportType};
use super::error::ExportError;
use super::model::{
    ExportedFile, ExportedPage, ExportedSpace, ExportedUser, PageKind, SkipReason, Skipped,
};
use super::rows::{FileProperty, FileRow, PageRow};
use super::tree::{self, Containers};

#[derive(Default)]
pub(super) struct Content {
    pub(super) spaces: Vec<ExportedSpace>,
    /// Sorted by id, as are the files.
    pub(super) pages: Vec<ExportedPage>,
    pub(super) files: Vec<ExportedFile>,
    pub(super) users: Vec<ExportedUser>,
    pub(super) skipped: Vec<Skipped>,
    /// Pages by the ids of their bodies, for bodies that do not name their page.
    pub(super) pages_of_bodies: HashMap<u64, u64>,
}

impl Content {
    pub(super) fn is_page(&self, id: u64) -> bool {
        self.pages.binary_search_by_key(&id, |page| page.id).is_ok()
    }
}

/// Finds the bytes of a file: the entry of a path and its size.
pub(super) trait FindEntry {
    fn find_entry(&self, path: &str) -> Option<(usize, u64)>;
}

pub(super) fn assemble(
    mut rows: Collected,
    descriptor: &Descriptor,
    archive: &impl FindEntry,
) -> Result<Content, ExportError> {
    let space_keys = chosen_spaces(&rows, descriptor);
    if space_keys.is_empty() {
        return Err(ExportError::NoSpace);
    }
    let mut content = Content::default();
    take_pages(&mut rows, &space_keys, &mut content);
    let containers = Containers {
        parents: &rows.containers,
        view_restricted: &rows.view_restricted,
    };
    let moved = tree::settle(&mut content.pages, &containers);
    rows.skip_many(SkipReason::MovedUp, moved.up);
    rows.skip_many(SkipReason::CircularParents, moved.out_of_circle);
    add_labels(&rows, &mut content.pages);
    take_files(&mut rows, archive, &mut content);
    take_spaces(&mut rows, &space_keys, &mut content);
    let unreadable = rows
        .unreadable_bodies
        .iter()
        .filter(|&&page| content.is_page(page))
        .count();
    rows.skip_many(SkipReason::UnreadableBody, unreadable);
    content.users = rows.people.finish();
    content.skipped = rows
        .skipped
        .into_iter()
        .map(|(reason, count)| Skipped { reason, count })
        .collect();
    Ok(content)
}

/// Keys by id. An export of one space can hold traces of others, which nobody asked to share.
fn chosen_spaces(rows: &Collected, descriptor: &Descriptor) -> BTreeMap<u64, String> {
    let all: BTreeMap<u64, String> = rows
        .spaces
        .iter()
        .map(|(&id, space)| (id, space.key.clone()))
        .collect();
    let Some(wanted) = descriptor
        .space_key
        .as_ref()
        .filter(|_| descriptor.export_type != ExportType::Site)
    else {
        return all;
    };
    let of_descriptor: BTreeMap<u64, String> = all
        .iter()
        .filter(|(_, key)| key.eq_ignore_ascii_case(wanted))
        .map(|(&id, key)| (id, key.clone()))
        .collect();
    if of_descriptor.is_empty() {
        all
    } else {
        of_descriptor
    }
}

fn take_pages(rows: &mut Collected, space_keys: &BTreeMap<u64, String>, content: &mut Content) {
    for (id, row) in mem::take(&mut rows.pages) {
        let lost = if rows.old_versions.contains(&id) {
            Some(SkipReason::OldVersion)
        } else if row.space.is_some_and(|space| {
            rows.spaces.contains_key(&space) && !space_keys.contains_key(&space)
        }) {
            Some(SkipReason::OtherSpace)
        } else {
            None
        };
        let space_key = row.space.and_then(|space| space_keys.get(&space));
        match (lost, space_key) {
            (None, Some(space_key)) => {
                content
                    .pages_of_bodies
                    .extend(row.bodies.iter().map(|&body| (body, id)));
                let view_restricted = is_view_restricted(id, &row, rows);
                content
                    .pages
                    .push(exported_page(id, row, space_key, view_restricted));
            }
            (lost, _) => {
                rows.containers.insert(id, row.parent);
                rows.skip_many(lost.unwrap_or(SkipReason::WithoutSpace), 1);
            }
        }
    }
}

/// A page that names a permission set the export does not hold counts as restricted: better hidden than leaked.
fn is_view_restricted(id: u64, page: &PageRow, rows: &Collected) -> bool {
    let restricts_viewing = |set: &u64| rows.permission_sets.get(set).copied().unwrap_or(true);
    rows.view_restricted.contains(&id) || page.permission_sets.iter().any(restricts_viewing)
}

fn exported_page(id: u64, row: PageRow, space_key: &str, view_restricted: bool) -> ExportedPage {
    ExportedPage {
        id,
        kind: row.kind,
        title: row.title,
        space_key: space_key.to_owned(),
        parent: row.parent,
        position: row.position,
        version: row.version,
        created_at: row.created_at,
        modified_at: row.modified_at,
        creator_key: row.creator_key,
        modifier_key: row.modifier_key,
        labels: Vec::new(),
        posting_day: row
            .created_at
            .filter(|_| row.kind == PageKind::BlogPost)
            .map(|created_at| created_at.date()),
        view_restricted,
    }
}

fn add_labels(rows: &Collected, pages: &mut [ExportedPage]) {
    for (content, label) in &rows.labellings {
        let page = pages
            .binary_search_by_key(content, |page| page.id)
            .ok()
            .and_then(|at| pages.get_mut(at));
        if let (Some(page), Some(label)) = (page, rows.labels.get(label)) {
            page.labels.push(label.clone());
        }
    }
    for page in pages {
        page.labels.sort_unstable();
        page.labels.dedup();
    }
}

fn take_files(rows: &mut Collected, archive: &impl FindEntry, content: &mut Content) {
    let mut older = 0;
    for (id, row) in mem::take(&mut rows.files) {
        if rows.old_versions.contains(&id) {
            older += 1;
        } else if let Some(page_id) = row.page.filter(|&page| content.is_page(page)) {
            content.files.push(exported_file(
                id,
                page_id,
                row,
                &rows.file_properties,
                archive,
            ));
        } else {
            rows.skip_many(SkipReason::FileWithoutPage, 1);
        }
    }
    let all = content.files.len();
    keep_newest_of_name(&mut content.files);
    older += all.saturating_sub(content.files.len());
    let without_bytes = content
        .files
        .iter()
        .filter(|file| !file.has_bytes())
        .count();
    rows.skip_many(SkipReason::OldVersion, older);
    rows.skip_many(SkipReason::FileWithoutBytes, without_bytes);
}

fn exported_file(
    id: u64,
    page_id: u64,
    mut row: FileRow,
    properties: &HashMap<u64, FileProperty>,
    archive: &impl FindEntry,
) -> ExportedFile {
    for property in row.properties.iter().filter_map(|id| properties.get(id)) {
        match property {
            FileProperty::MediaType(media_type) => row.media_type = Some(media_type.clone()),
            FileProperty::Size(size) => row.size = Some(*size),
        }
    }
    let found = archive.find_entry(&format!("attachments/{page_id}/{id}/{}", row.version));
    ExportedFile {
        id,
        page_id,
        file_name: row.file_name,
        media_type: row.media_type.filter(|media_type| !media_type.is_empty()),
        size: found.map(|(_, size)| size).or(row.size).unwrap_or(0),
        version: row.version,
        comment: row.comment,
        modified_at: row.modified_at,
        entry: found.map(|(entry, _)| entry),
    }
}

/// Pages refer to their files by name, so a name must mean one file: the one with bytes, then the newest.
fn keep_newest_of_name(files: &mut Vec<ExportedFile>) {
    files.sort_by(|a, b| {
        let newer_first = (b.has_bytes(), b.version, b.id).cmp(&(a.has_bytes(), a.version, a.id));
        (a.page_id, &a.file_name)
            .cmp(&(b.page_id, &b.file_name))
            .then(newer_first)
    });
    files.dedup_by(|later, kept| {
        (later.page_id, &later.file_name) == (kept.page_id, &kept.file_name)
    });
    files.sort_unstable_by_key(|file| file.id);
}

fn take_spaces(rows: &mut Collected, space_keys: &BTreeMap<u64, String>, content: &mut Content) {
    let mut seen = HashSet::new();
    for (id, space) in mem::take(&mut rows.spaces) {
        if space_keys.contains_key(&id) && seen.insert(space.key.clone()) {
            content.spaces.push(ExportedSpace {
                home_page: space.home_page.filter(|&page| content.is_page(page)),
                key: space.key,
                name: space.name,
                status: space.status,
            });
        }
    }
}
