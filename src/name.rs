//! Names that people give to things: the one rule for all of them.

/// The most characters of a name.
pub const LONGEST: usize = 200;

/// Why a text is no name. Each says how to mend it.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    #[error("A name is needed.")]
    Empty,
    #[error("The name has {0} characters; at most {LONGEST} are possible.")]
    TooLong(usize),
    #[error("The name must be a single line without control characters.")]
    NotOneLine,
}

/// One to 200 visible characters on one line; runs of spaces become one.
pub fn parse(typed: &str) -> Result<String, NameError> {
    let trimmed = typed.trim();
    if trimmed.contains(char::is_control) {
        return Err(NameError::NotOneLine);
    }
    let name = trimmed.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(NameError::Empty),
        count if count > LONGEST => Err(NameError::TooLong(count)),
        _ => Ok(name),
    }
}

/// As much of a text of somebody else's as a name may be long, such as of a page's title.
pub fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{NameError, parse, shortened};

    #[test]
    fn spaces_around_and_between_are_put_in_order() {
        assert_eq!(
            parse("  Release \u{a0}  notes ").as_deref(),
            Ok("Release notes")
        );
        assert_eq!(parse("Über uns 🐦").as_deref(), Ok("Über uns 🐦"));
    }

    #[test]
    fn what_is_empty_long_or_more_than_a_line_is_no_name() {
        assert_eq!(parse(" \t\n"), Err(NameError::Empty));
        assert!(parse(&"ä".repeat(200)).is_ok());
        assert_eq!(parse(&"ä".repeat(201)), Err(NameError::TooLong(201)));
        for wrong in ["a\nb", "a\tb", "a\0b", "a\u{7f}b", "a\u{85}b"] {
            assert_eq!(parse(wrong), Err(NameError::NotOneLine), "{wrong:?}");
        }
        assert_eq!(shortened(&"x".repeat(300)).len(), 200);
    }
}
