//! Admin pages of shares: the list, making one, everything about one.

pub mod activity;
mod bring;
pub mod change;
pub mod create;
mod create_page;
pub mod deletion;
pub mod details;
pub mod embed_health;
pub mod embedding;
pub mod leaks;
mod limits;
pub mod list;
pub mod page_choice;
pub mod refresh;
pub mod show;
pub mod site_browser;
pub mod snippets;
pub mod state;
pub mod unlock;
pub mod unlock_secret;
pub mod viewer;
pub mod visible;

use crate::shares::share::{ShareId, WrittenShareId};
use crate::web::error::Failure;

/// The share that a path names, in any spelling.
pub(super) fn share_id(written: &str) -> Result<ShareId, Failure> {
    match ShareId::parse(written) {
        Some(WrittenShareId::Canonical(id) | WrittenShareId::OtherSpelling(id)) => Ok(id),
        None => Err(Failure::NotFound),
    }
}

/// The admin page of a share, at one of its sections.
pub(super) fn share_path(id: ShareId, section: &str) -> String {
    if section.is_empty() {
        format!("/admin/shares/{id}")
    } else {
        format!("/admin/shares/{id}#{section}")
    }
}
