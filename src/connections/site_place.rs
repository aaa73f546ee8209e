//! Where a site is, from an address that somebody has typed.

use super::Connections;
use super::credentials::Credentials;
use super::error::ManageError;
use crate::confluence::Product;
use crate::confluence::oauth;
use crate::confluence::site::{Site, SiteError};

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
        product: Product,
        address: &str,
        credentials: &Credentials,
    ) -> Result<SitePlace, ManageError> {
        let auth = credentials.kind();
        if !auth.fits(product) {
            return Err(ManageError::Auth(
                "The other product has this kind of credentials.".to_owned(),
            ));
        }
        let site = self
            .recognise(product, address)
            .map_err(|error| ManageError::Address(format!("{error}.")))?;
        let cloud_id = if auth.uses_gateway(product) {
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

    pub(super) fn recognise(&self, product: Product, address: &str) -> Result<Site, SiteError> {
        Site::recognise(address, Some(product), &self.rules)
    }
}
