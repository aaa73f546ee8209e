//! Pieces of links and times that both products write the same way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;

const TIME: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'(')
    .remove(b')');

/// A title or file name as a segment of a path.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

pub(crate) fn rfc3339(time: OffsetDateTime) -> String {
    time.format(TIME).unwrap()
}

/// The code of the short link to a page.
pub(crate) fn tiny(id: u64) -> String {
    let bytes = id.to_le_bytes();
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let code = STANDARD_NO_PAD.encode(&bytes[..used]);
    code.replace('/', "-")
        .replace('+', "_")
        .trim_end_matches('A')
        .to_owned()
}
