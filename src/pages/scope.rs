//! Which pages of a connection may be seen: a share's reach and limits, without the share.

use uuid::Uuid;

/// A part of one connection's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentScope {
    pub connection_id: Uuid,
    pub space_key: String,
    pub reach: Reach,
    pub limits: PageLimits,
    /// In whose name pages are shown; `None` where they look the same for everybody: of all connections but an app's, and
    /// for the portal's own work.
    pub viewers: Option<Viewers>,
}

/// The people of a share at the connection's site, by their ids there.
///
/// Pages are shown as the creator sees them, and where that cannot be had as who stands in sees them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Viewers {
    pub creator: Option<String>,
    pub stand_in: Option<String>,
}

/// How far a scope goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// One page or blog post alone.
    One { root: String },
    /// A page and all below it.
    Tree { root: String },
    /// A space's pages and blog posts; `home` is where it opens.
    Space { home: Option<String> },
    /// Everything of the connection: for its own admins and for the import, never for visitors. No limit holds here.
    Everything,
}

/// What of the reach is left out.
///
/// The root of [`Reach::One`] and [`Reach::Tree`] is the very page that the admin chose, so labels do not count for it.
/// In a space nobody chose a page: its home is a page like all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLimits {
    pub restricted_pages: RestrictedPages,
    /// In lower case. Only pages with one of them are seen; those below the others still may be. Empty: every page.
    pub include_labels: Vec<String>,
    /// In lower case. Pages with one of them, and everything below them, are outside.
    pub exclude_labels: Vec<String>,
}

/// Which pages with a view restriction in the wiki may be seen. With such a page goes everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestrictedPages {
    None,
    /// The root alone.
    Root,
    All,
}

impl PageLimits {
    /// For those who may see everything.
    pub const NONE: Self = Self {
        restricted_pages: RestrictedPages::All,
        include_labels: Vec::new(),
        exclude_labels: Vec::new(),
    };
}

impl ContentScope {
    /// The page that a visitor meets first.
    pub fn root(&self) -> Option<&str> {
        match &self.reach {
            Reach::Space { home } => home.as_deref(),
            _ => self.chosen(),
        }
    }

    /// The page that the admin chose: the root, but not a space's home.
    pub(super) fn chosen(&self) -> Option<&str> {
        match &self.reach {
            Reach::One { root } | Reach::Tree { root } => Some(root),
            Reach::Space { .. } | Reach::Everything => None,
        }
    }
}
