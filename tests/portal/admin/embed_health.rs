//! The panel about frames on a share's page, and its one click.

use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::share::ShareId;
use vestibule::shares::store::{self, ShareChange};

use super::browser::portal_and_admin;
use super::content::{db_content, id_in, make_share};
use crate::support::{Portal, Shown, Visitor, eventually};

const OTHER: &str = "https://other.example";

async fn portal_with_share() -> (Portal, Visitor, String) {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = make_share(&browser, "Notes", "quiet harbour").await;
    (portal, browser, path)
}

fn id(path: &str) -> ShareId {
    id_in(path).parse::<uuid::Uuid>().unwrap().into()
}

fn db_list(portal: &Portal, path: &str) -> Vec<String> {
    let share = portal.db(|db| store::find_share(db, id(path))).unwrap();
    let entries = share.unwrap().embed_origins;
    entries.entries().into_iter().map(str::to_owned).collect()
}

fn db_allow(portal: &Portal, path: &str, entries: &[&str]) {
    let change = ShareChange {
        embed_origins: Some(EmbedOrigins::parse(entries.iter().copied()).unwrap()),
        ..ShareChange::default()
    };
    portal.db_change(id(path), &change);
}

async fn open_in(portal: &Portal, path: &str, site: &str) {
    let visitor = portal.visitor_in(Shown::Iframe);
    let address = format!("/content/{}", id_in(path));
    visitor.get(&address).header("referer", site).await;
}

#[actix_web::test]
async fn the_panel_says_what_will_be_seen_there() {
    let (_portal, browser, path) = portal_with_share().await;
    let page = browser.get(&path).await;
    let panel = page.text_of("#embed-health");
    assert!(
        panel.contains("No site has shown this share in a frame"),
        "{panel}"
    );
    assert!(
        panel.contains("No data leaves the installation."),
        "{panel}"
    );
    assert_eq!(page.texts("#embed-health form").len(), 0);
}

#[actix_web::test]
async fn a_blocked_site_is_added_with_one_click_once() {
    let (portal, browser, path) = portal_with_share().await;
    db_allow(&portal, &path, &["https://client.example"]);
    open_in(&portal, &path, OTHER).await;
    eventually("the site is in the panel", async || {
        browser
            .get(&path)
            .await
            .text_of("#embed-health")
            .contains(OTHER)
    })
    .await;
    let page = browser.get(&path).await;
    let panel = page.text_of("#embed-health");
    assert!(panel.contains("1 frame blocked"), "{panel}");
    assert!(panel.contains("add only sites that you know"), "{panel}");
    let form = "#embed-health form";
    let action = page.attribute(form, "action").unwrap();
    let site = page.attribute(&format!("{form} [name=origin]"), "value");
    assert_eq!(site.as_deref(), Some(OTHER));

    let added = browser.send(&path, &action, &[("origin", OTHER)]).await;
    assert_eq!(added.status, 303);
    assert_eq!(added.location(), format!("{path}#embed-health"));
    let page = browser.get(&path).await;
    assert!(page.text_of(".flash").contains("may embed the share now"));
    assert!(!page.text_of("#embed-health").contains("blocked because"));
    assert!(!page.text_of("#embed-health").contains("frame blocked"));
    assert_eq!(page.texts(form).len(), 0);

    browser.send(&path, &action, &[("origin", OTHER)]).await;
    let again = browser.get(&path).await.text_of(".flash");
    assert!(again.contains("already"), "{again}");
    assert_eq!(db_list(&portal, &path), ["https://client.example", OTHER]);
}

#[actix_web::test]
async fn what_is_no_site_is_refused_with_the_right_form() {
    let (portal, browser, path) = portal_with_share().await;
    let action = format!("{path}/embedding/origins");
    for (typed, said) in [
        ("", "is not an origin"),
        ("other.example", "write it as https://www.example.com"),
        ("http://other.example", "must begin with https://"),
        (
            "https://other.example/path",
            "write only the scheme, host and port",
        ),
        ("https://a.example;script-src *", "wildcard"),
        ("*", "wildcard"),
    ] {
        let refused = browser.send(&path, &action, &[("origin", typed)]).await;
        assert_eq!(refused.status, 422, "{typed}");
        assert_eq!(refused.wrong_fields(), ["embed_origins"]);
        let sentence = refused.text_of("#embed_origins-problem");
        assert!(sentence.contains(said), "{typed}: {sentence}");
    }
    assert_eq!(db_list(&portal, &path), [""; 0]);

    let many: Vec<String> = (0..50).map(|n| format!("https://{n}.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    db_allow(&portal, &path, &many);
    let refused = browser.send(&path, &action, &[("origin", OTHER)]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text_of("#embed_origins-problem")
            .contains("at most 50")
    );
}

#[actix_web::test]
async fn a_share_that_every_site_may_embed_stays_so() {
    let (portal, browser, path) = portal_with_share().await;
    db_allow(&portal, &path, &["*"]);
    let action = format!("{path}/embedding/origins");
    let sent = browser.send(&path, &action, &[("origin", OTHER)]).await;
    assert_eq!(sent.status, 303);
    assert!(
        browser
            .get(&path)
            .await
            .text_of(".flash")
            .contains("already")
    );
    assert_eq!(db_list(&portal, &path), ["*"]);
}

#[actix_web::test]
async fn the_activity_names_the_site_and_the_browser() {
    let (portal, browser, path) = portal_with_share().await;
    open_in(&portal, &path, OTHER).await;
    let activity = format!("{path}/activity");
    eventually("the event is there", async || {
        browser
            .get(&activity)
            .await
            .text_of(".event")
            .contains("Not shown in a frame")
    })
    .await;
    let event = browser.get(&activity).await.text_of(".event");
    assert!(event.contains("The site is not listed."), "{event}");
    assert!(
        event.contains("In a frame of https://other.example, in another browser."),
        "{event}"
    );
}
