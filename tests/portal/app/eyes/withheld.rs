//! Nothing is shown that the maker could not see: no page, no title, no hit, no file.

use super::{EyesSite, SECRET, SECRET_WORDS};
use crate::fake_confluence::files::Bytes;
use crate::fake_confluence::people::{APP_USER, Standing};
use crate::fake_confluence::wiki::PORTAL;
use crate::support::path;

/// What a visitor finds of the restricted page: its title in the tree, a hit for its words, itself, its file.
async fn finds(site: &EyesSite, share: &vestibule::shares::share::Share) -> [bool; 5] {
    let visitor = site.portal.visitor();
    let start = visitor.get(&path(share)).await;
    assert_eq!(start.status, 200);
    let tree = start.texts(".share-tree li a").join(" ");
    let search = visitor
        .get(&format!("{}/search?q={SECRET_WORDS}", path(share)))
        .await;
    let page = site.page(share, SECRET).await;
    let below = site.page(share, "Details of it").await;
    let id = site.fake.wiki(|wiki| {
        let id = wiki.id_of(SECRET);
        wiki.files_of(id)[0].file_id()
    });
    let file = visitor
        .get(&format!("{}/files/{id}/secret.txt", path(share)))
        .await;
    [
        tree.contains(SECRET),
        !search.texts(".hit").is_empty(),
        page.status == 200,
        below.status == 200,
        file.status == 200,
    ]
}

fn attach(site: &EyesSite) {
    site.fake.wiki(|wiki| {
        let id = wiki.id_of(SECRET);
        wiki.attach(id, "secret.txt", "text/plain", Bytes::text("At midnight."));
    });
}

#[tokio::test]
async fn a_page_that_the_maker_may_not_see_is_nowhere_in_the_share() {
    let site = EyesSite::start().await;
    attach(&site);
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    site.look_again().await;

    assert_eq!(finds(&site, &alice).await, [true; 5]);
    assert_eq!(finds(&site, &bob).await, [false; 5]);
    let (seen_as, withheld, reason) = site.seen(&bob, SECRET);
    assert_eq!((seen_as, withheld), (Some("none"), true));
    assert!(
        reason.contains("The maker may not see the page"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_page_leaves_and_comes_back_with_the_makers_rights() {
    let site = EyesSite::start().await;
    attach(&site);
    let share = site.fetched(Some("alice"), None).await;
    assert_eq!(finds(&site, &share).await, [true; 5]);

    let secret = site.id(SECRET);
    site.fake
        .wiki(|wiki| wiki.restrict(secret, &[PORTAL, APP_USER, "bob"]));
    site.look_again().await;
    assert_eq!(finds(&site, &share).await, [false; 5]);

    site.fake
        .wiki(|wiki| wiki.restrict(secret, &[PORTAL, APP_USER, "alice"]));
    site.look_again().await;
    assert_eq!(finds(&site, &share).await, [true; 5]);
}

#[tokio::test]
async fn the_app_shows_nothing_that_the_maker_may_not_see() {
    let site = EyesSite::start().await;
    attach(&site);
    site.fake.set_app_scopes(&["READ"]);
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    site.look_again().await;

    assert_eq!(finds(&site, &alice).await, [true; 5]);
    assert_eq!(finds(&site, &bob).await, [false; 5]);
}

#[tokio::test]
async fn of_a_maker_who_has_gone_restricted_pages_are_left_out_until_somebody_stands_in() {
    let site = EyesSite::start().await;
    attach(&site);
    site.fake
        .wiki(|wiki| wiki.set_standing("carol", Standing::Deactivated));
    let alone = site.share(Some("carol"), None);
    let with_alice = site.share(Some("carol"), Some("alice"));
    let with_bob = site.share(Some("carol"), Some("bob"));
    site.look_again().await;

    assert_eq!(finds(&site, &alone).await, [false; 5]);
    assert_eq!(finds(&site, &with_alice).await, [true; 5]);
    assert_eq!(finds(&site, &with_bob).await, [false; 5]);
    assert!(site.runbook(&alone).await.contains("Turn it on."));
}

#[tokio::test]
async fn a_restricted_page_is_not_even_named_before_the_maker_has_looked() {
    let site = EyesSite::start().await;
    attach(&site);
    // Alice has brought the page here.
    site.fetched(Some("alice"), None).await;
    let share = site.share(Some("bob"), None);

    // Of the root he has to wait for, and of nothing else.
    let answer = site.portal.visitor().get(&path(&share)).await;

    assert_eq!(answer.status, 200);
    let tree = answer.texts(".share-tree li a").join(" ");
    assert!(tree.contains("Runbook") && !tree.contains(SECRET), "{tree}");
}
