//! A token is three base64url parts with two dots, at most 4,096 bytes, and nothing around them.

use serde_json::json;

use crate::{
    accepted::padding_for,
    cases,
    maker::{good, text},
};

cases! {
    nothing: text("") => Malformed;
    one_dot: text(".") => Malformed;
    two_dots: text("..") => Malformed;
    three_dots: text("...") => Malformed;
    one_part: text("eyJhbGciOiJIUzI1NiJ9") => Malformed;
    the_word_undefined: text("undefined") => Malformed;
    four_parts: good().edit(|token| token + ".AAAA") => Malformed;
    five_parts: good().edit(|token| token + ".AAAA.AAAA") => Malformed;
    leading_dot: good().edit(|token| format!(".{token}")) => Malformed;
    trailing_dot: good().edit(|token| token + ".") => Malformed;
    without_signature_part: good().edit(|token| token.rsplit_once('.').unwrap().0.to_owned()) => Malformed;
    empty_header: good().signing(|_, payload| (String::new(), payload.to_owned())) => Malformed;
    empty_payload: good().signing(|header, _| (header.to_owned(), String::new())) => Malformed;
    leading_space: good().edit(|token| format!(" {token}")) => Malformed;
    trailing_space: good().edit(|token| token + " ") => Malformed;
    trailing_newline: good().edit(|token| token + "\n") => Malformed;
    trailing_carriage_return: good().edit(|token| token + "\r\n") => Malformed;
    trailing_nul: good().edit(|token| token + "\0") => Malformed;
    tab_inside: good().edit(|token| token.replacen('.', ".\t", 1)) => Malformed;
    newline_inside_the_payload: good().signing(|header, payload| (header.to_owned(), payload.replacen('I', "\nI", 1))) => Malformed;
    with_the_word_bearer: good().edit(|token| format!("Bearer {token}")) => Malformed;
    in_quotes: good().edit(|token| format!("\"{token}\"")) => Malformed;
    encoded_dots: good().edit(|token| token.replace('.', "%2E")) => Malformed;
    ideographic_dots: good().edit(|token| token.replace('.', "。")) => Malformed;
    letter_outside_ascii: good().edit(|token| token.replacen('e', "е", 1)) => Malformed;
    general_json_form: good().edit(as_general_json) => Malformed;
    flattened_json_form: good().edit(as_flattened_json) => Malformed;
    two_tokens: good().edit(|token| format!("{token},{token}")) => Malformed;
    a_token_of_4097_bytes: good().extra(padding_for(4097)) => Malformed;
    a_token_of_64_kilobytes: good().extra(format!("\"a\":\"{}\"", "x".repeat(65_536))) => Malformed;
    ten_thousand_dots: text(".".repeat(10_000)) => Malformed;
    two_hundred_thousand_letters: text("a".repeat(200_000)) => Malformed;
}

fn as_general_json(token: String) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    json!({"payload": parts[1], "signatures": [{"protected": parts[0], "signature": parts[2]}]})
        .to_string()
}

fn as_flattened_json(token: String) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    json!({"payload": parts[1], "protected": parts[0], "signature": parts[2]}).to_string()
}
