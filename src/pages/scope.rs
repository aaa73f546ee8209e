//! Which pages of a connection may be seen: a share's reach, without the share.

use uuid::Uuid;

/// A part of one connection's content.
///
/// Pages with a view restriction in the wiki, and everything below them, are outside, unless the admin shared that
/// very page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentScope {
    pub connection_id: Uuid,
    pub space_key: String,
    pub reach: Reach,
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
    /// Everything of the connection: for its own admins and for the import, never for visitors.
    Everything,
}

impl ContentScope {
    /// The page that a visitor meets first.
    pub fn root(&self) -> Option<&str> {
        match &self.reach {
            Reach::One { root } | Reach::Tree { root } => Some(root),
            Reach::Space { home } => home.as_deref(),
            Reach::Everything => None,
        }
    }
}
