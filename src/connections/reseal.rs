//! Seals anew what was sealed with the previous secret key.

use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use uuid::Uuid;

use super::credentials::Credentials;
use super::store::live;
use super::{Connections, LiveError};

impl Connections {
    /// Seals anew what was sealed with the previous secret key.
    pub async fn reseal(self: &Arc<Self>) {
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
