//! Tokens that open the share, though some look odd (security: what is ignored is ignored whatever it says).

use crate::{
    cases,
    maker::{NOW, PREVIOUS, SECRET, SHARE_TEXT, good, good_payload},
};

cases! {
    the_token_of_our_snippets: good() => Accepted;
    a_window_of_exactly_60_seconds: good().nbf(NOW).exp(NOW + 60) => Accepted;
    a_window_of_1_second: good().nbf(NOW).exp(NOW + 1) => Accepted;
    the_first_second: good().at(NOW - 5) => Accepted;
    the_last_second: good().at(NOW + 54) => Accepted;
    no_typ: good().header(r#"{"alg":"HS256"}"#) => Accepted;
    typ_in_lower_case: good().header(r#"{"alg":"HS256","typ":"jwt"}"#) => Accepted;
    typ_in_mixed_case: good().header(r#"{"alg":"HS256","typ":"JwT"}"#) => Accepted;
    header_in_another_order_with_white_space:
        good().header("\t{ \"typ\" : \"JWT\" ,\r\n \"alg\" : \"HS256\" } \n") => Accepted;
    alg_written_with_escapes: good().header(r#"{"alg":"HS\u0032\u00356"}"#) => Accepted;
    payload_on_several_lines:
        good().payload(good_payload().replace(',', " ,\r\n\t").replace(':', " : ")) => Accepted;
    other_claims: good().extra(r#""sub":"u1","jti":"a","email":"a@b.c","n":{"a":[1,{"b":null}]}"#) => Accepted;
    aud_as_text: good().extra(r#""aud":"someone else""#) => Accepted;
    aud_as_list: good().extra(r#""aud":["a","b"]"#) => Accepted;
    iat_in_the_future: good().extra(format!(r#""iat":{}"#, NOW + 1_000_000)) => Accepted;
    iat_of_a_wrong_type: good().extra(r#""iat":"yesterday""#) => Accepted;
    floats_and_huge_numbers_in_other_claims: good().extra(r#""a":1.5,"b":1e400,"c":-1e-400,"d":[18446744073709551616]"#) => Accepted;
    kid: good().header(r#"{"alg":"HS256","kid":"2026-11"}"#) => Accepted;
    kid_with_an_attack_in_it:
        good().header(r#"{"alg":"HS256","kid":"../../dev/null' union select 'x"}"#) => Accepted;
    key_material_in_the_header:
        good().header(r#"{"alg":"HS256","jku":"https://evil.test/k","x5u":"https://evil.test/c","x5c":["MIIB"],"jwk":{"kty":"oct","k":"c2VjcmV0"}}"#)
        => Accepted;
    cty: good().header(r#"{"alg":"HS256","cty":"JWT"}"#) => Accepted;
    iss_written_with_escapes: good().iss(format!("\"\\u0036{}\"", &SHARE_TEXT[1..])) => Accepted;
    iss_in_upper_case: good().iss(format!("\"{}\"", SHARE_TEXT.to_uppercase())) => Accepted;
    iss_in_mixed_case: good().iss(format!("\"{}\"", SHARE_TEXT.replace('a', "A"))) => Accepted;
    text_of_all_languages_in_other_claims:
        good().extra(r#""name":"Zoë 東京 🦀 \ud83e\udd80 \u0000","ключ":"значение""#) => Accepted;
    keys_that_differ_in_case_only: good().extra(r#""ISS":"x","Exp":1,"NBF":null"#) => Accepted;
    the_same_key_in_two_nested_objects: good().extra(r#""a":{"x":1},"b":{"x":2}"#) => Accepted;
    nested_128_levels: good().extra(format!("\"a\":{}{}", "[".repeat(127), "]".repeat(127))) => Accepted;
    a_token_of_4096_bytes: good().extra(padding_for(4096)) => Accepted;
    minus_zero_and_leading_epoch: good().nbf("-0").exp(60).at(30) => Accepted;
    times_before_1970: good().nbf(-60).exp(-1).at(-30) => Accepted;
    times_after_year_9999: good().nbf(999_999_999_999_i64).exp(1_000_000_000_059_i64).at(1_000_000_000_000) => Accepted;
    the_last_second_of_all: good().nbf(i64::MAX - 60).exp(i64::MAX).at(i64::MAX - 1) => Accepted;
    the_hex_text_as_key: good().key(hex::encode(SECRET)) => Accepted;
    the_previous_secret_while_it_overlaps: good().key(PREVIOUS).with_previous_secret() => Accepted;
    the_previous_hex_text_while_it_overlaps: good().key(hex::encode(PREVIOUS)).with_previous_secret() => Accepted;
    the_current_secret_while_the_previous_overlaps: good().with_previous_secret() => Accepted;
}

/// A claim that makes the whole token exactly this long.
pub(crate) fn padding_for(length: usize) -> String {
    (0..length)
        .map(|filling| format!("\"a\":\"{}\"", "x".repeat(filling)))
        .find(|claim| good().extra(claim.as_str()).token().len() == length)
        .unwrap()
}
