//! The panel that says in whose name a share's pages are rendered, and the form that names who stands in.

use vestibule::accounts::account::Role;
use vestibule::accounts::store::identity::{self, Vouched};
use vestibule::clock;
use vestibule::shares::share::Share;
use vestibule::shares::store::find_share;

use super::browser::{EMAIL, PASSWORD, db_account};
use crate::app::viewer::ViewerSite;
use crate::support::{Answer, Portal, Visitor};
use fake_confluence::fault::{Fault, On};
use fake_confluence::people::Standing;

async fn site_and_admin() -> (ViewerSite, Visitor) {
    let site = ViewerSite::start().await;
    db_account(&site.portal);
    let browser = site.portal.browser();
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status, 303);
    (site, browser)
}

fn page_of(share: &Share) -> String {
    format!("/admin/shares/{}", share.id)
}

fn stand_in(site: &ViewerSite, share: &Share) -> Option<String> {
    let found = site.portal.db(|db| find_share(db, share.id).unwrap());
    found.unwrap().creator.stand_in
}

async fn name(browser: &Visitor, share: &Share, chosen: &str, typed: &str) -> Answer {
    let on = page_of(share);
    let fields = [("stand_in", chosen), ("stand_in_id", typed)];
    browser.send(&on, &format!("{on}/stand-in"), &fields).await
}

#[tokio::test]
async fn the_panel_counts_pages_by_their_viewer() {
    let (site, browser) = site_and_admin().await;
    let share = site.fetched(Some("bob"), None).await;

    let page = browser.get(&page_of(&share)).await;

    let panel = page.text_of("#viewer");
    assert!(panel.contains("as Bob Example"), "{panel}");
    assert!(
        panel.contains("left out. The creator may not see the page in Confluence."),
        "{panel}"
    );
    assert!(
        panel.contains("give the creator access in Confluence"),
        "{panel}"
    );
}

#[tokio::test]
async fn the_panel_says_why_another_viewer_is_used_and_what_to_do() {
    let (site, browser) = site_and_admin().await;
    site.fake
        .wiki(|wiki| wiki.set_standing("carol", Standing::Deactivated));
    let share = site.fetched(Some("carol"), None).await;

    let panel = browser.get(&page_of(&share)).await.text_of("#viewer");

    assert!(panel.contains("rendered by the portal"), "{panel}");
    assert!(panel.contains("The creator is deactivated"), "{panel}");
    assert!(
        panel.contains("Name somebody to stand in for the creator"),
        "{panel}"
    );
}

#[tokio::test]
async fn imports_and_other_sites_have_no_such_panel() {
    let portal = Portal::with_sample().await;
    db_account(&portal);
    let browser = portal.browser();
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status, 303);
    let share = portal.db_share(|_| {});

    let page = browser.get(&page_of(&share)).await;

    assert_eq!(page.status, 200);
    assert!(page.texts("#viewer").is_empty());
    let refused = browser
        .send(
            &page_of(&share),
            &format!("{}/stand-in", page_of(&share)),
            &[("stand_in", "1")],
        )
        .await;
    assert_eq!(refused.status, 409);
}

#[tokio::test]
async fn only_an_active_person_of_the_site_can_stand_in() {
    let (site, browser) = site_and_admin().await;
    site.fake
        .wiki(|wiki| wiki.set_standing("carol", Standing::Deactivated));
    let share = site.fetched(Some("alice"), None).await;

    for wrong in [
        "bob@example.com".to_owned(),
        "557058:nobody".to_owned(),
        site.account("carol"),
        site.account("other-app"),
    ] {
        let answer = name(&browser, &share, "", &wrong).await;
        assert_eq!(answer.status, 422, "{wrong}");
        assert_eq!(answer.wrong_fields(), ["stand_in_id"], "{wrong}");
        assert_eq!(answer.value("stand_in_id"), wrong);
    }
    assert_eq!(stand_in(&site, &share), None);

    assert_eq!(
        name(&browser, &share, "", &site.account("bob"))
            .await
            .status,
        303
    );
    assert_eq!(stand_in(&site, &share), Some(site.account("bob")));
    assert!(
        browser
            .get(&page_of(&share))
            .await
            .text_of("#viewer")
            .contains("Bob Example")
    );

    assert_eq!(name(&browser, &share, "", "").await.status, 303);
    assert_eq!(stand_in(&site, &share), None);
}

