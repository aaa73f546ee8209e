//! The fields that say what of its pages a share leaves out: as typed, and as understood. Part of the details.

use serde::Deserialize;

use super::details::Choice;
use crate::admin::problems::Problems;
use crate::shares::labels::Labels;
use crate::shares::share::{RestrictedPages, Share};

/// As typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LimitsInput {
    /// A word of [`RestrictedPages`]; in the form of a new share nothing leaves it to what the root is.
    pub restricted_pages: String,
    pub include_labels: String,
    pub exclude_labels: String,
    /// `show`, or nothing.
    pub comments: String,
}

/// As understood.
pub struct Limits {
    /// `None` leaves it to what the root is, or as it is.
    pub restricted_pages: Option<RestrictedPages>,
    pub include_labels: Labels,
    pub exclude_labels: Labels,
    pub show_comments: bool,
}

impl LimitsInput {
    pub fn of(share: &Share) -> Self {
        Self {
            restricted_pages: share.restricted_pages.as_str().to_owned(),
            include_labels: share.include_labels.entries().join(" "),
            exclude_labels: share.exclude_labels.entries().join(" "),
            comments: if share.show_comments { "show" } else { "" }.to_owned(),
        }
    }

    pub fn shows_comments(&self) -> bool {
        self.comments == "show"
    }

    /// The limits, or `None` and at least one problem.
    pub fn parse(&self, problems: &mut Problems) -> Option<Limits> {
        let restricted_pages =
            problems.check("restricted_pages", parse_restricted(&self.restricted_pages));
        let include_labels = parse_labels("include_labels", &self.include_labels, problems);
        let exclude_labels = parse_labels("exclude_labels", &self.exclude_labels, problems);
        Some(Limits {
            restricted_pages: restricted_pages?,
            include_labels: include_labels?,
            exclude_labels: exclude_labels?,
            show_comments: self.shows_comments(),
        })
    }

    /// What may be chosen for an existing share.
    pub fn restricted_choices(&self) -> Vec<Choice> {
        let choice = |pages: RestrictedPages| Choice {
            value: pages.as_str().to_owned(),
            label: match pages {
                RestrictedPages::None => "None of them",
                RestrictedPages::Root => "Only the page that the share begins with",
                RestrictedPages::All => "All of them",
            }
            .to_owned(),
            chosen: self.restricted_pages == pages.as_str(),
        };
        RestrictedPages::ALL.map(choice).into()
    }

    /// The same for a new share, whose root is not known yet.
    pub fn restricted_choices_of_new(&self) -> Vec<Choice> {
        let by_root = Choice {
            value: String::new(),
            label: "None of them, unless you chose one above".to_owned(),
            chosen: self.restricted_pages.is_empty(),
        };
        std::iter::once(by_root)
            .chain(self.restricted_choices())
            .collect()
    }
}

fn parse_restricted(typed: &str) -> Result<Option<RestrictedPages>, &'static str> {
    match typed {
        "" => Ok(None),
        word => RestrictedPages::parse(word)
            .map(Some)
            .ok_or("Choose which restricted pages are shown."),
    }
}

/// Reads labels separated by spaces or commas; every wrong one is a problem.
fn parse_labels(field: &'static str, typed: &str, problems: &mut Problems) -> Option<Labels> {
    let entries = typed.split(|c: char| c.is_whitespace() || c == ',');
    match Labels::parse(entries.filter(|entry| !entry.is_empty())) {
        Ok(labels) => Some(labels),
        Err(errors) => {
            for error in errors {
                problems.add(field, format!("{error}."));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LimitsInput;
    use crate::admin::problems::Problems;

    #[test]
    fn labels_stand_between_spaces_and_commas() {
        let typed = LimitsInput {
            include_labels: " Public,  faq\r\n,v2 ".to_owned(),
            ..LimitsInput::default()
        };
        let limits = typed.parse(&mut Problems::default()).unwrap();
        assert_eq!(limits.include_labels.entries(), ["public", "faq", "v2"]);
        assert!(limits.exclude_labels.entries().is_empty());
        assert_eq!(limits.restricted_pages, None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let typed = LimitsInput {
            restricted_pages: "some".to_owned(),
            include_labels: "x".repeat(256),
            exclude_labels: "a\u{0}b".to_owned(),
            comments: "show".to_owned(),
        };
        let mut problems = Problems::default();
        assert!(typed.parse(&mut problems).is_none());
        let fields: Vec<_> = problems.all().iter().map(|problem| problem.field).collect();
        assert_eq!(
            fields,
            ["restricted_pages", "include_labels", "exclude_labels"]
        );
    }
}
