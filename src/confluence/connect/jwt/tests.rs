//! Tokens of Atlassian's library, and all that can be wrong with one.

use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Claims, JwtError, Unverified, peek, sign, verify, verify_by_key};
use crate::confluence::Secret;
use crate::confluence::public_key::PublicKey;
use crate::confluence::tests::keys::{changed, sign_text, sign_with_secret, unsigned};

const VECTORS: &str = include_str!("../../../../tests/fixtures/connect/jwt-qsh-vectors.json");

const SECRET: &str = "a-secret-key-not-to-be-lost";

/// When the tokens of the vectors were issued.
const ISSUED: i64 = 1_790_000_000;

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

fn vector(name: &str) -> Value {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["tokens"][name].clone()
}

fn token(vector: &Value) -> &str {
    vector["token"].as_str().unwrap()
}

fn verified(token: &str) -> Result<Claims, JwtError> {
    verify(token, &Secret::new(SECRET), at(ISSUED))
}

#[track_caller]
fn check(header: &Value, claims: &Value, expected: Result<(), JwtError>) {
    let token = sign_with_secret(header, claims, SECRET);
    let result = verified(&token).map(|_claims| ());
    assert_eq!(result, expected, "{header} {claims}");
}

fn header() -> Value {
    json!({"typ": "JWT", "alg": "HS256"})
}

fn claims() -> Value {
    json!({"iss": "site", "iat": ISSUED, "exp": ISSUED + 180, "qsh": "00"})
}

#[test]
fn tokens_of_atlassians_library_are_read() {
    for name in ["outbound_symmetric", "context_jwt"] {
        let vector = vector(name);
        let claims = verified(token(&vector)).unwrap();
        assert_eq!(claims.issuer, vector["claims"]["iss"]);
        assert_eq!(claims.qsh.as_deref(), vector["claims"]["qsh"].as_str());
        assert_eq!(claims.subject.as_deref(), vector["claims"]["sub"].as_str());
    }
    let assertion = vector("impersonation_assertion");
    let claims = verified(token(&assertion)).unwrap();
    assert_eq!(
        claims.audience,
        [assertion["claims"]["aud"].as_str().unwrap()]
    );
}

#[test]
fn a_call_back_s_token_is_read_with_the_key_of_its_id() {
    let vector = vector("install_callback_asymmetric");
    let unverified = peek(token(&vector)).unwrap();
    let expected = Unverified {
        issuer: "11111111-2222-3333-4444-555555555555".to_owned(),
        key_id: Some("f50f8562-f146-4b98-9bbb-7ce9545603b6".to_owned()),
        is_rs256: true,
    };
    assert_eq!(unverified, expected);
    let key = PublicKey::from_pem(vector["public_key_pem"].as_str().unwrap()).unwrap();
    let claims = verify_by_key(token(&vector), &key, at(ISSUED)).unwrap();
    assert_eq!(claims.audience, ["https://app.example.com/ac"]);
    assert_eq!(claims.qsh.as_deref(), vector["claims"]["qsh"].as_str());
    let late = verify_by_key(token(&vector), &key, at(ISSUED + 211));
    assert_eq!(late.unwrap_err(), JwtError::Expired);
}

#[test]
fn a_token_of_the_other_algorithm_is_refused_whatever_signed_it() {
    let vector = vector("install_callback_asymmetric");
    assert_eq!(verified(token(&vector)).unwrap_err(), JwtError::Algorithm);
    let pem = vector["public_key_pem"].as_str().unwrap();
    let key = PublicKey::from_pem(pem).unwrap();
    // The old trick: the public key as the secret of an HS256 token.
    let tricked = sign_with_secret(&header(), &claims(), pem);
    let refused = verify_by_key(&tricked, &key, at(ISSUED));
    assert_eq!(refused.unwrap_err(), JwtError::Algorithm);
    let lied = sign_with_secret(
        &changed(&header(), &json!({"alg": "RS256"})),
        &claims(),
        pem,
    );
    let refused = verify_by_key(&lied, &key, at(ISSUED));
    assert_eq!(refused.unwrap_err(), JwtError::Signature);
}

#[test]
fn no_other_algorithm_is_taken() {
    for alg in [
        "none", "None", "hs256", "HS384", "HS512", "ES256", "PS256", "",
    ] {
        check(&json!({"alg": alg}), &claims(), Err(JwtError::Algorithm));
    }
    check(&json!({}), &claims(), Err(JwtError::Algorithm));
    check(
        &json!({"alg": ["HS256"]}),
        &claims(),
        Err(JwtError::Algorithm),
    );
}

#[test]
fn a_header_that_changes_the_meaning_is_refused() {
    check(&json!({"alg": "HS256"}), &claims(), Ok(()));
    for field in ["crit", "b64", "zip", "enc"] {
        let header = changed(&header(), &json!({field: false}));
        check(&header, &claims(), Err(JwtError::Malformed));
    }
    for typ in [json!("JOSE"), json!(1)] {
        let header = changed(&header(), &json!({"typ": typ}));
        check(&header, &claims(), Err(JwtError::Malformed));
    }
}

