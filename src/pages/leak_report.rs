//! What a share lets out beyond the text of its pages: found by rendering every page as the share's visitors see it.
//!
//! For which share a report is made, and when, is decided above; how it is kept is `store::leak`'s subject.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::PgConnection;

use super::addresses::Addresses;
pub use super::leak::{Category, Leak, LeakPage, LeakReport};
use super::reader::Reader;
use super::scope::{ContentScope, Reach};
use super::store::{connections, leak, reach};
use crate::content::{ExternalLinks, FindingKind};
use crate::db::{Db, DbError};

/// Pages that are rendered before the database connection is given back.
const HELPING: usize = 20;
/// A report names so many leaks; the rest is counted.
const MAX_LEAKS: usize = 5000;
/// A leak names so many pages; the rest is counted.
const MAX_PAGES: usize = 20;

/// Where a finding of the renderer belongs. The one place that knows them all.
pub fn category(kind: &FindingKind) -> Category {
    match kind {
        FindingKind::PulledContent { .. } => Category::PulledContent,
        FindingKind::PersonNamed { .. } | FindingKind::MailAddress { .. } => Category::People,
        FindingKind::OutsideLink { .. }
        | FindingKind::ExternalImage { .. }
        | FindingKind::ExternalLink { .. } => Category::OutsideLinks,
        FindingKind::UnknownMacro { .. }
        | FindingKind::FailedMacro { .. }
        | FindingKind::MissingDiagram { .. } => Category::Placeholders,
        FindingKind::MissingPage { .. }
        | FindingKind::MissingFile { .. }
        | FindingKind::WikiMarkup
        | FindingKind::BrokenMarkup { .. }
        | FindingKind::RecursiveInclude { .. }
        | FindingKind::TooLarge { .. } => Category::Altered,
    }
}

/// What is to be looked at, and as whom.
#[derive(Debug)]
pub struct Subject {
    pub scope: ContentScope,
    /// `/content/{share}`.
    pub base_path: String,
    pub external_links: ExternalLinks,
}

/// Renders all pages of the scope, a few at a time, so that nobody waits for a connection meanwhile.
pub async fn make_report(db: &Db, subject: Subject) -> Result<LeakReport, DbError> {
    let subject = Arc::new(subject);
    let asked = Arc::clone(&subject);
    let (ids, wiki_hosts, mut found) = db.run(move |db| survey(db, &asked.scope)).await?;
    let wiki_hosts: Arc<[String]> = wiki_hosts.into();
    for helping in ids.chunks(HELPING) {
        let (helping, asked) = (helping.to_vec(), Arc::clone(&subject));
        let hosts = Arc::clone(&wiki_hosts);
        let looked = db
            .run(move |db| look_at(db, &asked, &hosts, &helping))
            .await?;
        looked.into_iter().for_each(|page| found.take_in(page));
    }
    Ok(found.into_report())
}

/// The pages of a scope by their ids.
pub fn ids_in_scope(db: &mut PgConnection, scope: &ContentScope) -> Result<Vec<String>, DbError> {
    match &scope.reach {
        Reach::One { root } if reach::is_in_scope(db, scope, root)? => Ok(vec![root.clone()]),
        Reach::One { .. } => Ok(Vec::new()),
        _ => reach::ids_in_scope(db, scope),
    }
}

/// What the rows tell before anything is rendered: restricted pages and files.
fn survey(
    db: &mut PgConnection,
    scope: &ContentScope,
) -> Result<(Vec<String>, Vec<String>, Found), DbError> {
    let ids = ids_in_scope(db, scope)?;
    let mut found = Found::default();
    for page in leak::restricted_pages(db, scope.connection_id, &ids)? {
        let key = format!("restricted:{}", page.content_id);
        let what = page.title.clone();
        found.note(key, Category::RestrictedPages, what, page);
    }
    for file in leak::files(db, scope.connection_id, &ids)? {
        let key = format!("file:{}", file.attachment_id);
        let page = LeakPage {
            content_id: file.content_id,
            title: file.title,
        };
        found.note(key, Category::Files, file.file_name, page);
    }
    let hosts = connections::wiki_hosts(db, scope.connection_id)?;
    Ok((ids, hosts, found))
}

/// A page that was looked at; without kinds of findings if its body is not there.
struct Looked {
    page: LeakPage,
    kinds: Option<Vec<FindingKind>>,
}

