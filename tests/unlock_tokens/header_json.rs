//! The header is one JSON object with each key once, and nothing else.

use crate::{
    cases,
    maker::{base64url, good, good_payload},
};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

cases! {
    alg_twice: good().header(r#"{"alg":"HS256","alg":"HS256"}"#) => Malformed;
    alg_twice_bad_one_first: good().header(r#"{"alg":"none","alg":"HS256"}"#) => Malformed;
    alg_twice_bad_one_last: good().header(r#"{"alg":"HS256","alg":"none"}"#) => Malformed;
    alg_twice_once_escaped: good().header(r#"{"alg":"HS256","\u0061lg":"none"}"#) => Malformed;
    typ_twice: good().header(r#"{"alg":"HS256","typ":"JWT","typ":"JWT"}"#) => Malformed;
    unknown_key_twice: good().header(r#"{"alg":"HS256","x":1,"x":1}"#) => Malformed;
    key_twice_in_a_nested_object: good().header(r#"{"alg":"HS256","jwk":{"k":1,"k":2}}"#) => Malformed;
    unencoded_payload:
        good().header(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#)
            .signing(|header, _| (header.to_owned(), good_payload())) => Malformed;
    nested_token: good().header(r#"{"alg":"HS256","cty":"JWT"}"#).payload(good().token()) => Malformed;
    list: good().header(r#"["HS256"]"#) => Malformed;
    object_in_a_list: good().header(r#"[{"alg":"HS256"}]"#) => Malformed;
    text: good().header(r#""HS256""#) => Malformed;
    null: good().header("null") => Malformed;
    number: good().header("256") => Malformed;
    empty: good().header("") => Malformed;
    white_space: good().header("  ") => Malformed;
    cut_short: good().header(r#"{"alg":"HS256""#) => Malformed;
    trailing_bytes: good().header(r#"{"alg":"HS256"}x"#) => Malformed;
    trailing_nul: good().header("{\"alg\":\"HS256\"}\0") => Malformed;
    two_objects: good().header(r#"{"alg":"HS256"}{"alg":"HS256"}"#) => Malformed;
    single_quotes: good().header("{'alg':'HS256'}") => Malformed;
    without_quotes: good().header("{alg:HS256}") => Malformed;
    comment: good().header(r#"{"alg":"HS256"/* as told */}"#) => Malformed;
    trailing_comma: good().header(r#"{"alg":"HS256",}"#) => Malformed;
    byte_order_mark: good().header("\u{feff}{\"alg\":\"HS256\"}") => Malformed;
    utf_16: good().header(utf16(r#"{"alg":"HS256"}"#)) => Malformed;
    invalid_utf_8: good().header(*b"{\"alg\":\"HS256\",\"x\":\"\xff\"}") => Malformed;
    lone_surrogate: good().header(r#"{"alg":"HS256","x":"\ud800"}"#) => Malformed;
    raw_control_character: good().header("{\"alg\":\"HS256\",\"x\":\"\n\"}") => Malformed;
    encoded_twice: good().header(base64url(r#"{"alg":"HS256"}"#)) => Malformed;
}
