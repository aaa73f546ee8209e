//! The unlock secret: the 32 bytes a client site signs unlock tokens with. Checking tokens is `unlock_token`,
//! keeping and rotating secrets is `store`; neither happens here.

use std::fmt;

use rand::{
    TryRng,
    rngs::{SysError, SysRng},
};

const LENGTH: usize = 32;

/// 32 secret bytes of one share. No `Display`, `Serialize`, `Clone` or `PartialEq`: a leak needs intent.
pub struct UnlockSecret([u8; LENGTH]);

/// The operating system's random generator gave no bytes; no secret was made.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random generator failed: {0}")]
pub struct NoRandomness(#[from] SysError);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an unlock secret has 32 bytes, not {0}")]
pub struct WrongLength(pub usize);

impl UnlockSecret {
    /// A new secret, straight from the operating system's generator.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; LENGTH];
        SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrongLength> {
        let exact = bytes
            .try_into()
            .map_err(|_error| WrongLength(bytes.len()))?;
        Ok(Self(exact))
    }

    /// For the database row and the MAC only.
    pub fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The 64 lower-case digits people copy. Only the admin page, the API and the command line may show them;
    /// the token rule takes them as a key, because many tools sign with the text.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for UnlockSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UnlockSecret")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{UnlockSecret, WrongLength};

    #[test]
    fn generated_secrets_all_differ() {
        let secrets: HashSet<_> = (0..1000)
            .map(|_| *UnlockSecret::generate().unwrap().as_bytes())
            .collect();
        assert_eq!(secrets.len(), 1000);
    }

    #[test]
    fn hex_is_64_lower_case_digits_of_the_bytes_in_order() {
        let bytes: Vec<u8> = (0xe0..=0xff).collect();
        let secret = UnlockSecret::from_bytes(&bytes).unwrap();
        assert_eq!(
            secret.to_hex(),
            "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
        );
    }

    #[test]
    fn only_32_bytes_make_a_secret() {
        assert_eq!(
            UnlockSecret::from_bytes(&[7; 31]).unwrap_err(),
            WrongLength(31)
        );
        assert_eq!(
            UnlockSecret::from_bytes(&[7; 33]).unwrap_err(),
            WrongLength(33)
        );
        assert_eq!(UnlockSecret::from_bytes(&[]).unwrap_err(), WrongLength(0));
        assert!(UnlockSecret::from_bytes(&[7; 32]).is_ok());
    }

    #[test]
    fn debug_prints_the_name_and_nothing_of_the_bytes() {
        let secret = UnlockSecret::from_bytes(&[0xab; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "UnlockSecret");
    }
}
