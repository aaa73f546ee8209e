//! The third row of the token rule: whose key made the signature. The algorithm is HS256, whatever the header says.

use jsonwebtoken::{Algorithm, DecodingKey, crypto};

use super::rule::{SecretsInForce, SigningKey};
use super::shape::Signed;

/// The first of the keys in force that made the signature. A client site may sign with the 32 bytes or, because
/// many tools take the key as text, with the 64 hex digits.
pub(super) fn find_key(signed: Signed<'_>, secrets: &SecretsInForce<'_>) -> Option<SigningKey> {
    let current = [
        (SigningKey::Current, secrets.current.as_bytes().to_vec()),
        (
            SigningKey::CurrentHexText,
            secrets.current.to_hex().into_bytes(),
        ),
    ];
    let previous = secrets.previous.into_iter().flat_map(|secret| {
        [
            (SigningKey::Previous, secret.as_bytes().to_vec()),
            (SigningKey::PreviousHexText, secret.to_hex().into_bytes()),
        ]
    });
    current
        .into_iter()
        .chain(previous)
        .find_map(|(name, key)| is_signed_with(signed, &key).then_some(name))
}

/// Compares in constant time. An error of the library can only mean that the signature is not one.
pub(super) fn is_signed_with(signed: Signed<'_>, key: &[u8]) -> bool {
    crypto::verify(
        signed.signature,
        signed.text.as_bytes(),
        &DecodingKey::from_secret(key),
        Algorithm::HS256,
    )
    .unwrap_or(false)
}
