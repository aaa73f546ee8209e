//! Tokens the portal mints itself.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::shares::{
    unlock_secret::UnlockSecret,
    unlock_token::{MintedToken, mint},
};

use crate::maker::{Answer, NOW, SECRET, SHARE, SHARE_TEXT, text};

fn minted(now: i64) -> MintedToken {
    mint(SHARE, &UnlockSecret::from_bytes(&SECRET).unwrap(), now).unwrap()
}

fn answer_at(now: i64) -> Answer {
    text(minted(NOW).token.as_str()).at(now).answer()
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_minted_token_opens_the_share_for_its_whole_window_and_no_longer() {
    assert_eq!(answer_at(NOW - 6), Answer::NotYetValid);
    assert_eq!(answer_at(NOW - 5), Answer::Accepted);
    assert_eq!(answer_at(NOW), Answer::Accepted);
    assert_eq!(answer_at(NOW + 54), Answer::Accepted);
    assert_eq!(answer_at(NOW + 55), Answer::Expired);
}

#[test]
fn a_minted_token_says_what_client_sites_are_told_to_sign() {
    let minted = minted(NOW);
    let parts: Vec<&str> = minted.token.as_str().split('.').collect();
    assert_eq!(decoded(parts[0]), json!({"alg": "HS256", "typ": "JWT"}));
    assert_eq!(
        decoded(parts[1]),
        json!({"iss": SHARE_TEXT, "nbf": NOW - 5, "exp": NOW + 55})
    );
    assert_eq!((minted.not_before, minted.expires), (NOW - 5, NOW + 55));
}

#[test]
fn debug_shows_nothing_of_a_minted_token() {
    assert_eq!(format!("{:?}", minted(NOW).token), "UnlockToken");
}

#[test]
fn minting_at_the_ends_of_time_does_not_overflow() {
    assert_eq!(minted(i64::MAX).expires, i64::MAX);
    assert_eq!(minted(i64::MIN).not_before, i64::MIN);
}
