//! What holds for every token: no panic, the checker agrees with the rule and gives nothing away, times are compared
//! as the contract says.

use proptest::prelude::{
    Strategy, any, any_with, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::strategy::Just;
use vestibule::shares::unlock_token::{CheckOutcome, RefusalCode};

use crate::maker::{Answer, Attempt, NOW, PREVIOUS, SECRET, SHARE_TEXT, base64url, good, text};

/// JSON of any shape, not always valid.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| value.to_string()),
        (NOW - 70..NOW + 70).prop_map(|value| value.to_string()),
        "-?[0-9.eE+-]{1,25}",
        any::<String>().prop_map(|value| serde_json::to_string(&value).unwrap()),
        Just(format!("\"{SHARE_TEXT}\"")),
        Just("\"HS256\"".to_owned()),
        Just(r#""\ud800""#.to_owned()),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let member = (
            prop_oneof!["alg|typ|crit|b64|iss|nbf|exp|a", any::<String>()],
            inner.clone(),
        )
            .prop_map(|(key, value)| format!("{}:{value}", serde_json::to_string(&key).unwrap()));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(SECRET.to_vec()),
        Just(hex::encode(SECRET).into_bytes()),
        Just(PREVIOUS.to_vec()),
        prop::collection::vec(any::<u8>(), 0..80),
    ]
}

/// From noise to a rightly signed token with odd parts.
fn attempt() -> impl Strategy<Value = Attempt> {
    let signed = (json(), json(), key())
        .prop_map(|(header, payload, key)| good().header(header).payload(payload).key(key));
    let odd_payload = (json(), key()).prop_map(|(payload, key)| good().payload(payload).key(key));
    let odd_claims = (json(), json(), json(), key())
        .prop_map(|(iss, nbf, exp, key)| good().iss(iss).nbf(nbf).exp(exp).key(key));
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    let odd_bytes =
        (bytes.clone(), bytes.clone(), bytes).prop_map(|(header, payload, signature)| {
            text(format!(
                "{}.{}.{}",
                base64url(header),
                base64url(payload),
                base64url(signature)
            ))
        });
    let noise = any_with::<String>("\\PC*".into()).prop_map(text);
    let dotted = "[A-Za-z0-9_.?= -]{0,200}".prop_map(text);
    let made = prop_oneof![signed, odd_payload, odd_claims, odd_bytes, noise, dotted];
    (made, any::<bool>()).prop_map(|(made, overlapping)| match overlapping {
        true => made.with_previous_secret(),
        false => made,
    })
}

/// The dates' rows of the contract, written anew in numbers that cannot overflow.
fn answer_of_dates(not_before: i64, expires: i64, now: i64) -> Answer {
    match i128::from(expires) - i128::from(not_before) {
        ..=0 => Answer::BadClaims,
        61.. => Answer::WindowTooLong,
        _ if not_before > now => Answer::NotYetValid,
        _ if now >= expires => Answer::Expired,
        _ => Answer::Accepted,
    }
}

proptest! {
    #[test]
    fn any_dates_get_the_answer_of_the_contract(not_before: i64, expires: i64, now: i64) {
        let answer = good().nbf(not_before).exp(expires).at(now).answer();
        prop_assert_eq!(answer, answer_of_dates(not_before, expires, now));
    }

    #[test]
    fn dates_around_now_get_the_answer_of_the_contract(
        not_before in NOW - 70..NOW + 70, window in -5..70_i64,
    ) {
        let expires = not_before + window;
        let answer = good().nbf(not_before).exp(expires).answer();
        prop_assert_eq!(answer, answer_of_dates(not_before, expires, NOW));
    }

    #[test]
    fn other_claims_of_any_content_change_nothing(name in "[a-h]{1,8}", value: String) {
        let claim = format!("\"{name}\":{}", serde_json::to_string(&value).unwrap());
        prop_assert_eq!(good().extra(claim).answer(), Answer::Accepted);
    }

    #[test]
    fn no_other_key_opens_the_share(key in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(good().key(key).answer(), Answer::BadSignature);
    }

    #[test]
    fn no_input_panics_and_the_checker_agrees_with_the_rule(attempt in attempt()) {
        let code = attempt.check().err().map(|refused| refused.code);
        let explanation = attempt.explain();
        prop_assert_eq!(explanation.valid, code.is_none());
        // An address or a word before a token is understood by the checker only.
        let is_plain = !attempt.token().contains(['?', ' ', '=']);
        prop_assert!(explanation.code == code || !is_plain);
        let all_passed = explanation.checks.iter().all(|line| line.outcome == CheckOutcome::Passed);
        prop_assert_eq!(explanation.valid, all_passed);
    }

    #[test]
    fn the_checker_never_shows_a_signature_or_a_secret(attempt in attempt()) {
        let token = attempt.token();
        let explanation = attempt.explain();
        let shown: String = explanation.checks.into_iter().map(|line| line.detail).collect();
        let signature = token.rsplit('.').next().filter(|part| part.len() >= 16);
        prop_assert!(signature.is_none_or(|signature| !shown.contains(signature)));
        prop_assert!(!shown.contains(&hex::encode(SECRET)));
        prop_assert!(explanation.code != Some(RefusalCode::Malformed) || !shown.is_empty());
    }
}
