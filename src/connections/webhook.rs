//! Where a site sends its webhooks, and what it signs them with. Both follow from the portal's key and a number of the
//! connection, so that nothing has to be stored.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::Connections;
use super::store::live::LiveConnection;
use crate::confluence::Secret;

/// Where a site sends its webhooks, and what it signs them with.
pub struct Webhook {
    /// Below the portal's address.
    pub path: String,
    /// Data Center asks for one; Cloud has none.
    pub signing_secret: String,
}

impl Connections {
    pub fn webhook(&self, connection: &LiveConnection) -> Webhook {
        let id = connection.id;
        let address = self.webhook_secret(connection, "address");
        Webhook {
            path: format!("/hooks/{id}/{address}"),
            signing_secret: self.webhook_secret(connection, "signature"),
        }
    }

    /// Whether this is the secret part of the connection's address.
    pub fn is_webhook_address(&self, connection: &LiveConnection, secret: &str) -> bool {
        let expected = self.webhook_secret(connection, "address");
        !expected.is_empty() && expected.as_bytes().ct_eq(secret.as_bytes()).into()
    }

    /// What the connection's site signs webhooks with.
    pub fn webhook_signing(&self, connection: &LiveConnection) -> Secret {
        Secret::new(self.webhook_secret(connection, "signature"))
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
}
