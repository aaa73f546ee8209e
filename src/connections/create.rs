//! Making a live connection.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Connections;
use super::credentials::{AuthKind, Credentials};
use super::error::{LiveError, ManageError};
use super::site_place::SitePlace;
use super::store::live::{self, LiveSettings, NewLiveConnection};
use crate::confluence::Product;

/// A live connection as somebody wants it.
pub struct NewConnection {
    pub name: String,
    pub product: Product,
    /// The site's address, or that of any page on it.
    pub address: String,
    pub credentials: Credentials,
    pub settings: LiveSettings,
}

/// The same, checked, with its credentials sealed for its id.
pub struct PreparedConnection {
    pub id: Uuid,
    pub name: String,
    pub product: Product,
    pub auth: AuthKind,
    pub settings: LiveSettings,
    place: SitePlace,
    sealed: Vec<u8>,
}

impl PreparedConnection {
    /// The site's address, as it is stored.
    pub fn wiki_url(&self) -> &str {
        &self.place.wiki_url
    }
}

/// Stores a prepared connection. Nothing has been asked of the site yet but its cloud id; test it afterwards.
pub fn create(
    db: &mut PgConnection,
    new: &PreparedConnection,
    now: OffsetDateTime,
) -> Result<Uuid, ManageError> {
    let row = NewLiveConnection {
        id: new.id,
        product: new.product,
        name: &new.name,
        wiki_url: &new.place.wiki_url,
        cloud_id: new.place.cloud_id.as_deref(),
        auth: new.auth.as_str(),
        credentials: Some(&new.sealed),
        settings: new.settings,
    };
    match live::insert_live(db, &row, now)? {
        true => Ok(new.id),
        false => Err(ManageError::NameTaken),
    }
}

impl Connections {
    /// Checks everything but the name, which is the caller's. [`create`] does the rest.
    pub async fn prepare(&self, new: NewConnection) -> Result<PreparedConnection, ManageError> {
        let place = self
            .locate(new.product, &new.address, &new.credentials)
            .await?;
        let id = Uuid::new_v4();
        let sealed = new
            .credentials
            .seal(&self.sealer, id)
            .map_err(LiveError::from)?;
        Ok(PreparedConnection {
            id,
            name: new.name,
            product: new.product,
            auth: new.credentials.kind(),
            settings: new.settings,
            place,
            sealed,
        })
    }
}
