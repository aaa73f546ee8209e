//! The payload is one JSON object with each key once at every level, and nothing else.

use crate::{
    cases,
    maker::{NOW, OTHER_SHARE_TEXT, SHARE_TEXT, good, good_payload},
};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

cases! {
    list: good().payload(format!("[{}]", good_payload())) => Malformed;
    text: good().payload(r#""claims""#) => Malformed;
    null: good().payload("null") => Malformed;
    number: good().payload("1800000000") => Malformed;
    empty_object: good().payload("{}") => WrongShare;
    white_space: good().payload(" ") => Malformed;
    cut_short: good().payload(good_payload().trim_end_matches('}')) => Malformed;
    trailing_bytes: good().payload(good_payload() + "x") => Malformed;
    trailing_nul: good().payload(good_payload() + "\0") => Malformed;
    trailing_comma: good().payload(good_payload().replace('}', ",}")) => Malformed;
    two_objects: good().payload(good_payload() + &good_payload()) => Malformed;
    comment: good().payload(good_payload() + "// ours") => Malformed;
    byte_order_mark: good().payload("\u{feff}".to_owned() + &good_payload()) => Malformed;
    invalid_utf_8: good().payload([good_payload().replace('}', ",\"a\":\"").as_bytes(), b"\xc3\x28\"}"].concat()) => Malformed;
    utf_8_surrogates: good().payload([good_payload().replace('}', ",\"a\":\"").as_bytes(), b"\xed\xa0\x80\"}"].concat()) => Malformed;
    overlong_utf_8: good().payload([good_payload().replace('}', ",\"a\":\"").as_bytes(), b"\xc0\xaf\"}"].concat()) => Malformed;
    utf_16: good().payload(utf16(&good_payload())) => Malformed;
    lone_surrogate: good().extra(r#""a":"\ud800""#) => Malformed;
    lone_low_surrogate: good().extra(r#""a":"\udc00""#) => Malformed;
    lone_surrogate_in_a_list: good().extra(r#""a":[["\ud800"]]"#) => Malformed;
    lone_surrogate_in_a_key: good().extra(r#""\ud800":1"#) => Malformed;
    lone_surrogate_in_a_nested_key: good().extra(r#""a":[{"\ud800":1}]"#) => Malformed;
    unknown_escape: good().extra(r#""a":"\x41""#) => Malformed;
    raw_control_character: good().extra("\"a\":\"\t\"") => Malformed;
    exp_twice_late_one_last: good().payload(twice("exp", NOW + 10, NOW + 1000)) => Malformed;
    exp_twice_late_one_first: good().payload(twice("exp", NOW + 1000, NOW + 10)) => Malformed;
    exp_twice_the_same: good().extra(format!(r#""exp":{}"#, NOW + 55)) => Malformed;
    iss_twice: good().extra(format!(r#""iss":"{OTHER_SHARE_TEXT}""#)) => Malformed;
    nbf_twice_once_escaped: good().extra(format!(r#""\u006ebf":{}"#, NOW - 5)) => Malformed;
    unknown_key_twice: good().extra(r#""a":1,"a":1"#) => Malformed;
    empty_key_twice: good().extra(r#""":1,"":1"#) => Malformed;
    key_twice_in_a_nested_object: good().extra(r#""a":{"b":1,"c":2,"b":3}"#) => Malformed;
    key_twice_in_an_object_in_a_list: good().extra(r#""a":[0,{"b":1,"b":1}]"#) => Malformed;
    capitalised_claims: good().payload(good_payload().replace("iss", "ISS").replace("nbf", "NBF")) => WrongShare;
    nested_129_levels: good().extra(format!("\"a\":{}{}", "[".repeat(128), "]".repeat(128))) => Malformed;
    objects_nested_129_levels: good().extra(format!("\"a\":{}1{}", r#"{"a":"#.repeat(128), "}".repeat(128))) => Malformed;
    nested_300_levels: good().extra(format!("\"a\":{}{}", "[".repeat(300), "]".repeat(300))) => Malformed;
    nested_to_the_full_length: good().payload(format!("{{\"a\":{}", "[".repeat(2900))) => Malformed;
    mismatched_brackets: good().extra("\"a\":[1}") => Malformed;
    number_with_leading_zero_in_another_claim: good().extra("\"a\":[007]") => Malformed;
    unquoted_word_in_another_claim: good().extra("\"a\":undefined") => Malformed;
    form_encoded: good().payload(format!("iss={SHARE_TEXT}&nbf={NOW}&exp={}", NOW + 60)) => Malformed;
}

fn twice(claim: &str, first: i64, second: i64) -> String {
    format!(r#"{{"iss":"{SHARE_TEXT}","nbf":{NOW},"{claim}":{first},"{claim}":{second}}}"#)
}
