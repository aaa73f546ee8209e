//! `visitor/open.html`: the step between a frame and a new tab, for browsers without scripts.

use askama::Template;

use crate::web::message::Context;

/// One button that opens the tab.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/open.html")]
pub struct OpenPage {
    pub context: Context,
    /// `/content/{share}/open`.
    pub action: String,
    /// Good for one use and five minutes.
    pub ticket: String,
    /// The address to open.
    pub next: String,
    /// The same in the frame.
    pub back: String,
}
