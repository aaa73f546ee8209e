//! Admin pages of connections: the list, connecting a live site, importing a space export, how each is doing, moving the
//! shares of one installation of our app to another, renaming, deleting.

pub mod access;
mod access_form;
pub mod change;
pub mod installation;
pub mod list;
pub mod live;
pub mod live_actions;
pub mod new_live;
mod notices;
pub mod oauth;
pub mod rebind;
pub mod report;
pub mod settings;
mod settings_form;
pub mod show;
pub mod test_report;
pub mod trouble;
pub mod upload;

use uuid::Uuid;

use crate::web::error::Failure;

/// The connection that a path names.
pub(super) fn connection_id(written: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(written).map_err(|_no_uuid| Failure::NotFound)
}

/// What an automation rule of Cloud sends to the webhook: the rule fills in the page's id.
pub(crate) const WEBHOOK_BODY: &str = r#"{"event": "page_updated", "page": {"id": "{{page.id}}"}}"#;
