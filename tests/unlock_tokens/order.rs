//! A token that breaks several rows of the rule gets the code of the first; the share's state comes last.

use crate::{
    cases,
    maker::{Attempt, FOREIGN, NOW, OTHER_SHARE_TEXT, good},
};

/// Breaks the rows from `exp <= nbf` down, but keeps the dates integers.
fn late_and_closed() -> Attempt {
    good().at(NOW + 100).share_closed()
}

fn other_share(attempt: Attempt) -> Attempt {
    attempt.iss(format!("\"{OTHER_SHARE_TEXT}\""))
}

cases! {
    malformed_before_bad_alg: other_share(late_and_closed()).key(FOREIGN).header(r#"{"alg":"none","alg":"none"}"#) => Malformed;
    malformed_payload_before_bad_alg: late_and_closed().header(r#"{"alg":"none"}"#).payload("[]") => Malformed;
    malformed_payload_before_bad_signature: good().key(FOREIGN).payload("[]") => Malformed;
    bad_alg_before_bad_signature: other_share(late_and_closed()).key(FOREIGN).header(r#"{"alg":"none"}"#) => BadAlg;
    bad_signature_before_wrong_share: other_share(late_and_closed()).key(FOREIGN) => BadSignature;
    bad_signature_before_bad_claims: good().key(FOREIGN).exp("1.5") => BadSignature;
    wrong_share_before_bad_claims: other_share(late_and_closed()).exp("null") => WrongShare;
    bad_claims_before_window_too_long: late_and_closed().nbf("null").exp(NOW + 1000) => BadClaims;
    bad_claims_backwards_before_not_yet_valid: good().nbf(NOW + 1000).exp(NOW - 1000).share_closed() => BadClaims;
    window_too_long_before_not_yet_valid: good().nbf(NOW + 1).exp(NOW + 62).share_closed() => WindowTooLong;
    window_too_long_before_expired: good().nbf(NOW - 70).exp(NOW - 5).share_closed() => WindowTooLong;
    not_yet_valid_before_share_unavailable: good().at(NOW - 6).share_closed() => NotYetValid;
    expired_before_share_unavailable: late_and_closed() => Expired;
    share_unavailable_when_all_else_is_well: good().share_closed() => ShareUnavailable;
}
