//! Changing a live connection: where it asks and with what, how often and how much, where its webhooks come in.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Connections;
use super::credentials::{AuthKind, Credentials};
use super::error::{LiveError, ManageError};
use super::site_place::SitePlace;
use super::store::health;
use super::store::live::{self, LiveSettings, NewAccess};
use crate::pages::store::followed;

/// Another address and other credentials for a connection, checked and sealed.
pub struct PreparedAccess {
    pub connection_id: Uuid,
    pub auth: AuthKind,
    place: SitePlace,
    sealed: Vec<u8>,
}

impl PreparedAccess {
    /// The site's address, as it is stored.
    pub fn wiki_url(&self) -> &str {
        &self.place.wiki_url
    }
}

/// Puts them in the place of the old ones. Afterwards the connection begins anew, and the schedule is woken.
pub fn change_access(
    db: &mut PgConnection,
    access: &PreparedAccess,
    now: OffsetDateTime,
) -> Result<(), LiveError> {
    let id = access.connection_id;
    let row = NewAccess {
        wiki_url: &access.place.wiki_url,
        cloud_id: access.place.cloud_id.as_deref(),
        auth: access.auth.as_str(),
        credentials: Some(&access.sealed),
    };
    live::change_access(db, id, &row, now)?;
    health::allow_again(db, id)?;
    followed::make_due(db, id, now)?;
    Ok(())
}

pub fn change_settings(
    db: &mut PgConnection,
    id: Uuid,
    settings: LiveSettings,
    now: OffsetDateTime,
) -> Result<(), LiveError> {
    let changed = live::change_settings(db, id, settings, now)?;
    changed.then_some(()).ok_or(LiveError::NoConnection)
}

/// The address and the secret of the webhook so far let nobody in any more.
pub fn renew_webhook(db: &mut PgConnection, id: Uuid) -> Result<(), LiveError> {
    let renewed = live::renew_webhook(db, id)?;
    renewed.then_some(()).ok_or(LiveError::NoConnection)
}

impl Connections {
    /// Checks another address and other credentials. The product stays. [`change_access`] does the rest.
    pub async fn prepare_access(
        &self,
        connection_id: Uuid,
        address: &str,
        credentials: &Credentials,
    ) -> Result<PreparedAccess, ManageError> {
        let connection = self.find(connection_id).await?;
        if connection.is_app() {
            return Err(ManageError::Auth(
                "The address and the secret of an app come from Confluence when it is installed there.".to_owned(),
            ));
        }
        let place = self
            .locate(connection.product, address, credentials)
            .await?;
        let sealed = credentials
            .seal(&self.sealer, connection_id)
            .map_err(LiveError::from)?;
        Ok(PreparedAccess {
            connection_id,
            auth: credentials.kind(),
            place,
            sealed,
        })
    }
}
