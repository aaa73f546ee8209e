//! Admin pages of shares: the list, making one, everything about one.

pub mod activity;
pub mod change;
pub mod create;
mod create_page;
pub mod deletion;
pub mod details;
pub mod embed_health;
mod history;
mod inputs;
pub mod leaks;
pub mod list;
pub mod new_share;
pub mod page_choice;
pub mod page_choices;
pub mod show;
pub mod site_browser;
pub mod snippets;
pub mod state;
mod token_check;
pub mod unlock;
pub mod unlock_secret;
pub mod viewer;

use super::gate::SignedIn;
use crate::clock;
use crate::shares::share::{ShareId, WrittenShareId};
use crate::sharing::rights::{self, MayChange, MayView};
use crate::web::error::Failure;
use crate::web::state::AppState;

/// The right to change the share that a path names.
async fn may_change(
    state: &AppState,
    signed_in: &SignedIn,
    written: &str,
) -> Result<MayChange, Failure> {
    let id = share_id(written)?;
    let right = rights::may_change(&state.sharing, signed_in.actor(), id, clock::now());
    Ok(right.await?)
}

/// The right to see the page of the share that a path names.
async fn may_view(
    state: &AppState,
    signed_in: &SignedIn,
    written: &str,
) -> Result<MayView, Failure> {
    let id = share_id(written)?;
    let right = rights::may_view(&state.sharing, signed_in.actor(), id, clock::now());
    Ok(right.await?)
}

/// The share that a path names, in any spelling.
fn share_id(written: &str) -> Result<ShareId, Failure> {
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
