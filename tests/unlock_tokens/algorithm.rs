//! `alg` is `HS256` in these letters, whatever the signature is; `typ`, `crit`, `b64`, `zip` and `enc`.

use crate::{
    cases,
    maker::{Attempt, MacAlgorithm, good},
};

fn alg(json: &str) -> Attempt {
    good().header(format!(r#"{{"alg":{json},"typ":"JWT"}}"#))
}

fn unsigned(attempt: Attempt) -> Attempt {
    attempt.signature(|_| String::new())
}

cases! {
    none_without_signature: unsigned(alg(r#""none""#)) => BadAlg;
    capitalised_none_without_signature: unsigned(alg(r#""None""#)) => BadAlg;
    upper_case_none_without_signature: unsigned(alg(r#""NONE""#)) => BadAlg;
    mixed_case_none_without_signature: unsigned(alg(r#""nOnE""#)) => BadAlg;
    empty_alg_without_signature: unsigned(alg(r#""""#)) => BadAlg;
    none_with_a_right_signature: alg(r#""none""#) => BadAlg;
    none_with_one_dot: alg(r#""none""#).edit(|token| token.rsplit_once('.').unwrap().0.to_owned()) => Malformed;
    no_alg: good().header(r#"{"typ":"JWT"}"#) => BadAlg;
    null: alg("null") => BadAlg;
    list: alg(r#"["HS256"]"#) => BadAlg;
    object: alg(r#"{"name":"HS256"}"#) => BadAlg;
    number: alg("256") => BadAlg;
    lower_case: alg(r#""hs256""#) => BadAlg;
    trailing_space: alg(r#""HS256 ""#) => BadAlg;
    trailing_nul: alg(r#""HS256\u0000""#) => BadAlg;
    capitalised_name: good().header(r#"{"Alg":"HS256"}"#) => BadAlg;
    hs384_label_on_a_right_signature: alg(r#""HS384""#) => BadAlg;
    real_hs384: alg(r#""HS384""#).mac(MacAlgorithm::Hs384) => BadAlg;
    real_hs512: alg(r#""HS512""#).mac(MacAlgorithm::Hs512) => BadAlg;
    real_hs512_with_the_hex_text:
        alg(r#""HS512""#).mac(MacAlgorithm::Hs512).key(hex::encode(crate::maker::SECRET)) => BadAlg;
    hs256_label_on_an_hs384_signature: good().mac(MacAlgorithm::Hs384) => BadSignature;
    hs256_label_on_an_hs512_signature: good().mac(MacAlgorithm::Hs512) => BadSignature;
    hs256_label_on_a_cut_hs512_signature:
        good().mac(MacAlgorithm::Hs512).signature(|mac| crate::maker::base64url(&mac[..32])) => BadSignature;
    hs1: alg(r#""HS1""#) => BadAlg;
    rs256: alg(r#""RS256""#) => BadAlg;
    es256: alg(r#""ES256""#) => BadAlg;
    ps256: alg(r#""PS256""#) => BadAlg;
    eddsa: alg(r#""EdDSA""#) => BadAlg;
    truncated_hs256: alg(r#""HS256/64""#) => BadAlg;
    encryption: alg(r#""A256GCMKW""#) => BadAlg;
    direct_encryption: alg(r#""dir""#) => BadAlg;
    empty_header_object: good().header("{}") => BadAlg;

    crit_with_a_known_name: good().header(r#"{"alg":"HS256","crit":["exp"]}"#) => BadAlg;
    crit_with_b64: good().header(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#) => BadAlg;
    empty_crit: good().header(r#"{"alg":"HS256","crit":[]}"#) => BadAlg;
    crit_as_text: good().header(r#"{"alg":"HS256","crit":"b64"}"#) => BadAlg;
    crit_null: good().header(r#"{"alg":"HS256","crit":null}"#) => BadAlg;
    b64_false: good().header(r#"{"alg":"HS256","b64":false}"#) => BadAlg;
    b64_true: good().header(r#"{"alg":"HS256","b64":true}"#) => BadAlg;
    zip: good().header(r#"{"alg":"HS256","zip":"DEF"}"#) => BadAlg;
    enc: good().header(r#"{"alg":"HS256","enc":"A128GCM"}"#) => BadAlg;
    typ_of_json_serialisation: good().header(r#"{"alg":"HS256","typ":"JOSE+JSON"}"#) => BadAlg;
    typ_of_access_tokens: good().header(r#"{"alg":"HS256","typ":"at+jwt"}"#) => BadAlg;
    typ_as_media_type: good().header(r#"{"alg":"HS256","typ":"application/jwt"}"#) => BadAlg;
    typ_number: good().header(r#"{"alg":"HS256","typ":1}"#) => BadAlg;
    typ_null: good().header(r#"{"alg":"HS256","typ":null}"#) => BadAlg;
    empty_typ: good().header(r#"{"alg":"HS256","typ":""}"#) => BadAlg;
}
