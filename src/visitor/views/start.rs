//! `visitor/start.html`: the portal's front door.

use askama::Template;

/// The portal's front door, for those who came without a link.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/start.html")]
pub struct StartPage {
    pub sign_in_url: String,
}
