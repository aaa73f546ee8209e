//! The consent that an admin gives in the browser, and the tokens that come of it.

use diesel::PgConnection;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use super::credentials::Credentials;
use super::exchange::Fresh;
use super::store::health;
use super::store::live::{self, LiveConnection};
use super::{Connections, LiveError};
use crate::confluence::Secret;
use crate::confluence::oauth::{self, ClientCredentials};
use crate::db::DbError;

/// Tokens that somebody has agreed to, sealed.
pub struct PreparedConsent {
    pub connection_id: Uuid,
    sealed: Vec<u8>,
}

/// Keeps the tokens. Afterwards the connection begins anew, and the schedule is woken.
pub fn store_consent(db: &mut PgConnection, consent: &PreparedConsent) -> Result<(), DbError> {
    live::store_credentials(db, consent.connection_id, &consent.sealed)?;
    health::allow_again(db, consent.connection_id)
}

impl Connections {
    /// The consent page that an admin's browser is sent to. `state` comes back with the code.
    pub fn consent_url(
        &self,
        connection: &LiveConnection,
        redirect_uri: &str,
        state: &str,
    ) -> Result<Url, LiveError> {
        match self.open(connection)? {
            Credentials::AuthorizationCode { client_id, .. } => Ok(oauth::authorize_url(
                &self.atlassian.authorization,
                &client_id,
                redirect_uri,
                state,
            )),
            _ => Err(LiveError::NotAuthorized),
        }
    }

    /// Asks for the tokens for the code that the browser brought back, if the site is among those that were agreed to.
    /// [`store_consent`] keeps them.
    pub async fn prepare_consent(
        &self,
        connection_id: Uuid,
        code: &str,
        redirect_uri: &str,
        now: OffsetDateTime,
    ) -> Result<PreparedConsent, LiveError> {
        let connection = self.find(connection_id).await?;
        let Credentials::AuthorizationCode {
            client_id,
            client_secret,
            ..
        } = self.open(&connection)?
        else {
            return Err(LiveError::NotAuthorized);
        };
        let url = oauth::cloud_token_url(&self.atlassian.authorization);
        let secret = Secret::new(client_secret.as_str());
        let client = ClientCredentials {
            id: &client_id,
            secret: &secret,
        };
        let tokens = oauth::exchange_code(&self.http, &url, client, code, redirect_uri).await?;
        let gateway = &self.atlassian.gateway;
        let sites = oauth::accessible_resources(&self.http, gateway, &tokens.access).await?;
        let is_ours = |id: &str| connection.cloud_id.as_deref() == Some(id);
        if !sites.iter().any(|site| is_ours(&site.id)) {
            return Err(LiveError::OtherSite);
        }
        let fresh = Fresh::new(&tokens.access, tokens.refresh.as_ref(), now);
        let credentials = fresh.put_into(Credentials::AuthorizationCode {
            client_id,
            client_secret,
            access: None,
            refresh_token: None,
        });
        let sealed = credentials.seal(&self.sealer, connection_id)?;
        Ok(PreparedConsent {
            connection_id,
            sealed,
        })
    }
}
