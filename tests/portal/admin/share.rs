//! The page of one share: its forms and what they change.

use diesel::connection::SimpleConnection as _;
use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::share::{RestrictedPages, Share, ShareId};
use vestibule::shares::store;

use super::browser::portal_and_admin;
use super::content::{db_content, id_in, make_share};
use crate::support::{Portal, Visitor};

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

fn below(path: &str, form: &str) -> String {
    format!("{path}/{form}")
}

#[actix_web::test]
async fn details_are_saved_together() {
    let (portal, browser, path) = portal_with_share("").await;
    let fields = [
        ("name", "Renamed"),
        ("description", "for Bob"),
        ("starts_at", "2026-01-01T10:00"),
        ("expires_at", "2099-01-01T10:00"),
        ("pass_lifetime", "3600"),
        ("restricted_pages", "all"),
        ("include_labels", "Public, faq"),
        ("exclude_labels", "internal draft"),
        ("comments", "show"),
    ];
    let saved = browser.send(&path, &path, &fields).await;
    assert_eq!((saved.status, saved.location()), (303, path.as_str()));
    let page = browser.get(&path).await;
    assert_eq!(page.text_of(".flash"), "The details are saved.");
    assert_eq!(page.value("expires_at"), "2099-01-01T10:00");
    assert_eq!(
        browser.get(&path).await.text_of(".flash"),
        "",
        "a message is shown once"
    );
    let share = db_share(&portal, &path);
    assert_eq!(
        (share.name.as_str(), share.pass_lifetime.seconds()),
        ("Renamed", 3600)
    );
    assert_eq!(share.restricted_pages, RestrictedPages::All);
    assert_eq!(share.include_labels.entries(), ["public", "faq"]);
    assert_eq!(share.exclude_labels.entries(), ["internal", "draft"]);
    assert!(share.show_comments);
    let chosen = "#restricted_pages [selected]";
    assert_eq!(page.attribute(chosen, "value").unwrap(), "all");
    assert_eq!(page.value("include_labels"), "public faq");
    assert!(page.attribute("#comments", "checked").is_some());
}

#[actix_web::test]
async fn refused_details_come_back_as_typed() {
    let (portal, browser, path) = portal_with_share("").await;
    let refused = browser
        .send(
            &path,
            &path,
            &[
                ("name", " "),
                ("description", "kept"),
                ("pass_lifetime", "1"),
                ("restricted_pages", "some"),
                ("include_labels", &"x".repeat(256)),
                ("exclude_labels", "Kept <b>"),
            ],
        )
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.wrong_fields(),
        [
            "name",
            "pass_lifetime",
            "restricted_pages",
            "include_labels"
        ]
    );
    assert_eq!(refused.value("include_labels"), "x".repeat(256));
    assert_eq!(refused.value("exclude_labels"), "Kept <b>");
    assert_eq!(refused.text_of("#description"), "kept");
    assert_eq!(db_share(&portal, &path).name, "Notes");
}

#[actix_web::test]
async fn a_share_whose_root_is_left_out_says_so() {
    let (portal, browser, path) = portal_with_share("").await;
    let notice = "Visitors do not see this page";
    assert!(!browser.get(&path).await.text().contains(notice));
    portal
        .db(|db| db.batch_execute("update page_snapshot set view_restricted = true"))
        .unwrap();
    assert!(browser.get(&path).await.text().contains(notice));
}

#[actix_web::test]
async fn a_password_is_set_changed_and_removed() {
    let (portal, browser, path) = portal_with_share("").await;
    let epoch = db_share(&portal, &path).epoch;
    let set = browser
        .send(
            &path,
            &below(&path, "password"),
            &[("password", "swordfish")],
        )
        .await;
    assert_eq!(set.status, 303);
    let share = db_share(&portal, &path);
    assert!(share.password_hash.is_some());
    assert_eq!(share.epoch, epoch + 1);
    assert!(!browser.get(&path).await.text().contains("swordfish"));
    let removed = browser
        .send(&path, &below(&path, "password/removal"), &[])
        .await;
    assert_eq!(removed.status, 303);
    assert!(db_share(&portal, &path).password_hash.is_none());
}

#[actix_web::test]
async fn an_empty_or_endless_password_is_refused() {
    let (_portal, browser, path) = portal_with_share("").await;
    for wrong in [String::new(), "x".repeat(257)] {
        let refused = browser
            .send(&path, &below(&path, "password"), &[("password", &wrong)])
            .await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.wrong_fields(), ["password"]);
    }
}

