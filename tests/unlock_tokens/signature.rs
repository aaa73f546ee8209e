//! The signature is HMAC-SHA256 over the text as it came, by a secret in force, in its one base64url form.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};

use crate::{
    cases,
    maker::{Attempt, FOREIGN, PREVIOUS, SECRET, SHARE, SHARE_TEXT, base64url, good},
};

cases! {
    first_bit_flipped: good().signature(|mut mac| { mac[0] ^= 0x80; base64url(mac) }) => BadSignature;
    a_middle_bit_flipped: good().signature(|mut mac| { mac[16] ^= 1; base64url(mac) }) => BadSignature;
    last_bit_flipped: good().signature(|mut mac| { mac[31] ^= 1; base64url(mac) }) => BadSignature;
    empty: good().signature(|_| String::new()) => BadSignature;
    of_31_bytes: good().signature(|mac| base64url(&mac[..31])) => BadSignature;
    of_16_bytes: good().signature(|mac| base64url(&mac[..16])) => BadSignature;
    of_33_bytes: good().signature(|mac| base64url([&mac[..], &[0]].concat())) => BadSignature;
    all_zeros: good().signature(|_| base64url([0; 32])) => BadSignature;
    in_hex: good().signature(hex::encode) => BadSignature;
    in_base64url_of_hex: good().signature(|mac| base64url(hex::encode(mac))) => BadSignature;
    doubled: good().signature(|mac| base64url([&mac[..], &mac[..]].concat())) => BadSignature;
    of_another_token: good().signature(|_| good().nbf(1).token().rsplit_once('.').unwrap().1.to_owned()) => BadSignature;
    unused_bits_set: good().edit(set_an_unused_bit) => Malformed;
    of_one_character: good().signature(|_| "A".to_owned()) => Malformed;
    of_a_length_no_bytes_have: good().signature(|mac| base64url(mac) + "AA") => Malformed;
    padded: good().signature(|mac| URL_SAFE.encode(mac)) => Malformed;
    padded_and_percent_encoded: good().signature(|mac| base64url(mac) + "%3D") => Malformed;
    in_the_standard_alphabet: good().signature(|mac| STANDARD_NO_PAD.encode(with_slashes(mac))) => Malformed;

    header_padded_inside_a_right_signature: good().header(r#"{"alg":"HS256" }"#)
        .signing(|header, payload| (format!("{header}=="), payload.to_owned())) => Malformed;
    payload_padded_inside_a_right_signature:
        good().signing(|header, payload| (header.to_owned(), format!("{payload}="))) => Malformed;
    payload_with_unused_bits_inside_a_right_signature:
        good().extra(r#""a":1"#).signing(|header, payload| (header.to_owned(), set_an_unused_bit(payload.to_owned()))) => Malformed;
    payload_in_the_standard_alphabet_inside_a_right_signature:
        good().extra(r#""a":"???>>>""#).signing(|header, payload| (header.to_owned(), payload.replace('_', "/").replace('-', "+"))) => Malformed;

    another_secret: good().key(FOREIGN) => BadSignature;
    the_previous_secret_after_its_overlap: good().key(PREVIOUS) => BadSignature;
    the_previous_hex_text_after_its_overlap: good().key(hex::encode(PREVIOUS)) => BadSignature;
    empty_key: good().key("") => BadSignature;
    key_of_zeros: good().key([0; 32]) => BadSignature;
    key_with_newline: good().key([&SECRET[..], b"\n"].concat()) => BadSignature;
    key_cut_short: good().key(&SECRET[..31]) => BadSignature;
    hex_text_with_newline: good().key(hex::encode(SECRET) + "\n") => BadSignature;
    hex_text_in_upper_case: good().key(hex::encode_upper(SECRET)) => BadSignature;
    hex_text_cut_short: good().key(&hex::encode(SECRET)[..63]) => BadSignature;
    hex_of_the_hex_text: good().key(hex::encode(hex::encode(SECRET))) => BadSignature;
    base64_of_the_secret_as_text: good().key(STANDARD.encode(SECRET)) => BadSignature;
    base64_of_the_hex_text: good().key(STANDARD.encode(hex::encode(SECRET))) => BadSignature;
    hex_read_as_base64: good().key(STANDARD.decode(hex::encode(SECRET)).unwrap()) => BadSignature;
    uuid_text_as_key: good().key(SHARE_TEXT) => BadSignature;
    uuid_bytes_as_key: good().key(*SHARE.as_bytes()) => BadSignature;
    the_word_secret_as_key: good().key("secret") => BadSignature;
    key_offered_in_the_header:
        good().key("attacker").header(r#"{"alg":"HS256","jwk":{"kty":"oct","k":"YXR0YWNrZXI"}}"#) => BadSignature;
    payload_of_another_token: swapped_part(1) => BadSignature;
    header_of_another_token: swapped_part(0) => BadSignature;
    header_and_payload_swapped: good().edit(|token| {
        let parts: Vec<&str> = token.split('.').collect();
        [parts[1], parts[0], parts[2]].join(".")
    }) => BadAlg;
}

/// Where the last character carries bits that belong to no byte, as with the 43 characters of a signature.
fn set_an_unused_bit(mut text: String) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert_ne!(
        text.rsplit('.').next().unwrap().len() % 4,
        0,
        "no unused bits"
    );
    let last = ALPHABET.find(text.pop().unwrap()).unwrap();
    text + &ALPHABET[last ^ 1..=last ^ 1]
}

/// Standard base64 shows itself only where the bytes need its two special characters.
fn with_slashes(mut mac: Vec<u8>) -> Vec<u8> {
    mac[..6].copy_from_slice(&[0xfb, 0xff, 0xfe, 0xff, 0xff, 0xff]);
    mac
}

fn swapped_part(index: usize) -> Attempt {
    let other = good()
        .header(r#"{"alg":"HS256"}"#)
        .extra(r#""sub":"x""#)
        .token();
    good().edit(|token| {
        let mut parts: Vec<&str> = token.split('.').collect();
        parts[index] = other.split('.').nth(index).unwrap();
        parts.join(".")
    })
}
