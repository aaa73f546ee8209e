//! Where a site is, from an address that somebody has typed.

use super::Connections;
use super::credentials::Credentials;
use super::error::ManageError;
use crate::confluence::model::Product;
use crate::confluence::oauth;
use crate::confluence::site::{Site, SiteError};
use crate::pages::model::ConnectionKind;

/// As it is stored with a connection.
pub(super) struct SitePlace {
    pub(super) wiki_url: String,
    /// For the gateway.
    pub(super) cloud_id: Option<String>,
}

impl Connections {
    /// Asks nothing of the site but, for the gateway, its cloud id.
    pub(super) async fn locate(
        &self,
        kind: ConnectionKind,
        address: &str,
        credentials: &Credentials,
    ) -> Result<SitePlace, ManageError> {
        let auth = credentials.kind();
        if !auth.fits(kind) {
            return Err(ManageError::Auth(
                "The other product has this kind of credentials.".to_owned(),
            ));
        }
        let site = self
            .recognise(kind, address)
            .map_err(|error| ManageError::Address(format!("{error}.")))?;
        let cloud_id = if auth.uses_gateway(kind) {
            let found = oauth::cloud_id(&self.http, &site).await;
            let found = found.map_err(|error| {
                ManageError::Address(format!(
                    "The site did not tell its cloud id: {}",
                    error.sentence()
                ))
            })?;
            Some(found)
        } else {
            None
        };
        Ok(SitePlace {
            wiki_url: site.base_url().as_str().trim_end_matches('/').to_owned(),
            cloud_id,
        })
    }

    pub(super) fn recognise(&self, kind: ConnectionKind, address: &str) -> Result<Site, SiteError> {
        let product = match kind {
            ConnectionKind::Cloud => Product::Cloud,
            ConnectionKind::DataCenter | ConnectionKind::SpaceExport => Product::DataCenter,
        };
        Site::recognise(address, Some(product), &self.rules)
    }
}
