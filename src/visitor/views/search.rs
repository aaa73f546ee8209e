//! `visitor/search.html`: what a search in one share has found.

use askama::Template;

use super::ShareHeader;
use crate::web::frame_status::FrameStatus;
use crate::web::message::Context;

/// The search page, with or without a question.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/search.html")]
pub struct SearchPage {
    pub context: Context,
    pub frame: Option<FrameStatus>,
    pub share: ShareHeader,
    /// As typed; empty before the first search.
    pub query: String,
    pub outcome: Outcome,
}

/// What came of the question.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Nothing was asked yet.
    NotAsked,
    /// Asked, and nothing fits.
    Nothing,
    /// At least one hit.
    Found(Found),
}

/// One screen of hits.
#[derive(Debug, Clone)]
pub struct Found {
    pub total: u64,
    /// Position of the first and the last hit on this screen, counted from 1.
    pub first: u64,
    pub last: u64,
    pub hits: Vec<Hit>,
    /// Paths of the neighbouring screens, with the query.
    pub previous_url: Option<String>,
    pub next_url: Option<String>,
}

/// A page, blog post or file that fits.
#[derive(Debug, Clone)]
pub struct Hit {
    pub kind: HitKind,
    pub url: String,
    pub title: Vec<Segment>,
    /// Titles of the pages above, the share's root first; for a file, its page is the last.
    pub breadcrumbs: Vec<String>,
    /// Words around the hit; may be empty.
    pub excerpt: Vec<Segment>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HitKind {
    Page,
    BlogPost,
    /// With a short word for its type: `PDF`.
    File(String),
}

impl HitKind {
    /// The badge beside the title; a page, the usual case, has none.
    fn badge(&self) -> Option<&str> {
        match self {
            Self::Page => None,
            Self::BlogPost => Some("Blog post"),
            Self::File(kind) => Some(kind),
        }
    }
}

/// A run of text that either matches the question or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub text: String,
    pub hit: bool,
}