fn look_at(
    db: &mut PgConnection,
    subject: &Subject,
    wiki_hosts: &[String],
    ids: &[String],
) -> Result<Vec<Looked>, DbError> {
    let reader = Reader {
        scope: &subject.scope,
        addresses: &Addresses::below(&subject.base_path),
        external_links: subject.external_links,
        wiki_hosts,
    };
    let mut looked = Vec::with_capacity(ids.len());
    for id in ids {
        // It may have left the scope since the ids were read.
        let Some(page) = reach::find_page(db, &subject.scope, id)? else {
            continue;
        };
        let kinds = if page.is_missing_body() {
            None
        } else {
            let findings = reader.render(db, &page)?.findings;
            Some(findings.into_iter().map(|finding| finding.kind).collect())
        };
        looked.push(Looked {
            page: LeakPage {
                content_id: page.summary.content_id,
                title: page.summary.title,
            },
            kinds,
        });
    }
    Ok(looked)
}

/// Collects leaks, each once with its pages.
#[derive(Default)]
struct Found {
    report: LeakReport,
    places: HashMap<String, usize>,
}

impl Found {
    fn take_in(&mut self, looked: Looked) {
        let Some(kinds) = looked.kinds else {
            self.report.waiting += 1;
            return;
        };
        self.report.pages += 1;
        for kind in kinds {
            // The stored form names the kind and its one detail.
            let key = serde_json::to_string(&kind).unwrap_or_else(|_never| kind.sentence());
            self.note(key, category(&kind), kind.sentence(), looked.page.clone());
        }
    }

    fn note(&mut self, key: String, category: Category, what: String, page: LeakPage) {
        let leaks = &mut self.report.leaks;
        if let Some(leak) = self.places.get(&key).and_then(|at| leaks.get_mut(*at)) {
            leak.page_count += 1;
            if leak.pages.len() < MAX_PAGES {
                leak.pages.push(page);
            }
        } else if leaks.len() < MAX_LEAKS {
            self.places.insert(key.clone(), leaks.len());
            leaks.push(Leak {
                key,
                category,
                what,
                pages: vec![page],
                page_count: 1,
            });
        } else {
            self.report.left_out += 1;
        }
    }

    fn into_report(self) -> LeakReport {
        let mut report = self.report;
        report.leaks.sort_by_key(|leak| leak.category);
        report
    }
}

#[cfg(test)]
mod tests {
    use super::{Category, Found, LeakPage, Looked};
    use crate::content::FindingKind;

    fn page(id: &str, kinds: Option<Vec<FindingKind>>) -> Looked {
        let page = LeakPage {
            content_id: id.to_owned(),
            title: format!("Page {id}"),
        };
        Looked { page, kinds }
    }

    fn unknown_macro() -> FindingKind {
        FindingKind::UnknownMacro {
            name: "jira".to_owned(),
        }
    }

    fn outside_link() -> FindingKind {
        FindingKind::OutsideLink {
            title: "Plans".to_owned(),
        }
    }

    #[test]
    fn a_leak_is_named_once_with_all_its_pages_and_graver_ones_come_first() {
        let mut found = Found::default();
        found.take_in(page("1", Some(vec![unknown_macro()])));
        found.take_in(page("2", Some(vec![unknown_macro(), outside_link()])));

        let report = found.into_report();

        let categories: Vec<_> = report.leaks.iter().map(|leak| leak.category).collect();
        assert_eq!(categories, [Category::OutsideLinks, Category::Placeholders]);
        assert_eq!((report.pages, report.leaks[1].page_count), (2, 2));
    }

    #[test]
    fn a_page_without_a_body_is_counted_as_waiting() {
        let mut found = Found::default();
        found.take_in(page("1", None));

        let report = found.into_report();

        assert_eq!((report.pages, report.waiting), (0, 1));
    }

    #[test]
    fn a_key_does_not_depend_on_the_page() {
        let key = |id| {
            let mut found = Found::default();
            found.take_in(page(id, Some(vec![outside_link()])));
            found.into_report().leaks.remove(0).key
        };
        assert_eq!(key("1"), key("2"));
        assert_eq!(key("1"), "{\"kind\":\"outsideLink\",\"title\":\"Plans\"}");
    }
}
