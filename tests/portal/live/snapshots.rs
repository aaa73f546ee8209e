//! Pages of a live site become snapshots, follow its changes, and stay while it is away.

use vestibule::clock;
use vestibule::connections::LiveError;
use vestibule::pages::model::PageKind;
use vestibule::shares::share::Scope;
use vestibule::shares::store::ContentSource;
use vestibule::sharing::content_scope::content_scope;
use vestibule::sync::reading::FirstFetch;

use super::site::Site;
use crate::support::{eventually, path};
use fake_confluence::fault::{Fault, On};
use fake_confluence::webhook::Event;

#[tokio::test]
async fn a_share_of_a_cloud_tree_opens_at_once_and_is_filled_by_and_by() {
    let site = Site::cloud().await;
    let root = site.id("Handbook").to_string();
    let share = site.share(|new| new.scope = Scope::Tree { root });

    let answer = site.portal.visitor().get(&path(&share)).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.texts("h1"), ["Handbook"]);
    site.portal.connections().wake();
    site.is_fetched().await;
    let answer = site.page(&share, "Handbook").await;
    let tree = answer.texts(".share-tree li a").join(" ");
    assert!(tree.contains("Runbook") && tree.contains("Plans"), "{tree}");
}

#[tokio::test]
async fn a_root_that_was_listed_while_its_reader_came_is_fetched_and_a_hidden_one_stays_hidden() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    let (open, hidden) = (
        site.id("Handbook").to_string(),
        site.id("Salaries").to_string(),
    );
    let scope = content_scope(&share, ContentSource::Site);
    let node = site.portal.another_node();
    let root = |content_id| FirstFetch::Root {
        content_id,
        kind: PageKind::Page,
    };

    assert!(
        node.fetch_first(&scope, root(&open), clock::now)
            .await
            .is_ok()
    );
    let refused = node.fetch_first(&scope, root(&hidden), clock::now).await;
    assert!(matches!(refused, Err(LiveError::NoPage)), "{refused:?}");
}

#[tokio::test]
async fn restricted_pages_are_left_out_whether_the_account_may_read_them_or_not() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let share = site.tree("Handbook").await;

        assert_eq!(site.page(&share, "Runbook").await.status, 200);
        assert_eq!(site.page(&share, "Salaries").await.status, 404);
        assert_eq!(site.page(&share, "Board Minutes").await.status, 404);
        assert_eq!(site.page(&share, "Policies").await.status, 404);
    }
}

#[tokio::test]
async fn nothing_of_the_wikis_addresses_and_accounts_reaches_a_reader() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let share = site.tree("Handbook").await;
        for title in ["Handbook", "Runbook", "Plans"] {
            let answer = site.page(&share, title).await;
            assert_eq!(answer.status, 200, "{title}");
            for trace in [
                &site.fake.base_url(),
                "data-account-id",
                "557058:",
                "/wiki/",
                "rest/api",
                "data-linked",
                "Error rendering macro",
            ] {
                assert!(!answer.text().contains(trace), "{trace} in {title}");
            }
        }
    }
}

#[tokio::test]
async fn an_edit_shows_up_when_the_site_is_compared_again() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let share = site.tree("Handbook").await;
        let id = site.id("Runbook");
        site.fake
            .wiki(|wiki| wiki.edit(id, "<p>Turn it off and on.</p>"));

        site.refresh().await;

        site.shows(&share, "Runbook", "Turn it off and on.").await;
    }
}

#[tokio::test]
async fn pages_that_are_moved_trashed_or_restricted_leave_and_come_back_whole() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    let (runbook, plans, home) = (site.id("Runbook"), site.id("Plans"), site.id("Policies"));
    site.fake.wiki(|wiki| {
        wiki.trash(runbook);
        wiki.restrict(plans, &["alice", "share.portal"]);
    });

    site.refresh().await;

    site.status_becomes(&share, "Runbook", 404).await;
    site.status_becomes(&share, "Plans", 404).await;
    site.fake.wiki(|wiki| {
        wiki.restore(runbook);
        wiki.unrestrict(plans);
    });
    site.refresh().await;
    site.status_becomes(&share, "Runbook", 200).await;
    site.status_becomes(&share, "Plans", 200).await;
    site.fake.wiki(|wiki| wiki.move_below(runbook, home));
    site.refresh().await;
    site.status_becomes(&share, "Runbook", 404).await;
}

