//! What the reader's templates are given: plain structs, one file per page, and the parts that several pages share.
//!
//! No handlers, no queries, no request types: a handler fills a struct with finished words and paths, and renders it.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::content::SanitizedHtml;

pub mod guide;
pub mod open;
pub mod page;
pub mod password;
pub mod search;
pub mod start;
pub mod token_needed;

#[cfg(test)]
mod tests;

/// Markup that a template prints as it is; made only from what `content` has sanitized.
#[derive(Debug, Clone, Copy)]
pub struct TrustedHtml<'a>(&'a str);

impl<'a> From<&'a SanitizedHtml> for TrustedHtml<'a> {
    fn from(html: &'a SanitizedHtml) -> Self {
        Self(html.as_str())
    }
}

#[cfg(test)]
impl<'a> TrustedHtml<'a> {
    fn unchecked(html: &'a str) -> Self {
        Self(html)
    }
}

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
    /// How to take the pass out of a frame; absent in a tab, and where there is no pass to take.
    pub new_tab: Option<NewTab>,
}

/// The same page in a tab of its own.
#[derive(Debug, Clone)]
pub struct NewTab {
    /// Path that gives a ticket for the tab.
    pub action: String,
    /// The page's path in the tab.
    pub next: String,
}

/// A moment in two spellings.
#[derive(Debug, Clone)]
pub struct Moment {
    /// For people: `3 June 2026`.
    pub label: String,
    /// For machines, in `datetime`: RFC 3339.
    pub iso: String,
}
