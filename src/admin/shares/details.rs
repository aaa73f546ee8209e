//! The fields that a new share and an existing one have in common: as typed, and as understood.

use serde::Deserialize;
use time::OffsetDateTime;

use super::limits::{Limits, LimitsInput};
use crate::admin::problems::Problems;
use crate::admin::times;
use crate::shares::share::{ExternalLinks, PassLifetime, Share};

const MAX_NAME_CHARS: usize = 200;
const MAX_DESCRIPTION_CHARS: usize = 2000;

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
    #[serde(flatten)]
    pub limits: LimitsInput,
}

/// As understood.
pub struct Details {
    pub name: String,
    pub description: String,
    pub starts_at: Option<OffsetDateTime>,
    pub expires_at: Option<OffsetDateTime>,
    pub pass_lifetime: PassLifetime,
    pub external_links: ExternalLinks,
    pub limits: Limits,
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
            limits: LimitsInput::of(share),
        }
    }

    pub fn keeps_external_links(&self) -> bool {
        self.external_links == "keep"
    }

    /// The details, or `None` and at least one problem.
    pub fn parse(&self, problems: &mut Problems) -> Option<Details> {
        let name = problems.check("name", parse_name(&self.name));
        let description = problems.check("description", parse_description(&self.description));
        let starts_at = problems.check("starts_at", times::parse_typed(&self.starts_at));
        let expires_at = problems.check("expires_at", times::parse_typed(&self.expires_at));
        let pass_lifetime = problems.check("pass_lifetime", parse_lifetime(&self.pass_lifetime));
        let limits = self.limits.parse(problems);
        if let (Some(Some(starts)), Some(Some(ends))) = (starts_at, expires_at)
            && ends <= starts
        {
            problems.add("expires_at", "The end must be after the start.");
            return None;
        }
        Some(Details {
            name: name?,
            description: description?,
            starts_at: starts_at?,
            expires_at: expires_at?,
            pass_lifetime: pass_lifetime?,
            external_links: if self.keeps_external_links() {
                ExternalLinks::Keep
            } else {
                ExternalLinks::PlainText
            },
            limits: limits?,
        })
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
}

fn parse_name(typed: &str) -> Result<String, String> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err("Give the share a name. Visitors see it above its pages.".to_owned()),
        count if count > MAX_NAME_CHARS => Err(format!(
            "The name has {count} characters; at most {MAX_NAME_CHARS} are possible."
        )),
        _ => Ok(name),
    }
}

fn parse_description(typed: &str) -> Result<String, String> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    match text.chars().count() {
        count if count > MAX_DESCRIPTION_CHARS => Err(format!(
            "The note has {count} characters; at most {MAX_DESCRIPTION_CHARS} are possible."
        )),
        _ => Ok(text),
    }
}

fn parse_lifetime(typed: &str) -> Result<PassLifetime, &'static str> {
    let seconds = typed.trim().parse::<i64>().ok();
    seconds
        .and_then(PassLifetime::from_seconds)
        .ok_or("Choose how long visitors stay in: one minute to 30 days.")
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
        assert!(input.parse(&mut problems).is_none());
        problems.all().iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_name_is_all_that_must_be_typed() {
        let details = input().parse(&mut Problems::default()).unwrap();
        assert_eq!(details.name, "Release notes");
        assert_eq!(details.pass_lifetime.seconds(), 43_200);
        assert!(details.external_links == ExternalLinks::PlainText);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = DetailsInput {
            name: " ".to_owned(),
            description: "x".repeat(2001),
            starts_at: "soon".to_owned(),
            expires_at: "2026-02-30T10:00".to_owned(),
            pass_lifetime: "59".to_owned(),
            ..DetailsInput::default()
        };
        assert_eq!(
            fields(&wrong),
            [
                "name",
                "description",
                "starts_at",
                "expires_at",
                "pass_lifetime"
            ]
        );
    }

    #[test]
    fn the_end_must_be_after_the_start() {
        let wrong = DetailsInput {
            starts_at: "2026-06-03T10:00".to_owned(),
            expires_at: "2026-06-03T10:00".to_owned(),
            ..input()
        };
        assert_eq!(fields(&wrong), ["expires_at"]);
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
