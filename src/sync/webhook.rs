//! What a site tells by itself: a page was changed, moved, trashed. Nothing that it says is believed; it only says
//! where to look, so a forged one costs a few requests.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::SiteSync;
use crate::confluence::webhook::{self, EventKind};
use crate::connections::LiveError;
use crate::pages::store::changes;

/// What came of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// Something will be looked at.
    Due,
    /// Nothing of what we show is meant.
    Ignored,
    /// No such connection, a wrong address, a wrong signature.
    Refused,
    /// It is not of a form that we know.
    Malformed,
}

impl SiteSync {
    /// Looks where a webhook points. `signature` is the header `X-Hub-Signature`, which sites that sign must send;
    /// `named` the event's name, if it stands outside the body.
    pub async fn receive_webhook(
        self: &Arc<Self>,
        connection_id: Uuid,
        secret: &str,
        signature: Option<&str>,
        named: Option<&str>,
        body: &[u8],
        now: OffsetDateTime,
    ) -> Result<WebhookOutcome, LiveError> {
        let connection = match self.connections.find(connection_id).await {
            Ok(connection) => connection,
            Err(LiveError::NoConnection) => return Ok(WebhookOutcome::Refused),
            Err(error) => return Err(error),
        };
        if !self.connections.is_webhook_address(&connection, secret) {
            return Ok(WebhookOutcome::Refused);
        }
        let must_be_signed = connection.product.signs_webhooks() || signature.is_some();
        let signing = self.connections.webhook_signing(&connection);
        if must_be_signed && webhook::check_signature(signature, body, &signing).is_err() {
            return Ok(WebhookOutcome::Refused);
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
    ) -> Result<WebhookOutcome, LiveError> {
        let Ok(event) = webhook::parse(body, named) else {
            return Ok(WebhookOutcome::Malformed);
        };
        match (event.kind, event.content_id) {
            (EventKind::Other, _) | (_, None) => Ok(WebhookOutcome::Ignored),
            (kind, Some(content_id)) => {
                self.db
                    .run(move |db| {
                        changes::record_change(db, connection_id, kind, &content_id, now)
                    })
                    .await?;
                self.connections.wake();
                Ok(WebhookOutcome::Due)
            }
        }
    }
}