#[test]
fn times_have_thirty_seconds_of_leeway() {
    let times = |change: Value| changed(&claims(), &change);
    check(
        &header(),
        &times(json!({"exp": ISSUED - 29, "iat": ISSUED - 90})),
        Ok(()),
    );
    let over = times(json!({"exp": ISSUED - 30, "iat": ISSUED - 90}));
    check(&header(), &over, Err(JwtError::Expired));
    check(&header(), &times(json!({"iat": ISSUED + 30})), Ok(()));
    for begin in ["iat", "nbf"] {
        let early = times(json!({begin: ISSUED + 31}));
        check(&header(), &early, Err(JwtError::NotYetValid));
    }
}

#[test]
fn times_that_make_no_sense_are_refused() {
    for change in [
        json!({"exp": null}),
        json!({"exp": (ISSUED + 180).to_string()}),
        json!({"exp": 1.79e9}),
        json!({"exp": ISSUED + 24 * 60 * 60 + 1}),
        json!({"exp": i64::MAX}),
        json!({"exp": u64::MAX}),
        json!({"exp": ISSUED, "iat": ISSUED}),
        json!({"iat": "now"}),
        json!({"nbf": true}),
    ] {
        check(
            &header(),
            &changed(&claims(), &change),
            Err(JwtError::Claims),
        );
    }
    let old = changed(&claims(), &json!({"exp": i64::MIN, "iat": null}));
    check(&header(), &old, Err(JwtError::Expired));
}

#[test]
fn claims_of_the_wrong_kind_are_refused() {
    for change in [
        json!({"iss": null}),
        json!({"iss": ""}),
        json!({"iss": 1}),
        json!({"sub": 1}),
        json!({"qsh": ["00"]}),
        json!({"aud": 1}),
        json!({"aud": ["a", 1]}),
    ] {
        check(
            &header(),
            &changed(&claims(), &change),
            Err(JwtError::Claims),
        );
    }
}

#[test]
fn audience_is_one_text_or_several() {
    let audience = |aud: Value| {
        let claims = changed(&claims(), &json!({"aud": aud}));
        let token = sign_with_secret(&header(), &claims, SECRET);
        verified(&token).unwrap().audience
    };
    assert_eq!(audience(json!("a")), ["a"]);
    assert_eq!(audience(json!(["a", "b"])), ["a", "b"]);
    assert!(audience(Value::Null).is_empty());
}

#[test]
fn an_empty_secret_signs_nothing_and_opens_nothing() {
    let empty = Secret::new("");
    let forged = sign_with_secret(&header(), &claims(), "");
    assert_eq!(
        verify(&forged, &empty, at(ISSUED)).unwrap_err(),
        JwtError::Signature
    );
    let refused = sign("key", "client", &empty, "00", at(ISSUED));
    assert_eq!(refused, Err(JwtError::NoSecret));
}

#[test]
fn a_changed_token_is_refused() {
    let token = sign_with_secret(&header(), &claims(), SECRET);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other = unsigned(&header(), &changed(&claims(), &json!({"iss": "other"})));
    for changed in [
        format!("{other}.{signature}"),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..40]),
    ] {
        assert_eq!(verified(&changed).unwrap_err(), JwtError::Signature);
    }
    assert!(verify(&token, &Secret::new("other"), at(ISSUED)).is_err());
}

#[test]
fn what_is_no_token_is_malformed() {
    let token = sign_with_secret(&header(), &claims(), SECRET);
    let long = changed(&claims(), &json!({"context": "a".repeat(9_000)}));
    let long = sign_with_secret(&header(), &long, SECRET);
    let twice = sign_text(
        r#"{"alg":"HS256"}"#,
        r#"{"iss":"a","exp":1,"exp":1790000180}"#,
        SECRET,
    );
    let two_algorithms = sign_text(
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"iss":"a","exp":1790000180}"#,
        SECRET,
    );
    for text in [
        "",
        ".",
        "..",
        "a.b.c",
        &token[1..],
        &format!("{token}=="),
        &format!("{token}.x"),
        &format!(" {token}"),
        &long,
        &twice,
        &two_algorithms,
    ] {
        assert_eq!(
            verified(text).unwrap_err(),
            JwtError::Malformed,
            "{text:.40}"
        );
        assert_eq!(peek(text), Err(JwtError::Malformed));
    }
}

#[test]
fn our_own_tokens_live_for_three_minutes() {
    let secret = Secret::new(SECRET);
    let token = sign("com.example.share", "site", &secret, "00", at(ISSUED)).unwrap();
    let claims = verify(&token, &secret, at(ISSUED + 209)).unwrap();
    assert_eq!(claims.issuer, "com.example.share");
    assert_eq!(
        (claims.audience, claims.qsh),
        (vec!["site".to_owned()], Some("00".to_owned()))
    );
    let late = verify(&token, &secret, at(ISSUED + 210));
    assert_eq!(late.unwrap_err(), JwtError::Expired);
}

proptest! {
    #[test]
    fn whatever_comes_in_never_panics(token in ".{0,300}") {
        prop_assert!(verified(&token).is_err());
        prop_assert!(peek(&token).is_err());
    }

    #[test]
    fn whatever_claims_say_never_panics(exp in any::<i64>(), iat in any::<i64>(), now in -9_000_000_000_i64..9_000_000_000) {
        let claims = json!({"iss": "a", "exp": exp, "iat": iat});
        let token = sign_with_secret(&header(), &claims, SECRET);
        let result = verify(&token, &Secret::new(SECRET), at(now));
        prop_assert!(result.is_err() || exp > now - 30);
    }
}
