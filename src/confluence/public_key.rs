//! Public keys of Atlassian's that sign with RS256: read from the forms that they are published in. Fetching and keeping
//! them is the callers'.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use rsa::{BigUint, RsaPublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};

/// Shorter keys are refused, as RFC 7518 demands.
const LEAST_BITS: usize = 2048;

#[derive(Clone)]
pub struct PublicKey(DecodingKey);

impl PublicKey {
    /// From PEM, `BEGIN PUBLIC KEY`.
    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        Self::of(&RsaPublicKey::from_public_key_pem(pem.trim()).ok()?)
    }

    /// From modulus and exponent in base64url, as key sets have them.
    pub(super) fn from_components(modulus: &str, exponent: &str) -> Option<Self> {
        let number = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            Some(BigUint::from_bytes_be(&bytes))
        };
        Self::of(&RsaPublicKey::new(number(modulus)?, number(exponent)?).ok()?)
    }

    fn of(key: &RsaPublicKey) -> Option<Self> {
        let is_long = key.n().bits() >= LEAST_BITS;
        let (modulus, exponent) = (key.n().to_bytes_be(), key.e().to_bytes_be());
        is_long.then(|| Self(DecodingKey::from_rsa_raw_components(&modulus, &exponent)))
    }

    /// An error of the library can only mean that the signature is not one.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        crypto::verify(signature, text.as_bytes(), &self.0, Algorithm::RS256).unwrap_or(false)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PublicKey")
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::PublicKey;
    use crate::confluence::tests::keys;

    #[test]
    fn both_published_forms_are_read() {
        let pair = keys::pair();
        assert!(PublicKey::from_pem(&pair.public_pem()).is_some());
        let (modulus, exponent) = pair.components();
        assert!(PublicKey::from_components(&modulus, &exponent).is_some());
    }

    #[test]
    fn short_keys_and_other_things_are_no_keys() {
        let short = URL_SAFE_NO_PAD.encode([0xff; 128]);
        assert!(PublicKey::from_components(&short, "AQAB").is_none());
        assert!(PublicKey::from_components("", "AQAB").is_none());
        let (modulus, _) = keys::pair().components();
        assert!(PublicKey::from_components(&modulus, "AQ").is_none());
        for pem in [
            "",
            "<html>",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        ] {
            assert!(PublicKey::from_pem(pem).is_none(), "{pem}");
        }
        // A private key must not be taken for one, even if somebody publishes it.
        assert!(PublicKey::from_pem(&keys::pair().private_pem()).is_none());
    }
}
