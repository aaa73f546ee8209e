//! What a share leaves out of its scope: restricted pages, pages by their labels, pages that are gone. The same rule
//! over random wikis is in `limits_model`.

use diesel::connection::SimpleConnection as _;
use vestibule::demo::sample_space::{GETTING_STARTED, HOME, INSTALLATION};
use vestibule::shares::labels::Labels;
use vestibule::shares::share::{RestrictedPages, Scope, Share};
use vestibule::shares::store::NewShare;

use crate::support::{Portal, Visitor, path};

const SAFETY: u64 = 1_310_722;
const ELECTRICAL: u64 = 1_310_742;
const CABLES: u64 = 1_310_743;
const EARTHING: u64 = 1_310_744;
const CONTACTOR: u64 = 1_310_764;
const DEALER_PRICES: u64 = 1_310_791;
const NEWS: u64 = 1_310_801;

/// An open share of the whole page tree, as changed by `change`.
fn db_share(portal: &Portal, change: impl FnOnce(&mut NewShare)) -> Share {
    portal.db_share(|new| {
        new.password_hash = None;
        change(new);
    })
}

fn labels(labels: &[&str]) -> Labels {
    Labels::parse(labels.iter().copied()).unwrap()
}

fn tree(root: u64) -> Scope {
    Scope::Tree {
        root: root.to_string(),
    }
}

fn space() -> Scope {
    Scope::Space {
        home: Some(HOME.to_string()),
    }
}

fn db_pages(portal: &Portal, change: &str, page: u64) {
    let sql = format!("update page_snapshot set {change} where content_id = '{page}'");
    portal.db(|db| db.batch_execute(&sql)).unwrap();
}

async fn status(visitor: &Visitor, share: &Share, page: u64) -> u16 {
    visitor.get(&format!("{}/{page}", path(share))).await.status
}

async fn statuses<const N: usize>(portal: &Portal, share: &Share, pages: [u64; N]) -> [u16; N] {
    let visitor = portal.visitor();
    let mut statuses = [0; N];
    for (status_of, page) in statuses.iter_mut().zip(pages) {
        *status_of = status(&visitor, share, page).await;
    }
    statuses
}

#[tokio::test]
async fn a_restricted_root_is_shown_only_if_the_share_says_so() {
    let portal = Portal::with_sample().await;
    let share_with = |restricted_pages| {
        db_share(&portal, |new| {
            new.scope = tree(DEALER_PRICES);
            new.restricted_pages = restricted_pages;
        })
    };
    let none = share_with(RestrictedPages::None);
    let root = share_with(RestrictedPages::Root);
    let visitor = portal.visitor();
    assert_eq!(visitor.get(&path(&none)).await.status, 404);
    assert_eq!(status(&visitor, &none, DEALER_PRICES).await, 404);
    assert_eq!(status(&visitor, &root, DEALER_PRICES).await, 200);
}

#[tokio::test]
async fn a_root_that_becomes_restricted_takes_all_below_it_along() {
    let portal = Portal::with_sample().await;
    let pages = [INSTALLATION, ELECTRICAL];
    let share = db_share(&portal, |new| new.scope = tree(INSTALLATION));
    assert_eq!(statuses(&portal, &share, pages).await, [200, 200]);
    db_pages(&portal, "view_restricted = true", INSTALLATION);
    let later = db_share(&portal, |new| new.scope = tree(INSTALLATION));
    assert_eq!(statuses(&portal, &later, pages).await, [404, 404]);
}

#[tokio::test]
async fn all_restricted_pages_are_shown_if_the_share_says_so() {
    let portal = Portal::with_sample().await;
    let pages = [DEALER_PRICES, NEWS];
    let share = db_share(&portal, |new| {
        new.scope = space();
        new.restricted_pages = RestrictedPages::All;
    });
    assert_eq!(statuses(&portal, &share, pages).await, [200, 200]);
    let with_root = db_share(&portal, |new| new.restricted_pages = RestrictedPages::Root);
    assert_eq!(statuses(&portal, &with_root, pages).await, [404, 404]);
}

#[tokio::test]
async fn an_excluded_label_takes_all_below_it_along() {
    let portal = Portal::with_sample().await;
    let share = db_share(&portal, |new| new.exclude_labels = labels(&["Installer"]));
    let pages = [SAFETY, INSTALLATION, EARTHING, CONTACTOR];
    assert_eq!(statuses(&portal, &share, pages).await, [200, 404, 404, 404]);
    let visitor = portal.visitor();
    let home = visitor.get(&path(&share)).await;
    let tree = home.texts(".share-tree a");
    assert!(tree.contains(&"Safety".to_owned()));
    assert!(!tree.contains(&"Installation".to_owned()));
    let found = visitor
        .get(&format!("{}/search?q=earthing", path(&share)))
        .await;
    assert!(!found.texts(".hit h2").contains(&"Earthing".to_owned()));
    let picture = portal.db_file(&share, ELECTRICAL, "wiring-of-one-charger.png");
    assert_eq!(visitor.get(&picture).await.status, 404);
}

