//! `visitor/message.html` and `visitor/start.html`: pages that only say something.
//!
//! Every refusal and failure a browser can meet is one [`MessagePage`] with other words; the words are chosen where
//! the error is answered.

use askama::Template;

use super::{Context, Link};

/// A title, a few sentences, perhaps one way on.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/message.html")]
pub struct MessagePage {
    pub context: Context,
    pub title: String,
    /// One paragraph each.
    pub sentences: Vec<String>,
    /// Something to copy, such as the right form of an address.
    pub example: Option<String>,
    pub action: Option<Link>,
    /// What to tell the operator; given when it was our fault.
    pub request_id: Option<String>,
}

/// The portal's front door, for those who came without a link.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/start.html")]
pub struct StartPage {
    pub sign_in_url: String,
}
