//! What the token checker says, as the page of a share shows it.

use crate::shares::unlock_token::{CheckOutcome, Explanation};

/// The checker's answer.
pub struct CheckView {
    pub pasted: String,
    pub valid: bool,
    pub code: Option<&'static str>,
    pub lines: Vec<LineView>,
}

/// One row of the rule.
pub struct LineView {
    pub check: &'static str,
    pub detail: String,
    pub class: &'static str,
    pub word: &'static str,
}

impl CheckView {
    pub fn new(explanation: Explanation, pasted: String) -> Self {
        let lines = explanation.checks.into_iter().map(|line| {
            let (class, word) = match line.outcome {
                CheckOutcome::Passed => ("mark-ok", "Passed"),
                CheckOutcome::Failed => ("mark-no", "Failed"),
                CheckOutcome::NotReached => ("mark-none", "Not checked"),
            };
            LineView {
                check: line.check,
                detail: line.detail,
                class,
                word,
            }
        });
        Self {
            pasted,
            valid: explanation.valid,
            code: explanation.code.map(|code| code.as_str()),
            lines: lines.collect(),
        }
    }
}
