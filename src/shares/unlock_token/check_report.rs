//! The token checker's answer: each row of the rule with what was seen, and what to change. It reads the findings
//! that `check` judges; it never shows a signature or a secret.

use std::borrow::Cow;

use url::form_urlencoded;

use super::{
    check::judge,
    claims::{BadDate, Dates},
    clock_advice,
    findings::Findings,
    key_mistakes,
    rule::{Availability, RefusalCode, SigningKey, TokenRule},
    shape::Malformed,
};

#[derive(Debug)]
pub struct Explanation {
    pub valid: bool,
    /// The code `check` answers for the same token.
    pub code: Option<RefusalCode>,
    /// Always all checks, in the order of the rule. Several may fail; `code` is about the first.
    pub checks: Vec<CheckLine>,
}

#[derive(Debug)]
pub struct CheckLine {
    pub check: &'static str,
    pub outcome: CheckOutcome,
    /// Plain sentences. They may quote short values of the token, so this is untrusted text.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOutcome {
    Passed,
    Failed,
    /// An earlier failure leaves nothing to check.
    NotReached,
}

/// Says about each row of the rule whether the token keeps it. Takes what people paste: a token, `Bearer` and a
/// token, or a whole address with `?unlock=`.
pub fn explain(pasted: &str, rule: &TokenRule<'_>) -> Explanation {
    let Some(token) = token_in(pasted) else {
        return malformed("This address has no unlock parameter.".to_owned());
    };
    match Findings::gather(&token, rule) {
        Ok(findings) => report(&findings, rule),
        Err(Malformed::NotThreeParts(_)) if is_word_for_nothing(&token) => malformed(format!(
            "The token is the word {token}: the code that builds the address had no token yet."
        )),
        Err(problem) => malformed(problem.to_string()),
    }
}

/// None for an address without the parameter.
fn token_in(pasted: &str) -> Option<Cow<'_, str>> {
    let text = pasted.trim();
    if let Some((_, query)) = text.split_once('?') {
        let query = query.split('#').next().unwrap_or_default();
        return form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| (name == "unlock").then_some(value));
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return None;
    }
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim_start(),
        _ => text.strip_prefix("unlock=").unwrap_or(text),
    };
    Some(Cow::Borrowed(token))
}

fn is_word_for_nothing(token: &str) -> bool {
    [
        "undefined",
        "null",
        "None",
        "nil",
        "false",
        "[object Promise]",
        "[object Object]",
    ]
    .contains(&token)
}

fn malformed(detail: String) -> Explanation {
    let names = [
        "algorithm",
        "signature",
        "issuer",
        "dates",
        "window",
        "not before",
        "expiry",
        "share",
    ];
    let mut checks = vec![line("shape", Checked::Failed(detail))];
    checks.extend(names.map(|name| line(name, Checked::Nothing)));
    Explanation {
        valid: false,
        code: Some(RefusalCode::Malformed),
        checks,
    }
}

fn report(findings: &Findings<'_>, rule: &TokenRule<'_>) -> Explanation {
    let code = judge(findings, rule).err();
    let dates = findings.dates();
    Explanation {
        valid: code.is_none(),
        code,
        checks: vec![
            line(
                "shape",
                Checked::Passed("Three parts, each as it should be.".to_owned()),
            ),
            line("algorithm", algorithm(findings)),
            line("signature", signature(findings, rule)),
            line("issuer", issuer(findings)),
            line("dates", both_dates(dates)),
            line("window", window(dates)),
            line("not before", begun(dates, rule.now)),
            line("expiry", not_over(dates, rule.now)),
            line("share", share(rule.share)),
        ],
    }
}

enum Checked {
    Passed(String),
    Failed(String),
    Nothing,
}

fn line(check: &'static str, checked: Checked) -> CheckLine {
    let (outcome, detail) = match checked {
        Checked::Passed(detail) => (CheckOutcome::Passed, detail),
        Checked::Failed(detail) => (CheckOutcome::Failed, detail),
        Checked::Nothing => (
            CheckOutcome::NotReached,
            "Not checked; mend what failed above first.".to_owned(),
        ),
    };
    CheckLine {
        check,
        outcome,
        detail,
    }
}

