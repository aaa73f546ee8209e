//! From an opened page to what its template is given. No queries.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::gate::Unlocked;
use super::views::page::{
    CommentView, ContentPage, FileRow, LastChange, NodeState, TocEntry, TreeGroup, TreeNode,
};
use super::views::{Moment, NewTab, ShareHeader};
use crate::content::FindingKind;
use crate::pages::media_type;
use crate::pages::model::{PageKind, PageSummary};
use crate::pages::reader::{Branch, OpenedComment, OpenedPage, Reader};
use crate::shares::share::ScopeKind;
use crate::web::frame_status::{FrameState, FrameStatus};
use crate::web::message::{Context, Link};

/// What stands around every page of a share.
pub struct Surrounding {
    pub context: Context,
    pub frame: Option<FrameStatus>,
    pub header: ShareHeader,
}

impl Surrounding {
    /// `here` is the address of the page that is shown, as a tab would open it.
    pub fn of(unlocked: &Unlocked, base_path: &str, here: String) -> Self {
        let (visit, share) = (unlocked.visit(), unlocked.share());
        let has_pass = unlocked.pass().is_some();
        let searchable = matches!(share.scope.kind(), ScopeKind::Tree | ScopeKind::Space);
        let context = visit.context();
        Self {
            context,
            frame: visit.frame_status(FrameState::Open),
            header: ShareHeader {
                name: share.name.clone(),
                home_url: base_path.to_owned(),
                search_url: searchable.then(|| format!("{base_path}/search")),
                sign_out_url: has_pass.then(|| format!("{base_path}/session/end")),
                new_tab: (context.is_framed() && has_pass && !share.embed_only).then(|| NewTab {
                    action: format!("{base_path}/open"),
                    next: here,
                }),
            },
        }
    }
}

pub fn content_page<'a>(
    reader: &Reader<'_>,
    surrounding: &Surrounding,
    opened: &'a OpenedPage,
    comments: &'a [OpenedComment],
) -> ContentPage<'a> {
    let page = &opened.page;
    let is_post = page.summary.kind == PageKind::BlogPost;
    let (previous, next) = neighbours(reader, opened);
    let converted = opened
        .rendered
        .findings
        .iter()
        .any(|finding| finding.kind == FindingKind::WikiMarkup);
    ContentPage {
        context: surrounding.context,
        frame: surrounding.frame.clone(),
        share: surrounding.header.clone(),
        title: page.summary.title.clone(),
        breadcrumbs: opened.ancestors.iter().map(|above| link(reader, above)).collect(),
        tree: tree(reader, opened),
        toc: toc(opened),
        body: (&opened.rendered.html).into(),
        files: files(reader, opened),
        labels: page.labels.clone(),
        published: page.created_at.filter(|_| is_post).map(moment),
        last_change: page.modified_at.map(|at| LastChange {
            when: moment(at),
            by: page.author_name.clone(),
        }),
        note: converted.then(|| "This page was written in an old format and converted; its layout may differ from the original.".to_owned()),
        comments: comments.iter().map(comment_view).collect(),
        previous,
        next,
    }
}

fn comment_view(comment: &OpenedComment) -> CommentView<'_> {
    CommentView {
        depth: comment.depth.min(3),
        by: comment.author_name.clone(),
        when: comment.created_at.map(moment),
        body: (&comment.html).into(),
    }
}

fn link(reader: &Reader<'_>, page: &PageSummary) -> Link {
    Link {
        title: page.title.clone(),
        url: reader.page_url(page),
    }
}

fn toc(opened: &OpenedPage) -> Vec<TocEntry> {
    let entries = opened.rendered.headings.iter().map(|heading| TocEntry {
        level: heading.level,
        id: heading.id.clone(),
        text: heading.text.clone(),
    });
    entries.collect()
}

