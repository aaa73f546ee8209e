//! What the queries on reach say of random small wikis, against the rule in plain Rust. What visitors see of it is in
//! `limits`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use diesel::PgConnection;
use diesel::connection::SimpleConnection as _;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;
use vestibule::pages::model::PageSummary;
use vestibule::pages::scope::{ContentScope, PageLimits, Reach, RestrictedPages, Viewers};
use vestibule::pages::store::search::search;
use vestibule::pages::store::{attachments, listing, reach};

use crate::support::Database;

const LABELS: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone)]
struct Page {
    /// An earlier page.
    parent: Option<usize>,
    is_post: bool,
    is_elsewhere: bool,
    is_restricted: bool,
    is_gone: bool,
    labels: Vec<&'static str>,
    /// Pages that show this page's file.
    shown_by: Vec<usize>,
    look: Look,
}

/// What came of rendering a page for the share's viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Seen,
    Withheld,
    /// It is wanted, and not taken yet.
    Wanted,
    /// Nothing is known of it.
    Never,
}

impl Look {
    /// Version, and whether the page is withheld.
    fn row(self) -> Option<(i32, bool)> {
        match self {
            Self::Seen => Some((1, false)),
            Self::Withheld => Some((1, true)),
            Self::Wanted => Some((0, false)),
            Self::Never => None,
        }
    }
}

#[derive(Debug, Clone)]
struct Case {
    pages: Vec<Page>,
    reach: Reach,
    limits: PageLimits,
    /// Pages are rendered for viewers.
    has_viewers: bool,
}

fn look() -> impl Strategy<Value = Look> {
    prop_oneof![
        6 => Just(Look::Seen),
        1 => Just(Look::Withheld),
        1 => Just(Look::Wanted),
        1 => Just(Look::Never),
    ]
}

fn labels() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => subsequence(LABELS.to_vec(), 1..=2),
    ]
}

fn rarely() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.12)
}

fn page() -> impl Strategy<Value = Page> {
    (
        proptest::option::weighted(0.85, any::<usize>()),
        rarely(),
        rarely(),
        rarely(),
        rarely(),
        labels(),
        vec(any::<usize>(), 0..3),
        look(),
    )
        .prop_map(
            |(parent, is_post, is_elsewhere, is_restricted, is_gone, labels, shown_by, look)| {
                Page {
                    parent,
                    is_post,
                    is_elsewhere,
                    is_restricted,
                    is_gone,
                    labels,
                    shown_by,
                    look,
                }
            },
        )
}

fn case() -> impl Strategy<Value = Case> {
    let restricted_pages = prop_oneof![
        Just(RestrictedPages::None),
        Just(RestrictedPages::Root),
        Just(RestrictedPages::All),
    ];
    let owned = |labels: Vec<&str>| labels.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let limits = (
        restricted_pages,
        labels().prop_map(owned),
        labels().prop_map(owned),
    );
    let wiki = (vec(page(), 1..14), any::<bool>());
    (wiki, 0..4_usize, any::<usize>(), limits).prop_map(
        |(
            (mut pages, has_viewers),
            reach,
            root,
            (restricted_pages, include_labels, exclude_labels),
        )| {
            for at in 0..pages.len() {
                let parent = pages[at]
                    .parent
                    .filter(|_| at > 0)
                    .map(|parent| parent % at);
                let parent = parent.filter(|parent| !pages[*parent].is_post);
                let count = pages.len();
                let page = &mut pages[at];
                page.parent = parent.filter(|_| !page.is_post);
                for shown_by in &mut page.shown_by {
                    *shown_by %= count;
                }
            }
            let root = id(root % pages.len().min(4));
            Case {
                pages,
                reach: match reach {
                    0 => Reach::One { root },
                    1 => Reach::Space { home: Some(root) },
                    _ => Reach::Tree { root },
                },
                limits: PageLimits {
                    restricted_pages,
                    include_labels,
                    exclude_labels,
                },
                has_viewers,
            }
        },
    )
}

fn id(page: usize) -> String {
    format!("p{page}")
}

fn file(page: usize) -> String {
    format!("f{page}")
}

/// The rule, page by page.
impl Case {
    fn root(&self) -> Option<usize> {
        match &self.reach {
            Reach::One { root } | Reach::Tree { root } => root[1..].parse().ok(),
            _ => None,
        }
    }

    fn carries(&self, page: usize, labels: &[String]) -> bool {
        self.pages[page]
            .labels
            .iter()
            .any(|label| labels.iter().any(|wanted| wanted == label))
    }

