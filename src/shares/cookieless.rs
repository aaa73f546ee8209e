//! The pass of a visitor inside a frame whose browser keeps no cookie of ours: a random key in the path of every page.
//!
//! Where such a key counts is decided in `visitor::cookieless`; pasted into a tab it opens nothing. ASVS 14.2.1 forbids
//! session keys in URLs; this is the one exception, after a cookie was refused, and operators can switch it off.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use super::guesses::network;
use super::pass::Pass;
use super::share::{Share, ShareId};
use crate::guess_limit::GuessLimit;

/// The key itself, 256 random bits. Only its digest is kept.
pub struct CookielessKey([u8; KEY_BYTES]);

const KEY_BYTES: usize = 32;
/// Unused for so long, a key is good for nothing; or for as long as the share's passes live, if that is shorter.
pub const IDLE: Duration = Duration::minutes(30);
/// However often it is used, a key ends after this.
pub const LONGEST: Duration = Duration::hours(8);
/// Of one share; beyond it the keys that were unused longest go.
pub const MOST_PER_SHARE: i64 = 10_000;

/// What is kept of a key when it is given out.
pub struct NewCookielessPass {
    pub key_digest: [u8; 32],
    pub user_agent_digest: [u8; 32],
    pub pass: Pass,
    pub at: OffsetDateTime,
}

/// How many keys of a share one address gets: a thousand, then one a second. With [`IDLE`] and [`MOST_PER_SHARE`] that keeps
/// one visitor from pushing out the keys of all others.
pub fn limit(share: ShareId, client: IpAddr) -> GuessLimit {
    GuessLimit {
        bucket: format!("cookieless:{share}:address:{}", network(client)),
        burst: 1_000,
        refill: Duration::SECOND,
    }
}

/// How long a key of this share may be unused.
pub fn idle(share: &Share) -> Duration {
    IDLE.min(share.pass_lifetime.duration())
}

impl CookielessKey {
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// As it stands in a path; `None` for anything else than 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = [0; KEY_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut key).ok()?;
        (length == KEY_BYTES).then_some(Self(key))
    }

    /// For the path; the one way out.
    pub fn to_path_segment(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl std::fmt::Debug for CookielessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CookielessKey")
    }
}

/// What ties a key to a browser: whoever copies the address has to know this as well.
pub fn user_agent_digest(user_agent: &[u8]) -> [u8; 32] {
    Sha256::digest(user_agent).into()
}

#[cfg(test)]
mod tests {
    use super::CookielessKey;

    #[test]
    fn a_key_comes_back_from_its_path_segment_and_nothing_else_does() {
        let key = CookielessKey::random();
        let text = key.to_path_segment();
        assert_eq!(text.len(), 43);
        assert_eq!(CookielessKey::parse(&text).unwrap().digest(), key.digest());
        for other in [
            "",
            "x",
            &text[1..],
            &format!("{text}A"),
            &format!("{text}="),
            &format!("{}/", &text[1..]),
        ] {
            assert!(CookielessKey::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_key_never_shows_itself() {
        assert_eq!(format!("{:?}", CookielessKey::random()), "CookielessKey");
    }
}
