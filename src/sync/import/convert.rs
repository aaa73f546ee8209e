//! From what an export says to what the snapshots hold. No database, no files.

use std::collections::HashMap;

use crate::content::Finding;
use crate::pages::model::{PageKind, PageSummary, SkippedInReport};
use crate::space_export::{self, ExportedPage, ExportedUser, Skipped};

/// A page with its place among its siblings.
pub(super) struct Numbered {
    pub(super) id: u64,
    pub(super) summary: PageSummary,
    pub(super) position: i32,
}

/// Findings a report lists, of troubles and of disclosures each; a wiki with more has other worries.
const MAX_FINDINGS: usize = 500;

/// Gives siblings the places 0, 1, 2…: by their position in the wiki, those without one after them by title.
pub(super) fn number_siblings(pages: &[ExportedPage]) -> Vec<Numbered> {
    let mut ordered: Vec<&ExportedPage> = pages.iter().collect();
    ordered.sort_by_key(|page| {
        let place = page.position.map_or((1, 0), |position| (0, position));
        (page.parent, place, page.title.to_lowercase(), page.id)
    });
    let mut next: HashMap<Option<u64>, i32> = HashMap::new();
    let numbered = ordered.into_iter().map(|page| {
        let slot = next.entry(page.parent).or_default();
        let position = *slot;
        *slot += 1;
        Numbered {
            id: page.id,
            summary: summary(page),
            position,
        }
    });
    numbered.collect()
}

fn summary(page: &ExportedPage) -> PageSummary {
    PageSummary {
        content_id: page.id.to_string(),
        kind: match page.kind {
            space_export::PageKind::Page => PageKind::Page,
            space_export::PageKind::BlogPost => PageKind::BlogPost,
        },
        space_key: without_nul(&page.space_key),
        title: without_nul(&page.title),
        parent_content_id: page.parent.map(|id| id.to_string()),
        view_restricted: page.view_restricted,
    }
}

/// PostgreSQL's text takes no NUL.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

/// Display names by user key.
pub(super) fn display_names(users: &[ExportedUser]) -> HashMap<String, String> {
    let named = users
        .iter()
        .filter_map(|user| Some((user.key.clone(), without_nul(user.display_name.as_deref()?))));
    named.collect()
}

/// (key, user name, display name) of everybody who has a display name.
pub(super) fn users(users: &[ExportedUser]) -> Vec<(String, String, String)> {
    let rows = users.iter().filter_map(|user| {
        let display_name = without_nul(user.display_name.as_deref()?);
        let username = without_nul(user.username.as_deref().unwrap_or_default());
        Some((without_nul(&user.key), username, display_name))
    });
    rows.collect()
}

pub(super) fn skipped(skipped: &[Skipped]) -> Vec<SkippedInReport> {
    let lines = skipped.iter().map(|skipped| SkippedInReport {
        what: without_nul(&skipped.reason.to_string()),
        count: skipped.count as u64,
    });
    lines.collect()
}

/// Adds a page's findings to those of the pages before.
pub(super) fn finding_totals(totals: &mut Vec<Finding>, findings: Vec<Finding>) {
    for finding in findings {
        if let Some(known) = totals.iter_mut().find(|known| known.kind == finding.kind) {
            known.count = known.count.saturating_add(finding.count);
        } else if counted_with(totals, &finding) < MAX_FINDINGS {
            totals.push(finding);
        }
    }
}

/// So that names and links never push out what is wrong.
fn counted_with(totals: &[Finding], finding: &Finding) -> usize {
    let disclosure = finding.kind.is_disclosure();
    let alike = totals
        .iter()
        .filter(|known| known.kind.is_disclosure() == disclosure);
    alike.count()
}
