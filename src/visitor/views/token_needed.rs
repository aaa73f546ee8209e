//! `visitor/token_needed.html`: what a frame shows of a share that only a token opens, when none did.

use askama::Template;

use crate::web::frame_status::FrameStatus;
use crate::web::message::Context;

/// One sentence, and no password form.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/token_needed.html")]
pub struct TokenNeededPage {
    pub context: Context,
    pub frame: Option<FrameStatus>,
    /// What to do.
    pub sentence: &'static str,
}
