//! Every key of the portal, derived from `VESTIBULE_SECRET_KEY`. Nothing here is stored or printed.

use hkdf::Hkdf;
use sha2::Sha256;

/// At least 64 bytes of key material from configuration.
pub struct MasterKey(Vec<u8>);

/// Why a text is not a master key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MasterKeyError {
    #[error("must be hexadecimal digits only")]
    NotHex,
    #[error("must have 128 or more hexadecimal digits, it has {0}")]
    TooShort(usize),
}

impl MasterKey {
    const MIN_BYTES: usize = 64;

    /// Parses 128 or more hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, MasterKeyError> {
        let digits = text.trim();
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(MasterKeyError::NotHex);
        }
        match hex::decode(digits) {
            Ok(bytes) if bytes.len() >= Self::MIN_BYTES => Ok(Self(bytes)),
            _ => Err(MasterKeyError::TooShort(digits.len())),
        }
    }

    /// A key of its own for each purpose (HKDF-SHA256, RFC 5869), so that none can stand in for another.
    fn derive<const N: usize>(&self, purpose: &str) -> [u8; N] {
        let mut key = [0; N];
        let derived = Hkdf::<Sha256>::new(None, &self.0).expand(purpose.as_bytes(), &mut key);
        debug_assert!(derived.is_ok(), "HKDF gives up to 8160 bytes");
        key
    }

    /// Signs passes.
    pub fn pass_key(&self) -> [u8; 64] {
        self.derive("vestibule pass v1")
    }

    /// Encrypts the cookie of admin sessions.
    pub fn session_key(&self) -> [u8; 64] {
        self.derive("vestibule admin session v1")
    }

    /// Seals credentials of connections in the database.
    pub fn seal_key(&self) -> [u8; 32] {
        self.derive("vestibule credentials v1")
    }

    /// Makes the addresses and secrets of webhooks.
    pub fn webhook_key(&self) -> [u8; 32] {
        self.derive("vestibule webhook v1")
    }

    /// Signs checkpoints of the audit record.
    pub fn audit_key(&self) -> [u8; 64] {
        self.derive("vestibule audit checkpoint v1")
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

#[cfg(test)]
mod tests {
    use super::{MasterKey, MasterKeyError};

    #[test]
    fn a_key_of_128_hex_digits_is_accepted_and_purposes_get_different_keys() {
        let key = MasterKey::from_hex(&"ab".repeat(64)).unwrap();
        assert_ne!(key.pass_key(), key.session_key());
    }

    #[test]
    fn short_and_odd_keys_are_refused_with_the_reason() {
        let refused = |text: &str| MasterKey::from_hex(text).unwrap_err();
        assert_eq!(refused(&"a".repeat(127)), MasterKeyError::TooShort(127));
        assert_eq!(refused(&"a".repeat(126)), MasterKeyError::TooShort(126));
        assert_eq!(refused(&"zz".repeat(64)), MasterKeyError::NotHex);
    }
}
