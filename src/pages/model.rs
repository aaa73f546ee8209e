//! What the snapshots hold, as plain values.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::confluence::Product;
use crate::content::{BodyFormat, Finding};

/// The two kinds of content that have a body and a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    Page,
    BlogPost,
}

impl PageKind {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blog_post",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Page, Self::BlogPost]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A page without its body: enough for trees, lists and links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSummary {
    pub content_id: String,
    pub kind: PageKind,
    pub space_key: String,
    pub title: String,
    pub parent_content_id: Option<String>,
    pub view_restricted: bool,
}

/// A page whole, as stored. Holding one says that it was in the scope it was looked up in.
#[derive(Debug, Clone)]
pub struct Page {
    pub summary: PageSummary,
    pub body: String,
    pub format: BodyFormat,
    pub version: i32,
    pub author_name: Option<String>,
    pub created_at: Option<OffsetDateTime>,
    pub modified_at: Option<OffsetDateTime>,
    pub labels: Vec<String>,
    /// The storage format beside an export view.
    pub storage: Option<String>,
}

impl Page {
    /// A live page that was listed and whose body was never fetched.
    pub fn is_missing_body(&self) -> bool {
        self.version == 0
    }
}

/// A file of a page; the bytes lie in the object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub connection_id: Uuid,
    pub attachment_id: String,
    pub content_id: String,
    pub file_name: String,
    /// What we serve it as; never what the wiki claimed.
    pub media_type: String,
    pub size_bytes: u64,
    /// Of the bytes, whose object it names; `None` until a live connection has fetched them.
    pub sha256: Option<[u8; 32]>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub version: i32,
    pub comment: Option<String>,
    pub modified_at: Option<OffsetDateTime>,
}

impl Attachment {
    /// The same before and after the bytes were fetched, so that a download which began meanwhile can go on.
    pub fn etag(&self) -> String {
        let id: String = self
            .attachment_id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        format!("\"{id}-{}-{}\"", self.version, self.size_bytes)
    }
}

/// Where a connection's content comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionKind {
    SpaceExport,
    /// A site that is asked again and again.
    Live(Product),
}

impl ConnectionKind {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SpaceExport => "space_export",
            Self::Live(product) => product.as_str(),
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "space_export" => Some(Self::SpaceExport),
            product => Product::parse(product).map(Self::Live),
        }
    }

    pub fn is_live(self) -> bool {
        self != Self::SpaceExport
    }

    /// Of a live one.
    pub fn product(self) -> Option<Product> {
        match self {
            Self::SpaceExport => None,
            Self::Live(product) => Some(product),
        }
    }
}

/// A Confluence site or an imported space export.
#[derive(Debug, Clone)]
pub struct Connection {
    pub id: Uuid,
    pub kind: ConnectionKind,
    pub name: String,
    /// Base URL of the wiki the content came from, if known.
    pub wiki_url: Option<String>,
    pub content_revision: i64,
    /// Of the last import.
    pub report: Option<ImportReport>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

/// A space of a connection.
#[derive(Debug, Clone)]
pub struct Space {
    pub connection_id: Uuid,
    pub key: String,
    pub name: String,
    pub home_content_id: Option<String>,
}

/// What an import brought in and what it left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    pub spaces: u32,
    pub pages: u32,
    pub blog_posts: u32,
    pub files: u32,
    pub file_bytes: u64,
    /// Pages that were there before this import and are no longer in the export.
    pub removed_pages: u32,
    pub restricted_pages: u32,
    /// What was left out, in words.
    pub skipped: Vec<SkippedInReport>,
    /// What readers will not see as it was in the wiki, over all pages.
    pub findings: Vec<Finding>,
}

/// One reason why something was left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SkippedInReport {
    pub what: String,
    pub count: u64,
}
