//! The report of an import in words: what came in, what was left out, what readers will not see as it was.

use crate::content::{Finding, FindingKind};
use crate::pages::model::ImportReport;

/// A report as the pages show it.
#[derive(Debug, Default)]
pub struct ReportView {
    /// `12 pages`, `3 blog posts`, `27 files (4.1 MB)`.
    pub counts: Vec<String>,
    /// What an admin should know of it, one sentence each.
    pub notes: Vec<String>,
    /// What was left out.
    pub skipped: Vec<Entry>,
    pub findings: Vec<FindingGroup>,
}

/// Findings of one kind.
#[derive(Debug, PartialEq, Eq)]
pub struct FindingGroup {
    pub title: &'static str,
    pub meaning: &'static str,
    pub entries: Vec<Entry>,
}

/// One line and how often it occurred.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub what: String,
    pub count: u64,
}

impl From<&ImportReport> for ReportView {
    fn from(report: &ImportReport) -> Self {
        let skipped = report.skipped.iter().map(|skipped| Entry {
            what: skipped.what.clone(),
            count: skipped.count,
        });
        Self {
            counts: counts(report),
            notes: notes(report),
            skipped: skipped.collect(),
            findings: group(&report.findings),
        }
    }
}

fn counts(report: &ImportReport) -> Vec<String> {
    let mut counts = vec![counted(report.pages, "page")];
    if report.blog_posts > 0 {
        counts.push(counted(report.blog_posts, "blog post"));
    }
    counts.push(match report.files {
        0 => "no files".to_owned(),
        files => format!(
            "{} ({})",
            counted(files, "file"),
            bytes_in_words(report.file_bytes)
        ),
    });
    if report.spaces != 1 {
        counts.push(counted(report.spaces, "space"));
    }
    counts
}

fn notes(report: &ImportReport) -> Vec<String> {
    let mut notes = Vec::new();
    if report.removed_pages > 0 {
        let pages = counted(report.removed_pages, "page");
        notes.push(format!(
            "Gone since the import before: {pages}, because the export no longer holds them."
        ));
    }
    if report.restricted_pages > 0 {
        let pages = counted(report.restricted_pages, "page");
        notes.push(format!(
            "Restricted in the wiki: {pages}. Shares leave them out, unless you share such a page itself."
        ));
    }
    notes
}

fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `640 bytes`, `12 kB`, `4.1 MB`.
fn bytes_in_words(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths /= 1000;
        unit += 1;
    }
    let unit = units.get(unit).copied().unwrap_or_default();
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", tenths / 10)
    }
}

/// Kinds in the order of what an admin can do about them; within one, the most frequent first.
fn group(findings: &[Finding]) -> Vec<FindingGroup> {
    let mut groups: Vec<(u8, FindingGroup)> = Vec::new();
    for finding in findings {
        let (rank, title, meaning) = describe(&finding.kind);
        let entry = Entry {
            what: detail(&finding.kind).to_owned(),
            count: finding.count.into(),
        };
        match groups.iter_mut().find(|(known, _)| *known == rank) {
            Some((_, group)) => group.entries.push(entry),
            None => groups.push((
                rank,
                FindingGroup {
                    title,
                    meaning,
                    entries: vec![entry],
                },
            )),
        }
    }
    groups.sort_by_key(|(rank, _)| *rank);
    let mut groups: Vec<FindingGroup> = groups.into_iter().map(|(_, group)| group).collect();
    for group in &mut groups {
        group.entries.sort_by(|one, other| {
            other
                .count
                .cmp(&one.count)
                .then_with(|| one.what.cmp(&other.what))
        });
    }
    groups
}

