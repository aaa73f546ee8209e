//! The pass: the signed value of the cookie that proves a visitor got in.
//!
//! How the cookie is named and set is `web`'s subject. A pass says nothing about whether its share still admits anybody; see `access`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use time::OffsetDateTime;

use super::share::{Share, ShareId};

/// How the visitor got in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    Password,
    Token,
}

/// Where the pass is meant to be used: its cookie has another name and other attributes in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassContext {
    TopLevel,
    Framed,
}

/// What a pass says. Times are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    pub share: ShareId,
    pub epoch: i32,
    /// When the visitor got in; kept through renewals.
    pub began: i64,
    pub issued: i64,
    pub expires: i64,
    pub way_in: WayIn,
    pub context: PassContext,
}

/// Signs and checks passes (HMAC-SHA256).
#[derive(Clone)]
pub struct PassKey(Hmac<Sha256>);

/// However often it is used, a pass ends this long after the visitor got in.
pub const LONGEST: time::Duration = time::Duration::days(30);

/// The first signed byte tells a pass from everything else that is signed with the same key.
const VERSION: u8 = 1;
pub(super) const PAYLOAD_BYTES: usize = 1 + 16 + 4 + 8 + 8 + 8 + 1 + 1;
pub(super) const MAC_BYTES: usize = 32;

impl Pass {
    /// The one way to make a pass, for the password and for the token alike. It never outlives its share.
    pub fn issue(share: &Share, way_in: WayIn, context: PassContext, now: OffsetDateTime) -> Self {
        Self::make(share, way_in, context, now.unix_timestamp(), now)
    }

    /// The same pass with a new life, but none beyond [`LONGEST`] after the visitor got in.
    pub fn renew(&self, share: &Share, now: OffsetDateTime) -> Self {
        self.renew_in(self.context, share, now)
    }

    /// [`Pass::renew`], for another context: a visitor goes from a frame to a tab.
    pub fn renew_in(&self, context: PassContext, share: &Share, now: OffsetDateTime) -> Self {
        Self::make(share, self.way_in, context, self.began, now)
    }

    fn make(
        share: &Share,
        way_in: WayIn,
        context: PassContext,
        began: i64,
        now: OffsetDateTime,
    ) -> Self {
        let issued = now.unix_timestamp();
        let by_lifetime = issued + i64::from(share.pass_lifetime.seconds());
        let by_share = share
            .expires_at
            .map_or(i64::MAX, OffsetDateTime::unix_timestamp);
        Self {
            share: share.id,
            epoch: share.epoch,
            began,
            issued,
            expires: by_lifetime
                .min(by_share)
                .min(began + LONGEST.whole_seconds()),
            way_in,
            context,
        }
    }

    /// Whether to hand out a fresh pass with this visit: a tenth of its life is over. Every visit would do too, but
    /// would put a cookie on answers that browsers could otherwise keep.
    pub fn wants_renewal(&self, now: OffsetDateTime) -> bool {
        (now.unix_timestamp() - self.issued) * 10 >= self.expires - self.issued
    }

    pub(super) fn to_bytes(self) -> [u8; PAYLOAD_BYTES] {
        let way_in = match self.way_in {
            WayIn::Password => 0,
            WayIn::Token => 1,
        };
        let context = match self.context {
            PassContext::TopLevel => 0,
            PassContext::Framed => 1,
        };
        let share = self.share.uuid();
        let parts: [&[u8]; 8] = [
            &[VERSION],
            share.as_bytes(),
            &self.epoch.to_be_bytes(),
            &self.began.to_be_bytes(),
            &self.issued.to_be_bytes(),
            &self.expires.to_be_bytes(),
            &[way_in],
            &[context],
        ];
        let mut bytes = [0; PAYLOAD_BYTES];
        for (slot, byte) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *slot = *byte;
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; PAYLOAD_BYTES]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (share, rest) = rest.split_first_chunk::<16>()?;
        let (epoch, rest) = rest.split_first_chunk::<4>()?;
        let (began, rest) = rest.split_first_chunk::<8>()?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (way_in, context) = match rest {
            [0, context] => (WayIn::Password, context),
            [1, context] => (WayIn::Token, context),
            _ => return None,
        };
        let context = match context {
            0 => PassContext::TopLevel,
            1 => PassContext::Framed,
            _ => return None,
        };
        (*version == VERSION).then(|| Self {
            share: uuid::Uuid::from_bytes(*share).into(),
            epoch: i32::from_be_bytes(*epoch),
            began: i64::from_be_bytes(*began),
            issued: i64::from_be_bytes(*issued),
            expires: i64::from_be_bytes(*expires),
            way_in,
            context,
        })
    }
}

impl PassKey {
    pub fn new(key: &[u8; 64]) -> Self {
        Self(Hmac::new(&(*key).into()))
    }

    /// The cookie's value: payload and MAC, base64url.
    pub fn sign(&self, pass: &Pass) -> String {
        let payload = pass.to_bytes();
        let mut signed = Vec::with_capacity(PAYLOAD_BYTES + MAC_BYTES);
        signed.extend_from_slice(&payload);
        signed.extend_from_slice(&self.mac(&payload));
        URL_SAFE_NO_PAD.encode(signed)
    }

    /// `None` for anything that this key did not sign. Constant time in the MAC.
    pub fn verify(&self, value: &str) -> Option<Pass> {
        let mut signed = [0; PAYLOAD_BYTES + MAC_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(value, &mut signed).ok()?;
        if length != signed.len() {
            return None;
        }
        let (payload, mac) = signed.split_first_chunk::<PAYLOAD_BYTES>()?;
        self.is_mac(payload, mac)
            .then(|| Pass::from_bytes(payload))?
    }

    /// The first byte of a message says what it is; see [`VERSION`].
    pub(super) fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        let mac = self.0.clone().chain_update(message).finalize();
        mac.into_bytes().into()
    }

    /// Constant time in the MAC.
    pub(super) fn is_mac(&self, message: &[u8], mac: &[u8]) -> bool {
        let signing = self.0.clone().chain_update(message);
        signing.verify_slice(mac).is_ok()
    }
}

impl std::fmt::Debug for PassKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassKey")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Pass, PassContext, PassKey, WayIn};

    fn pass() -> Pass {
        Pass {
            share: uuid::Uuid::from_u128(7).into(),
            epoch: 3,
            began: 500,
            issued: 1_000,
            expires: 2_000,
            way_in: WayIn::Token,
            context: PassContext::Framed,
        }
    }

    #[test]
    fn a_signed_pass_comes_back_whole() {
        let key = PassKey::new(&[1; 64]);
        assert_eq!(key.verify(&key.sign(&pass())), Some(pass()));
    }

    #[test]
    fn a_pass_of_another_key_is_none() {
        let value = PassKey::new(&[1; 64]).sign(&pass());
        assert_eq!(PassKey::new(&[2; 64]).verify(&value), None);
    }

    #[test]
    fn a_pass_is_renewed_after_a_tenth_of_its_life() {
        let at = |seconds| time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        assert!(!pass().wants_renewal(at(1_099)));
        assert!(pass().wants_renewal(at(1_100)));
    }

    proptest! {
        #[test]
        fn no_changed_byte_is_accepted(position in 0_usize..107, replacement in any::<char>()) {
            let key = PassKey::new(&[1; 64]);
            let value = key.sign(&pass());
            let mut changed: Vec<char> = value.chars().collect();
            changed[position % value.len()] = replacement;
            let changed: String = changed.into_iter().collect();
            assert!(changed == value || key.verify(&changed).is_none());
        }
    }
}
