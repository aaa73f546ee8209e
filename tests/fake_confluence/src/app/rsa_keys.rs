//! RSA keys of this run: Atlassian's, and one of nobody. Made when they are first needed.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

static KEYS: [OnceLock<Pair>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaKey {
    /// Of the host of install keys.
    Install,
    /// In the key set of Forge.
    Forge,
    /// On no server.
    Stranger,
}

struct Pair {
    signing: EncodingKey,
    public: RsaPublicKey,
}

impl RsaKey {
    fn pair(self) -> &'static Pair {
        let cell = match self {
            Self::Install => &KEYS[0],
            Self::Forge => &KEYS[1],
            Self::Stranger => &KEYS[2],
        };
        cell.get_or_init(|| {
            let private = RsaPrivateKey::new(&mut OsRng, 2048).unwrap();
            let der = private.to_pkcs1_der().unwrap();
            Pair {
                signing: EncodingKey::from_rsa_der(der.as_bytes()),
                public: private.to_public_key(),
            }
        })
    }

    /// RS256, in base64url.
    pub(super) fn sign(self, text: &str) -> String {
        crypto::sign(text.as_bytes(), &self.pair().signing, Algorithm::RS256).unwrap()
    }

    /// The public key as the host of install keys shows it.
    pub fn pem(self) -> String {
        let public = &self.pair().public;
        public.to_public_key_pem(LineEnding::LF).unwrap()
    }

    /// The public key as a key set shows it.
    pub(super) fn jwk(self, key_id: &str) -> Value {
        let public = &self.pair().public;
        let [modulus, exponent] =
            [public.n(), public.e()].map(|number| URL_SAFE_NO_PAD.encode(number.to_bytes_be()));
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key_id, "n": modulus, "e": exponent})
    }
}
