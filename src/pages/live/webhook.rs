//! What a site tells by itself: a page was changed, moved, trashed. Nothing that it says is believed; it only says
//! where to look, so a forged one costs a few requests.

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;
use uuid::Uuid;

use super::manage::Webhook;
use super::{Live, LiveError};
use crate::confluence::Secret;
use crate::confluence::webhook::{self, EventKind};
use crate::pages::model::ConnectionKind;
use crate::pages::store::live::LiveConnection;
use crate::pages::store::{followed, outline, refresh};

/// What came of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Something will be looked at.
    Due,
    /// Nothing of what we show is meant.
    Ignored,
    /// No such connection, a wrong address, a wrong signature.
    Refused,
    /// It is not of a form that we know.
    Malformed,
}

impl Live {
    /// Where the site sends them. The secrets follow from the portal's key and a number of the connection, so that
    /// nothing has to be stored.
    pub fn webhook(&self, connection: &LiveConnection) -> Webhook {
        let id = connection.id;
        let address = self.webhook_secret(connection, "address");
        Webhook {
            path: format!("/hooks/{id}/{address}"),
            signing_secret: self.webhook_secret(connection, "signature"),
        }
    }

    /// 64 hex digits.
    fn webhook_secret(&self, connection: &LiveConnection, purpose: &str) -> String {
        let text = format!(
            "{purpose} {} {}",
            connection.id, connection.webhook_generation
        );
        match Hmac::<Sha256>::new_from_slice(&self.webhook_key) {
            Ok(mac) => hex::encode(mac.chain_update(text).finalize().into_bytes()),
            // HMAC takes keys of every length; a secret that nobody has lets nobody in.
            Err(_never) => String::new(),
        }
    }

    /// Looks where a webhook points. `signature` is the header `X-Hub-Signature`, which Data Center must send;
    /// `named` the event's name, if it stands outside the body.
    pub async fn receive_webhook(
        self: &Arc<Self>,
        connection_id: Uuid,
        secret: &str,
        signature: Option<&str>,
        named: Option<&str>,
        body: &[u8],
        now: OffsetDateTime,
    ) -> Result<Received, LiveError> {
        let connection = match self.find(connection_id).await {
            Ok(connection) => connection,
            Err(LiveError::NoConnection) => return Ok(Received::Refused),
            Err(error) => return Err(error),
        };
        let expected = self.webhook_secret(&connection, "address");
        if expected.is_empty() || !bool::from(expected.as_bytes().ct_eq(secret.as_bytes())) {
            return Ok(Received::Refused);
        }
        // Cloud signs none; the secret in the address is all there is.
        let must_be_signed = connection.kind != ConnectionKind::Cloud || signature.is_some();
        let signing = Secret::new(self.webhook_secret(&connection, "signature"));
        if must_be_signed && webhook::check_signature(signature, body, &signing).is_err() {
            return Ok(Received::Refused);
        }
        self.record_event(connection_id, body, named, now).await
    }

    /// The same for a webhook of our app at the site, whose token was checked.
    pub async fn record_event(
        self: &Arc<Self>,
        connection_id: Uuid,
        body: &[u8],
        named: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Received, LiveError> {
        let Ok(event) = webhook::parse(body, named) else {
            return Ok(Received::Malformed);
        };
        match (event.kind, event.content_id) {
            (EventKind::Other, _) | (_, None) => Ok(Received::Ignored),
            (kind, Some(content_id)) => {
                self.record_change(connection_id, kind, content_id, now)
                    .await?;
                Ok(Received::Due)
            }
        }
    }

    /// Something has happened to a page, or to something on it.
    pub(super) async fn record_change(
        self: &Arc<Self>,
        connection_id: Uuid,
        kind: EventKind,
        content_id: String,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let only_body = kind == EventKind::Changed;
        self.db
            .run(move |db| {
                let known = refresh::is_known(db, connection_id, &content_id)?;
                if known {
                    outline::make_pages_due(db, connection_id, Some(&[content_id]))?;
                }
                // A page that is new, moved or gone changes lists.
                if !known || !only_body {
                    followed::make_due_soon(db, connection_id, now)?;
                }
                Ok::<_, LiveError>(())
            })
            .await?;
        self.wake();
        Ok(())
    }
}
