//! Tokens that are exchanged before they are used.
//!
//! Some may be exchanged only once. That is done under the lock of the connection's row, so that two nodes cannot both use
//! one and lose the connection.

use std::sync::Arc;

use diesel::Connection as _;
use time::{Duration, OffsetDateTime};
use tokio::runtime::Handle;
use url::Url;
use uuid::Uuid;

use super::credentials::{Credentials, StoredAccess};
use super::store::live::{self, LiveConnection};
use super::{Connections, LiveError};
use crate::confluence::oauth::{self, AccessToken, ClientCredentials};
use crate::confluence::{Authorization, Secret};

/// A token that ends this soon is exchanged before it is used.
const EARLY: Duration = Duration::seconds(90);

/// How long an authorization server may take; the row of the connection is locked meanwhile.
const EXCHANGE: std::time::Duration = std::time::Duration::from_secs(15);

impl Connections {
    /// Reads the row again under its lock: whoever came first has stored tokens that the others use.
    pub(super) async fn exchange_under_lock(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<Authorization, LiveError> {
        // One of this process at a time, so that a slow server holds one connection to the database, not all.
        let turn = self.exchange_turn(connection_id);
        let _turn = turn.lock().await;
        if self.is_resting(connection_id) {
            return Err(LiveError::FailedBefore(
                "There was no access token to be had a moment ago.".to_owned(),
            ));
        }
        let this = Arc::clone(self);
        let runtime = Handle::current();
        let exchanged = self
            .db
            .run(move |db| {
                db.transaction(|db| {
                    let connection =
                        live::lock_live(db, connection_id)?.ok_or(LiveError::NoConnection)?;
                    let credentials = this.open(&connection)?;
                    if let Some(authorization) = plain_authorization(&credentials, now) {
                        return Ok(authorization);
                    }
                    let exchange = this.fresh_access(&connection, &credentials, now);
                    let fresh = runtime
                        .block_on(async { tokio::time::timeout(EXCHANGE, exchange).await })
                        .map_err(|_elapsed| LiveError::TooSlow)??;
                    let authorization = bearer(&fresh.access);
                    let sealed = fresh
                        .put_into(credentials)
                        .seal(&this.sealer, connection_id)?;
                    live::store_credentials(db, connection_id, &sealed)?;
                    Ok(authorization)
                })
            })
            .await;
        if exchanged.is_err() {
            self.rest(connection_id);
        }
        exchanged
    }

    /// Exchanges what there is for an access token.
    async fn fresh_access(
        &self,
        connection: &LiveConnection,
        credentials: &Credentials,
        now: OffsetDateTime,
    ) -> Result<Fresh, LiveError> {
        match credentials {
            Credentials::ClientCredentials {
                token_url,
                client_id,
                client_secret,
                ..
            } => {
                let url = self.token_url(connection, token_url.as_deref())?;
                let product = connection.product;
                let client = ClientCredentials {
                    id: client_id,
                    secret: &Secret::new(client_secret.as_str()),
                };
                let token = oauth::client_credentials(&self.http, product, &url, client).await?;
                Ok(Fresh::new(&token, None, now))
            }
            Credentials::AuthorizationCode {
                client_id,
                client_secret,
                refresh_token: Some(refresh_token),
                ..
            } => {
                let client = ClientCredentials {
                    id: client_id,
                    secret: &Secret::new(client_secret.as_str()),
                };
                let url = oauth::cloud_token_url(&self.atlassian.authorization);
                let refresh_token = Secret::new(refresh_token.as_str());
                let tokens = oauth::refresh(&self.http, &url, client, &refresh_token).await?;
                Ok(Fresh::new(&tokens.access, tokens.refresh.as_ref(), now))
            }
            _ => Err(LiveError::NotAuthorized),
        }
    }

    fn token_url(
        &self,
        connection: &LiveConnection,
        given: Option<&str>,
    ) -> Result<Url, LiveError> {
        if let Some(given) = given {
            return Url::parse(given).map_err(|error| LiveError::Address(error.to_string()));
        }
        let site = self.site(connection)?;
        Ok(oauth::token_url(&site, &self.atlassian.authorization))
    }
}

/// Tokens that have just come.
pub(super) struct Fresh {
    access: StoredAccess,
    /// `None` keeps the old one.
    refresh_token: Option<String>,
}

impl Fresh {
    pub(super) fn new(access: &AccessToken, refresh: Option<&Secret>, now: OffsetDateTime) -> Self {
        Self {
            access: StoredAccess {
                token: access.secret.reveal().to_owned(),
                expires_at: now + access.expires_in,
            },
            refresh_token: refresh.map(|token| token.reveal().to_owned()),
        }
    }

    pub(super) fn put_into(self, credentials: Credentials) -> Credentials {
        match credentials {
            Credentials::ClientCredentials {
                token_url,
                client_id,
                client_secret,
                ..
            } => Credentials::ClientCredentials {
                token_url,
                client_id,
                client_secret,
                access: Some(self.access),
            },
            Credentials::AuthorizationCode {
                client_id,
                client_secret,
                refresh_token,
                ..
            } => Credentials::AuthorizationCode {
                client_id,
                client_secret,
                access: Some(self.access),
                refresh_token: self.refresh_token.or(refresh_token),
            },
            other => other,
        }
    }
}

fn bearer(access: &StoredAccess) -> Authorization {
    Authorization::Bearer(Secret::new(access.token.as_str()))
}

/// What needs no exchange, or was exchanged and is still good.
pub(super) fn plain_authorization(
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Option<Authorization> {
    let basic = |user: &str, secret: &str| Authorization::Basic {
        user: user.to_owned(),
        secret: Secret::new(secret),
    };
    match credentials {
        Credentials::ApiToken { email, token }
        | Credentials::ScopedToken {
            email: Some(email),
            token,
        } => Some(basic(email, token)),
        Credentials::ScopedToken { email: None, token }
        | Credentials::PersonalAccessToken { token } => {
            Some(Authorization::Bearer(Secret::new(token.as_str())))
        }
        Credentials::Basic { username, password } => Some(basic(username, password)),
        Credentials::ClientCredentials { access, .. }
        | Credentials::AuthorizationCode { access, .. } => access
            .as_ref()
            .filter(|access| now + EARLY < access.expires_at)
            .map(bearer),
    }
}
