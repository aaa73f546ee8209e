//! What an export holds once it has been read: spaces, pages, files and users as plain data.
//!
//! Bodies and file bytes are not here; they are streamed by [`super::SpaceExport`].

use time::{Date, OffsetDateTime};

/// Pages and blog posts are both content with a body; only pages form a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageKind {
    Page,
    BlogPost,
}

/// The markup of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyFormat {
    /// XHTML with `ac:` and `ri:` elements, everything since Confluence 4.0.
    Storage,
    /// The markup of Confluence 3 (`h1.`, `{code}`), kept unmigrated in some newer spaces.
    WikiMarkup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpaceStatus {
    Current,
    Archived,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedSpace {
    pub key: String,
    pub name: String,
    /// Only set when the page is among the exported ones.
    pub home_page: Option<u64>,
    pub status: SpaceStatus,
}

/// The current version of a page or blog post, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPage {
    pub id: u64,
    pub kind: PageKind,
    pub title: String,
    pub space_key: String,
    /// Always another exported page of kind [`PageKind::Page`]; following parents ends at a root.
    pub parent: Option<u64>,
    /// The place among the siblings; pages without one follow the others by title.
    pub position: Option<i64>,
    pub version: u32,
    pub created_at: Option<OffsetDateTime>,
    pub modified_at: Option<OffsetDateTime>,
    /// A key of [`ExportedUser`], if that user is in the export.
    pub creator_key: Option<String>,
    pub modifier_key: Option<String>,
    /// Sorted; personal labels (`my:favourite`) are left out.
    pub labels: Vec<String>,
    /// The day in the address of a blog post.
    pub posting_day: Option<Date>,
    /// The page's own list of readers. What it inherits from its ancestors is not counted in.
    pub view_restricted: bool,
}

/// The current version of an attachment of a current page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    pub id: u64,
    pub page_id: u64,
    pub file_name: String,
    /// As the uploader's browser said; never to be trusted.
    pub media_type: Option<String>,
    /// Bytes: of the archive's entry if there is one, otherwise as Confluence noted.
    pub size: u64,
    pub version: u32,
    pub comment: String,
    pub modified_at: Option<OffsetDateTime>,
    /// Where the bytes are; `None` when the archive does not hold them.
    pub(super) entry: Option<usize>,
}

impl ExportedFile {
    pub fn has_bytes(&self) -> bool {
        self.entry.is_some()
    }
}

/// Somebody who wrote or is mentioned in the space. Mail addresses are never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedUser {
    /// What pages and mentions refer to: a user key, a Cloud account id or, before 5.2, a user name.
    pub key: String,
    /// `None` also when the user name is a mail address.
    pub username: Option<String>,
    pub display_name: Option<String>,
}

/// The current body of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedBody {
    pub page_id: u64,
    pub format: BodyFormat,
    pub body: String,
}

/// One line of the admin's report: what was left out, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub reason: SkipReason,
    pub count: u64,
}

/// Why something of the export is not part of the result, or was changed to fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum SkipReason {
    #[error("older versions of pages and files")]
    OldVersion,
    #[error("drafts")]
    Draft,
    #[error("pages and files in the trash")]
    Trashed,
    #[error("archived pages")]
    ArchivedPage,
    #[error("comments")]
    Comment,
    #[error("templates")]
    Template,
    #[error("folders, whiteboards, databases and content of apps")]
    OtherContent,
    #[error("pages that belong to no space of the export")]
    WithoutSpace,
    #[error("pages without a title or with an id already used")]
    Unusable,
    #[error("pages moved up because what they were under is not a page of the export")]
    MovedUp,
    #[error("pages made top pages because their parents form a circle")]
    CircularParents,
    #[error("files of something that is not a current page")]
    FileWithoutPage,
    #[error("files whose bytes are missing in the archive")]
    FileWithoutBytes,
    #[error("bodies in a format that only Confluence can read")]
    UnreadableBody,
    #[error("objects of the unknown kind “{0}”")]
    UnknownClass(String),
}
