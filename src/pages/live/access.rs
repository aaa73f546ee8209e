//! From a stored connection to a client that may ask.
//!
//! Tokens that may be used only once are exchanged under the lock of the connection's row, so that two nodes cannot both
//! use one and lose the connection.

use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use time::{Duration, OffsetDateTime};
use tokio::runtime::Handle;
use url::Url;
use uuid::Uuid;

use super::credentials::{AuthKind, Credentials, StoredAccess};
use super::{Live, LiveError};
use crate::confluence::model::Product;
use crate::confluence::oauth::{self, AccessToken, ClientCredentials};
use crate::confluence::{Authorization, Client, Pace, Secret, Site};
use crate::pages::model::ConnectionKind;
use crate::pages::store::health::{self, Health};
use crate::pages::store::live::{self, LiveConnection};

/// A token that ends this soon is exchanged before it is used.
const EARLY: Duration = Duration::seconds(90);

/// How long an authorization server may take; the row of the connection is locked meanwhile.
const EXCHANGE: std::time::Duration = std::time::Duration::from_secs(15);

/// A client for one connection with what it was made from.
pub struct Access {
    pub connection: LiveConnection,
    pub client: Client,
}

impl Live {
    /// A client that may ask now. Refused without a request when the site refused the credentials before.
    pub async fn access(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<Access, LiveError> {
        let found = self
            .db
            .run(move |db| {
                let connection = live::find_live(db, connection_id)?;
                Ok::<_, LiveError>((connection, health::find_health(db, connection_id)?))
            })
            .await?;
        let (Some(connection), health) = found else {
            return Err(LiveError::NoConnection);
        };
        if health.stopped {
            return Err(LiveError::Stopped);
        }
        let authorization = self.authorization(&connection, now).await?;
        let site = self.site(&connection)?;
        let pace = self.pace(connection_id, connection.settings.requests_per_hour);
        set_used(&pace, &health, now);
        // What another node has mended is not known to this one's pace.
        if pace.snapshot(now).stopped.is_some() {
            pace.reset();
        }
        let client = Client::new(&self.http, site, authorization, pace);
        Ok(Access { connection, client })
    }

    /// Where a stored connection's interfaces are.
    pub(super) fn site(&self, connection: &LiveConnection) -> Result<Site, LiveError> {
        let unusable = |error: &dyn std::fmt::Display| LiveError::Address(error.to_string());
        let site = self
            .recognise(connection.kind, &connection.wiki_url)
            .map_err(|error| unusable(&error))?;
        match &connection.cloud_id {
            None => Ok(site),
            Some(id) => site
                .through_gateway(&self.atlassian.gateway, id)
                .map_err(|error| unusable(&error)),
        }
    }

    async fn authorization(
        self: &Arc<Self>,
        connection: &LiveConnection,
        now: OffsetDateTime,
    ) -> Result<Authorization, LiveError> {
        if connection.auth == AuthKind::App.as_str() {
            return self.app_authorization(connection.id, now).await;
        }
        let credentials = self.open(connection)?;
        if let Some(authorization) = plain_authorization(&credentials, now) {
            return Ok(authorization);
        }
        self.exchange_under_lock(connection.id, now).await
    }

    pub(super) fn open(&self, connection: &LiveConnection) -> Result<Credentials, LiveError> {
        let sealed = connection
            .credentials
            .as_ref()
            .ok_or(LiveError::NotAuthorized)?;
        Ok(Credentials::open(&self.sealer, sealed, connection.id)?.0)
    }

    /// Reads the row again under its lock: whoever came first has stored tokens that the others use.
    async fn exchange_under_lock(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<Authorization, LiveError> {
        // One of this process at a time, so that a slow server holds one connection to the database, not all.
        let turn = self.exchange_turn(connection_id);
        let _turn = turn.lock().await;
        if self.resting.contains_key(&connection_id) {
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
            self.resting.insert(connection_id, ());
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
                let product = match connection.kind {
                    ConnectionKind::Cloud => Product::Cloud,
                    _ => Product::DataCenter,
                };
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
        match connection.kind {
            ConnectionKind::Cloud => Ok(oauth::cloud_token_url(&self.atlassian.authorization)),
            _ => Ok(oauth::data_center_token_url(&self.site(connection)?)),
        }
    }

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

    /// Keeps the tokens for the code that the browser brought back, if the site is among those that were agreed to.
    pub async fn finish_consent(
        self: &Arc<Self>,
        connection_id: Uuid,
        code: &str,
        redirect_uri: &str,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
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
        self.db
            .run(move |db| {
                live::store_credentials(db, connection_id, &sealed)?;
                health::allow_again(db, connection_id)
            })
            .await?;
        self.begin_anew(connection_id);
        self.wake();
        Ok(())
    }

    /// Seals anew what was sealed with the previous secret key.
    pub(super) async fn reseal(self: &Arc<Self>) {
        let this = Arc::clone(self);
        let resealed = self
            .db
            .run(move |db| {
                for connection in live::list_live(db)? {
                    this.reseal_one(db, connection.id)?;
                }
                this.reseal_installations(db)
            })
            .await;
        if let Err(error) = resealed {
            tracing::warn!(%error, "stored credentials were not looked through");
        }
    }

    fn reseal_one(&self, db: &mut PgConnection, id: Uuid) -> Result<(), LiveError> {
        db.transaction(|db| {
            let Some(sealed) = live::lock_live(db, id)?.and_then(|row| row.credentials) else {
                return Ok(());
            };
            match Credentials::open(&self.sealer, &sealed, id) {
                Ok((credentials, true)) => {
                    let sealed = credentials.seal(&self.sealer, id)?;
                    live::store_credentials(db, id, &sealed)?;
                    tracing::info!(connection = %id, "credentials are sealed with the new secret key");
                }
                Ok((_, false)) => {}
                Err(error) => {
                    tracing::error!(connection = %id, %error, "credentials cannot be opened");
                }
            }
            Ok(())
        })
    }
}

/// Tokens that have just come.
struct Fresh {
    access: StoredAccess,
    /// `None` keeps the old one.
    refresh_token: Option<String>,
}

impl Fresh {
    fn new(access: &AccessToken, refresh: Option<&Secret>, now: OffsetDateTime) -> Self {
        Self {
            access: StoredAccess {
                token: access.secret.reveal().to_owned(),
                expires_at: now + access.expires_in,
            },
            refresh_token: refresh.map(|token| token.reveal().to_owned()),
        }
    }

    fn put_into(self, credentials: Credentials) -> Credentials {
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
fn plain_authorization(credentials: &Credentials, now: OffsetDateTime) -> Option<Authorization> {
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

fn set_used(pace: &Pace, health: &Health, now: OffsetDateTime) {
    let used = u32::try_from(health.requests(now)).unwrap_or(0);
    pace.set_used(used, left_of_hour(now));
}

/// Budgets begin anew with each full hour.
pub(super) fn left_of_hour(now: OffsetDateTime) -> std::time::Duration {
    let gone = now.unix_timestamp().rem_euclid(3600);
    std::time::Duration::from_secs(u64::try_from(3600 - gone).unwrap_or(3600))
}
