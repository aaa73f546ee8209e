//! What an answer tells the share's admin beside its code: the key, the token's times, the clock difference.

use vestibule::shares::unlock_token::{Accepted, RefusalCode, Refused, SigningKey};

use crate::maker::{Attempt, FOREIGN, NOW, PREVIOUS, SECRET, good, text};

fn signed_with(attempt: Attempt) -> SigningKey {
    attempt.check().unwrap().signed_with
}

fn refused(attempt: Attempt) -> Refused {
    attempt.check().unwrap_err()
}

fn clock_difference(attempt: Attempt) -> Option<i64> {
    refused(attempt).clock_difference_seconds
}

#[test]
fn an_accepted_token_tells_its_times_and_key() {
    let accepted = Accepted {
        signed_with: SigningKey::Current,
        not_before: NOW - 5,
        expires: NOW + 55,
    };
    assert_eq!(good().check(), Ok(accepted));
}

#[test]
fn each_secret_and_form_is_told_apart() {
    let overlapping = || good().with_previous_secret();
    assert_eq!(signed_with(overlapping()), SigningKey::Current);
    assert_eq!(
        signed_with(overlapping().key(hex::encode(SECRET))),
        SigningKey::CurrentHexText
    );
    assert_eq!(
        signed_with(overlapping().key(PREVIOUS)),
        SigningKey::Previous
    );
    assert_eq!(
        signed_with(overlapping().key(hex::encode(PREVIOUS))),
        SigningKey::PreviousHexText
    );
}

#[test]
fn a_refused_token_tells_what_could_be_read() {
    let late = Refused {
        code: RefusalCode::Expired,
        not_before: Some(NOW - 5),
        expires: Some(NOW + 55),
        clock_difference_seconds: Some(-105),
        signed_with: Some(SigningKey::CurrentHexText),
    };
    assert_eq!(refused(good().key(hex::encode(SECRET)).at(NOW + 100)), late);
}

#[test]
fn a_malformed_token_tells_nothing() {
    let nothing = Refused {
        code: RefusalCode::Malformed,
        not_before: None,
        expires: None,
        clock_difference_seconds: None,
        signed_with: None,
    };
    assert_eq!(refused(text("x.y")), nothing);
}

#[test]
fn a_forged_token_tells_its_times_but_no_key() {
    let forged = refused(good().key(FOREIGN));
    assert_eq!(
        (forged.not_before, forged.expires),
        (Some(NOW - 5), Some(NOW + 55))
    );
    assert_eq!(forged.signed_with, None);
}

#[test]
fn a_date_that_is_no_integer_is_not_told_the_other_one_is() {
    let half = refused(good().exp("1.5"));
    assert_eq!((half.not_before, half.expires), (Some(NOW - 5), None));
}

#[test]
fn the_clock_difference_is_told_when_the_token_came_early_or_late() {
    assert_eq!(clock_difference(good().at(NOW - 25)), Some(20));
    assert_eq!(clock_difference(good().at(NOW + 70)), Some(-75));
}

#[test]
fn the_clock_difference_is_not_told_for_other_refusals() {
    assert_eq!(clock_difference(good().share_closed()), None);
    assert_eq!(clock_difference(good().exp(NOW + 600)), None);
    assert_eq!(clock_difference(good().key(FOREIGN)), None);
}

#[test]
fn the_clock_difference_of_extreme_times_does_not_overflow() {
    let latest = good().nbf(i64::MAX - 60).exp(i64::MAX);
    assert_eq!(clock_difference(latest.at(i64::MIN)), Some(i64::MAX));
    let earliest = good().nbf(i64::MIN).exp(i64::MIN + 60);
    assert_eq!(clock_difference(earliest.at(i64::MAX)), Some(i64::MIN));
}

#[test]
fn codes_and_keys_have_the_words_of_the_contract() {
    let codes = [
        (RefusalCode::Malformed, "malformed"),
        (RefusalCode::BadAlg, "bad_alg"),
        (RefusalCode::BadSignature, "bad_signature"),
        (RefusalCode::WrongShare, "wrong_share"),
        (RefusalCode::BadClaims, "bad_claims"),
        (RefusalCode::WindowTooLong, "window_too_long"),
        (RefusalCode::NotYetValid, "not_yet_valid"),
        (RefusalCode::Expired, "expired"),
        (RefusalCode::ShareUnavailable, "share_unavailable"),
    ];
    assert_eq!(
        codes.map(|(code, _)| code.to_string()),
        codes.map(|(_, word)| word)
    );
    let keys = [
        (SigningKey::Current, "current"),
        (SigningKey::CurrentHexText, "current_hex_text"),
        (SigningKey::Previous, "previous"),
        (SigningKey::PreviousHexText, "previous_hex_text"),
    ];
    assert_eq!(
        keys.map(|(key, _)| key.as_str()),
        keys.map(|(_, word)| word)
    );
}
