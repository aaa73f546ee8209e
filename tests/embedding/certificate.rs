//! A certificate that nobody has to trust for longer than a test runs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, PublicKeyData as _, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use sha2::{Digest as _, Sha256};

/// What a server of these host names needs, and what Chromium has to be told of it.
pub(crate) struct Certificate {
    pub(crate) config: Arc<ServerConfig>,
    /// For `--ignore-certificate-errors-spki-list`. Browsers that know it take the connection for a good one, with all
    /// that they give to nothing less: a cache, secure cookies.
    pub(crate) fingerprint: String,
}

impl Certificate {
    pub(crate) fn of(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let fingerprint = Sha256::digest(signing_key.subject_public_key_info());
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        Self {
            config: Arc::new(config),
            fingerprint: STANDARD.encode(fingerprint),
        }
    }
}
