//! The switch of a share that opens only inside its sites, in the admin pages.

use vestibule::shares::share::{Share, ShareId};
use vestibule::shares::store;

use super::browser::portal_and_admin;
use super::content::{MANUAL, db_content, id_in, make_share};
use crate::support::{Answer, Portal, Visitor};

const SITE: &str = "https://www.example.com";

async fn portal_with_share(password: &str) -> (Portal, Visitor, String) {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = make_share(&browser, "Notes", password).await;
    (portal, browser, path)
}

fn db_share(portal: &Portal, path: &str) -> Share {
    let id = ShareId::from(id_in(path).parse::<uuid::Uuid>().unwrap());
    portal.db(|db| store::find_share(db, id)).unwrap().unwrap()
}

async fn save(browser: &Visitor, path: &str, origins: &str, only: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("embed_origins", origins)];
    fields.extend(only);
    let action = format!("{path}/embedding");
    browser.send(path, &action, &fields).await
}

const ONLY: &[(&str, &str)] = &[("embed_only", "on")];

#[actix_web::test]
async fn a_share_is_switched_to_open_only_inside_its_sites_and_back() {
    let (portal, browser, path) = portal_with_share("swordfish").await;
    let epoch = db_share(&portal, &path).epoch;
    assert_eq!(save(&browser, &path, SITE, ONLY).await.status, 303);
    let on = db_share(&portal, &path);
    assert!(on.embed_only);
    assert_eq!(on.epoch, epoch + 1);

    assert_eq!(save(&browser, &path, SITE, ONLY).await.status, 303);
    assert_eq!(db_share(&portal, &path).epoch, epoch + 1);
    let page = browser.get(&path).await;
    assert!(page.attribute("#embed_only", "checked").is_some());

    assert_eq!(save(&browser, &path, SITE, &[]).await.status, 303);
    let off = db_share(&portal, &path);
    assert!(!off.embed_only);
    assert_eq!(off.epoch, epoch + 2);
    let page = browser.get(&path).await;
    assert!(page.attribute("#embed_only", "checked").is_none());
}

#[actix_web::test]
async fn a_switch_without_a_site_comes_back_with_the_fix() {
    let (portal, browser, path) = portal_with_share("").await;
    save(&browser, &path, SITE, ONLY).await;
    let refused = save(&browser, &path, " ", ONLY).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["embed_origins"]);
    assert_eq!(
        refused.text_of("#embed_origins-problem"),
        "A share that opens only inside its sites needs at least one site in the list."
    );
    assert!(refused.attribute("#embed_only", "checked").is_some());
    let share = db_share(&portal, &path);
    assert_eq!(
        (share.embed_only, share.embed_origins.entries()),
        (true, vec![SITE])
    );
}

#[actix_web::test]
async fn the_pages_say_that_the_password_is_not_used_and_that_no_link_opens_the_share() {
    let (_portal, browser, path) = portal_with_share("swordfish").await;
    let try_it = "form[action$=unlock-link]";
    let facts = ".row-facts span";
    assert_eq!(browser.get(&path).await.texts(try_it).len(), 1);
    assert!(
        browser
            .get("/admin")
            .await
            .texts(facts)
            .contains(&"Password".to_owned())
    );

    save(&browser, &path, SITE, ONLY).await;
    let page = browser.get(&path).await;
    assert!(
        page.text_of("#access .notice")
            .contains("Its password is not used while that is so.")
    );
    assert_eq!(page.texts(try_it).len(), 0);
    assert!(page.text().contains("a link cannot open it in a tab"));
    let list = browser.get("/admin").await.texts(facts);
    assert!(
        list.contains(&"Only inside its sites".to_owned()),
        "{list:?}"
    );
    assert!(!list.contains(&"Password".to_owned()), "{list:?}");

    let action = format!("{path}/password/removal");
    browser.send(&path, &action, &[]).await;
    assert_eq!(
        browser.get(&path).await.text_of(".flash"),
        "The password is removed. The share still opens only inside its sites."
    );
}

#[actix_web::test]
async fn a_new_share_can_open_only_inside_its_sites() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let make = async |origins: &str| {
        let fields = [
            ("step", "create"),
            ("scope", "page"),
            ("connection", MANUAL),
            ("page", "100"),
            ("pass_lifetime", "43200"),
            ("embed_origins", origins),
            ("embed_only", "on"),
        ];
        browser
            .send("/admin/shares/new", "/admin/shares/new", &fields)
            .await
    };
    let refused = make("").await;
    assert_eq!(refused.wrong_fields(), ["embed_origins"]);
    assert!(refused.attribute("#embed_only", "checked").is_some());
    let made = make(SITE).await;
    assert_eq!(made.status, 303);
    assert!(db_share(&portal, made.location()).embed_only);
}

#[actix_web::test]
async fn a_wildcard_is_refused_with_the_setting_that_allows_it() {
    let (portal, browser, path) = portal_with_share("").await;
    let refused = save(&browser, &path, "https://*.example.com", &[]).await;
    assert_eq!(refused.wrong_fields(), ["embed_origins"]);
    let problem = refused.text_of("#embed_origins-problem");
    assert!(problem.contains("VESTIBULE_EMBED_WILDCARDS"), "{problem}");
    assert_eq!(refused.text_of("#embed_origins"), "https://*.example.com");
    assert!(db_share(&portal, &path).embed_origins.entries().is_empty());
}
