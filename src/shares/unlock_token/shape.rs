//! The first row of the token rule: length, three base64url parts, two strict JSON objects. Nothing here knows a
//! key or a time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::strict_json::{self, NotStrict, Object};

const MAX_BYTES: usize = 4096;

/// A token cut into its parts, each of them in the one canonical base64url form of its bytes.
pub(super) struct Parts<'a> {
    pub(super) signed: Signed<'a>,
    header: Vec<u8>,
    payload: Vec<u8>,
}

/// What the key has to fit, as it came.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    /// Header and payload with the dot between them.
    pub(super) text: &'a str,
    /// Base64url. Its length is not part of the shape: a signature of another algorithm is a matter of `alg`.
    pub(super) signature: &'a str,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("There is no token.")]
    Empty,
    #[error(
        "The token has {0} bytes, more than {MAX_BYTES}. Leave out claims that the portal does not need."
    )]
    TooLong(usize),
    #[error(
        "A token is three parts with a dot between them; this is {0}. Send what the signing function returned, whole."
    )]
    NotThreeParts(usize),
    #[error("The {0} is empty.")]
    EmptyPart(&'static str),
    #[error(
        "The {0} is not base64url without padding. Use - and _ instead of + and /, and no = at the end."
    )]
    NotBase64Url(&'static str),
    #[error("The {0} cannot be read: {1}.")]
    NotStrictJson(&'static str, NotStrict),
}

impl<'a> Parts<'a> {
    pub(super) fn cut(token: &'a str) -> Result<Self, Malformed> {
        if token.is_empty() {
            return Err(Malformed::Empty);
        }
        if token.len() > MAX_BYTES {
            return Err(Malformed::TooLong(token.len()));
        }
        let not_three = || Malformed::NotThreeParts(token.split('.').count());
        let (text, signature) = token.rsplit_once('.').ok_or_else(not_three)?;
        let (header, payload) = text.split_once('.').ok_or_else(not_three)?;
        if payload.contains('.') {
            return Err(not_three());
        }
        decode("signature", signature)?;
        Ok(Self {
            signed: Signed { text, signature },
            header: decode_filled("header", header)?,
            payload: decode_filled("payload", payload)?,
        })
    }

    pub(super) fn header(&self) -> Result<Object<'_>, Malformed> {
        strict_json::parse_object(&self.header)
            .map_err(|error| Malformed::NotStrictJson("header", error))
    }

    pub(super) fn claims(&self) -> Result<Object<'_>, Malformed> {
        strict_json::parse_object(&self.payload)
            .map_err(|error| Malformed::NotStrictJson("payload", error))
    }
}

fn decode_filled(name: &'static str, text: &str) -> Result<Vec<u8>, Malformed> {
    if text.is_empty() {
        return Err(Malformed::EmptyPart(name));
    }
    decode(name, text)
}

/// The engine refuses padding and bits that no byte carries, so that two texts never mean the same bytes.
fn decode(name: &'static str, text: &str) -> Result<Vec<u8>, Malformed> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_error| Malformed::NotBase64Url(name))
}
