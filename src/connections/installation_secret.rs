//! Installations of our app, and what they sign with.

use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::installation::{AppClosed, AppKind, Installation, InstallationState};
use super::store::installations;
use super::{Connections, LiveError};
use crate::clock;
use crate::confluence::{Authorization, Secret};

/// What an installation signs with, in the clear.
#[derive(Debug)]
pub enum InstallationSecret {
    /// Connect: shared by the site and us.
    Shared(Secret),
    /// Forge: the last token of the app user, and its end.
    Token {
        token: Secret,
        expires_at: OffsetDateTime,
    },
}

/// The sealed form. Fields may be added, never renamed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Plain {
    Shared {
        secret: String,
    },
    /// `expires_at` in Unix seconds.
    Token {
        token: String,
        expires_at: i64,
    },
}

impl Connections {
    pub async fn installation(
        self: &Arc<Self>,
        connection_id: Uuid,
    ) -> Result<Option<Installation>, LiveError> {
        let found = self
            .db
            .run(move |db| installations::find_installation(db, connection_id));
        Ok(found.await?)
    }

    /// The installation that a token or a call-back names; nothing of it is believed yet.
    pub async fn installation_of(
        self: &Arc<Self>,
        kind: AppKind,
        client_key: &str,
    ) -> Result<Option<Installation>, LiveError> {
        let client_key = client_key.to_owned();
        let found = self
            .db
            .run(move |db| installations::find_by_client_key(db, kind, &client_key));
        Ok(found.await?)
    }

    pub fn secret_of(&self, installation: &Installation) -> Result<InstallationSecret, LiveError> {
        let sealed = installation
            .secret
            .as_ref()
            .ok_or(LiveError::NotAuthorized)?;
        let (plain, _) = self
            .sealer
            .open_value(sealed, &bound_to(installation.connection_id))?;
        Ok(match plain {
            Plain::Shared { secret } => InstallationSecret::Shared(Secret::new(secret)),
            Plain::Token { token, expires_at } => InstallationSecret::Token {
                token: Secret::new(token),
                expires_at: OffsetDateTime::from_unix_timestamp(expires_at)
                    .unwrap_or(OffsetDateTime::UNIX_EPOCH),
            },
        })
    }

    /// The same, if what is signed with it counts: not that of an installation that another one took the place of, or
    /// that is gone.
    pub fn believed_secret(
        &self,
        installation: &Installation,
    ) -> Result<InstallationSecret, LiveError> {
        match installation.state {
            InstallationState::Enabled | InstallationState::Disabled => {
                self.secret_of(installation)
            }
            InstallationState::Uninstalled | InstallationState::Superseded => {
                Err(LiveError::NotAuthorized)
            }
        }
    }

    /// What a site is asked with in the name of the app.
    pub(super) async fn app_authorization(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<Authorization, LiveError> {
        let installation = self.installation(connection_id).await?;
        let installation = installation.ok_or(LiveError::NoConnection)?;
        match installation.state {
            InstallationState::Enabled => {}
            InstallationState::Disabled => return Err(AppClosed::Disabled.into()),
            InstallationState::Uninstalled => return Err(AppClosed::Uninstalled.into()),
            InstallationState::Superseded => return Err(AppClosed::Superseded.into()),
        }
        if installation.secret.is_none() {
            return Err(AppClosed::Silent { minutes: None }.into());
        }
        match self.secret_of(&installation)? {
            InstallationSecret::Shared(secret) => Ok(Authorization::App {
                app_key: installation.app_key,
                client_key: installation.client_key,
                secret,
                // Each request is signed when it is sent, which may be much later than now.
                clock: clock::now,
            }),
            InstallationSecret::Token { token, expires_at } if now < expires_at => {
                Ok(Authorization::Bearer(token))
            }
            InstallationSecret::Token { expires_at, .. } => {
                let minutes = Some((now - expires_at).whole_minutes());
                Err(AppClosed::Silent { minutes }.into())
            }
        }
    }

    /// Seals anew what was sealed with the previous secret key.
    pub(super) fn reseal_installations(&self, db: &mut PgConnection) -> Result<(), LiveError> {
        for installation in installations::list_installations(db)? {
            let id = installation.connection_id;
            db.transaction(|db| {
                let found = installations::lock_installation(db, id)?;
                let Some(sealed) = found.and_then(|found| found.secret) else {
                    return Ok(());
                };
                match self.sealer.open(&sealed, &bound_to(id)) {
                    Ok(opened) if opened.is_outdated => {
                        let sealed = self.sealer.seal(&opened.bytes, &bound_to(id))?;
                        installations::store_secret(db, id, &sealed)?;
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::error!(connection = %id, %error, "the secret of an installation cannot be opened");
                    }
                }
                Ok::<_, LiveError>(())
            })?;
        }
        Ok(())
    }

    /// Bound to the connection's row.
    pub fn seal_secret(
        &self,
        secret: &InstallationSecret,
        connection_id: Uuid,
    ) -> Result<Vec<u8>, LiveError> {
        let plain = match secret {
            InstallationSecret::Shared(secret) => Plain::Shared {
                secret: secret.reveal().to_owned(),
            },
            InstallationSecret::Token { token, expires_at } => Plain::Token {
                token: token.reveal().to_owned(),
                expires_at: expires_at.unix_timestamp(),
            },
        };
        Ok(self.sealer.seal_value(&plain, &bound_to(connection_id))?)
    }
}

fn bound_to(connection_id: Uuid) -> Vec<u8> {
    [b"installation ", &connection_id.as_bytes()[..]].concat()
}
