//! Tickets: signed, short-lived, good for one use. A probe finds out whether a browser keeps our cookie in a frame, a
//! hand-over takes a visitor from a frame to a tab.
//!
//! A ticket is made without a query, which keeps unlocking quick. That it is used once is decided when it is used, by one
//! statement of `store::frames`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::{Duration, OffsetDateTime};

use super::pass::{MAC_BYTES, PAYLOAD_BYTES, Pass, PassKey};
use super::share::Share;

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Follows a cookie on the redirect after an unlock in a frame.
    Probe,
    /// Opens in a tab what is open in a frame.
    HandOver,
}

/// A ticket for the bearer of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub errand: Errand,
    pub nonce: [u8; NONCE_BYTES],
    /// Unix seconds.
    pub expires: i64,
    pub pass: Pass,
    /// The site around the frame, where the browser named it: the redirect that brings a probe hides it.
    pub embed_origin: Option<String>,
}

pub const NONCE_BYTES: usize = 16;
/// Another first byte than that of a pass.
const VERSION: u8 = 2;
const FIXED_BYTES: usize = 1 + 1 + NONCE_BYTES + 8 + PAYLOAD_BYTES;
/// Longer origins do not occur; they would be left out.
const MAX_ORIGIN_BYTES: usize = 300;
const MAX_TEXT_BYTES: usize = (FIXED_BYTES + MAX_ORIGIN_BYTES + MAC_BYTES) * 4 / 3 + 4;

impl Errand {
    fn lifetime(self) -> Duration {
        match self {
            Self::Probe => Duration::seconds(20),
            Self::HandOver => Duration::minutes(5),
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Probe => 0,
            Self::HandOver => 1,
        }
    }
}

impl Ticket {
    pub fn issue(
        errand: Errand,
        pass: Pass,
        embed_origin: Option<String>,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            errand,
            nonce: rand::random(),
            expires: (now + errand.lifetime()).unix_timestamp(),
            pass,
            embed_origin: embed_origin.filter(|origin| origin.len() <= MAX_ORIGIN_BYTES),
        }
    }

    /// Whether it is good for this share now, apart from having been used.
    fn is_valid(&self, errand: Errand, share: &Share, now: OffsetDateTime) -> bool {
        self.errand == errand
            && now.unix_timestamp() < self.expires.min(self.pass.expires)
            && self.pass.share == share.id
            && self.pass.epoch == share.epoch
    }

    pub fn expires_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.expires).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Whether a text may be a ticket for this errand, by its first bytes and its length. Everything else of that name in an
    /// address is somebody else's.
    pub fn looks_like(errand: Errand, text: &str) -> bool {
        let begin = URL_SAFE_NO_PAD.encode([VERSION, errand.byte()]);
        // The third character holds bits of the next byte, too.
        let begin = begin.get(..2).unwrap_or_default();
        text.starts_with(begin) && text.len() >= (FIXED_BYTES + MAC_BYTES) * 4 / 3
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.errand.byte()];
        bytes.extend_from_slice(&self.nonce);
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        bytes.extend_from_slice(&self.pass.to_bytes());
        bytes.extend_from_slice(self.embed_origin.as_deref().unwrap_or_default().as_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (errand, rest) = rest.split_first()?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (pass, origin) = rest.split_first_chunk::<PAYLOAD_BYTES>()?;
        let errand = [Errand::Probe, Errand::HandOver]
            .into_iter()
            .find(|known| known.byte() == *errand)?;
        let origin = String::from_utf8(origin.to_vec()).ok()?;
        (*version == VERSION).then_some(Self {
            errand,
            nonce: *nonce,
            expires: i64::from_be_bytes(*expires),
            pass: Pass::from_bytes(pass)?,
            embed_origin: Some(origin).filter(|origin| !origin.is_empty()),
        })
    }
}

impl PassKey {
    /// The ticket as it stands in an address or a form field: base64url.
    pub fn sign_ticket(&self, ticket: &Ticket) -> String {
        let mut signed = ticket.to_bytes();
        let mac = self.mac(&signed);
        signed.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(signed)
    }

    /// The ticket, if it is good for this errand at this share now. Whether it was used is another question.
    pub fn accept_ticket(
        &self,
        text: &str,
        errand: Errand,
        share: &Share,
        now: OffsetDateTime,
    ) -> Option<Ticket> {
        self.verify_ticket(text)
            .filter(|ticket| ticket.is_valid(errand, share, now))
    }

    /// `None` for anything that this key did not sign as a ticket.
    fn verify_ticket(&self, text: &str) -> Option<Ticket> {
        if text.len() > MAX_TEXT_BYTES {
            return None;
        }
        let signed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (message, mac) = signed.split_last_chunk::<MAC_BYTES>()?;
        self.is_mac(message, mac)
            .then(|| Ticket::from_bytes(message))?
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Errand, Ticket};
    use crate::shares::pass::{Pass, PassContext, PassKey, WayIn};

    fn ticket(embed_origin: Option<&str>) -> Ticket {
        let pass = Pass {
            share: uuid::Uuid::from_u128(7).into(),
            epoch: 3,
            began: 500,
            issued: 1_000,
            expires: 2_000,
            way_in: WayIn::Token,
            context: PassContext::Framed,
        };
        Ticket {
            errand: Errand::HandOver,
            nonce: [9; 16],
            expires: 1_300,
            pass,
            embed_origin: embed_origin.map(str::to_owned),
        }
    }

    #[test]
    fn a_signed_ticket_comes_back_whole() {
        let key = PassKey::new(&[1; 64]);
        for origin in [None, Some("https://client.example:8443")] {
            let ticket = ticket(origin);
            assert_eq!(key.verify_ticket(&key.sign_ticket(&ticket)), Some(ticket));
        }
    }

    #[test]
    fn a_ticket_ends_with_its_pass() {
        let ended = Ticket {
            expires: 3_000,
            ..ticket(None)
        };
        let key = PassKey::new(&[1; 64]);
        let text = key.sign_ticket(&ended);
        assert!(Ticket::looks_like(Errand::HandOver, &text));
        for other in ["", "1080", "Ag", &"x".repeat(200)] {
            assert!(!Ticket::looks_like(Errand::Probe, other), "{other}");
        }
        let probe = Ticket {
            errand: Errand::Probe,
            ..ended
        };
        assert!(Ticket::looks_like(Errand::Probe, &key.sign_ticket(&probe)));
    }

    #[test]
    fn a_ticket_is_no_pass_and_a_pass_no_ticket() {
        let key = PassKey::new(&[1; 64]);
        let ticket = ticket(None);
        assert_eq!(key.verify(&key.sign_ticket(&ticket)), None);
        assert_eq!(key.verify_ticket(&key.sign(&ticket.pass)), None);
    }

    proptest! {
        #[test]
        fn no_changed_character_is_accepted(position in 0_usize..150, replacement in any::<char>()) {
            let key = PassKey::new(&[1; 64]);
            let text = key.sign_ticket(&ticket(Some("https://a.example")));
            let mut changed: Vec<char> = text.chars().collect();
            changed[position % text.len()] = replacement;
            let changed: String = changed.into_iter().collect();
            assert!(changed == text || key.verify_ticket(&changed).is_none());
        }
    }
}
