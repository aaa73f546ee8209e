//! What becomes of the call-backs of a Connect app: installed, enabled, disabled, uninstalled. Each is one transaction, and
//! one comes after the other, on all nodes together.
//!
//! - A new `clientKey` makes a connection by itself; nobody types an address or a secret.
//! - A known one is followed: secret, client id and address are replaced together, and what was wrong is forgotten.
//! - Another `clientKey` at the same address means that the site was imported or restored. The older installation is
//!   superseded: its shares go on from snapshots until an admin moves them ([`super::rebind`]), and nothing that is signed
//!   with its secret counts any more.
//! - `enabled` and `disabled` lead from one to the other and nowhere else: neither brings an uninstalled app back.
//! - After `uninstalled` the shared secret is forgotten, and shares end after a grace time. Installing again undoes both.
//!
//! A call-back counts once: who sends it again is answered as if all were well, and nothing happens. So a recorded
//! `installed` cannot bring an older secret back, and Confluence may repeat itself. The body is not signed, so that a token
//! that was seen with one body is refused with another; but for a few seconds, because tokens tell time in seconds and two
//! call-backs of one second may have the same.

use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use url::Url;
use uuid::Uuid;

use super::CloudApp;
use super::site_events::Site;
use super::store::lifecycle::{self, Digests, ToldInstallation, Use};
use crate::audit::event::EventKind;
use crate::confluence::Product;
use crate::confluence::connect::callback::{
    self, Callback, CallbackError, Event, Expected, ReceivedCallback,
};
use crate::connections::LiveError;
use crate::connections::credentials::AuthKind;
use crate::connections::installation::{AppKind, InstallationState};
use crate::connections::installation_secret::InstallationSecret;
use crate::connections::store::live::{self, LiveSettings, NewLiveConnection};
use crate::connections::store::{health, installations};
use crate::db::DbError;
use crate::pages::store::followed;

/// What came of a call-back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// With the connection of the installation.
    Changed(Uuid),
    /// It was known already, or changes nothing.
    Nothing,
}

/// Why a call-back was refused.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// No installation has this client key, or its secret no longer counts.
    #[error("no installation is known by this client key, or its secret no longer counts")]
    Unknown,
    /// Somebody has seen the token, and sends it with a body of their own.
    #[error("the token was used before, with another body")]
    Stolen,
    #[error(transparent)]
    Live(#[from] LiveError),
}

impl From<diesel::result::Error> for LifecycleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Live(error.into())
    }
}

impl From<DbError> for LifecycleError {
    fn from(error: DbError) -> Self {
        Self::Live(error.into())
    }
}

/// What an installation has become, and which others it took the place of.
pub(super) struct Placed {
    pub connection_id: Uuid,
    pub superseded: Vec<Uuid>,
}

impl CloudApp {
    /// Checks a call-back and does what it says. `grace`: how long shares stay open after the app was uninstalled.
    pub async fn receive_callback(
        self: &Arc<Self>,
        received: &ReceivedCallback<'_>,
        expected: &Expected<'_>,
        grace: Duration,
        now: OffsetDateTime,
    ) -> Result<Done, LifecycleError> {
        let callback = match received.event {
            Event::Installed | Event::Uninstalled => {
                let (http, keys) = (&self.http, &self.install_keys);
                callback::verify_signed_by_atlassian(http, keys, received, expected, now).await?
            }
            Event::Enabled | Event::Disabled => {
                self.verify_signed_by_site(received, expected, now).await?
            }
        };
        let token = signed_part(received.token.unwrap_or_default());
        let digests = Digests {
            token: digest_of(&[token]),
            whole: digest_of(&[token, received.body]),
        };
        Ok(match received.event {
            Event::Installed => self.installed(callback, digests, now).await?,
            Event::Uninstalled => {
                let key = (AppKind::Connect, callback.client_key);
                self.uninstalled(key, digests, now + grace, now).await?
            }
            Event::Enabled => {
                let (from, to) = (InstallationState::Disabled, InstallationState::Enabled);
                self.turned(callback, digests, from, to, now).await?
            }
            Event::Disabled => {
                let (from, to) = (InstallationState::Enabled, InstallationState::Disabled);
                self.turned(callback, digests, from, to, now).await?
            }
        })
    }

