//! A million small changes of one good token, the same ones in every run: none but the good token itself is accepted.

use vestibule::shares::{
    unlock_secret::UnlockSecret,
    unlock_token::{Availability, SecretsInForce, TokenRule, check},
};

use crate::maker::{NOW, SECRET, SHARE, good};

const MUTATIONS: usize = 1_000_000;
/// What a change writes: the whole alphabet of tokens, and a few characters that do not belong.
const CHARACTERS: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_...=+/ %\n\0";

/// Xorshift; small, and the same on every machine.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit
    }

    fn character(&mut self) -> u8 {
        CHARACTERS[self.below(CHARACTERS.len())]
    }
}

/// One to three changes.
fn mutate(token: &str, choices: &mut Choices) -> String {
    let mut bytes = token.as_bytes().to_vec();
    for _ in 0..=choices.below(3) {
        change(&mut bytes, choices);
    }
    String::from_utf8(bytes).unwrap()
}

fn change(bytes: &mut Vec<u8>, choices: &mut Choices) {
    let place = choices.below(bytes.len());
    match choices.below(9) {
        0..4 => bytes[place] = choices.character(),
        4 => bytes.insert(place, choices.character()),
        5 => drop(bytes.remove(place)),
        6 => bytes[place] = swapped_case(bytes[place]),
        7 => {
            let other = choices.below(bytes.len());
            bytes.swap(place, other);
        }
        _ => swap_parts(bytes, choices),
    }
}

fn swapped_case(letter: u8) -> u8 {
    if letter.is_ascii_alphabetic() {
        letter ^ 0x20
    } else {
        letter
    }
}

fn swap_parts(bytes: &mut Vec<u8>, choices: &mut Choices) {
    let mut parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'.').collect();
    let (one, other) = (choices.below(parts.len()), choices.below(parts.len()));
    parts.swap(one, other);
    *bytes = parts.join(&b'.');
}

#[test]
fn of_a_million_mutated_tokens_only_those_equal_to_the_good_one_are_accepted() {
    let token = good().token();
    let current = UnlockSecret::from_bytes(&SECRET).unwrap();
    let rule = TokenRule {
        share_id: SHARE,
        secrets: SecretsInForce {
            current: &current,
            previous: None,
        },
        share: Availability::Open,
        now: NOW,
    };
    assert!(check(&token, &rule).is_ok());

    let mut choices = Choices(0x9e37_79b9_7f4a_7c15);
    let mut changed = 0;
    while changed < MUTATIONS {
        let mutated = mutate(&token, &mut choices);
        if mutated != token {
            assert!(check(&mutated, &rule).is_err(), "accepted: {mutated:?}");
            changed += 1;
        }
    }
}
