//! Labels of the wiki as the limits of a share name them. Which pages carry them is `pages`' subject.

/// Labels in lower case, as wikis keep them, without doubles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels(Vec<String>);

/// Why a list of labels is refused; the text names the entry and the fix.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LabelError {
    #[error("“{0}” is no label: a label has neither spaces nor commas")]
    NotALabel(String),
    #[error("“{0}…” is no label: a label has at most {max} characters", max = Labels::MAX_CHARS)]
    TooLong(String),
    #[error("a label is empty")]
    Empty,
    #[error("at most {} labels can be listed", Labels::MAX)]
    TooMany,
}

impl Labels {
    pub const MAX: usize = 50;
    pub const MAX_CHARS: usize = 255;

    /// Every wrong entry is reported.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<LabelError>> {
        let mut labels = Vec::new();
        let mut errors = Vec::new();
        for entry in entries {
            match parse_label(entry) {
                Ok(label) if labels.contains(&label) => {}
                Ok(label) => labels.push(label),
                Err(error) => errors.push(error),
            }
        }
        if labels.len() > Self::MAX {
            errors.push(LabelError::TooMany);
        }
        if errors.is_empty() {
            Ok(Self(labels))
        } else {
            Err(errors)
        }
    }

    pub fn entries(&self) -> &[String] {
        &self.0
    }
}

fn parse_label(written: &str) -> Result<String, LabelError> {
    let shown = || written.chars().take(100).collect::<String>();
    let label = written.to_lowercase();
    if label.is_empty() {
        return Err(LabelError::Empty);
    }
    if label.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',') {
        return Err(LabelError::NotALabel(shown()));
    }
    if label.chars().count() > Labels::MAX_CHARS {
        return Err(LabelError::TooLong(shown()));
    }
    Ok(label)
}

#[cfg(test)]
mod tests {
    use super::{LabelError, Labels};

    #[test]
    fn labels_are_kept_in_lower_case_and_once() {
        let labels = Labels::parse(["Public", "v1.2", "public", "ÜBER"]).unwrap();
        assert_eq!(labels.entries(), ["public", "v1.2", "über"]);
        assert_eq!(Labels::parse([]), Ok(Labels::default()));
    }

    #[test]
    fn what_no_wiki_could_have_stored_is_refused() {
        let long = "x".repeat(256);
        let refused = Labels::parse(["two words", "a,b", "", "a\u{0}", &long, "fine"]);
        assert_eq!(
            refused.unwrap_err(),
            [
                LabelError::NotALabel("two words".to_owned()),
                LabelError::NotALabel("a,b".to_owned()),
                LabelError::Empty,
                LabelError::NotALabel("a\u{0}".to_owned()),
                LabelError::TooLong("x".repeat(100)),
            ]
        );
        assert!(Labels::parse(["é".repeat(255).as_str()]).is_ok());
    }

    #[test]
    fn fifty_labels_are_enough() {
        let many: Vec<String> = (0..51).map(|n| format!("label-{n}")).collect();
        let parse = |count| Labels::parse(many.iter().take(count).map(String::as_str));
        assert!(parse(50).is_ok());
        assert_eq!(parse(51), Err(vec![LabelError::TooMany]));
    }
}
