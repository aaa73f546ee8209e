//! What a Confluence site answers, in one form for both products. Wire structs, which follow each product's own words,
//! are in the files that read them.

use time::OffsetDateTime;

/// Content that has a place in a tree or a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    Page,
    BlogPost,
    /// Cloud only: a place in the tree with a title and children, without a body.
    Folder,
}

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root<'a> {
    Page(&'a str),
    /// The page and everything below it.
    Tree(&'a str),
    /// All pages, folders and blog posts of the space with this key.
    Space(&'a str),
    BlogPost(&'a str),
}

/// How much of each page a listing brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Titles, places, versions, restrictions, labels.
    Outline,
    /// The bodies too, as far as the product gives them in bulk: on Cloud storage only, on Data Center both.
    Bodies,
}

/// Everything below a root at one moment, the root first, parents before children.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pub pages: Vec<ListedPage>,
    /// The spaces that the pages are in.
    pub spaces: Vec<ListedSpace>,
}

/// A page, blog post or folder as the site tells it.
#[derive(Debug, Clone)]
pub struct ListedPage {
    pub id: String,
    pub kind: ContentKind,
    pub title: String,
    pub space_key: String,
    /// The page or folder above; `None` at the top of a space.
    pub parent_id: Option<String>,
    /// Order among its siblings, from 0 without gaps within one listing.
    pub position: i32,
    /// 0 for a folder, which has none.
    pub version: i32,
    /// Account id or user key of who made the newest version.
    pub author_id: Option<String>,
    /// The same person's name, where the product tells it along.
    pub author_name: Option<String>,
    pub created_at: Option<OffsetDateTime>,
    /// Of the newest version.
    pub modified_at: Option<OffsetDateTime>,
    /// Whether the page itself has a view restriction; `None` when the answer did not say.
    pub view_restricted: Option<bool>,
    /// `None` when the answer did not say.
    pub labels: Option<Vec<String>>,
    pub bodies: Bodies,
}

/// A page's body in the forms that were asked for and given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bodies {
    pub export_view: Option<String>,
    pub storage: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSpace {
    pub key: String,
    pub name: String,
    pub homepage_id: Option<String>,
}

/// An attachment's newest version, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// As the API writes it: `att123` on Cloud.
    pub id: String,
    /// The page or blog post it hangs on.
    pub content_id: String,
    pub name: String,
    pub size_bytes: Option<u64>,
    /// What the wiki claims; never trusted for serving.
    pub media_type: Option<String>,
    pub version: i32,
    pub comment: Option<String>,
    pub modified_at: Option<OffsetDateTime>,
    /// Data Center: `_links.download`, relative to the base URL. `None` on Cloud, where the id is enough.
    pub download_path: Option<String>,
}

/// A comment under a page, with the replies to it behind it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedComment {
    pub id: String,
    /// 0 for a comment on the page, 1 for a reply, and so on.
    pub depth: u32,
    pub author_id: Option<String>,
    pub author_name: Option<String>,
    pub created_at: Option<OffsetDateTime>,
    /// Storage format.
    pub storage: String,
}

/// Somebody whom pages name. Never a mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Account id on Cloud, user key on Data Center.
    pub id: String,
    /// Data Center only.
    pub username: Option<String>,
    pub display_name: String,
}

/// A page, blog post or folder that an admin may pick, as search and the tree browser show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundContent {
    pub id: String,
    pub kind: ContentKind,
    pub title: String,
    /// `None` when the answer did not say.
    pub space_key: Option<String>,
}

/// Whose children the tree browser opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildrenOf<'a> {
    Page(&'a str),
    Folder(&'a str),
    /// What stands at the top of the space with this key.
    Space(&'a str),
}
