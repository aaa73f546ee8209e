//! `iss` is the share's UUID as a text, in the 36-character form.

use crate::{
    cases,
    maker::{Attempt, OTHER_SHARE_TEXT, SHARE_TEXT, good},
};

fn iss(text: &str) -> Attempt {
    good().iss(serde_json::to_string(text).unwrap())
}

cases! {
    missing: good().without_iss() => WrongShare;
    another_share: iss(OTHER_SHARE_TEXT) => WrongShare;
    another_share_with_this_one_as_audience:
        iss(OTHER_SHARE_TEXT).extra(format!(r#""aud":"{SHARE_TEXT}""#)) => WrongShare;
    null: good().iss("null") => WrongShare;
    number: good().iss("6") => WrongShare;
    object: good().iss(format!(r#"{{"id":"{SHARE_TEXT}"}}"#)) => WrongShare;
    list_with_the_share: good().iss(format!(r#"["{SHARE_TEXT}"]"#)) => WrongShare;
    list_with_the_share_and_another: good().iss(format!(r#"["{SHARE_TEXT}","{OTHER_SHARE_TEXT}"]"#)) => WrongShare;
    empty_list: good().iss("[]") => WrongShare;
    empty: iss("") => WrongShare;
    leading_space: iss(&format!(" {SHARE_TEXT}")) => WrongShare;
    trailing_space: iss(&format!("{SHARE_TEXT} ")) => WrongShare;
    trailing_nul: iss(&format!("{SHARE_TEXT}\0")) => WrongShare;
    trailing_newline: iss(&format!("{SHARE_TEXT}\n")) => WrongShare;
    in_braces: iss(&format!("{{{SHARE_TEXT}}}")) => WrongShare;
    as_urn: iss(&format!("urn:uuid:{SHARE_TEXT}")) => WrongShare;
    without_hyphens: iss(&SHARE_TEXT.replace('-', "")) => WrongShare;
    fullwidth_digit: iss(&SHARE_TEXT.replacen('6', "６", 1)) => WrongShare;
    cyrillic_letter: iss(&SHARE_TEXT.replacen('a', "а", 1)) => WrongShare;
    zero_width_space: iss(&SHARE_TEXT.replacen('-', "\u{200b}-", 1)) => WrongShare;
    other_hyphens: iss(&SHARE_TEXT.replace('-', "\u{2011}")) => WrongShare;
    as_the_end_of_an_address: iss(&format!("https://portal.test/content/{SHARE_TEXT}")) => WrongShare;
    cut_short: iss(&SHARE_TEXT[..35]) => WrongShare;
    nil_uuid: iss("00000000-0000-0000-0000-000000000000") => WrongShare;
    under_another_name: good().without_iss().extra(format!(r#""issuer":"{SHARE_TEXT}""#)) => WrongShare;
    capitalised_name: good().without_iss().extra(format!(r#""Iss":"{SHARE_TEXT}""#)) => WrongShare;
}
