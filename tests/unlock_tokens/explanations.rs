//! What the token checker says: the first failed check, and a sentence that names the mistake.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use vestibule::shares::unlock_token::{CheckOutcome, Explanation, RefusalCode};

use crate::maker::{
    Attempt, FOREIGN, MacAlgorithm, NOW, OTHER_SHARE_TEXT, PREVIOUS, SECRET, SHARE_TEXT, good, text,
};

fn outcomes(explanation: &Explanation) -> Vec<(&'static str, CheckOutcome)> {
    let checks = explanation.checks.iter();
    checks.map(|line| (line.check, line.outcome)).collect()
}

fn detail<'a>(explanation: &'a Explanation, check: &str) -> &'a str {
    let line = explanation.checks.iter().find(|line| line.check == check);
    &line.unwrap().detail
}

fn first_failure(attempt: &Attempt) -> (&'static str, String) {
    let checks = attempt.explain().checks;
    let mut failed = checks
        .into_iter()
        .filter(|line| line.outcome == CheckOutcome::Failed);
    let line = failed.next().unwrap();
    (line.check, line.detail)
}

macro_rules! explained {
    ($($name:ident: $attempt:expr => $check:literal, $words:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let (check, detail) = first_failure(&$attempt);
                assert_eq!(check, $check);
                assert!(detail.contains($words), "{detail}");
            }
        )+
    };
}