fn algorithm(findings: &Findings<'_>) -> Checked {
    match &findings.header {
        Ok(()) => Checked::Passed("alg is HS256.".to_owned()),
        Err(problem) => Checked::Failed(problem.to_string()),
    }
}

fn signature(findings: &Findings<'_>, rule: &TokenRule<'_>) -> Checked {
    let detail = match findings.signed_with {
        None if findings.header.is_err() => return Checked::Nothing,
        None => return Checked::Failed(wrong_signature(findings, rule)),
        Some(SigningKey::Current) => "Signed with the share's unlock secret.",
        Some(SigningKey::CurrentHexText) => {
            "Signed with the hex text of the share's unlock secret as key. That is accepted; the 32 decoded bytes \
             are the better key."
        }
        Some(SigningKey::Previous) => {
            "Signed with the previous unlock secret, which stops working soon. Put the current one in its place."
        }
        Some(SigningKey::PreviousHexText) => {
            "Signed with the hex text of the previous unlock secret, which stops working soon. Put the current one \
             in its place."
        }
    };
    Checked::Passed(detail.to_owned())
}

fn wrong_signature(findings: &Findings<'_>, rule: &TokenRule<'_>) -> String {
    /// Of 32 bytes in base64url.
    const HS256_CHARACTERS: usize = 43;

    let signature = findings.signed.signature;
    if let Some(advice) = key_mistakes::find(findings.signed, rule) {
        return advice.to_owned();
    }
    match signature.len() {
        HS256_CHARACTERS => "The signature is not from this share's unlock secret. Copy the secret of this share again: \
             it may have been changed, or belong to another share."
            .to_owned(),
        0 => "The signature is empty. Sign the token with HS256 and the share's unlock secret.".to_owned(),
        64 if signature.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            "The signature is written in hex. Write its 32 bytes in base64url.".to_owned()
        }
        length => format!(
            "The signature has {length} characters; HS256 makes {HS256_CHARACTERS}. Write its 32 bytes in base64url."
        ),
    }
}

fn issuer(findings: &Findings<'_>) -> Checked {
    match &findings.issuer {
        Ok(()) => Checked::Passed("iss is this share's UUID.".to_owned()),
        Err(problem) => Checked::Failed(problem.to_string()),
    }
}

fn both_dates(dates: Result<Dates, &BadDate>) -> Checked {
    match dates {
        Ok(dates) => Checked::Passed(clock_advice::dates(dates)),
        Err(problem) => Checked::Failed(problem.to_string()),
    }
}

fn window(dates: Result<Dates, &BadDate>) -> Checked {
    let Ok(dates) = dates else {
        return Checked::Nothing;
    };
    match dates.check_window() {
        Ok(seconds) => Checked::Passed(format!("exp - nbf is {seconds} s.")),
        Err(problem) => Checked::Failed(clock_advice::bad_window(dates, &problem)),
    }
}

fn begun(dates: Result<Dates, &BadDate>, now: i64) -> Checked {
    match dates.map(|dates| (dates, dates.check_begun(now))) {
        Ok((_, Ok(()))) => Checked::Passed("nbf is not in the future.".to_owned()),
        Ok((dates, Err(_))) => Checked::Failed(clock_advice::not_yet_valid(dates, now)),
        Err(_) => Checked::Nothing,
    }
}

fn not_over(dates: Result<Dates, &BadDate>, now: i64) -> Checked {
    match dates.map(|dates| (dates, dates.check_not_over(now))) {
        Ok((_, Ok(()))) => Checked::Passed("exp is in the future.".to_owned()),
        Ok((dates, Err(_))) => Checked::Failed(clock_advice::expired(dates, now)),
        Err(_) => Checked::Nothing,
    }
}

fn share(share: Availability) -> Checked {
    match share {
        Availability::Open => Checked::Passed("The share is open.".to_owned()),
        Availability::Closed => Checked::Failed(
            "The share is disabled, has not started or has ended. Look at its dates.".to_owned(),
        ),
    }
}