#[tokio::test]
async fn the_chosen_root_is_shown_whatever_its_labels() {
    let portal = Portal::with_sample().await;
    let share = db_share(&portal, |new| {
        new.scope = tree(INSTALLATION);
        new.exclude_labels = labels(&["installer"]);
        new.include_labels = labels(&["safety"]);
    });
    let pages = [INSTALLATION, ELECTRICAL];
    assert_eq!(statuses(&portal, &share, pages).await, [200, 404]);
}

#[tokio::test]
async fn pages_with_a_wanted_label_hang_under_the_nearest_page_that_is_shown() {
    let portal = Portal::with_sample().await;
    let share = db_share(&portal, |new| new.include_labels = labels(&["safety"]));
    let pages = [HOME, SAFETY, INSTALLATION, ELECTRICAL, CABLES, EARTHING];
    assert_eq!(
        statuses(&portal, &share, pages).await,
        [200, 200, 404, 200, 404, 200]
    );
    let visitor = portal.visitor();
    let page = visitor.get(&format!("{}/{EARTHING}", path(&share))).await;
    assert_eq!(
        page.texts(".breadcrumbs li"),
        ["Tern 22 manual", "Electrical connection"]
    );
    assert_eq!(
        page.texts(".share-tree a"),
        [
            "Tern 22 manual",
            "Safety",
            "Electrical connection",
            "Earthing",
            "Earthing on floating pontoons"
        ]
    );
    for href in page.attributes("main a, nav a, header a", "href") {
        let address = href.split('#').next().unwrap_or_default();
        if address.starts_with("/content/") {
            assert_ne!(visitor.get(address).await.status, 404, "{href}");
        }
    }
}

#[tokio::test]
async fn a_space_opens_with_a_page_that_its_labels_let_through() {
    let portal = Portal::with_sample().await;
    let share = db_share(&portal, |new| {
        new.scope = space();
        new.include_labels = labels(&["owner", "news"]);
    });
    assert_eq!(
        statuses(&portal, &share, [HOME, GETTING_STARTED, NEWS]).await,
        [404, 200, 200]
    );
    let start = portal.visitor().get(&path(&share)).await;
    assert_eq!(start.texts("h1"), ["Getting started"]);
}

#[tokio::test]
async fn a_page_that_is_gone_from_the_wiki_is_gone_here_with_all_below_it() {
    let portal = Portal::with_sample().await;
    db_pages(&portal, "gone_at = now()", INSTALLATION);
    let share = db_share(&portal, |new| new.restricted_pages = RestrictedPages::All);
    let pages = [HOME, INSTALLATION, ELECTRICAL];
    assert_eq!(statuses(&portal, &share, pages).await, [200, 404, 404]);
    let one = db_share(&portal, |new| {
        new.scope = Scope::Page {
            root: INSTALLATION.to_string(),
        };
    });
    assert_eq!(portal.visitor().get(&path(&one)).await.status, 404);
    db_pages(&portal, "gone_at = null", INSTALLATION);
    let back = db_share(&portal, |_| {});
    assert_eq!(statuses(&portal, &back, pages).await, [200, 200, 200]);
}

#[tokio::test]
async fn a_file_is_served_where_a_page_in_scope_shows_it() {
    let portal = Portal::with_sample().await;
    let share = db_share(&portal, |new| new.scope = tree(GETTING_STARTED));
    let file = portal.db_file(&share, ELECTRICAL, "wiring-of-one-charger.png");
    let visitor = portal.visitor();
    let db_show = |page: u64| {
        let sql = format!(
            "insert into shown_file (connection_id, content_id, attachment_id)
               select connection_id, '{page}', attachment_id from attachment_snapshot
               where file_name = 'wiring-of-one-charger.png'"
        );
        portal.db(|db| db.batch_execute(&sql)).unwrap();
    };
    assert_eq!(visitor.get(&file).await.status, 404);
    db_show(SAFETY);
    assert_eq!(visitor.get(&file).await.status, 404);
    db_show(GETTING_STARTED);
    assert_eq!(visitor.get(&file).await.status, 200);
}