#[tokio::test]
async fn a_webhook_has_its_page_looked_at_and_needs_the_right_secret() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let share = site.tree("Handbook").await;
        let id = site.id("Runbook");
        let connection = site
            .portal
            .connections()
            .find(site.connection)
            .await
            .unwrap();
        let hook = site.portal.connections().webhook(&connection);
        site.fake
            .wiki(|wiki| wiki.edit(id, "<p>Told by the site.</p>"));
        let sent = site
            .fake
            .webhook(Event::PageUpdated, id, &hook.signing_secret);
        let forged = site.fake.webhook(Event::PageUpdated, id, "wrong");

        let wrong = format!("/hooks/{}/{}", site.connection, "0".repeat(64));
        assert_eq!(site.post(&sent, &wrong).await, 404);
        if site.fake.base_url().ends_with("/confluence") {
            assert_eq!(site.post(&forged, &hook.path).await, 404);
        }
        assert_eq!(site.post(&sent, &hook.path).await, 204);

        site.shows(&share, "Runbook", "Told by the site.").await;
    }
}

#[tokio::test]
async fn readers_are_served_from_the_snapshot_while_the_site_hangs() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    site.fake.fail(On::everything(), Fault::Hang);
    site.refresh().await;
    eventually("the site is being asked", async || {
        site.fake.requests().last().is_some()
    })
    .await;

    // Each of these would never be answered if the site were on its way.
    for title in ["Handbook", "Runbook", "Plans"] {
        let answer = site.page(&share, title).await;
        assert_eq!(answer.status, 200);
    }
    site.fake.heal();
}

#[tokio::test]
async fn the_first_visit_of_a_site_that_is_down_says_so_and_when_to_come_again() {
    let site = Site::cloud().await;
    let root = site.id("Handbook").to_string();
    let share = site.share(|new| new.scope = Scope::Tree { root });
    site.fake
        .fail(On::everything(), Fault::Unavailable(Some(120)));

    let answer = site.portal.visitor().get(&path(&share)).await;

    assert_eq!(answer.status, 503);
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    assert_eq!(answer.texts("h1"), ["The wiki does not answer"]);
    site.fake.heal();
    let connections = site.portal.connections();
    connections
        .test(site.connection, clock::now())
        .await
        .unwrap();
    eventually("it opens", async || {
        site.portal.visitor().get(&path(&share)).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn failed_macros_are_placeholders_and_diagrams_come_from_their_pictures() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;

    let answer = site.page(&share, "Plans").await;

    assert!(!answer.texts(".macro-placeholder").is_empty());
    let pictures = answer.attributes(".page-content img", "src");
    assert!(
        pictures.iter().any(|src| src.contains("network.png")),
        "{pictures:?}"
    );
}

#[tokio::test]
async fn comments_are_shown_under_a_page_where_the_share_says_so() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let root = site.id("Handbook").to_string();
        let plain = site.share(|new| new.scope = Scope::Page { root: root.clone() });
        let share = site.share(|new| {
            new.scope = Scope::Tree { root };
            new.show_comments = true;
        });
        site.portal.connections().wake();
        site.is_fetched().await;

        let answer = site.page(&share, "Handbook").await;
        let comments = answer.texts(".comment");
        assert_eq!(comments.len(), 2, "{comments:?}");
        assert!(comments[0].contains("Alice Example") && comments[0].contains("Is this number"));
        assert!(comments[1].contains("Bob Example"));
        assert!(
            site.page(&plain, "Handbook")
                .await
                .texts(".comment")
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_space_share_holds_pages_folders_and_blog_posts() {
    let site = Site::cloud().await;
    let home = site.id("Demo Space Home").to_string();
    let share = site.share(|new| new.scope = Scope::Space { home: Some(home) });
    site.portal.connections().wake();
    site.is_fetched().await;

    for title in ["Runbook", "Old Plans", "Release 1.0", "Archive"] {
        assert_eq!(site.page(&share, title).await.status, 200, "{title}");
    }
    site.refresh().await;
    site.is_fetched().await;
    let archive = site.page(&share, "Archive").await;
    assert!(
        archive
            .texts(".page-content")
            .concat()
            .contains("Old Plans")
    );
    assert_eq!(site.page(&share, "Policies").await.status, 404);
}
