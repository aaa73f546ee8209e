//! What gets out with a share beyond the text of its pages. How it is found is `leak_report`'s subject.

use serde::{Deserialize, Serialize};

/// What a share lets out, as of one check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakReport {
    /// Pages that were looked at.
    pub pages: u32,
    /// Pages in scope that could not be looked at, because their bodies are still to be fetched.
    pub waiting: u32,
    /// Ordered by category, then as they were met.
    pub leaks: Vec<Leak>,
    /// Leaks beyond those that are named.
    pub left_out: u32,
}

/// One thing that gets out, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// The same in every report as long as it is the same leak, whatever its pages are.
    pub key: String,
    pub category: Category,
    /// A sentence, a title or a file's name.
    pub what: String,
    /// The first ones.
    pub pages: Vec<LeakPage>,
    pub page_count: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakPage {
    pub content_id: String,
    pub title: String,
}

/// Leaks are grouped by these, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Pages with a view restriction in the wiki that the share shows all the same.
    RestrictedPages,
    /// Content that includes, excerpts and reports take from other pages.
    PulledContent,
    /// Names of people, and their mail addresses.
    People,
    /// Links that lead, or led in the wiki, out of the share.
    OutsideLinks,
    Files,
    /// Macros and diagrams in whose place visitors see something else.
    Placeholders,
    /// Pages that look different from the wiki for another reason.
    Altered,
}

impl Category {
    pub const ALL: [Self; 7] = [
        Self::RestrictedPages,
        Self::PulledContent,
        Self::People,
        Self::OutsideLinks,
        Self::Files,
        Self::Placeholders,
        Self::Altered,
    ];
}