explained! {
    an_empty_field: text("") => "shape", "no token";
    the_word_undefined: text("undefined") => "shape", "had no token yet";
    a_token_cut_short: text("eyJhbGciOiJIUzI1NiJ9.eyJ") => "shape", "this is 2";
    a_token_of_five_parts: good().edit(|token| token + ".AAAA.AAAA") => "shape", "this is 5";
    an_empty_payload: good().signing(|header, _| (header.to_owned(), String::new())) => "shape", "The payload is empty";
    a_token_too_long: good().extra(format!("\"a\":\"{}\"", "x".repeat(5000))) => "shape", "more than 4096";
    padding: good().edit(|token| token + "=") => "shape", "no = at the end";
    a_key_twice: good().extra(r#""exp":1"#) => "shape", "the key \"exp\" twice";
    a_payload_that_is_no_object: good().payload("[]") => "shape", "not a JSON object";

    jjwt_chose_hs512_by_the_length_of_the_key:
        good().header(r#"{"alg":"HS512"}"#).mac(MacAlgorithm::Hs512).key(hex::encode(SECRET)) => "algorithm", "length of the key";
    another_algorithm: good().header(r#"{"alg":"RS256"}"#) => "algorithm", "\"RS256\"";
    another_typ: good().header(r#"{"alg":"HS256","typ":"at+jwt"}"#) => "algorithm", "\"at+jwt\"";
    a_crit_field: good().header(r#"{"alg":"HS256","crit":["exp"]}"#) => "algorithm", "field crit";

    another_secret: good().key(FOREIGN) => "signature", "Copy the secret of this share again";
    hex_text_with_newline: good().key(hex::encode(SECRET) + "\n") => "signature", "line break";
    hex_text_with_windows_newline: good().key(hex::encode(SECRET) + "\r\n") => "signature", "line break";
    bytes_with_newline: good().key([&SECRET[..], b"\n"].concat()) => "signature", "line break";
    hex_text_with_space: good().key(hex::encode(SECRET) + " ") => "signature", "space";
    hex_text_in_upper_case: good().key(hex::encode_upper(SECRET)) => "signature", "upper case";
    hex_text_in_quotes: good().key(format!("\"{}\"", hex::encode(SECRET))) => "signature", "quotes";
    hex_text_with_0x: good().key(format!("0x{}", hex::encode(SECRET))) => "signature", "0x";
    base64_of_the_hex: good().key(STANDARD.encode(hex::encode(SECRET))) => "signature", "base64 of the hex";
    base64url_of_the_hex: good().key(URL_SAFE_NO_PAD.encode(hex::encode(SECRET))) => "signature", "base64 of the hex";
    base64_of_the_bytes: good().key(STANDARD.encode(SECRET)) => "signature", "base64 of the secret";
    hex_read_as_base64: good().key(STANDARD.decode(hex::encode(SECRET)).unwrap()) => "signature", "decoded as base64";
    previous_hex_text_with_newline:
        good().with_previous_secret().key(hex::encode(PREVIOUS) + "\n") => "signature", "line break";
    uuid_as_key: good().key(SHARE_TEXT) => "signature", "the share's UUID";
    empty_key: good().key("") => "signature", "The key is empty";
    no_signature: good().signature(|_| String::new()) => "signature", "The signature is empty";
    signature_in_hex: good().signature(hex::encode) => "signature", "written in hex";
    signature_of_another_length: good().mac(MacAlgorithm::Hs512) => "signature", "86 characters";

    no_iss: good().without_iss() => "issuer", SHARE_TEXT;
    iss_list: good().iss(format!("[\"{SHARE_TEXT}\"]")) => "issuer", "not a text";
    iss_of_another_share: good().iss(format!("\"{OTHER_SHARE_TEXT}\"")) => "issuer", "another share's UUID";
    iss_without_hyphens: good().iss(format!("\"{}\"", SHARE_TEXT.replace('-', ""))) => "issuer", "another spelling";
    iss_as_address: good().iss(format!("\"https://portal.test/content/{SHARE_TEXT}\"")) => "issuer", "another spelling";
    iss_as_name: good().iss(r#""client.test""#) => "issuer", "not a UUID";

    no_nbf: good().without_nbf() => "dates", "nbf is missing";
    exp_as_text: good().exp(format!("\"{}\"", NOW + 55)) => "dates", "without quotes";
    exp_as_float: good().exp(format!("{}.5", NOW + 54)) => "dates", "not a whole number";
    exp_null: good().exp("null") => "dates", "exp is not a number";
    milliseconds: good().nbf((NOW - 5) * 1000).exp((NOW + 55) * 1000) => "window", "divide by 1000";
    exp_as_duration: good().exp(60) => "window", "a duration";
    exp_before_nbf: good().nbf(NOW).exp(NOW - 1) => "window", "not after nbf";
    window_of_an_hour: good().nbf(NOW).exp(NOW + 3600) => "window", "exp - nbf is 3600 s";
    a_clock_ahead: good().at(NOW - 25) => "not before", "about 20 s ahead";
    a_clock_behind: good().at(NOW + 130) => "expiry", "about 135 s behind";
    a_clock_behind_says_how_late: good().at(NOW + 130) => "expiry", "exp was 75 s before now";
    local_time_ahead: good().at(NOW - 7200) => "not before", "close to 2 h";
    local_time_behind: good().at(NOW + 19_800) => "expiry", "close to 5.5 h";
    a_window_in_milliseconds_that_is_short: good().nbf(NOW * 1000).exp(NOW * 1000 + 60) => "not before", "divide by 1000";
    a_closed_share: good().share_closed() => "share", "disabled";
}

#[test]
fn a_good_token_passes_every_check_in_the_order_of_the_rule() {
    let explanation = good().explain();
    assert!(explanation.valid);
    assert_eq!(explanation.code, None);
    let names = [
        "shape",
        "algorithm",
        "signature",
        "issuer",
        "dates",
        "window",
        "not before",
        "expiry",
        "share",
    ];
    assert_eq!(
        outcomes(&explanation),
        names.map(|name| (name, CheckOutcome::Passed))
    );
    assert_eq!(
        detail(&explanation, "dates"),
        "nbf = 1799999995 (2027-01-15 07:59:55 UTC), exp = 1800000055 (2027-01-15 08:00:55 UTC)."
    );
}

#[test]
fn after_a_malformed_token_nothing_else_is_reached() {
    let explanation = text("a.b").explain();
    assert_eq!(explanation.code, Some(RefusalCode::Malformed));
    assert_eq!(outcomes(&explanation)[0], ("shape", CheckOutcome::Failed));
    assert_eq!(outcomes(&explanation).len(), 9);
    assert!(
        outcomes(&explanation)[1..]
            .iter()
            .all(|line| line.1 == CheckOutcome::NotReached)
    );
}

#[test]
fn all_mistakes_are_shown_and_the_first_gives_the_code() {
    let explanation = good()
        .key(FOREIGN)
        .nbf(NOW)
        .exp(NOW + 61)
        .share_closed()
        .explain();
    assert_eq!(explanation.code, Some(RefusalCode::BadSignature));
    let mut failed = outcomes(&explanation);
    failed.retain(|line| line.1 == CheckOutcome::Failed);
    assert_eq!(
        failed,
        ["signature", "window", "share"].map(|name| (name, CheckOutcome::Failed))
    );
}

#[test]
fn without_dates_the_window_and_the_clock_are_not_reached() {
    let explanation = good().without_exp().explain();
    let mut missed = outcomes(&explanation);
    missed.retain(|line| line.1 == CheckOutcome::NotReached);
    assert_eq!(
        missed,
        ["window", "not before", "expiry"].map(|name| (name, CheckOutcome::NotReached))
    );
}

#[test]
fn the_hex_text_as_key_passes_with_a_hint() {
    let explanation = good().key(hex::encode(SECRET)).explain();
    assert!(explanation.valid);
    assert!(detail(&explanation, "signature").contains("hex text"));
}

#[test]
fn the_previous_secret_passes_with_a_warning() {
    let bytes = good().with_previous_secret().key(PREVIOUS).explain();
    let text = good()
        .with_previous_secret()
        .key(hex::encode(PREVIOUS))
        .explain();
    assert!(bytes.valid && text.valid);
    assert!(detail(&bytes, "signature").contains("stops working soon"));
    assert!(detail(&text, "signature").contains("stops working soon"));
}

#[test]
fn what_people_paste_is_understood() {
    let token = good().token();
    let is_valid = |pasted: String| good().explain_pasted(&pasted).valid;
    assert!(is_valid(format!(" {token}\r\n")));
    assert!(is_valid(format!("Bearer {token}")));
    assert!(is_valid(format!("bearer  {token}")));
    assert!(is_valid(format!("unlock={token}")));
    assert!(is_valid(format!("?unlock={token}")));
    assert!(is_valid(format!("/content/{SHARE_TEXT}?unlock={token}")));
    assert!(is_valid(format!(
        "https://portal.test/content/{SHARE_TEXT}/42?a=1&unlock={token}&b=2#part"
    )));
    assert!(is_valid(format!(
        "https://portal.test/access?uuid={SHARE_TEXT}&unlock={}",
        token.replace('.', "%2E")
    )));
}

#[test]
fn an_address_without_the_parameter_says_so() {
    let with_query = good().explain_pasted("https://portal.test/content/x?token=a.b.c");
    assert!(detail(&with_query, "shape").contains("no unlock parameter"));
    let without_query = good().explain_pasted("https://portal.test/content/x");
    assert!(detail(&without_query, "shape").contains("no unlock parameter"));
}

#[test]
fn a_secret_or_signature_inside_a_claim_is_not_shown() {
    let secret = hex::encode(SECRET);
    let explanation = good().iss(format!("\"{secret}\"")).explain();
    assert_eq!(explanation.code, Some(RefusalCode::WrongShare));
    assert!(detail(&explanation, "issuer").contains("a text of 64 characters"));
}
