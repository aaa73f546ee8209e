//! `visitor/page.html`: one page of a share with its tree, table of contents and files.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Moment, ShareHeader, TrustedHtml};
use crate::web::frame_status::FrameStatus;
use crate::web::message::{Context, Link};

/// A page or blog post of a share.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/page.html")]
pub struct ContentPage<'a> {
    pub context: Context,
    pub frame: Option<FrameStatus>,
    pub share: ShareHeader,
    pub title: String,
    /// The pages above this one, the share's root first; empty on the root itself.
    pub breadcrumbs: Vec<Link>,
    /// Empty in a share of one page; the column disappears then.
    pub tree: Vec<TreeGroup>,
    /// In reading order; shown from two entries on.
    pub toc: Vec<TocEntry>,
    pub body: TrustedHtml<'a>,
    pub files: Vec<FileRow>,
    pub labels: Vec<String>,
    /// When a blog post was published; absent on pages.
    pub published: Option<Moment>,
    pub last_change: Option<LastChange>,
    /// One plain sentence above the content, such as that the page was converted from old markup.
    pub note: Option<String>,
    /// What people wrote under the page, where the share shows it.
    pub comments: Vec<CommentView<'a>>,
    /// The neighbours in reading order.
    pub previous: Option<Link>,
    pub next: Option<Link>,
}

impl ContentPage<'_> {
    fn has_toc(&self) -> bool {
        self.toc.len() > 1
    }

    /// The smallest heading level of the page, so that a page that starts at `h2` is not indented.
    fn toc_depth(&self, entry: &TocEntry) -> u8 {
        let top = self.toc.iter().map(|entry| entry.level).min();
        entry.level.saturating_sub(top.unwrap_or(1)).min(3)
    }
}

/// Pages of one kind in the tree.
#[derive(Debug, Clone)]
pub struct TreeGroup {
    /// `Blog posts`, for instance; the pages themselves need no name.
    pub label: Option<String>,
    pub nodes: Vec<TreeNode>,
}

/// A page in the tree, with those of its children that are loaded.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/_tree_node.html")]
pub struct TreeNode {
    pub title: String,
    pub url: String,
    pub state: NodeState,
    pub children: Vec<TreeNode>,
    /// There are children but they are not loaded: the node is a plain link with a hint.
    pub more: bool,
}

/// How a node of the tree is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeState {
    /// The page being read; its children are shown.
    Current,
    /// Above the page being read; its children are shown.
    Open,
    /// Elsewhere; its children, if loaded, wait behind the opener.
    Closed,
}

impl TreeNode {
    fn is_current(&self) -> bool {
        self.state == NodeState::Current
    }

    fn is_open(&self) -> bool {
        self.state != NodeState::Closed
    }
}

/// A node prints itself by its own escaped template, which is how the tree recurses.
impl HtmlSafe for TreeNode {}

/// A heading of the page.
#[derive(Debug, Clone)]
pub struct TocEntry {
    /// 1 to 6.
    pub level: u8,
    /// The `id` in the body, without `#`.
    pub id: String,
    pub text: String,
}

/// An attached file.
#[derive(Debug, Clone)]
pub struct FileRow {
    pub name: String,
    pub url: String,
    /// A short word: `PDF`, `Image`, `Spreadsheet`.
    pub kind_label: String,
    /// `2.4 MB`.
    pub size_label: String,
}

/// A comment; replies follow what they reply to.
#[derive(Debug, Clone)]
pub struct CommentView<'a> {
    /// 0 to 3: deeper replies are indented no further.
    pub depth: u32,
    pub by: Option<String>,
    pub when: Option<Moment>,
    pub body: TrustedHtml<'a>,
}

/// When the page was last changed, and by whom if names may be shown.
#[derive(Debug, Clone)]
pub struct LastChange {
    pub when: Moment,
    pub by: Option<String>,
}
