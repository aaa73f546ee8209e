//! How a value from a token is shown in a message. Which message is written is decided by the checks.

/// Longer texts are described and not shown: neither a secret's hex nor a signature fits.
const LONGEST_SHOWN: usize = 40;

pub(super) fn shown(text: &str) -> String {
    let length = text.chars().count();
    if length > LONGEST_SHOWN {
        format!("(a text of {length} characters)")
    } else {
        format!("{text:?}")
    }
}