    async fn verify_signed_by_site(
        self: &Arc<Self>,
        received: &ReceivedCallback<'_>,
        expected: &Expected<'_>,
        now: OffsetDateTime,
    ) -> Result<Callback, LifecycleError> {
        let client_key = callback::read_body(received.body)?.client_key;
        let found = self
            .connections
            .installation_of(AppKind::Connect, &client_key)
            .await?;
        let secret = match found
            .map(|found| self.connections.believed_secret(&found))
            .transpose()
        {
            Ok(Some(InstallationSecret::Shared(secret))) => secret,
            Ok(_) | Err(LiveError::NotAuthorized) => return Err(LifecycleError::Unknown),
            Err(error) => return Err(error.into()),
        };
        let verified = callback::verify_signed_by_site(received, expected, &secret, now)?;
        Ok(verified)
    }

    async fn installed(
        self: &Arc<Self>,
        callback: Callback,
        digests: Digests,
        now: OffsetDateTime,
    ) -> Result<Done, LifecycleError> {
        let secret = callback.shared_secret.ok_or_else(|| {
            CallbackError::Body("an installation must bring its sharedSecret".to_owned())
        })?;
        let secret = InstallationSecret::Shared(secret);
        let told = ToldInstallation {
            kind: AppKind::Connect,
            client_key: callback.client_key,
            app_key: callback.key,
            oauth_client_id: callback.oauth_client_id,
            // Without a custom domain, it is the same.
            display_url: callback
                .display_url
                .as_ref()
                .filter(|url| url.host() != callback.base_url.host())
                .map(written),
            base_url: written(&callback.base_url),
            cloud_id: None,
        };
        let this = Arc::clone(self);
        let placed = self
            .db
            .run(move |db| {
                db.transaction(|db| {
                    if begin(db, digests, now)? != Counts::Yes {
                        return Ok(None);
                    }
                    Ok::<_, LifecycleError>(Some(this.place(db, &told, Some(&secret), now)?))
                })
            })
            .await?;
        Ok(placed.map_or(Done::Nothing, |placed| self.announce(&placed)))
    }

    /// Stores an installation as it was told, with a connection of its own, and supersedes others at its site. Within a
    /// transaction that holds the lock.
    pub(super) fn place(
        &self,
        db: &mut PgConnection,
        told: &ToldInstallation,
        secret: Option<&InstallationSecret>,
        now: OffsetDateTime,
    ) -> Result<Placed, LiveError> {
        let known = installations::find_by_client_key(db, told.kind, &told.client_key)?;
        let connection_id = known
            .as_ref()
            .map_or_else(Uuid::new_v4, |known| known.connection_id);
        let sealed = secret
            .map(|secret| self.connections.seal_secret(secret, connection_id))
            .transpose()?;
        if known.is_some() {
            lifecycle::renew_installation(db, connection_id, told, sealed.as_deref(), now)?;
            health::allow_again(db, connection_id)?;
            followed::make_due(db, connection_id, now)?;
        } else {
            make_connection(db, connection_id, told, now)?;
            lifecycle::insert_installation(db, connection_id, told, sealed.as_deref(), now)?;
        }
        let superseded = lifecycle::supersede_others(db, connection_id, told, now)?;
        let site = Site {
            connection_id,
            address: &told.base_url,
        };
        site.tells(db, EventKind::InstallationInstalled, now)?;
        Ok(Placed {
            connection_id,
            superseded,
        })
    }

    /// After the commit: what this process had put off is tried at once.
    pub(super) fn announce(&self, placed: &Placed) -> Done {
        let connection = placed.connection_id;
        for older in &placed.superseded {
            tracing::warn!(%connection, superseded = %older,
                "another installation is at the same site: it was imported or restored");
        }
        self.connections.begin_anew(connection);
        self.connections.wake();
        Done::Changed(connection)
    }

