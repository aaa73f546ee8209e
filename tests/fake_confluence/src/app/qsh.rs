//! The query string hash as this Confluence computes it: over method, path and query of one request. Written from the
//! published rules; nothing of the portal is used.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub fn hash(method: &str, target: &str, base_path: &str) -> String {
    hex::encode(Sha256::digest(canonical(method, target, base_path)))
}

/// What is hashed. Values of a repeated parameter stay in the order of the request, as in Atlassian's library for Java.
pub fn canonical(method: &str, target: &str, base_path: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let base = base_path.trim_end_matches('/');
    let path = path.strip_prefix(base).unwrap_or(path).replace('&', "%26");
    let path = format!("/{}", path.trim_start_matches('/'));
    let path = match path.strip_suffix('/') {
        Some("") | None => path.as_str(),
        Some(shorter) => shorter,
    };
    let mut parameters = BTreeMap::<String, Vec<String>>::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if name != "jwt" {
            let values = parameters.entry(reencoded(name)).or_default();
            values.push(reencoded(value));
        }
    }
    let pairs = parameters
        .iter()
        .map(|(name, values)| format!("{name}={}", values.join(",")));
    let query = pairs.collect::<Vec<_>>().join("&");
    format!("{}&{path}&{query}", method.to_uppercase())
}

fn reencoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let plain = percent_decode_str(&spaced).decode_utf8_lossy();
    utf8_percent_encode(&plain, ESCAPED).to_string()
}
