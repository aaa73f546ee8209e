//! What the reader's templates are given: plain structs, one file per page, and the parts that several pages share.
//!
//! No handlers, no queries, no request types: a handler fills a struct with finished words and paths, and renders it.

use std::fmt;

use askama::filters::HtmlSafe;

pub mod message;
pub mod page;
pub mod password;
pub mod search;

#[cfg(test)]
mod tests;

/// Where the page is shown. In a frame the chrome is slimmer: the client's site already says where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// A browser tab of its own.
    Top,
    /// An iframe of a client's site.
    Framed,
}

impl Context {
    /// The class of `<body>`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Framed => "framed",
        }
    }

    /// Whether the page is inside somebody else's page.
    pub fn is_framed(self) -> bool {
        self == Self::Framed
    }
}

/// Markup that a template prints as it is. Make it only from what `content` has sanitized.
#[derive(Debug, Clone, Copy)]
pub struct TrustedHtml<'a>(pub &'a str);

impl fmt::Display for TrustedHtml<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

impl HtmlSafe for TrustedHtml<'_> {}

/// The bar above every page of an open share.
#[derive(Debug, Clone)]
pub struct ShareHeader {
    /// The share's name.
    pub name: String,
    /// Path of the share's root page.
    pub home_url: String,
    /// Path that answers `?q=`; absent when there is nothing to search, as in a share of one page.
    pub search_url: Option<String>,
    /// Path that takes the pass away by POST; absent when the share is open to all.
    pub sign_out_url: Option<String>,
}

/// A link to another page of the share.
#[derive(Debug, Clone)]
pub struct Link {
    /// The page's title.
    pub title: String,
    /// Its path.
    pub url: String,
}

/// A moment in two spellings.
#[derive(Debug, Clone)]
pub struct Moment {
    /// For people: `3 June 2026`.
    pub label: String,
    /// For machines, in `datetime`: RFC 3339.
    pub iso: String,
}