#[actix_web::test]
async fn embedding_sites_are_normalised_and_wrong_ones_come_back() {
    let (portal, browser, path) = portal_with_share("").await;
    let action = below(&path, "embedding");
    let refused = browser
        .send(&path, &action, &[("embed_origins", "https://a.example/x")])
        .await;
    assert_eq!(refused.wrong_fields(), ["embed_origins"]);
    assert_eq!(refused.text_of("#embed_origins"), "https://a.example/x");
    browser
        .send(
            &path,
            &action,
            &[(
                "embed_origins",
                "https://A.example:443\r\n\r\nhttp://localhost:1",
            )],
        )
        .await;
    let origins = db_share(&portal, &path).embed_origins;
    assert_eq!(
        origins.entries(),
        ["https://a.example", "http://localhost:1"]
    );
    browser
        .send(&path, &action, &[("embed_origins", "*")])
        .await;
    assert_eq!(db_share(&portal, &path).embed_origins, EmbedOrigins::Any);
    assert!(
        browser
            .get(&path)
            .await
            .text_of("#embedding .notice")
            .starts_with("Every site on the web")
    );
}

#[actix_web::test]
async fn a_disabled_share_closes_and_opens_again() {
    let (_portal, browser, path) = portal_with_share("").await;
    let public = format!("/content/{}", id_in(&path));
    assert_eq!(browser.get(&public).await.status, 200);
    browser
        .send(&path, &below(&path, "state"), &[("state", "disabled")])
        .await;
    assert_eq!(browser.get(&public).await.status, 403);
    assert_eq!(
        browser.get(&path).await.text_of(".head-state .badge"),
        "Disabled"
    );
    browser
        .send(&path, &below(&path, "state"), &[("state", "enabled")])
        .await;
    assert_eq!(browser.get(&public).await.status, 200);
}

#[actix_web::test]
async fn everybody_can_be_signed_out() {
    let (_portal, browser, path) = portal_with_share("swordfish").await;
    let public = format!("/content/{}", id_in(&path));
    browser
        .submit(&format!("{public}/session"), &[("password", "swordfish")])
        .await;
    assert_eq!(browser.get(&public).await.status, 200);
    browser.send(&path, &below(&path, "passes/end"), &[]).await;
    assert_eq!(browser.get(&public).await.status, 401);
}

#[actix_web::test]
async fn locks_of_password_guessers_are_shown_and_cleared() {
    let (portal, browser, path) = portal_with_share("swordfish").await;
    let visitor = portal.browser();
    let session = format!("/content/{}/session", id_in(&path));
    for guess in ["a", "b", "c", "d", "e"] {
        assert_eq!(
            visitor.post(&session, &[("password", guess)]).await.status,
            422
        );
    }
    assert_eq!(
        visitor
            .post(&session, &[("password", "swordfish")])
            .await
            .status,
        429
    );
    assert_eq!(
        browser.get(&path).await.texts("#access .plain-list code"),
        ["127.0.0.1"]
    );
    browser
        .send(&path, &below(&path, "guesses/clear"), &[])
        .await;
    assert!(
        browser
            .get(&path)
            .await
            .texts("#access .plain-list code")
            .is_empty()
    );
    assert_eq!(
        visitor
            .post(&session, &[("password", "swordfish")])
            .await
            .status,
        303
    );
}

#[actix_web::test]
async fn deleting_asks_once_and_leaves_nothing() {
    let (_portal, browser, path) = portal_with_share("").await;
    let deletion = below(&path, "deletion");
    let public = format!("/content/{}", id_in(&path));
    assert_eq!(browser.get(&public).await.status, 200);
    assert_eq!(
        browser.get(&deletion).await.text_of("h1"),
        "Delete “Notes”?"
    );
    let deleted = browser.send(&deletion, &deletion, &[]).await;
    assert_eq!((deleted.status, deleted.location()), (303, "/admin"));
    assert_eq!(browser.get(&path).await.status, 404);
    assert_eq!(browser.get(&public).await.status, 404);
}

#[actix_web::test]
async fn a_refused_form_that_is_reloaded_leads_back() {
    let (_portal, browser, path) = portal_with_share("").await;
    for form in [
        "password",
        "password/removal",
        "embedding",
        "token-check",
        "state",
    ] {
        assert_eq!(
            browser.get(&below(&path, form)).await.location(),
            path,
            "{form}"
        );
    }
}

#[actix_web::test]
async fn forms_of_a_share_that_is_gone_are_not_found() {
    let (_portal, browser, path) = portal_with_share("").await;
    let gone = "/admin/shares/99999999-9999-4999-8999-999999999999";
    let fields = [
        ("name", "x"),
        ("password", "x"),
        ("state", "disabled"),
        ("overlap", "none"),
        ("token", "x"),
        ("pass_lifetime", "60"),
    ];
    for form in [
        "",
        "/password",
        "/password/removal",
        "/embedding",
        "/state",
        "/passes/end",
        "/unlock-secret",
        "/unlock-link",
        "/token-check",
    ] {
        assert_eq!(
            browser
                .send(&path, &format!("{gone}{form}"), &fields)
                .await
                .status,
            404,
            "{form}"
        );
    }
}
