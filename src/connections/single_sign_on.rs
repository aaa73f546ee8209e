//! People of a Data Center site who come with its single sign-on: which connection the site is, and who they are there.

use std::net::IpAddr;
use std::sync::Arc;

use url::Url;
use uuid::Uuid;

use super::{Connections, LiveError};
use crate::confluence::single_sign_on::{self, Jar, JarOwner};
use crate::confluence::{Product, Site};
use crate::pages::model::Connection;
use crate::pages::store::connections;

impl Connections {
    /// The live connection with this address.
    pub async fn connection_at(&self, address: &Url) -> Result<Option<Connection>, LiveError> {
        let all = self.db.run(connections::list_connections).await?;
        let wanted = address.as_str().trim_end_matches('/');
        let mut there = all.into_iter().filter(|connection| {
            let address = connection.wiki_url.as_deref().unwrap_or_default();
            connection
                .kind
                .product()
                .is_some_and(Product::has_single_sign_on)
                && Url::parse(address).is_ok_and(|url| url.as_str().trim_end_matches('/') == wanted)
        });
        Ok(there.next())
    }

    /// Who the cookies belong to, asked from the person's own address.
    pub async fn ask_who(
        self: &Arc<Self>,
        connection_id: Uuid,
        jar: &mut Jar,
        client: IpAddr,
    ) -> Result<JarOwner, LiveError> {
        let site = self.site_of(connection_id).await?;
        Ok(single_sign_on::ask_who(&self.http, &site, jar, client).await?)
    }

    /// Asks the site to end the sign-on for everything that it opens; then, whether it still knows the person.
    pub async fn end_sign_on(
        self: &Arc<Self>,
        connection_id: Uuid,
        mut jar: Jar,
        client: IpAddr,
    ) -> Result<JarOwner, LiveError> {
        let site = self.site_of(connection_id).await?;
        single_sign_on::sign_out(&self.http, &site, &jar, client).await?;
        Ok(single_sign_on::ask_who(&self.http, &site, &mut jar, client).await?)
    }

    async fn site_of(self: &Arc<Self>, connection_id: Uuid) -> Result<Site, LiveError> {
        let connection = self.find(connection_id).await?;
        self.site(&connection)
    }
}
