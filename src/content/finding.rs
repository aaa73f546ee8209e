//! What the renderer noticed and the share's admin should know. Nothing here is shown to visitors.

use serde::{Deserialize, Serialize};

/// A hostile page must not grow the report without end. What a page tells is counted apart from its troubles, which
/// a page full of names must not push out.
const MAX_KINDS: usize = 200;
const MAX_NAME_CHARS: usize = 200;

/// One kind of trouble on a page and how often it occurred there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was noticed.
    #[serde(flatten)]
    pub kind: FindingKind,
    /// How often on this page.
    pub count: u32,
}

/// The kinds of trouble, each with the one detail that helps to find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FindingKind {
    /// A macro this portal cannot render; visitors see a placeholder.
    UnknownMacro { name: String },
    /// A diagram without a picture among the attachments; visitors see a placeholder or its source text.
    MissingDiagram { name: String },
    /// A link or include whose page does not exist.
    MissingPage { title: String },
    /// A link or include whose page exists, but outside the share; shown as plain text.
    OutsideLink { title: String },
    /// An attachment that is not there.
    MissingFile { name: String },
    /// A picture on another web site; not loaded.
    ExternalImage { host: String },
    /// The page was converted from Confluence's old wiki markup.
    WikiMarkup,
    /// The markup was not well-formed XML; the text is complete, the layout may differ.
    BrokenMarkup { detail: String },
    /// A page that includes itself, directly or through others.
    RecursiveInclude { title: String },
    /// The page was cut because it passed a size limit.
    TooLarge { limit: String },
    /// A macro that Confluence itself could not render; visitors see a placeholder. Empty if nobody knows which.
    FailedMacro { name: String },
    /// Something of another page is shown: its title, or the name of the macro that chose it.
    PulledContent { from: String },
    /// A person is named.
    PersonNamed { name: String },
    /// A mail address can be read or written to.
    MailAddress { address: String },
    /// A link leads to another web site.
    ExternalLink { host: String },
}

impl FindingKind {
    /// For the admin: what readers do not see as it was in the wiki.
    pub fn sentence(&self) -> String {
        match self {
            Self::UnknownMacro { name } => format!("The “{name}” macro is shown as a placeholder."),
            Self::MissingDiagram { name } => {
                format!("The diagram “{name}” has no picture in the wiki.")
            }
            Self::MissingPage { title } => {
                format!("A link leads to “{title}”, which does not exist.")
            }
            Self::OutsideLink { title } => {
                format!("A link to “{title}”, which is not shared, is plain text.")
            }
            Self::MissingFile { name } => format!("The file “{name}” is missing."),
            Self::ExternalImage { host } => format!("Pictures from {host} are not loaded."),
            Self::WikiMarkup => "Pages in old wiki markup were converted.".to_owned(),
            Self::BrokenMarkup { detail } => format!("Markup was mended: {detail}."),
            Self::RecursiveInclude { title } => {
                format!("“{title}” includes itself; the circle was cut.")
            }
            Self::TooLarge { limit } => format!("A page was cut: {limit}."),
            Self::FailedMacro { name } if name.is_empty() => {
                "A macro that Confluence could not render is shown as a placeholder.".to_owned()
            }
            Self::FailedMacro { name } => format!(
                "The “{name}” macro, which Confluence could not render, is shown as a placeholder."
            ),
            Self::PulledContent { from } => {
                format!("Content of other pages is shown, by way of “{from}”.")
            }
            Self::PersonNamed { name } => format!("{name} is named."),
            Self::MailAddress { address } => format!("The mail address {address} can be read."),
            Self::ExternalLink { host } => format!("A link leads to {host}."),
        }
    }

    /// Whether it says what a page tells outsiders, rather than what is wrong with it.
    pub fn is_disclosure(&self) -> bool {
        matches!(
            self,
            Self::PulledContent { .. }
                | Self::PersonNamed { .. }
                | Self::MailAddress { .. }
                | Self::ExternalLink { .. }
        )
    }
}

/// Collects findings, each kind once with its count.
#[derive(Debug, Default)]
pub(super) struct Findings {
    troubles: Vec<Finding>,
    disclosures: Vec<Finding>,
}

impl Findings {
    pub(super) fn note(&mut self, kind: FindingKind) {
        let list = if kind.is_disclosure() {
            &mut self.disclosures
        } else {
            &mut self.troubles
        };
        if let Some(known) = list.iter_mut().find(|finding| finding.kind == kind) {
            known.count = known.count.saturating_add(1);
        } else if list.len() < MAX_KINDS {
            list.push(Finding { kind, count: 1 });
        }
    }

    /// Troubles first.
    pub(super) fn into_vec(mut self) -> Vec<Finding> {
        self.troubles.append(&mut self.disclosures);
        self.troubles
    }
}

/// Shortens text from a page for a report.
pub(super) fn short(text: &str) -> String {
    text.trim().chars().take(MAX_NAME_CHARS).collect()
}
