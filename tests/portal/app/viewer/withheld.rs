//! Nothing is shown that the creator could not see: no page, no title, no hit, no file.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use vestibule::clock;
use vestibule::pages::store::{followed, wanted_renderings};
use vestibule::schema::page_snapshot;

use super::{SECRET, SECRET_WORDS, ViewerSite};
use crate::support::{eventually, path};
use fake_confluence::files::Bytes;
use fake_confluence::people::{APP_USER, Standing};
use fake_confluence::wiki::PORTAL;

/// What a visitor finds of the restricted page: its title in the tree, a hit for its words, itself, its file.
async fn finds(site: &ViewerSite, share: &vestibule::shares::share::Share) -> [bool; 5] {
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
        format!("att{}", wiki.files_of(id)[0].id)
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

#[tokio::test]
async fn a_page_that_the_creator_may_not_see_is_nowhere_in_the_share() {
    let site = ViewerSite::start().await;
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    site.look_again().await;

    assert_eq!(finds(&site, &alice).await, [true; 5]);
    assert_eq!(finds(&site, &bob).await, [false; 5]);
    let (viewer, withheld, reason) = site.seen(&bob, SECRET);
    assert_eq!((viewer, withheld), (Some("none"), true));
    assert!(
        reason.contains("The creator may not see the page"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_page_leaves_and_comes_back_with_the_creators_rights() {
    let site = ViewerSite::start().await;
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
async fn the_app_shows_nothing_that_the_creator_may_not_see() {
    let site = ViewerSite::start().await;
    site.fake.set_app_scopes(&["READ"]);
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    site.look_again().await;

    assert_eq!(finds(&site, &alice).await, [true; 5]);
    assert_eq!(finds(&site, &bob).await, [false; 5]);
}

#[tokio::test]
async fn of_a_creator_who_has_gone_restricted_pages_are_left_out_until_somebody_stands_in() {
    let site = ViewerSite::start().await;
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
async fn a_restricted_page_is_not_even_named_before_the_creator_has_looked() {
    let site = ViewerSite::start().await;
    // Alice has brought the page here.
    site.fetched(Some("alice"), None).await;
    let share = site.share(Some("bob"), None);

    // Of the root he has to wait for, and of nothing else.
    let answer = site.portal.visitor().get(&path(&share)).await;

    assert_eq!(answer.status, 200);
    let tree = answer.texts(".share-tree li a").join(" ");
    assert!(tree.contains("Runbook") && !tree.contains(SECRET), "{tree}");
}

#[tokio::test]
async fn the_app_brings_nothing_of_other_pages_that_the_creator_may_not_see() {
    let site = ViewerSite::start().await;
    site.fake.set_app_scopes(&["READ"]);
    let salaries = site.id("Salaries");
    site.fake
        .wiki(|wiki| wiki.restrict(salaries, &[PORTAL, APP_USER, "alice"]));

    let share = site.fetched(Some("bob"), None).await;

    let plans = site.page(&share, "Plans").await;
    let shown = plans.texts(".page-content").concat();
    assert!(shown.contains("What comes next"), "{shown}");
    assert!(!shown.contains("Everybody earns the same"), "{shown}");
    let (viewer, withheld, reason) = site.seen(&share, "Plans");
    assert_eq!((viewer, withheld), (Some("none"), false));
    assert!(reason.contains("parts of other pages"), "{reason}");
    assert_eq!(site.seen(&share, "Runbook").0, Some("app"));
}

#[tokio::test]
async fn without_a_creator_the_rights_of_who_stands_in_count() {
    let site = ViewerSite::start().await;
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(None, Some(name)));
    site.look_again().await;

    assert_eq!(finds(&site, &alice).await, [true; 5]);
    assert_eq!(finds(&site, &bob).await, [false; 5]);
    let (viewer, withheld, reason) = site.seen(&bob, SECRET);
    assert_eq!((viewer, withheld), (Some("none"), true));
    assert!(reason.starts_with("Who stands in may not"), "{reason}");
}

#[tokio::test]
async fn the_app_shows_nothing_that_who_stands_in_without_a_creator_may_not_see() {
    let site = ViewerSite::start().await;
    site.fake.set_app_scopes(&["READ"]);
    let bob = site.fetched(None, Some("bob")).await;

    assert_eq!(finds(&site, &bob).await, [false; 5]);
    assert_eq!(site.seen(&bob, "Runbook").0, Some("app"));
}

#[tokio::test]
async fn what_the_page_shows_to_others_opens_no_file_of_a_page_that_was_not_rendered_for_its_viewers()
 {
    let site = ViewerSite::start().await;
    let (owner, file) = site.fake.wiki(|wiki| {
        let owner = wiki.id_of("Old Plans");
        wiki.attach(owner, "old.txt", "text/plain", Bytes::text("Of old."));
        (owner, format!("att{}", wiki.files_of(owner)[0].id))
    });
    let share = site.fetched(Some("bob"), None).await;
    let (connection, runbook, bob) = (site.connection, site.id("Runbook"), site.account("bob"));
    let run = |sql: &str| site.portal.db(|db| db.batch_execute(sql).unwrap());
    run(&format!(
        "insert into attachment_snapshot (connection_id, content_id, attachment_id, file_name, media_type, size_bytes, version)
           values ('{connection}', '{owner}', '{file}', 'old.txt', 'text/plain', 7, 1);
         insert into shown_file (connection_id, content_id, attachment_id)
           values ('{connection}', '{runbook}', '{file}')"
    ));
    let address = format!("{}/files/{file}/old.txt", path(&share));
    let visitor = site.portal.visitor();

    assert_eq!(visitor.get(&address).await.status, 404);

    run(&format!(
        "insert into page_snapshot (connection_id, content_id, kind, space_key, title, position, body, body_format,
             version, labels, view_restricted, search_text, findings)
           values ('{connection}', '{owner}', 'page', 'DS', 'Old Plans', 0, '', 'storage', 1, '{{}}', false, '', '[]')
           on conflict do nothing;
         insert into viewer_rendering (connection_id, content_id, creator, stand_in, version, viewer, withheld, fetched_at)
           values ('{connection}', '{owner}', '{bob}', '', 1, 'creator', false, now())"
    ));
    assert_eq!(visitor.get(&address).await.status, 200);
}

#[tokio::test]
async fn a_restriction_that_a_listing_tells_has_the_page_looked_at_again() {
    let site = ViewerSite::start().await;
    let share = site.fetched(Some("alice"), None).await;
    let (runbook, root) = (site.id("Runbook"), site.id("Handbook").to_string());
    site.fake
        .wiki(|wiki| wiki.restrict(runbook, &[PORTAL, APP_USER, "bob"]));
    let connection = site.connection;
    site.portal
        .db(|db| followed::make_roots_due(db, connection, &[root], clock::now()).unwrap());
    site.portal.connections().wake();

    eventually("the page is withheld", async || {
        site.seen(&share, "Runbook").1
    })
    .await;
}

#[tokio::test]
async fn restricted_pages_are_looked_at_again_within_hours_and_others_within_a_day() {
    let site = ViewerSite::start().await;
    site.fetched(Some("alice"), None).await;
    let [secret, runbook] = [SECRET, "Runbook"].map(|title| site.id(title));
    let now = clock::now();

    let due = site.portal.db(|db| {
        db.batch_execute(
            "update viewer_rendering set fetched_at = fetched_at - interval '3 hours'",
        )
        .unwrap();
        wanted_renderings::clean_up(db, now - time::Duration::days(1), now).unwrap();
        [secret, runbook].map(|id| {
            page_snapshot::table
                .find((site.connection, id.to_string()))
                .select(page_snapshot::listed_version)
                .first::<Option<i32>>(db)
                .unwrap()
        })
    });

    assert_eq!(due[0], Some(-1));
    assert_ne!(due[1], Some(-1));
}

#[tokio::test]
async fn a_restricted_folder_is_open_to_those_who_see_what_is_in_it() {
    let site = ViewerSite::start().await;
    site.fake.wiki(|wiki| {
        let handbook = wiki.id_of("Handbook");
        let drawer = wiki.add_folder(handbook, "Drawer");
        let inner = wiki.add_folder(drawer, "Box");
        wiki.add_page(inner, "Letter", "<p>Dear all.</p>");
        wiki.restrict(drawer, &[PORTAL, APP_USER, "alice"]);
    });
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    site.look_again().await;
    // Not every listing tells the restrictions of folders.
    site.portal.db(|db| {
        db.batch_execute("update page_snapshot set view_restricted = true where title = 'Drawer'")
            .unwrap();
    });

    for (share, is_open) in [(&alice, true), (&bob, false)] {
        let letter = site.page(share, "Letter").await;
        assert_eq!(letter.status == 200, is_open);
        let start = site.portal.visitor().get(&path(share)).await;
        let tree = start.texts(".share-tree li a").join(" ");
        assert_eq!(tree.contains("Drawer"), is_open, "{tree}");
    }
}
