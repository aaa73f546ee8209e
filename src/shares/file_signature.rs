//! Signatures in the addresses of files of framed pages: such a file needs no cookie for some minutes.
//!
//! Some browsers leave partitioned cookies out of requests for pictures, and some keep no cookie in a frame at all.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;

use super::pass::PassKey;
use super::share::Share;

/// Another first byte than those of passes and tickets.
const VERSION: u8 = 3;
/// All pages made within it sign alike, so that they can be kept in memory.
const BUCKET_SECONDS: i64 = 10 * 60;

/// Until when signatures made now are good, in Unix seconds: 10 to 20 minutes ahead.
pub fn expiry(now: OffsetDateTime) -> i64 {
    (now.unix_timestamp().div_euclid(BUCKET_SECONDS) + 2) * BUCKET_SECONDS
}

impl PassKey {
    /// Signs one file of a share, as long as the share's epoch stays.
    pub fn sign_file(&self, share: &Share, attachment_id: &str, expires: i64) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(&message(share, attachment_id, expires)))
    }

    pub fn is_file_signature(
        &self,
        share: &Share,
        attachment_id: &str,
        expires: i64,
        signature: &str,
        now: OffsetDateTime,
    ) -> bool {
        let Ok(mac) = URL_SAFE_NO_PAD.decode(signature) else {
            return false;
        };
        now.unix_timestamp() < expires
            && expires <= expiry(now)
            && self.is_mac(&message(share, attachment_id, expires), &mac)
    }
}

fn message(share: &Share, attachment_id: &str, expires: i64) -> Vec<u8> {
    let id = share.id.uuid();
    let parts: [&[u8]; 5] = [
        &[VERSION],
        id.as_bytes(),
        &share.epoch.to_be_bytes(),
        &expires.to_be_bytes(),
        attachment_id.as_bytes(),
    ];
    parts.concat()
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::expiry;

    #[test]
    fn a_signature_is_good_for_ten_to_twenty_minutes() {
        let until = |seconds| expiry(OffsetDateTime::from_unix_timestamp(seconds).unwrap());
        assert_eq!(until(0), 1_200);
        assert_eq!(until(599), 1_200);
        assert_eq!(until(600), 1_800);
    }
}
