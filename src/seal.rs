//! Secrets that the database keeps for us: encrypted, bound to the row they belong to, and opened only with a key from
//! the configuration. What they hold is the caller's knowledge.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde::Serialize;
use serde::de::DeserializeOwned;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Seals with the current key; opens with the current and, after a change of the secret key, the previous one.
///
/// XChaCha20-Poly1305 with a random nonce of 24 bytes, so that any number of nodes may seal without agreeing on
/// anything.
pub struct Sealer {
    current: XChaCha20Poly1305,
    previous: Option<XChaCha20Poly1305>,
}

/// Bytes that were sealed.
pub struct Opened {
    pub bytes: Vec<u8>,
    /// Sealed with the previous key: to be sealed again.
    pub is_outdated: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error(
        "stored credentials cannot be opened with VESTIBULE_SECRET_KEY; if the key was changed, give the old one as \
         VESTIBULE_PREVIOUS_SECRET_KEY, or enter the credentials again"
    )]
    WrongKey,
    #[error("the operating system's random generator failed: {0}")]
    NoRandomness(#[from] rand::rngs::SysError),
    #[error("credentials could not be encrypted")]
    Encrypt,
}

impl Sealer {
    pub fn new(current: &[u8; 32], previous: Option<&[u8; 32]>) -> Self {
        Self {
            current: XChaCha20Poly1305::new(current.into()),
            previous: previous.map(|key| XChaCha20Poly1305::new(key.into())),
        }
    }

    /// `bound_to` names the place, such as a row's id: sealed bytes that were copied to another one do not open there.
    pub fn seal(&self, plain: &[u8], bound_to: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        SysRng.try_fill_bytes(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: bound_to,
        };
        let ciphertext = self
            .current
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_opaque| SealError::Encrypt)?;
        Ok([&[VERSION], &nonce[..], &ciphertext].concat())
    }

    pub fn open(&self, sealed: &[u8], bound_to: &[u8]) -> Result<Opened, SealError> {
        let Some((nonce, ciphertext)) = sealed
            .strip_prefix(&[VERSION])
            .and_then(|rest| rest.split_first_chunk::<NONCE_BYTES>())
        else {
            return Err(SealError::WrongKey);
        };
        let open = |key: &XChaCha20Poly1305| {
            let payload = Payload {
                msg: ciphertext,
                aad: bound_to,
            };
            key.decrypt(&XNonce::from(*nonce), payload).ok()
        };
        if let Some(bytes) = open(&self.current) {
            return Ok(Opened {
                bytes,
                is_outdated: false,
            });
        }
        let opened = self.previous.as_ref().and_then(open);
        opened.ok_or(SealError::WrongKey).map(|bytes| Opened {
            bytes,
            is_outdated: true,
        })
    }

    /// Seals a value as JSON.
    pub fn seal_value(
        &self,
        value: &impl Serialize,
        bound_to: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let plain = serde_json::to_vec(value).map_err(|_never| SealError::Encrypt)?;
        self.seal(&plain, bound_to)
    }

    /// The value that [`Self::seal_value`] sealed, and whether the previous key did. One of another shape is as one of
    /// another key.
    pub fn open_value<T: DeserializeOwned>(
        &self,
        sealed: &[u8],
        bound_to: &[u8],
    ) -> Result<(T, bool), SealError> {
        let opened = self.open(sealed, bound_to)?;
        let value = serde_json::from_slice(&opened.bytes).map_err(|_shape| SealError::WrongKey)?;
        Ok((value, opened.is_outdated))
    }
}

#[cfg(test)]
mod tests {
    use super::Sealer;

    #[test]
    fn what_was_sealed_opens_in_its_own_place_only() {
        let sealer = Sealer::new(&[7; 32], None);
        let sealed = sealer.seal(b"token", b"row 1").unwrap();
        let opened = sealer.open(&sealed, b"row 1").unwrap();
        assert_eq!(opened.bytes, b"token");
        assert!(!opened.is_outdated);
        assert!(sealer.open(&sealed, b"row 2").is_err());
        assert!(!sealed.windows(5).any(|window| window == b"token"));
    }

    #[test]
    fn the_previous_key_still_opens_and_says_so() {
        let sealed = Sealer::new(&[7; 32], None).seal(b"token", b"row").unwrap();
        let after = Sealer::new(&[8; 32], Some(&[7; 32]));
        assert!(after.open(&sealed, b"row").unwrap().is_outdated);
        assert!(Sealer::new(&[8; 32], None).open(&sealed, b"row").is_err());
    }

    #[test]
    fn cut_and_changed_bytes_do_not_open() {
        let sealer = Sealer::new(&[7; 32], None);
        let sealed = sealer.seal(b"token", b"row").unwrap();
        for end in 0..sealed.len() {
            assert!(sealer.open(&sealed[..end], b"row").is_err());
            let mut changed = sealed.clone();
            changed[end] ^= 1;
            assert!(sealer.open(&changed, b"row").is_err());
        }
    }
}
