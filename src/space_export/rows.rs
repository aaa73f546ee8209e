//! Objects of `entities.xml` reduced to what a reader of pages needs; they still point to each other by id.

use time::OffsetDateTime;

use super::model::{PageKind, SpaceStatus};

pub(super) struct SpaceRow {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) home_page: Option<u64>,
    pub(super) status: SpaceStatus,
}

/// A page that is current as far as its own object says.
pub(super) struct PageRow {
    pub(super) kind: PageKind,
    pub(super) title: String,
    pub(super) space: Option<u64>,
    pub(super) parent: Option<u64>,
    pub(super) position: Option<i64>,
    pub(super) version: u32,
    pub(super) created_at: Option<OffsetDateTime>,
    pub(super) modified_at: Option<OffsetDateTime>,
    pub(super) creator_key: Option<String>,
    pub(super) modifier_key: Option<String>,
    pub(super) bodies: Vec<u64>,
    pub(super) permission_sets: Vec<u64>,
}

pub(super) struct FileRow {
    pub(super) page: Option<u64>,
    pub(super) file_name: String,
    pub(super) media_type: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) version: u32,
    pub(super) comment: String,
    pub(super) modified_at: Option<OffsetDateTime>,
    pub(super) properties: Vec<u64>,
}

/// What is kept in a property object of its own since 5.7.
pub(super) enum FileProperty {
    MediaType(String),
    Size(u64),
}
