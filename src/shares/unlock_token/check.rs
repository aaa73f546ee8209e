//! The rule itself: its rows in their order, over what `findings` has gathered.

use super::claims::{BadWindow, Dates};
use super::findings::Findings;
use super::rule::{Accepted, Availability, RefusalCode, Refused, TokenRule};

/// Whether the token opens the share. Never panics, whatever the token is.
pub fn check(token: &str, rule: &TokenRule<'_>) -> Result<Accepted, Refused> {
    let Ok(findings) = Findings::gather(token, rule) else {
        return Err(Refused {
            code: RefusalCode::Malformed,
            not_before: None,
            expires: None,
            clock_difference_seconds: None,
            signed_with: None,
        });
    };
    judge(&findings, rule).map_err(|code| refuse(code, &findings, rule))
}

/// The rule itself, row by row. The order decides which code a token gets that breaks several rows.
pub(super) fn judge(
    findings: &Findings<'_>,
    rule: &TokenRule<'_>,
) -> Result<Accepted, RefusalCode> {
    findings
        .header
        .as_ref()
        .map_err(|_error| RefusalCode::BadAlg)?;
    let signed_with = findings.signed_with.ok_or(RefusalCode::BadSignature)?;
    findings
        .issuer
        .as_ref()
        .map_err(|_error| RefusalCode::WrongShare)?;
    let dates = findings.dates().map_err(|_error| RefusalCode::BadClaims)?;
    dates.check_window().map_err(|error| match error {
        BadWindow::Backwards => RefusalCode::BadClaims,
        BadWindow::TooLong(_) => RefusalCode::WindowTooLong,
    })?;
    dates
        .check_begun(rule.now)
        .map_err(|_error| RefusalCode::NotYetValid)?;
    dates
        .check_not_over(rule.now)
        .map_err(|_error| RefusalCode::Expired)?;
    match rule.share {
        Availability::Open => Ok(Accepted {
            signed_with,
            not_before: dates.not_before,
            expires: dates.expires,
        }),
        Availability::Closed => Err(RefusalCode::ShareUnavailable),
    }
}

fn refuse(code: RefusalCode, findings: &Findings<'_>, rule: &TokenRule<'_>) -> Refused {
    let wrong_time = matches!(code, RefusalCode::NotYetValid | RefusalCode::Expired);
    let clock_difference = |dates: Dates| dates.clock_difference(rule.now);
    Refused {
        code,
        not_before: findings.not_before.as_ref().ok().copied(),
        expires: findings.expires.as_ref().ok().copied(),
        clock_difference_seconds: findings
            .dates()
            .ok()
            .filter(|_| wrong_time)
            .map(clock_difference),
        signed_with: findings.signed_with,
    }
}
