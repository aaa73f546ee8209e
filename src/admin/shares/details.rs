//! The settings that a new share and an existing one have in common, as typed: what it is called, when it answers, and
//! what of its pages it leaves out.

use serde::Deserialize;

use crate::admin::problems::Problems;
use crate::admin::times;
use crate::shares::labels::Labels;
use crate::shares::share::{ExternalLinks, PassLifetime, RestrictedPages, Share};
use crate::sharing::error::Field;
use crate::sharing::fields::ShareFields;
use crate::sharing::values::{Note, ShareName, parse_labels, parse_lifetime};

/// As typed; what a refused form shows again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DetailsInput {
    pub name: String,
    pub description: String,
    pub starts_at: String,
    pub expires_at: String,
    /// Seconds.
    pub pass_lifetime: String,
    /// `keep`, or nothing.
    pub external_links: String,
    /// A word of [`RestrictedPages`]; in the form of a new share nothing leaves it to what the root is.
    pub restricted_pages: String,
    pub include_labels: String,
    pub exclude_labels: String,
    /// `show`, or nothing.
    pub comments: String,
}

/// One entry of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl DetailsInput {
    pub fn new_share() -> Self {
        Self {
            pass_lifetime: PassLifetime::DEFAULT.seconds().to_string(),
            ..Self::default()
        }
    }

    pub fn of(share: &Share) -> Self {
        Self {
            name: share.name.clone(),
            description: share.description.clone(),
            starts_at: times::as_typed(share.starts_at),
            expires_at: times::as_typed(share.expires_at),
            pass_lifetime: share.pass_lifetime.seconds().to_string(),
            external_links: if share.external_links == ExternalLinks::Keep {
                "keep"
            } else {
                ""
            }
            .to_owned(),
            restricted_pages: share.restricted_pages.as_str().to_owned(),
            include_labels: share.include_labels.entries().join(" "),
            exclude_labels: share.exclude_labels.entries().join(" "),
            comments: if share.show_comments { "show" } else { "" }.to_owned(),
        }
    }

    pub fn keeps_external_links(&self) -> bool {
        self.external_links == "keep"
    }

    pub fn shows_comments(&self) -> bool {
        self.comments == "show"
    }

    /// The settings of a share that is there; what is wrong is left out of them and among the problems.
    pub fn read(&self, problems: &mut Problems) -> ShareFields {
        ShareFields {
            name: problems.check("name", ShareName::parse(&self.name)),
            ..self.read_all_but_name(problems)
        }
    }

    /// Likewise those of a new share, which is called like what it shows unless a name was typed.
    pub fn read_new(&self, problems: &mut Problems) -> ShareFields {
        match self.name.trim() {
            "" => self.read_all_but_name(problems),
            _ => self.read(problems),
        }
    }

    fn read_all_but_name(&self, problems: &mut Problems) -> ShareFields {
        ShareFields {
            note: problems.check("description", Note::parse(&self.description)),
            starts_at: problems.check("starts_at", times::parse_typed(&self.starts_at)),
            expires_at: problems.check("expires_at", times::parse_typed(&self.expires_at)),
            pass_lifetime: problems.check("pass_lifetime", read_lifetime(&self.pass_lifetime)),
            external_links: Some(if self.keeps_external_links() {
                ExternalLinks::Keep
            } else {
                ExternalLinks::PlainText
            }),
            restricted_pages: problems
                .check("restricted_pages", read_restricted(&self.restricted_pages))
                .flatten(),
            include_labels: read_labels(Field::IncludeLabels, &self.include_labels, problems),
            exclude_labels: read_labels(Field::ExcludeLabels, &self.exclude_labels, problems),
            show_comments: Some(self.shows_comments()),
            ..ShareFields::default()
        }
    }

    /// Usual lifetimes of a pass, and the share's own when it is none of them.
    pub fn lifetimes(&self) -> Vec<Choice> {
        let usual = [
            900,
            3600,
            8 * 3600,
            12 * 3600,
            86_400,
            7 * 86_400,
            30 * 86_400,
        ];
        let own = self.pass_lifetime.parse::<i64>().ok();
        let own =
            own.filter(|own| !usual.contains(own) && PassLifetime::from_seconds(*own).is_some());
        let mut all: Vec<i64> = usual.into_iter().chain(own).collect();
        all.sort_unstable();
        let choice = |seconds: i64| Choice {
            value: seconds.to_string(),
            label: times::duration_in_words(time::Duration::seconds(seconds)),
            chosen: seconds.to_string() == self.pass_lifetime,
        };
        all.into_iter().map(choice).collect()
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

fn read_lifetime(typed: &str) -> Result<PassLifetime, &'static str> {
    // What is no number is no lifetime either.
    parse_lifetime(typed.trim().parse().unwrap_or(-1))
}