/// Place among the groups, title and meaning.
fn describe(kind: &FindingKind) -> (u8, &'static str, &'static str) {
    match kind {
        FindingKind::UnknownMacro { .. } | FindingKind::FailedMacro { .. } => (
            0,
            "Macros that are not rendered",
            "Visitors see a quiet placeholder in their place.",
        ),
        FindingKind::MissingDiagram { .. } => (
            1,
            "Diagrams without a picture",
            "The export holds no picture of them; visitors see a placeholder or the source text.",
        ),
        FindingKind::MissingFile { .. } => (
            2,
            "Missing files",
            "A page shows or links a file that the export does not hold.",
        ),
        FindingKind::MissingPage { .. } => (3, "Links to missing pages", "Shown as plain text."),
        FindingKind::OutsideLink { .. } => (4, "Links to pages outside", "Shown as plain text."),
        FindingKind::ExternalImage { .. } => (
            5,
            "Pictures on other web sites",
            "Not loaded: a visitor's browser talks to this portal only.",
        ),
        FindingKind::RecursiveInclude { .. } => (
            6,
            "Pages that include themselves",
            "The inclusion is left out.",
        ),
        FindingKind::BrokenMarkup { .. } => (
            7,
            "Broken markup",
            "The text is complete, the layout may differ.",
        ),
        FindingKind::TooLarge { .. } => (8, "Pages that were cut", "They passed a size limit."),
        FindingKind::WikiMarkup => (
            9,
            "Old wiki markup",
            "Converted from Confluence's markup of before 2011; the layout may differ.",
        ),
        FindingKind::PulledContent { .. } => (
            10,
            "Content of other pages",
            "Included, excerpted or reported by a macro; visitors see it where it is shown.",
        ),
        FindingKind::PersonNamed { .. } => (11, "People", "Visitors see their names."),
        FindingKind::MailAddress { .. } => (12, "Mail addresses", "Visitors can read them."),
        FindingKind::ExternalLink { .. } => (
            13,
            "Links to other web sites",
            "Visitors can follow them, unless the share shows such links as text.",
        ),
    }
}

/// The one detail that helps to find it.
fn detail(kind: &FindingKind) -> &str {
    match kind {
        FindingKind::FailedMacro { name } if name.is_empty() => "A macro without a name",
        FindingKind::UnknownMacro { name }
        | FindingKind::FailedMacro { name }
        | FindingKind::PersonNamed { name }
        | FindingKind::MissingDiagram { name }
        | FindingKind::MissingFile { name } => name,
        FindingKind::MissingPage { title }
        | FindingKind::OutsideLink { title }
        | FindingKind::RecursiveInclude { title } => title,
        FindingKind::ExternalImage { host } | FindingKind::ExternalLink { host } => host,
        FindingKind::PulledContent { from } => from,
        FindingKind::MailAddress { address } => address,
        FindingKind::BrokenMarkup { detail } => detail,
        FindingKind::TooLarge { limit } => limit,
        FindingKind::WikiMarkup => "Pages in wiki markup",
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes_in_words, group};
    use crate::content::{Finding, FindingKind};

    #[test]
    fn sizes_are_short() {
        let words = [640, 1000, 12_345, 4_100_000, 2_147_483_648].map(bytes_in_words);
        assert_eq!(words, ["640 bytes", "1.0 kB", "12 kB", "4.1 MB", "2.1 GB"]);
    }

    #[test]
    fn findings_are_grouped_by_kind_most_frequent_first() {
        let finding = |kind, count| Finding { kind, count };
        let unknown = |name: &str| FindingKind::UnknownMacro {
            name: name.to_owned(),
        };
        let file = FindingKind::MissingFile {
            name: "a.png".to_owned(),
        };
        let groups = group(&[
            finding(file, 9),
            finding(unknown("jira"), 1),
            finding(unknown("chart"), 4),
        ]);
        let lines = |index: usize| -> Vec<&str> {
            groups[index]
                .entries
                .iter()
                .map(|entry| entry.what.as_str())
                .collect()
        };
        assert_eq!(groups.len(), 2);
        assert_eq!(lines(0), ["chart", "jira"]);
        assert_eq!(lines(1), ["a.png"]);
    }
}
