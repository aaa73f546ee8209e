//! A share shows what is in its scope, and nothing tells that there is more: not by guessing ids, not by search, not by
//! what its pages include.

use vestibule::demo::sample_space::{GETTING_STARTED, HOME, INSTALLATION};
use vestibule::shares::share::{RestrictedPages, Scope, Share};

use crate::support::{Portal, Visitor, path};

const ELECTRICAL: u64 = 1_310_742;
const FAULTS: u64 = 1_310_761;
const DOWNLOADS: u64 = 1_310_780;
const DEALER_PRICES: u64 = 1_310_791;
const NEWS: u64 = 1_310_801;

/// An open share of the given scope, and a visitor.
async fn share_of(scope: Scope) -> (Portal, Share, Visitor) {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.scope = scope;
        new.password_hash = None;
    });
    let visitor = portal.visitor();
    (portal, share, visitor)
}

fn tree(root: u64) -> Scope {
    Scope::Tree {
        root: root.to_string(),
    }
}

async fn status(visitor: &Visitor, share: &Share, page: u64) -> u16 {
    visitor.get(&format!("{}/{page}", path(share))).await.status
}

#[tokio::test]
async fn a_page_outside_the_tree_is_as_unknown_as_one_that_does_not_exist() {
    let (_portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    assert_eq!(status(&visitor, &share, INSTALLATION).await, 200);
    assert_eq!(status(&visitor, &share, ELECTRICAL).await, 200);
    let unknown = visitor.get(&format!("{}/999999", path(&share))).await;
    for page in [HOME, FAULTS, GETTING_STARTED, DEALER_PRICES, NEWS] {
        let outside = visitor.get(&format!("{}/{page}", path(&share))).await;
        assert_eq!(
            (outside.status, &outside.body),
            (404, &unknown.body),
            "{page}"
        );
    }
}

#[tokio::test]
async fn other_spellings_of_an_id_are_unknown() {
    let (_portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    for id in [
        "01310740",
        "+1310740",
        "1310740.0",
        "1310740%20",
        "1310740%00",
        "-1",
        "99999999999999999999999999",
        "%D9%A1",
        "session/",
        "files/1310740",
    ] {
        let answer = visitor.get(&format!("{}/{id}", path(&share))).await;
        assert_eq!(answer.status, 404, "{id}");
    }
}

#[tokio::test]
async fn a_share_of_one_page_shows_no_page_below_it() {
    let root = INSTALLATION.to_string();
    let (_portal, share, visitor) = share_of(Scope::Page { root }).await;
    assert_eq!(status(&visitor, &share, INSTALLATION).await, 200);
    assert_eq!(status(&visitor, &share, ELECTRICAL).await, 404);
}

#[tokio::test]
async fn a_restricted_page_is_outside_of_every_tree_and_space() {
    let (portal, share, visitor) = share_of(tree(HOME)).await;
    assert_eq!(status(&visitor, &share, DEALER_PRICES).await, 404);
    let space = portal.db_share(|new| {
        new.password_hash = None;
        new.scope = Scope::Space {
            home: Some(HOME.to_string()),
        };
    });
    assert_eq!(status(&visitor, &space, NEWS).await, 200);
    assert_eq!(status(&visitor, &space, DEALER_PRICES).await, 404);
    let home = visitor.get(&path(&space)).await;
    assert!(!home.text().contains("Dealer prices"));
}

#[tokio::test]
async fn the_admin_may_share_the_restricted_page_itself() {
    let root = DEALER_PRICES.to_string();
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.scope = Scope::Page { root };
        new.restricted_pages = RestrictedPages::Root;
        new.password_hash = None;
    });
    assert_eq!(
        portal.visitor().get(&path(&share)).await.texts("h1"),
        ["Dealer prices"]
    );
}

#[tokio::test]
async fn a_file_of_a_page_outside_is_unknown_under_any_name() {
    let (portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    let inside = portal.db_file(&share, ELECTRICAL, "wiring-of-one-charger.png");
    let outside = portal.db_file(&share, DOWNLOADS, "tern-22-data-sheet.pdf");
    let renamed = outside.replace("tern-22-data-sheet.pdf", "wiring-of-one-charger.png");
    assert_eq!(visitor.get(&inside).await.status, 200);
    assert_eq!(visitor.get(&outside).await.status, 404);
    assert_eq!(visitor.get(&renamed).await.status, 404);
}

#[tokio::test]
async fn a_file_of_another_share_is_unknown_here() {
    let (portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    let other = portal.db_share(|_| {});
    let file = portal.db_file(&share, ELECTRICAL, "wiring-of-one-charger.png");
    let there = file.replace(&share.id.to_string(), &other.id.to_string());
    assert_eq!(visitor.get(&there).await.status, 401);
}

#[tokio::test]
async fn search_finds_what_is_in_scope_only() {
    let (_portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    let hits = async |words: &str| {
        let answer = visitor
            .get(&format!("{}/search?q={words}", path(&share)))
            .await;
        assert_eq!(answer.status, 200, "{words}");
        answer.texts(".hit h2")
    };

    assert!(hits("earthing").await.contains(&"Earthing".to_owned()));
    assert_eq!(hits("chime").await, [] as [String; 0]);
    assert_eq!(hits("Dealer+prices").await, [] as [String; 0]);
    assert_eq!(hits("tern-22-data-sheet.pdf").await, [] as [String; 0]);
}

#[tokio::test]
async fn search_in_the_whole_tree_leaves_the_restricted_page_out() {
    let (_portal, share, visitor) = share_of(tree(HOME)).await;
    let answer = visitor
        .get(&format!("{}/search?q=discount+sales", path(&share)))
        .await;
    assert_eq!(answer.texts(".hit h2"), [] as [String; 0]);
    assert!(!answer.text().contains("Dealer"));
}

#[tokio::test]
async fn a_page_does_not_include_from_outside_its_share() {
    let (portal, whole, visitor) = share_of(tree(HOME)).await;
    let part = portal.db_share(|new| {
        new.scope = tree(INSTALLATION);
        new.password_hash = None;
    });
    // The electrical page shows the excerpt of “Safety”, which lies outside of the part.
    let electrical = async |share: &Share| {
        let page = visitor.get(&format!("{}/{ELECTRICAL}", path(share))).await;
        page.texts(".page-content").concat()
    };
    let excerpt = "Only a qualified electrician";
    assert!(electrical(&whole).await.contains(excerpt));
    assert!(!electrical(&part).await.contains(excerpt));
}

#[tokio::test]
async fn pages_link_to_nothing_outside_of_their_share() {
    let (_portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    let page = visitor.get(&format!("{}/{ELECTRICAL}", path(&share))).await;
    for href in page.attributes("main a, nav a, header a", "href") {
        let address = href.split('#').next().unwrap_or_default();
        if address.starts_with("/content/") {
            assert!(address.starts_with(&path(&share)), "{href}");
            assert_ne!(visitor.get(address).await.status, 404, "{href}");
        }
    }
}

#[tokio::test]
async fn breadcrumbs_stop_at_the_root_of_the_share() {
    let (_portal, share, visitor) = share_of(tree(INSTALLATION)).await;
    let page = visitor.get(&format!("{}/{ELECTRICAL}", path(&share))).await;
    assert_eq!(page.texts(".breadcrumbs li"), ["Installation"]);
}