    fn is_open(&self, at: usize) -> bool {
        let page = &self.pages[at];
        let restricted = self.limits.restricted_pages;
        let is_root = self.root() == Some(at);
        let may_be_restricted = match restricted {
            RestrictedPages::None => false,
            RestrictedPages::Root => is_root,
            RestrictedPages::All => true,
        };
        !page.is_gone
            && (!page.is_elsewhere || matches!(self.reach, Reach::One { .. }))
            && (!page.is_restricted || may_be_restricted)
            && (is_root || !self.carries(at, &self.limits.exclude_labels))
            && !self.is_withheld(at)
            // Its title alone may tell something, but the root was chosen.
            && (!page.is_restricted || is_root || self.is_looked_at(at))
    }

    fn is_withheld(&self, at: usize) -> bool {
        self.has_viewers && self.pages[at].look == Look::Withheld
    }

    fn is_looked_at(&self, at: usize) -> bool {
        !self.has_viewers || self.pages[at].look == Look::Seen
    }

    /// More of it is shown than its title.
    fn is_told(&self, at: usize) -> bool {
        self.is_seen(at) && self.is_looked_at(at)
    }

    fn is_reached(&self, at: usize) -> bool {
        let comes_from_above = match (&self.reach, self.pages[at].parent) {
            (Reach::Space { .. }, None) => true,
            (Reach::One { .. }, _) | (_, None) => false,
            (_, Some(parent)) => self.is_reached(parent),
        };
        self.is_open(at) && (self.root() == Some(at) || comes_from_above)
    }

    fn is_seen(&self, at: usize) -> bool {
        let wanted = &self.limits.include_labels;
        let is_shown = self.root() == Some(at) || wanted.is_empty() || self.carries(at, wanted);
        is_shown && self.is_reached(at)
    }

    fn seen(&self) -> Vec<usize> {
        (0..self.pages.len())
            .filter(|at| self.is_seen(*at))
            .collect()
    }

    /// From the page up to the root.
    fn way_up(&self, at: usize) -> Vec<usize> {
        let next = |at: &usize| self.pages[*at].parent.filter(|_| self.root() != Some(*at));
        std::iter::successors(Some(at), next).collect()
    }

    /// The pages seen above, the root first.
    fn ancestors(&self, at: usize) -> Vec<usize> {
        let above = self.way_up(at).into_iter().skip(1);
        let mut above: Vec<_> = above.filter(|above| self.is_seen(*above)).collect();
        above.reverse();
        above
    }

    fn children(&self, parent: Option<usize>) -> Vec<usize> {
        if matches!(self.reach, Reach::One { .. }) {
            return Vec::new();
        }
        let hangs_here = |at: &usize| {
            !self.pages[*at].is_post
                && self.root() != Some(*at)
                && self.ancestors(*at).last().copied() == parent
        };
        let mut children: Vec<_> = self.seen().into_iter().filter(hangs_here).collect();
        children.sort_by_key(|at| {
            let mut way = self.way_up(*at);
            way.reverse();
            way
        });
        children
    }

    fn sees_file_of(&self, at: usize) -> bool {
        let page = &self.pages[at];
        // What is gone, restricted in the wiki or not rendered for the viewers opens no file by being shown elsewhere.
        let may_be_shown = !page.is_gone && !page.is_restricted && self.is_looked_at(at);
        self.is_told(at) || may_be_shown && page.shown_by.iter().any(|by| self.is_seen(*by))
    }
}

fn db_wiki(db: &mut PgConnection, case: &Case) -> Uuid {
    let connection = Uuid::new_v4();
    let mut sql = format!(
        "insert into connection (id, kind, name, created_at, updated_at)
           values ('{connection}', 'space_export', '{connection}', now(), now());"
    );
    for (at, page) in case.pages.iter().enumerate() {
        // Other viewers have always seen something else.
        let others = match page.look {
            Look::Withheld => Look::Seen,
            _ => Look::Withheld,
        };
        let parent = page
            .parent
            .map_or("null".to_owned(), |parent| format!("'{}'", id(parent)));
        // Wikis write labels in lower case; we do not count on it.
        let labels = page.labels.join(",").replace('a', "A");
        sql += &format!(
            "insert into page_snapshot (connection_id, content_id, kind, space_key, title, parent_content_id, position,
               body, body_format, version, labels, view_restricted, gone_at, search_text, findings)
             values ('{connection}', '{}', '{}', '{}', 'Page {at}', {parent}, {at}, '', 'storage', 1, '{{{labels}}}',
               {}, {}, 'plover', '[]');
             insert into attachment_snapshot (connection_id, attachment_id, content_id, file_name, media_type,
               size_bytes, version)
             values ('{connection}', '{}', '{}', 'plover.png', 'image/png', 1, 1);",
            id(at),
            if page.is_post { "blog_post" } else { "page" },
            if page.is_elsewhere { "OTHER" } else { "DOC" },
            page.is_restricted,
            if page.is_gone { "now()" } else { "null" },
            file(at),
            id(at),
        );
        for (stand_in, look) in [("s", page.look), ("", others)] {
            if let Some((version, withheld)) = look.row() {
                sql += &format!(
                    "insert into viewer_rendering (connection_id, content_id, creator, stand_in, version, viewer, withheld, fetched_at)
                       values ('{connection}', '{}', 'm', '{stand_in}', {version}, 'creator', {withheld}, now());",
                    id(at)
                );
            }
        }
        for by in page.shown_by.iter().collect::<BTreeSet<_>>() {
            sql += &format!(
                "insert into shown_file values ('{connection}', '{}', '{}');",
                id(*by),
                file(at)
            );
        }
    }
    db.batch_execute(&sql).unwrap();
    connection
}