fn read_restricted(typed: &str) -> Result<Option<RestrictedPages>, &'static str> {
    match typed {
        "" => Ok(None),
        word => RestrictedPages::parse(word)
            .map(Some)
            .ok_or("Choose which restricted pages are shown."),
    }
}

/// Labels stand between spaces and commas.
fn read_labels(field: Field, typed: &str, problems: &mut Problems) -> Option<Labels> {
    let entries = typed.split(|char: char| char == ',' || char.is_whitespace());
    match parse_labels(field, entries.filter(|entry| !entry.is_empty())) {
        Ok(labels) => Some(labels),
        Err(errors) => {
            problems.extend(errors);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DetailsInput;
    use crate::admin::problems::Problems;
    use crate::shares::share::ExternalLinks;

    fn input() -> DetailsInput {
        DetailsInput {
            name: "  Release   notes ".to_owned(),
            ..DetailsInput::new_share()
        }
    }

    fn fields(input: &DetailsInput) -> Vec<&'static str> {
        let mut problems = Problems::default();
        input.read(&mut problems);
        problems.all().iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_name_is_all_that_must_be_typed() {
        let mut problems = Problems::default();
        let read = input().read(&mut problems);
        assert!(problems.is_empty());
        assert_eq!(read.name.unwrap().into_text(), "Release notes");
        assert_eq!(read.pass_lifetime.unwrap().seconds(), 43_200);
        assert_eq!(read.external_links, Some(ExternalLinks::PlainText));
        assert_eq!(read.restricted_pages, None);
    }

    #[test]
    fn labels_stand_between_spaces_and_commas() {
        let typed = DetailsInput {
            include_labels: " Public,  faq\r\n,v2 ".to_owned(),
            ..input()
        };
        let read = typed.read(&mut Problems::default());
        assert_eq!(
            read.include_labels.unwrap().entries(),
            ["public", "faq", "v2"]
        );
        assert!(read.exclude_labels.unwrap().entries().is_empty());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = DetailsInput {
            name: " ".to_owned(),
            description: "x".repeat(2001),
            starts_at: "soon".to_owned(),
            expires_at: "2026-02-30T10:00".to_owned(),
            pass_lifetime: "59".to_owned(),
            restricted_pages: "some".to_owned(),
            include_labels: "x".repeat(256),
            exclude_labels: "a\u{0}b".to_owned(),
            ..DetailsInput::default()
        };
        assert_eq!(
            fields(&wrong),
            [
                "name",
                "description",
                "starts_at",
                "expires_at",
                "pass_lifetime",
                "restricted_pages",
                "include_labels",
                "exclude_labels"
            ]
        );
    }

    #[test]
    fn a_lifetime_of_its_own_stays_among_the_choices() {
        let own = DetailsInput {
            pass_lifetime: "5400".to_owned(),
            ..input()
        };
        let chosen = own
            .lifetimes()
            .into_iter()
            .find(|choice| choice.chosen)
            .unwrap();
        assert_eq!(chosen.label, "1 hour 30 minutes");
    }
}
