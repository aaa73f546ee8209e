//! How many requests a site gets: they grow with what changed, not with what there is or who looks.

use super::site::Site;
use fake_confluence::wiki::Wiki;

const PAGES: usize = 1000;

/// Pages are listed by hundreds, and bodies come one by one only where the product has no other way.
#[tokio::test]
async fn a_thousand_pages_of_cloud_cost_one_request_each_and_a_refresh_only_the_lists() {
    let site = Site::cloud_with(Wiki::tree(PAGES)).await;
    let home = site.fake.wiki(|wiki| wiki.home("DS")).to_string();
    site.share(|new| new.scope = vestibule::shares::share::Scope::Tree { root: home });
    site.portal.connections().wake();
    site.is_fetched().await;

    let export_views = site.fake.count("GET", "/wiki/api/v2/pages/*");
    let first = site.fake.requests().len();
    assert_eq!(
        export_views,
        PAGES + 1,
        "Cloud gives export views one by one"
    );
    assert!(
        first - export_views <= 60,
        "{} requests beside them",
        first - export_views
    );

    for number in [7, 500, 1000] {
        let id = site.id(&format!("Page {number}"));
        site.fake.wiki(|wiki| wiki.edit(id, "<p>New.</p>"));
    }
    site.fake.clear_requests();
    site.list_again().await;

    let bodies = site.fake.count("GET", "/wiki/api/v2/pages/*");
    let all = site.fake.requests().len();
    assert!(
        (3..=9).contains(&bodies),
        "{bodies} requests for three bodies"
    );
    assert!(all <= 60, "{all} requests for three changes");
}

#[tokio::test]
async fn a_thousand_pages_of_data_center_come_in_bulk() {
    let site = Site::data_center_with(Wiki::tree(PAGES)).await;
    let home = site.fake.wiki(|wiki| wiki.home("DS")).to_string();
    site.share(|new| new.scope = vestibule::shares::share::Scope::Tree { root: home });
    site.portal.connections().wake();
    site.is_fetched().await;

    let first = site.fake.requests().len();
    assert!(first <= 120, "{first} requests for {PAGES} pages");

    for number in [7, 500, 1000] {
        let id = site.id(&format!("Page {number}"));
        site.fake.wiki(|wiki| wiki.edit(id, "<p>New.</p>"));
    }
    site.fake.clear_requests();
    site.list_again().await;

    let all = site.fake.requests().len();
    assert!(all <= 25, "{all} requests for three changes");
}

#[tokio::test]
async fn readers_cost_the_site_nothing() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    site.page(&share, "Runbook").await;
    site.is_fetched().await;
    site.fake.clear_requests();

    for _ in 0..20 {
        assert_eq!(site.page(&share, "Runbook").await.status, 200);
    }

    assert!(
        site.fake.requests().len() <= 3,
        "{:?}",
        site.fake.requests().len()
    );
}