fn ids(pages: &[usize]) -> Vec<String> {
    pages.iter().map(|page| id(*page)).collect()
}

fn ids_of(pages: Vec<PageSummary>) -> Vec<String> {
    pages.into_iter().map(|page| page.content_id).collect()
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

fn check(db: &mut PgConnection, case: &Case) {
    let connection_id = db_wiki(db, case);
    let scope = &ContentScope {
        connection_id,
        space_key: "DOC".to_owned(),
        reach: case.reach.clone(),
        limits: case.limits.clone(),
        viewers: case.has_viewers.then(|| Viewers {
            creator: Some("m".to_owned()),
            stand_in: Some("s".to_owned()),
        }),
    };
    for at in 0..case.pages.len() {
        let is_in_scope = reach::is_in_scope(db, scope, &id(at)).unwrap();
        assert_eq!(is_in_scope, case.is_seen(at), "page {at} is in scope");
        let found = attachments::find_attachment(db, connection_id, &file(at))
            .unwrap()
            .unwrap();
        let is_visible = attachments::is_visible(db, scope, &found).unwrap();
        assert_eq!(
            is_visible,
            case.sees_file_of(at),
            "the file of {at} is visible"
        );
        let listed = attachments::list_visible(db, scope, &id(at)).unwrap();
        assert_eq!(!listed.is_empty(), is_visible, "the file of {at} is listed");
    }
    check_lists(db, scope, case);
    let seen = case.seen();
    for at in &seen {
        let children = reach::children(db, scope, Some(&id(*at))).unwrap();
        assert_eq!(
            ids_of(children),
            ids(&case.children(Some(*at))),
            "below {at}"
        );
        let page = listing::find_summary(db, connection_id, &id(*at))
            .unwrap()
            .unwrap();
        let above = reach::ancestors(db, scope, &page).unwrap();
        assert_eq!(ids_of(above), ids(&case.ancestors(*at)), "above {at}");
    }
    if matches!(case.reach, Reach::Space { .. }) {
        let tops = reach::children(db, scope, None).unwrap();
        assert_eq!(ids_of(tops), ids(&case.children(None)), "the tops");
    }
}

fn check_lists(db: &mut PgConnection, scope: &ContentScope, case: &Case) {
    let seen = case.seen();
    let told: Vec<_> = seen
        .iter()
        .copied()
        .filter(|at| case.is_told(*at))
        .collect();
    let hits = search(db, scope, "plover", 100, 0).unwrap();
    let (files, pages): (Vec<_>, Vec<_>) = hits
        .into_iter()
        .partition(|hit| hit.attachment_id.is_some());
    for hits in [files, pages] {
        let found = hits.into_iter().map(|hit| hit.content_id).collect();
        assert_eq!(sorted(found), sorted(ids(&told)), "found by search");
    }
    let labelled = reach::labelled(db, scope, &["b"]).unwrap();
    let with_label = seen
        .iter()
        .copied()
        .filter(|at| case.carries(*at, &["b".to_owned()]));
    assert_eq!(
        sorted(ids_of(labelled)),
        sorted(ids(&with_label.collect::<Vec<_>>())),
        "labelled"
    );
    let posts = reach::blog_posts(db, scope, 100).unwrap();
    let is_space = matches!(scope.reach, Reach::Space { .. });
    let seen_posts = seen
        .iter()
        .copied()
        .filter(|at| is_space && case.pages[*at].is_post);
    assert_eq!(
        sorted(ids_of(posts)),
        sorted(ids(&seen_posts.collect::<Vec<_>>())),
        "blog posts"
    );
    if !matches!(scope.reach, Reach::One { .. }) {
        let parents = reach::with_children(db, scope, &ids(&seen)).unwrap();
        let with_children = seen
            .iter()
            .copied()
            .filter(|at| !case.children(Some(*at)).is_empty());
        assert_eq!(
            sorted(parents),
            sorted(ids(&with_children.collect::<Vec<_>>())),
            "with children"
        );
    }
}

#[test]
fn the_queries_say_what_the_rule_says() {
    let database = Database::empty();
    let db = RefCell::new(database.connect());
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&case(), |case| {
            check(&mut db.borrow_mut(), &case);
            Ok(())
        })
        .unwrap();
}
