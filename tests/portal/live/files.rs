//! Files of a live site: fetched when they are first asked for, without credentials where those do not belong, and
//! stored once.

use super::site::Site;
use crate::support::{Answer, path};
use fake_confluence::exchange::Port;
use fake_confluence::files::Bytes;
use fake_confluence::sample::PNG;

/// The address of a file on a page of a share.
async fn address(
    site: &Site,
    share: &vestibule::shares::share::Share,
    page: &str,
    name: &str,
) -> String {
    let answer = site.page(share, page).await;
    let links = answer.attributes(".page-files a", "href");
    let found = links.iter().find(|link| link.contains(name));
    found
        .unwrap_or_else(|| panic!("no {name} in {links:?}"))
        .clone()
}

async fn get(site: &Site, address: &str) -> Answer {
    site.portal.visitor().get(address).await
}

#[tokio::test]
async fn a_file_is_fetched_once_and_without_credentials_from_the_media_store() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let share = site.tree("Handbook").await;
        let address = address(&site, &share, "Runbook", "plan").await;
        site.fake.clear_requests();
        // Other pages may be on their way at the same time.
        let downloads = || {
            let requests = site.fake.requests();
            let targets = requests.iter().map(|request| &request.target);
            targets
                .filter(|target| target.contains("/download"))
                .count()
        };

        let first = get(&site, &address).await;
        let asked = downloads();
        let second = get(&site, &address).await;

        assert_eq!(first.status, 200);
        assert_eq!(first.header("content-type"), Some("image/png"));
        assert_eq!(&first.body[..], PNG);
        assert_eq!(&second.body[..], PNG);
        assert!(asked > 0);
        assert_eq!(downloads(), asked, "it was fetched again");
        assert_eq!(first.header("etag"), second.header("etag"));
        for request in site.fake.requests_to(Port::Media) {
            assert!(!request.has_credential(), "{}", request.target);
        }
    }
}

#[tokio::test]
async fn a_part_of_a_file_is_served_while_the_first_fetch_still_runs() {
    let site = Site::cloud().await;
    let id = site.id("Runbook");
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let expected = bytes[1_000_000..1_000_010].to_vec();
    site.fake.wiki(|wiki| {
        wiki.attach(
            id,
            "film.bin",
            "application/octet-stream",
            Bytes::Given(bytes),
        )
    });
    let share = site.tree("Handbook").await;
    let address = address(&site, &share, "Runbook", "film.bin").await;

    let visitor = site.portal.visitor();
    let whole = visitor.get(&address);
    let other = site.portal.visitor();
    let part = other.get(&address).header("range", "bytes=1000000-1000009");
    let (whole, part) = tokio::join!(async { whole.await }, async { part.await });

    assert_eq!(whole.status, 200);
    assert_eq!(whole.body.len(), 3_000_000);
    assert_eq!(part.status, 206);
    assert_eq!(
        part.header("content-range"),
        Some("bytes 1000000-1000009/3000000")
    );
    assert_eq!(part.body.to_vec(), expected);
    let downloads = site.fake.requests_to(Port::Media).len();
    assert_eq!(downloads, 1, "two readers made two fetches");
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_not_fetched_and_says_so() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    let address = address(&site, &share, "Runbook", "backup.iso").await;
    site.fake.clear_requests();

    let answer = get(&site, &address).await;

    assert_eq!(answer.status, 404);
    assert_eq!(answer.texts("h1"), ["This file is too large"]);
    assert!(site.fake.requests_to(Port::Media).is_empty());
}

#[tokio::test]
async fn files_outside_the_share_are_not_served_by_their_ids() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    let secret = site.id("Salaries");
    let file = site
        .fake
        .wiki(|wiki| wiki.attach(secret, "pay.txt", "text/plain", Bytes::text("pay")));
    site.refresh().await;
    site.is_fetched().await;

    let answer = get(&site, &format!("{}/files/att{file}/pay.txt", path(&share))).await;

    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_new_version_takes_the_place_of_the_old_one_only_when_it_is_here() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    let notes = address(&site, &share, "Runbook", "notes.txt").await;
    assert_eq!(get(&site, &notes).await.text(), "Nothing to note.");
    let id = site.id("Runbook");
    site.fake
        .wiki(|wiki| wiki.attach(id, "notes.txt", "text/plain", Bytes::text("Something.")));

    site.refresh().await;

    crate::support::eventually("the new version is served", async || {
        get(&site, &notes).await.text() == "Something."
    })
    .await;
}

#[tokio::test]
async fn a_picture_of_another_page_is_served_unless_that_page_is_restricted() {
    let site = Site::cloud().await;
    let share = site.tree("Handbook").await;
    let runbook = site.id("Runbook");
    let attach = |title: &str, name: &str| {
        let page = site.id(title);
        let picture = || Bytes::Given(PNG.to_vec());
        let file = site
            .fake
            .wiki(|wiki| wiki.attach(page, name, "image/png", picture()));
        let shown = format!(
            r#"<img class="confluence-embedded-image" data-linked-resource-id="{file}"
                data-linked-resource-type="attachment" data-linked-resource-container-id="{page}" src="x">"#
        );
        (file, shown)
    };
    let (open, shows_open) = attach("Policies", "open.png");
    let (secret, shows_secret) = attach("Salaries", "secret.png");
    let body = format!("<p>Two pictures. {shows_open} {shows_secret}</p>");
    site.fake
        .wiki(|wiki| wiki.edit_both(runbook, "<p>Two pictures.</p>", &body));
    site.refresh().await;
    site.shows(&share, "Runbook", "Two pictures.").await;

    let file = |id: u64, name: &str| format!("{}/files/att{id}/{name}", path(&share));
    assert_eq!(get(&site, &file(open, "open.png")).await.status, 200);
    assert_eq!(get(&site, &file(secret, "secret.png")).await.status, 404);
}
