//! The classic ways to get the key wrong: each is tried, so that the token checker can name the one that was made.
//! Nothing found here ever opens a share.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use uuid::Uuid;

use super::{rule::TokenRule, shape::Signed, signature};
use crate::shares::unlock_secret::UnlockSecret;

/// What was done to the key, and what to do instead. None when it is no mistake known here.
pub(super) fn find(signed: Signed<'_>, rule: &TokenRule<'_>) -> Option<&'static str> {
    let secrets = [Some(rule.secrets.current), rule.secrets.previous];
    secrets
        .into_iter()
        .flatten()
        .flat_map(wrong_forms)
        .chain(not_the_secret(rule.share_id))
        .find_map(|(advice, key)| signature::is_signed_with(signed, &key).then_some(advice))
}

type WrongKey = (&'static str, Vec<u8>);

fn wrong_forms(secret: &UnlockSecret) -> Vec<WrongKey> {
    let hex = secret.to_hex();
    let bytes = secret.as_bytes().as_slice();
    let mut keys = white_space(&hex, bytes);
    keys.extend(other_spellings(&hex));
    keys.extend(base64_forms(&hex, bytes));
    keys
}

fn white_space(hex: &str, bytes: &[u8]) -> Vec<WrongKey> {
    let newline = "The key ends with a line break. Trim the secret after reading it from its file or variable.";
    let space = "The key has a space around it. Trim the secret after reading it from its file or variable.";
    vec![
        (newline, format!("{hex}\n").into_bytes()),
        (newline, format!("{hex}\r\n").into_bytes()),
        (newline, [bytes, b"\n"].concat()),
        (newline, [bytes, b"\r\n"].concat()),
        (space, format!("{hex} ").into_bytes()),
        (space, format!(" {hex}").into_bytes()),
    ]
}

fn other_spellings(hex: &str) -> Vec<WrongKey> {
    let quotes = "The key has quotes around it. Take the 64 hex digits alone.";
    vec![
        (
            "The key is the hex in upper case. Decode the hex to its 32 bytes, or keep it in lower case.",
            hex.to_ascii_uppercase().into_bytes(),
        ),
        (
            "The key begins with 0x. Take the 64 hex digits alone.",
            format!("0x{hex}").into_bytes(),
        ),
        (quotes, format!("\"{hex}\"").into_bytes()),
        (quotes, format!("'{hex}'").into_bytes()),
    ]
}

fn base64_forms(hex: &str, bytes: &[u8]) -> Vec<WrongKey> {
    let of_hex = "The key is base64 of the hex digits. Decode the hex to its 32 bytes and use them as they are.";
    let of_bytes = "The key is base64 of the secret, as a text. Use the 32 bytes as they are.";
    // Every hex digit is a base64 digit, too: a library that expects base64 makes 48 other bytes of the 64 digits.
    let decoded = "The hex was decoded as base64. Decode it as hex; some libraries want a key object for that, not a text.";
    let mut keys = Vec::new();
    for engine in [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        keys.push((of_hex, engine.encode(hex).into_bytes()));
        keys.push((of_bytes, engine.encode(bytes).into_bytes()));
    }
    keys.extend(STANDARD.decode(hex).map(|key| (decoded, key)));
    keys
}

fn not_the_secret(share_id: Uuid) -> Vec<WrongKey> {
    let uuid = "The key is the share's UUID. The UUID belongs in iss; the key is the share's unlock secret.";
    let empty = "The key is empty. Is the secret's variable set where the token is made?";
    vec![
        (uuid, share_id.hyphenated().to_string().into_bytes()),
        (
            uuid,
            share_id
                .hyphenated()
                .to_string()
                .to_uppercase()
                .into_bytes(),
        ),
        (uuid, share_id.simple().to_string().into_bytes()),
        (uuid, share_id.as_bytes().to_vec()),
        (empty, Vec::new()),
        (empty, b"undefined".to_vec()),
        (empty, b"null".to_vec()),
        (empty, vec![0; 32]),
        (
            "The key is the word \"secret\". Use the share's unlock secret.",
            b"secret".to_vec(),
        ),
    ]
}