#[tokio::test]
async fn admins_who_are_known_at_the_site_can_be_chosen() {
    let (site, browser) = site_and_admin().await;
    let (bob, issuer) = (site.account("bob"), identity::issuer_of(site.connection));
    for (subject, role) in [(bob.as_str(), Role::Admin), ("557058:sharer", Role::Sharer)] {
        let person = Vouched {
            issuer: &issuer,
            subject,
            display_name: "Bob of the portal",
            role,
        };
        site.portal
            .db(|db| identity::admit(db, &person, clock::now()).unwrap());
    }
    let share = site.fetched(Some("alice"), None).await;

    let options = browser
        .get(&page_of(&share))
        .await
        .texts("#stand_in option");

    assert_eq!(options, ["Nobody", "Bob of the portal"]);
    assert_eq!(name(&browser, &share, &bob, "").await.status, 303);
    assert_eq!(stand_in(&site, &share), Some(bob));
}

#[tokio::test]
async fn a_sharer_cannot_have_pages_rendered_for_others() {
    let (site, browser) = site_and_admin().await;
    let share = site.fetched(Some("bob"), None).await;
    let token = browser.get(&page_of(&share)).await.token();
    site.portal.db(|db| {
        use diesel::connection::SimpleConnection as _;
        db.batch_execute("update account set role = 'sharer'")
            .unwrap();
    });

    let alice = site.account("alice");
    let fields = [("stand_in_id", alice.as_str()), ("csrf", token.as_str())];
    let answer = browser
        .submit(&format!("{}/stand-in", page_of(&share)), &fields)
        .await;

    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_eq!(stand_in(&site, &share), None);
}

#[tokio::test]
async fn who_could_not_be_checked_with_the_site_does_not_stand_in() {
    let (site, browser) = site_and_admin().await;
    let share = site.fetched(Some("alice"), None).await;
    site.fake.fail(
        On::path("/wiki/api/v2/users-bulk"),
        Fault::Unavailable(None),
    );

    let answer = name(&browser, &share, "", &site.account("carol")).await;

    assert_eq!(answer.status, 422);
    assert_eq!(answer.wrong_fields(), ["stand_in_id"]);
    assert_eq!(stand_in(&site, &share), None);
}

#[tokio::test]
async fn an_app_that_has_to_be_installed_again_is_named_first() {
    let (site, browser) = site_and_admin().await;
    let share = site.fetched(Some("alice"), None).await;
    site.portal.db(|db| {
        use diesel::connection::SimpleConnection as _;
        db.batch_execute("update installation set stale_since = now()")
            .unwrap();
    });
    site.look_again().await;

    let panel = browser.get(&page_of(&share)).await.text_of("#viewer");

    assert!(panel.contains("Install the app again there"), "{panel}");
    assert!(
        !panel.contains("Name somebody to stand in for the creator"),
        "{panel}"
    );
}

#[tokio::test]
async fn sharers_are_not_shown_a_form_that_they_may_not_send() {
    let (site, browser) = site_and_admin().await;
    let share = site.fetched(Some("bob"), None).await;
    let has_form = async || {
        let page = browser.get(&page_of(&share)).await;
        assert_eq!(page.status, 200);
        !page.texts("#viewer #stand_in").is_empty()
    };
    assert!(has_form().await);

    site.portal.db(|db| {
        use diesel::connection::SimpleConnection as _;
        db.batch_execute(
            "update account set role = 'sharer';
             update shared_page set creator_account = (select id from account limit 1)",
        )
        .unwrap();
    });

    assert!(!has_form().await);
}