fn files(reader: &Reader<'_>, opened: &OpenedPage) -> Vec<FileRow> {
    let rows = opened.files.iter().map(|file| FileRow {
        name: file.file_name.clone(),
        url: reader.file_url(file),
        kind_label: media_type::label(&file.file_name, &file.media_type),
        size_label: size_in_words(file.size_bytes),
    });
    rows.collect()
}

fn tree(reader: &Reader<'_>, opened: &OpenedPage) -> Vec<TreeGroup> {
    let mut groups = Vec::new();
    let current = &opened.page.summary.content_id;
    // A tree of one page says nothing.
    if opened.tree.len() > 1 || opened.tree.iter().any(|branch| branch.has_children) {
        groups.push(TreeGroup {
            label: None,
            nodes: opened
                .tree
                .iter()
                .map(|branch| node(reader, branch, current))
                .collect(),
        });
    }
    if !opened.blog_posts.is_empty() {
        let posts = opened.blog_posts.iter().map(|post| TreeNode {
            title: post.title.clone(),
            url: reader.page_url(post),
            state: if post.content_id == *current {
                NodeState::Current
            } else {
                NodeState::Closed
            },
            children: Vec::new(),
            more: false,
        });
        groups.push(TreeGroup {
            label: Some("Blog posts".to_owned()),
            nodes: posts.collect(),
        });
    }
    groups
}

fn node(reader: &Reader<'_>, branch: &Branch, current: &str) -> TreeNode {
    let state = if branch.page.content_id == current {
        NodeState::Current
    } else if branch.children.is_empty() {
        NodeState::Closed
    } else {
        NodeState::Open
    };
    TreeNode {
        title: branch.page.title.clone(),
        url: reader.page_url(&branch.page),
        state,
        children: branch
            .children
            .iter()
            .map(|child| node(reader, child, current))
            .collect(),
        more: branch.has_children && branch.children.is_empty(),
    }
}

/// The pages before and after this one in reading order, as far as the loaded tree shows it.
fn neighbours(reader: &Reader<'_>, opened: &OpenedPage) -> (Option<Link>, Option<Link>) {
    let mut order = Vec::new();
    flatten(&opened.tree, &mut order);
    let position = order
        .iter()
        .position(|branch| branch.page.content_id == opened.page.summary.content_id);
    let Some(position) = position else {
        return (None, None);
    };
    let before = position.checked_sub(1).and_then(|before| order.get(before));
    // A closed branch before this page has pages that come in between; the link would skip them.
    let before = before.filter(|branch| !branch.has_children || !branch.children.is_empty());
    let after = order.get(position + 1);
    (
        before.map(|branch| link(reader, &branch.page)),
        after.map(|branch| link(reader, &branch.page)),
    )
}

fn flatten<'a>(branches: &'a [Branch], order: &mut Vec<&'a Branch>) {
    for branch in branches {
        order.push(branch);
        flatten(&branch.children, order);
    }
}

/// `3 June 2026`.
pub fn moment(at: OffsetDateTime) -> Moment {
    let date = at.date();
    Moment {
        label: format!("{} {} {}", date.day(), date.month(), date.year()),
        iso: at.format(&Rfc3339).unwrap_or_default(),
    }
}

/// `870 B`, `12 KB`, `2.4 MB`: powers of 1,000, as file managers show them.
pub fn size_in_words(bytes: u64) -> String {
    let units = ["KB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths /= 1000;
        unit += 1;
    }
    let unit = units.get(unit).copied().unwrap_or_default();
    if tenths >= 100 {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::size_in_words;

    #[test]
    fn sizes_are_short() {
        let shown = [
            0,
            999,
            1000,
            2_449,
            12_345,
            999_999,
            2_400_000,
            3_000_000_000,
        ]
        .map(size_in_words);
        assert_eq!(
            shown,
            [
                "0 B", "999 B", "1.0 KB", "2.4 KB", "12 KB", "999 KB", "2.4 MB", "3.0 GB"
            ]
        );
    }
}