    pub(super) async fn uninstalled(
        &self,
        (kind, client_key): (AppKind, String),
        digests: Digests,
        shares_end: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Done, LifecycleError> {
        self.db
            .run(move |db| {
                db.transaction(|db| {
                    if begin(db, digests, now)? != Counts::Yes {
                        return Ok(Done::Nothing);
                    }
                    let found = installations::find_by_client_key(db, kind, &client_key)?;
                    // Shares of a superseded one wait for an admin, not for an end.
                    let found = found.filter(|found| found.state != InstallationState::Superseded);
                    let Some(found) = found else {
                        return Ok(Done::Nothing);
                    };
                    let id = found.connection_id;
                    let is_new = lifecycle::set_state(db, id, InstallationState::Uninstalled, now)?;
                    lifecycle::forget_secret(db, id)?;
                    lifecycle::end_shares(db, id, shares_end)?;
                    if is_new {
                        Site::of(&found).tells(db, EventKind::InstallationUninstalled, now)?;
                    }
                    Ok(Done::Changed(id))
                })
            })
            .await
    }

    async fn turned(
        &self,
        callback: Callback,
        digests: Digests,
        from: InstallationState,
        to: InstallationState,
        now: OffsetDateTime,
    ) -> Result<Done, LifecycleError> {
        let turned = self
            .db
            .run(move |db| {
                db.transaction(|db| {
                    if begin(db, digests, now)? == Counts::No {
                        return Ok(None);
                    }
                    let kind = AppKind::Connect;
                    let found = installations::find_by_client_key(db, kind, &callback.client_key)?;
                    let Some(found) = found.filter(|found| found.state == from) else {
                        return Ok(None);
                    };
                    lifecycle::set_state(db, found.connection_id, to, now)?;
                    let kind = if to == InstallationState::Enabled {
                        followed::make_due(db, found.connection_id, now)?;
                        EventKind::InstallationEnabled
                    } else {
                        EventKind::InstallationDisabled
                    };
                    Site::of(&found).tells(db, kind, now)?;
                    Ok::<_, LifecycleError>(Some(found.connection_id))
                })
            })
            .await?;
        let Some(id) = turned else {
            return Ok(Done::Nothing);
        };
        self.connections.begin_anew(id);
        self.connections.wake();
        Ok(Done::Changed(id))
    }
}

/// Whether a call-back is to be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Yes,
    /// Its like came a moment ago. An app that is switched off and on within a second is told the same twice.
    ForSwitches,
    /// It is known already.
    No,
}

/// Waits for other call-backs.
fn begin(
    db: &mut PgConnection,
    digests: Digests,
    now: OffsetDateTime,
) -> Result<Counts, LifecycleError> {
    lifecycle::lock(db)?;
    match lifecycle::use_callback(db, digests, now)? {
        Use::First => Ok(Counts::Yes),
        Use::Repeated { just_now: true } => Ok(Counts::ForSwitches),
        Use::Repeated { just_now: false } => Ok(Counts::No),
        Use::Stolen => Err(LifecycleError::Stolen),
    }
}

fn make_connection(
    db: &mut PgConnection,
    id: Uuid,
    told: &ToldInstallation,
    now: OffsetDateTime,
) -> Result<(), LiveError> {
    let host = Url::parse(&told.base_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| told.base_url.clone());
    let host: String = host.chars().take(180).collect();
    loop {
        let name = lifecycle::free_name(db, &format!("{host} (app)"))?;
        let new = NewLiveConnection {
            id,
            product: Product::Cloud,
            name: &name,
            wiki_url: &told.base_url,
            cloud_id: told.cloud_id.as_deref(),
            auth: AuthKind::App.as_str(),
            credentials: None,
            settings: LiveSettings::default(),
        };
        // An admin may have taken the name in between.
        if live::insert_live(db, &new, now)? {
            return Ok(());
        }
    }
}

/// As addresses of sites are stored.
pub(super) fn written(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// A signature could be written in another way.
fn signed_part(token: &str) -> &[u8] {
    let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed);
    signed.as_bytes()
}

/// Names a text without holding it: what was used once is remembered by this.
pub fn digest_of(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}
