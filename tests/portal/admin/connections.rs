//! Connections: uploading a space export, importing again, renaming, deleting.

use std::io::Cursor;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use vestibule::demo::sample_space::write_sample_space;

use super::browser::portal_and_admin;
use super::content::{MANUAL, SPARE, db_content, make_share};
use crate::support::{Answer, Visitor};

fn sample() -> Vec<u8> {
    let mut archive = Cursor::new(Vec::new());
    write_sample_space(&mut archive).unwrap();
    archive.into_inner()
}

async fn upload(
    browser: &Visitor,
    path: &str,
    token: &str,
    name: &str,
    archive: Vec<u8>,
) -> Answer {
    let form = Form::new()
        .text("csrf", token.to_owned())
        .text("name", name.to_owned())
        .part("archive", Part::bytes(archive).file_name("export.zip"));
    browser
        .request(Method::POST, path)
        .header("origin", &browser.url(""))
        .multipart(form)
        .await
}

#[actix_web::test]
async fn an_export_becomes_a_connection_with_a_report_and_can_be_imported_again() {
    let (_portal, browser) = portal_and_admin().await;
    let token = browser.get("/admin/connections").await.token();
    let made = upload(&browser, "/admin/connections", &token, "Tern", sample()).await;
    assert_eq!(made.status, 303, "{:?}", made.texts(".field-problem"));
    let path = made.location().to_owned();
    let page = browser.get(&path).await;
    assert_eq!(page.text_of("h1"), "Tern");
    assert!(
        page.text_of("[aria-labelledby=report-heading]")
            .contains("33 pages, 2 blog posts")
    );
    assert!(!page.texts(".findings").is_empty());
    let again = upload(&browser, &format!("{path}/import"), &token, "", sample()).await;
    assert_eq!((again.status, again.location()), (303, path.as_str()));
    assert_eq!(
        browser
            .get("/admin/connections")
            .await
            .texts(".row-title a"),
        ["Tern"]
    );
}

#[actix_web::test]
async fn a_file_that_is_no_export_is_refused_beside_the_field() {
    let (_portal, browser) = portal_and_admin().await;
    let token = browser.get("/admin/connections").await.token();
    let refused = upload(
        &browser,
        "/admin/connections",
        &token,
        "Kept",
        b"not a zip".to_vec(),
    )
    .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["archive"]);
    assert_eq!(refused.value("name"), "Kept");
    assert!(
        browser
            .get("/admin/connections")
            .await
            .texts(".row")
            .is_empty()
    );
}

#[actix_web::test]
async fn an_upload_needs_a_file_a_free_name_and_the_token() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let token = browser.get("/admin/connections").await.token();
    let empty = upload(&browser, "/admin/connections", &token, "x", Vec::new()).await;
    assert_eq!(empty.wrong_fields(), ["archive"]);
    let taken = upload(&browser, "/admin/connections", &token, "MANUAL", sample()).await;
    assert_eq!(taken.wrong_fields(), ["name"]);
    let forged = upload(&browser, "/admin/connections", "0", "x", sample()).await;
    assert_eq!(forged.status, 403);
    assert_eq!(
        browser.get("/admin/connections").await.texts(".row").len(),
        2
    );
}

#[actix_web::test]
async fn a_body_that_is_no_form_is_refused() {
    let (_portal, browser) = portal_and_admin().await;
    let refused = browser
        .request(Method::POST, "/admin/connections")
        .header("origin", &browser.url(""))
        .header("content-type", "multipart/form-data; boundary=x")
        .body("garbage")
        .await;
    assert_eq!(
        (refused.status, refused.wrong_fields()),
        (422, vec!["archive".to_owned()])
    );
}

#[actix_web::test]
async fn a_connection_in_use_names_its_shares_and_stays() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    make_share(&browser, "Notes", "").await;
    let deletion = format!("/admin/connections/{MANUAL}/deletion");
    assert_eq!(
        browser.get(&deletion).await.texts(".plain-list a"),
        ["Notes"]
    );
    let refused = browser.send("/admin", &deletion, &[]).await;
    assert_eq!(refused.location(), deletion);
    let page = browser.get(&deletion).await;
    assert!(
        page.text_of(".flash")
            .starts_with("The connection was not deleted")
    );
    assert_eq!(
        browser.get("/admin/connections").await.texts(".row").len(),
        2
    );
}

#[actix_web::test]
async fn a_connection_without_shares_is_deleted() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let deletion = format!("/admin/connections/{SPARE}/deletion");
    let deleted = browser.send(&deletion, &deletion, &[]).await;
    assert_eq!(deleted.location(), "/admin/connections");
    assert_eq!(
        browser
            .get("/admin/connections")
            .await
            .texts(".row-title a"),
        ["Manual"]
    );
}

#[actix_web::test]
async fn a_connection_is_renamed_unless_the_name_is_taken() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = format!("/admin/connections/{SPARE}");
    for wrong in ["", "manual"] {
        let refused = browser.send(&path, &path, &[("name", wrong)]).await;
        assert_eq!(refused.wrong_fields(), ["name"], "{wrong:?}");
        assert_eq!(refused.value("name"), wrong);
    }
    assert_eq!(
        browser
            .send(&path, &path, &[("name", "SPARE")])
            .await
            .status,
        303
    );
    assert_eq!(browser.get(&path).await.text_of("h1"), "SPARE");
}
