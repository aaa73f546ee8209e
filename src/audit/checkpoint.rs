//! Where the record begins after old rows were removed: the last removed row and its hash, signed, so that nobody who
//! only has the database can remove rows and say that they were pruned.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use time::OffsetDateTime;

use super::chain::Head;

/// The last row that was removed. `seq` counts without gaps, so it also says how many rows are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub head: Head,
    pub at: OffsetDateTime,
    pub signature: Vec<u8>,
}

/// Signs with the current key; after a change of the secret key the previous one is still believed.
pub struct CheckpointKeys {
    current: Hmac<Sha256>,
    previous: Option<Hmac<Sha256>>,
}

impl CheckpointKeys {
    pub fn new(current: &[u8; 64], previous: Option<&[u8; 64]>) -> Self {
        let key = |key: &[u8; 64]| Hmac::new(&(*key).into());
        Self {
            current: key(current),
            previous: previous.map(key),
        }
    }

    /// `at` must be whole microseconds.
    pub fn sign(&self, head: Head, at: OffsetDateTime) -> Checkpoint {
        let signature = over(&self.current, head, at).finalize().into_bytes();
        Checkpoint {
            head,
            at,
            signature: signature.to_vec(),
        }
    }

    pub fn has_signed(&self, checkpoint: &Checkpoint) -> bool {
        let keys = [Some(&self.current), self.previous.as_ref()];
        keys.into_iter().flatten().any(|key| {
            over(key, checkpoint.head, checkpoint.at)
                .verify_slice(&checkpoint.signature)
                .is_ok()
        })
    }
}

/// Over 64 bytes: a name of 8, `seq` (8), the hash (32), and the time in microseconds (16).
fn over(key: &Hmac<Sha256>, head: Head, at: OffsetDateTime) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(b"pruned 1");
    mac.update(&head.seq.to_be_bytes());
    mac.update(&head.hash.0);
    mac.update(&(at.unix_timestamp_nanos() / 1000).to_be_bytes());
    mac
}
