//! The ticket that leads from a call of the Forge app into its frame: sealed, good for half a minute and for one use.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::view::View;
use crate::accounts::account::Account;
use crate::seal::{SealError, Sealer};

const LIFETIME: Duration = Duration::seconds(30);
/// What is sealed is short; a longer text is none of ours.
const MAX_TEXT: usize = 2000;
const PLACE: &[u8] = b"ticket into a frame of the forge app";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryTicket {
    pub nonce: [u8; 16],
    /// Unix seconds.
    pub expires: i64,
    pub account_id: Uuid,
    /// The account's `session_epoch`.
    pub epoch: i32,
    pub connection_id: Uuid,
    pub view: View,
}

impl EntryTicket {
    pub fn issue(account: &Account, connection_id: Uuid, view: View, now: OffsetDateTime) -> Self {
        Self {
            nonce: rand::random(),
            expires: (now + LIFETIME).unix_timestamp(),
            account_id: account.id,
            epoch: account.session_epoch,
            connection_id,
            view,
        }
    }

    /// As it stands in an address.
    pub fn seal(&self, sealer: &Sealer) -> Result<String, SealError> {
        Ok(URL_SAFE_NO_PAD.encode(sealer.seal_value(self, PLACE)?))
    }

    /// `None` for what is no ticket. Whether it is still good, and was not used, are other questions.
    pub fn open(text: &str, sealer: &Sealer) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (ticket, _) = sealer.open_value(&sealed, PLACE).ok()?;
        Some(ticket)
    }

    pub fn is_over(&self, now: OffsetDateTime) -> bool {
        now.unix_timestamp() >= self.expires
    }

    pub fn expires_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.expires).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};
    use uuid::Uuid;

    use super::EntryTicket;
    use crate::admin::inside::view::View;
    use crate::seal::Sealer;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn ticket() -> EntryTicket {
        EntryTicket {
            nonce: [7; 16],
            expires: 30,
            account_id: Uuid::from_u128(1),
            epoch: 0,
            connection_id: Uuid::from_u128(2),
            view: View::Share {
                page: "98".to_owned(),
                space: "x".repeat(255),
            },
        }
    }

    #[test]
    fn a_ticket_comes_back_whole_for_half_a_minute() {
        let sealer = Sealer::new(&[3; 32], None);
        let text = ticket().seal(&sealer).unwrap();
        let opened = EntryTicket::open(&text, &sealer).unwrap();
        assert_eq!(opened, ticket());
        assert!(!opened.is_over(NOW + Duration::seconds(29)));
        assert!(opened.is_over(NOW + Duration::seconds(30)));
    }

    #[test]
    fn what_was_sealed_for_something_else_is_no_ticket() {
        use base64::Engine as _;
        let sealer = Sealer::new(&[3; 32], None);
        let plain = serde_json::to_vec(&ticket()).unwrap();
        let foreign = sealer.seal(&plain, b"person").unwrap();
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(foreign);
        assert_eq!(EntryTicket::open(&text, &sealer), None);
        let other = Sealer::new(&[4; 32], None);
        let text = ticket().seal(&other).unwrap();
        assert_eq!(EntryTicket::open(&text, &sealer), None);
    }
}
