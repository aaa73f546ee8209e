//! The unlock token rule from outside.
//!
//! A table of tokens with the answer each must get, properties over made-up and mutated tokens, and the token
//! checker's explanations. Tokens are made by `maker`, not by the code under test.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops there"
)]

mod accepted;
mod algorithm;
mod explanations;
mod framing;
mod header_json;
mod issuer;
mod maker;
mod minting;
mod mutations;
mod order;
mod payload_json;
mod properties;
mod refusals;
mod signature;
mod times;

/// One test per line: `name: attempt => answer`. The name is a sentence about the token.
macro_rules! cases {
    ($($name:ident: $attempt:expr => $answer:ident;)+) => {
        $(
            #[test]
            fn $name() {
                assert_eq!($attempt.answer(), crate::maker::Answer::$answer);
            }
        )+
    };
}
pub(crate) use cases;
