//! One page for one scope: looked up, rendered, with its place in the tree. What the browser gets is `visitor`'s
//! subject.

use diesel::PgConnection;
use time::OffsetDateTime;

use super::addresses::Addresses;
use super::library::ScopeLibrary;
use super::model::{Attachment, Page, PageSummary};
use super::scope::{ContentScope, Reach};
use super::store::{attachments, comments, listing, reach};
use crate::content::{
    self, BodyFormat, ExternalLinks, PageSource, RenderOptions, Rendered, SanitizedHtml,
};
use crate::db::DbError;

/// Who asks: the scope, the addresses of what is in it, and the options of the share.
pub struct Reader<'a> {
    pub scope: &'a ContentScope,
    pub addresses: &'a Addresses,
    pub external_links: ExternalLinks,
    /// Hosts of the company's own wiki.
    pub wiki_hosts: &'a [String],
}

/// A page with everything around it.
pub struct OpenedPage {
    pub page: Page,
    pub rendered: Rendered,
    /// From the root to the parent.
    pub ancestors: Vec<PageSummary>,
    pub tree: Vec<Branch>,
    pub blog_posts: Vec<PageSummary>,
    pub files: Vec<Attachment>,
}

/// A comment under a page, to be read only.
pub struct OpenedComment {
    /// 0 for a comment on the page, 1 for a reply, and so on.
    pub depth: u32,
    pub author_name: Option<String>,
    pub created_at: Option<OffsetDateTime>,
    pub html: SanitizedHtml,
}

/// A page in the tree with those below it that are worth showing now.
#[derive(Debug)]
pub struct Branch {
    pub page: PageSummary,
    pub children: Vec<Branch>,
    /// It has children, loaded or not.
    pub has_children: bool,
}

/// As many blog posts as a tree can show with sense.
const BLOG_POSTS: i64 = 50;

impl Reader<'_> {
    /// The page a share opens with: its root; in a space without home page the first page, or else the newest post.
    pub fn start_page(&self, db: &mut PgConnection) -> Result<Option<String>, DbError> {
        if let Some(root) = self.scope.root()
            && reach::is_in_scope(db, self.scope, root)?
        {
            return Ok(Some(root.to_owned()));
        }
        if !matches!(self.scope.reach, Reach::Space { .. }) {
            return Ok(None);
        }
        let first = reach::children(db, self.scope, None)?.into_iter().next();
        let mut newest =
            || reach::blog_posts(db, self.scope, 1).map(|posts| posts.into_iter().next());
        let page = match first {
            Some(page) => Some(page),
            None => newest()?,
        };
        Ok(page.map(|page| page.content_id))
    }

    /// `None` when the page is not in scope.
    pub fn open(
        &self,
        db: &mut PgConnection,
        content_id: &str,
    ) -> Result<Option<OpenedPage>, DbError> {
        let Some(page) = reach::find_page(db, self.scope, content_id)? else {
            return Ok(None);
        };
        let rendered = self.render(db, &page)?;
        let ancestors = reach::ancestors(db, self.scope, &page.summary)?;
        let tree = self.tree(db, &ancestors, &page.summary)?;
        let blog_posts = reach::blog_posts(db, self.scope, BLOG_POSTS)?;
        let files = attachments::list_attachments(db, self.scope.connection_id, content_id)?;
        Ok(Some(OpenedPage {
            page,
            rendered,
            ancestors,
            tree,
            blog_posts,
            files,
        }))
    }

    /// Only the content, as this scope may see it.
    pub fn render(&self, db: &mut PgConnection, page: &Page) -> Result<Rendered, DbError> {
        let library = ScopeLibrary::new(db, self.scope, self.addresses);
        let source = PageSource {
            content_id: &page.summary.content_id,
            title: &page.summary.title,
            space_key: &page.summary.space_key,
            body: &page.body,
            format: page.format,
            storage: page.storage.as_deref(),
        };
        let options = RenderOptions {
            external_links: self.external_links,
            wiki_hosts: self.wiki_hosts,
        };
        let rendered = content::render(&source, &library, &options);
        library.finish()?;
        Ok(rendered)
    }

    /// The comments under a page, in reading order, as this scope may see them.
    pub fn comments(
        &self,
        db: &mut PgConnection,
        page: &Page,
    ) -> Result<Vec<OpenedComment>, DbError> {
        let stored =
            comments::list_comments(db, self.scope.connection_id, &page.summary.content_id)?;
        let mut opened = Vec::with_capacity(stored.len());
        for comment in stored {
            let body = Page {
                body: comment.storage,
                format: BodyFormat::Storage,
                storage: None,
                ..page.clone()
            };
            opened.push(OpenedComment {
                depth: comment.depth,
                author_name: comment.author_name,
                created_at: comment.created_at,
                html: self.render(db, &body)?.html,
            });
        }
        Ok(opened)
    }

    /// A file of a page in scope, or one that such a page shows.
    pub fn find_file(
        &self,
        db: &mut PgConnection,
        attachment_id: &str,
    ) -> Result<Option<Attachment>, DbError> {
        let Some(file) = attachments::find_attachment(db, self.scope.connection_id, attachment_id)?
        else {
            return Ok(None);
        };
        let visible = attachments::is_visible(db, self.scope, &file)?;
        Ok(visible.then_some(file))
    }

    pub fn page_url(&self, page: &PageSummary) -> String {
        self.addresses.page(&page.content_id)
    }

    pub fn file_url(&self, file: &Attachment) -> String {
        self.addresses.file(file)
    }

    /// The way from the root to the current page, with the siblings of each page on it and the current page's children.
    fn tree(
        &self,
        db: &mut PgConnection,
        ancestors: &[PageSummary],
        current: &PageSummary,
    ) -> Result<Vec<Branch>, DbError> {
        let tops = match &self.scope.reach {
            Reach::One { .. } | Reach::Everything => return Ok(Vec::new()),
            Reach::Tree { root } => listing::find_summary(db, self.scope.connection_id, root)?
                .into_iter()
                .collect(),
            Reach::Space { .. } => reach::children(db, self.scope, None)?,
        };
        let open: Vec<&str> = ancestors
            .iter()
            .chain([current])
            .map(|page| page.content_id.as_str())
            .collect();
        self.branches(db, tops, &open)
    }

    fn branches(
        &self,
        db: &mut PgConnection,
        pages: Vec<PageSummary>,
        open: &[&str],
    ) -> Result<Vec<Branch>, DbError> {
        let ids: Vec<String> = pages.iter().map(|page| page.content_id.clone()).collect();
        let parents = reach::with_children(db, self.scope, &ids)?;
        let mut branches = Vec::with_capacity(pages.len());
        for page in pages {
            let has_children = parents.contains(&page.content_id);
            // Each page is open once, so a circle in the data cannot lead round.
            let children = match open.split_first() {
                Some((first, rest)) if has_children && *first == page.content_id => {
                    let children = reach::children(db, self.scope, Some(&page.content_id))?;
                    self.branches(db, children, rest)?
                }
                _ => Vec::new(),
            };
            branches.push(Branch {
                page,
                children,
                has_children,
            });
        }
        Ok(branches)
    }
}
