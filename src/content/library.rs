//! What a page may ask about the world around it while it is rendered.
//!
//! The answers come from `pages`, for one share, so everything found here is inside that share's scope. No
//! rendering and no storage here.

use super::BodyFormat;

/// The content one share can see. Implemented for a single share; never answers with anything outside its scope.
pub trait Library {
    /// A page or blog post by its title, compared as Confluence does. `None` for the space means any space of the share.
    fn page_by_title(&self, space_key: Option<&str>, title: &str) -> Lookup<PageLink>;

    /// A page or blog post by its Confluence content id.
    fn page_by_id(&self, content_id: &str) -> Lookup<PageLink>;

    /// The pages directly below a page, in Confluence's order.
    fn children(&self, content_id: &str) -> Vec<PageLink>;

    /// The body of another page, for macros that show a part of it.
    fn source(&self, content_id: &str) -> Option<OwnedSource>;

    /// The newest version of a page's attachment.
    fn file(&self, content_id: &str, file_name: &str) -> Option<FileLink>;

    /// The newest version of an attachment by the digits of its id, which API and database may write with `att` before
    /// them.
    fn file_by_id(&self, attachment_id: &str) -> Option<FileLink>;

    /// The newest version of every attachment of a page, by name.
    fn files(&self, content_id: &str) -> Vec<FileLink>;

    /// A person's display name by user key, user name or account id.
    fn user_name(&self, key: &str) -> Option<String>;

    /// The pages that carry all of these labels.
    fn labelled(&self, labels: &[&str]) -> Vec<PageLink>;
}

/// What became of a search for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It exists and visitors of this share may see it.
    Found(T),
    /// It exists, but outside the share: its address must not be shown.
    OutsideShare,
    /// There is no such thing.
    Missing,
}

/// A page of the share and where visitors find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// Confluence's content id.
    pub content_id: String,
    /// The title in plain text.
    pub title: String,
    /// Absolute path beginning with `/`, without a fragment.
    pub url: String,
}

/// An attachment of a page of the share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// The file name as it was uploaded.
    pub name: String,
    /// Absolute path beginning with `/content/`.
    pub url: String,
    /// The media type this portal will serve, such as `image/png`.
    pub media_type: String,
    /// The size of the file.
    pub size_bytes: u64,
    /// The width of a picture in pixels, where known.
    pub width: Option<u32>,
    /// The height of a picture in pixels, where known.
    pub height: Option<u32>,
    /// The uploader's remark.
    pub comment: Option<String>,
}

/// A [`PageSource`](super::PageSource) that owns its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedSource {
    /// Confluence's content id.
    pub content_id: String,
    /// The title in plain text.
    pub title: String,
    /// The space whose pages its links mean when they name no space.
    pub space_key: String,
    /// The markup.
    pub body: String,
    /// Which markup it is.
    pub format: BodyFormat,
    /// The storage body beside an export view; `None` for other formats.
    pub storage: Option<String>,
}
