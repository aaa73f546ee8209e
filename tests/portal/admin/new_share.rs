//! Making a share: choosing what it shows, and a form that keeps what was typed.

use vestibule::shares::share::Scope;
use vestibule::shares::store::listing;

use super::browser::portal_and_admin;
use super::content::{MANUAL, db_content, id_in};
use crate::support::{Answer, Portal, Visitor};

async fn portal_with_content() -> (Portal, Visitor) {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    (portal, browser)
}

async fn create(browser: &Visitor, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![
        ("step", "create"),
        ("connection", MANUAL),
        ("pass_lifetime", "43200"),
    ];
    all.extend_from_slice(fields);
    browser
        .send("/admin/shares/new", "/admin/shares/new", &all)
        .await
}

fn db_only_scope(portal: &Portal) -> (String, Scope) {
    let filter = listing::ShareFilter::default();
    let now = vestibule::clock::now();
    let order = listing::ShareOrder::NewestFirst;
    let shares = portal
        .db(|db| listing::list_shares(db, &filter, order, 10, 0, now))
        .unwrap();
    let [share] = <[_; 1]>::try_from(shares).unwrap();
    (share.name, share.scope)
}

#[actix_web::test]
async fn a_share_without_a_name_is_called_like_its_page() {
    let (portal, browser) = portal_with_content().await;
    let made = create(&browser, &[("scope", "tree"), ("page", "101")]).await;
    assert_eq!(made.status, 303);
    let root = "101".to_owned();
    assert_eq!(
        db_only_scope(&portal),
        ("Install".to_owned(), Scope::Tree { root })
    );
    let page = browser.get(made.location()).await;
    assert_eq!(page.text_of("h1"), "Install");
    assert!(
        page.value("public-link")
            .ends_with(&format!("/content/{}", id_in(made.location())))
    );
}

#[actix_web::test]
async fn a_pasted_address_chooses_its_page() {
    let (portal, browser) = portal_with_content().await;
    let address = "https://wiki.example.com/pages/viewpage.action?pageId=101";
    assert_eq!(
        create(&browser, &[("scope", "page"), ("query", address)])
            .await
            .status,
        303
    );
    let root = "101".to_owned();
    assert_eq!(db_only_scope(&portal).1, Scope::Page { root });
}

#[actix_web::test]
async fn an_address_that_contradicts_the_list_is_not_guessed_about() {
    let (_portal, browser) = portal_with_content().await;
    let refused = create(
        &browser,
        &[("scope", "page"), ("query", "101"), ("page", "100")],
    )
    .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["query"]);
}

#[actix_web::test]
async fn a_space_is_shared_from_its_home_page() {
    let (portal, browser) = portal_with_content().await;
    let space = format!("{MANUAL}:DOC");
    assert_eq!(
        create(&browser, &[("scope", "space"), ("space", &space)])
            .await
            .status,
        303
    );
    let home = Some("100".to_owned());
    assert_eq!(
        db_only_scope(&portal),
        ("Documentation".to_owned(), Scope::Space { home })
    );
}

#[actix_web::test]
async fn a_blog_post_is_no_tree() {
    let (portal, browser) = portal_with_content().await;
    let refused = create(&browser, &[("scope", "tree"), ("page", "200")]).await;
    assert_eq!(refused.wrong_fields(), ["scope"]);
    assert_eq!(
        create(&browser, &[("scope", "page"), ("page", "200")])
            .await
            .status,
        303
    );
    let root = "200".to_owned();
    assert_eq!(db_only_scope(&portal).1, Scope::BlogPost { root });
}

#[actix_web::test]
async fn a_restricted_page_that_was_chosen_is_what_was_meant() {
    let (_portal, browser) = portal_with_content().await;
    let restricted_pages = async |fields: &[(&str, &str)]| {
        let made = create(&browser, fields).await;
        let page = browser.get(made.location()).await;
        page.attribute("#restricted_pages [selected]", "value")
            .unwrap()
    };
    let plans = [("scope", "page"), ("page", "102")];
    assert_eq!(restricted_pages(&plans).await, "root");
    let none = [plans[0], plans[1], ("restricted_pages", "none")];
    assert_eq!(restricted_pages(&none).await, "none");
    assert_eq!(
        restricted_pages(&[("scope", "page"), ("page", "100")]).await,
        "none"
    );
}

#[actix_web::test]
async fn a_refused_form_names_every_problem_and_keeps_all_but_the_password() {
    let (_portal, browser) = portal_with_content().await;
    let typed = [
        ("scope", "tree"),
        ("query", "ho<m>e"),
        ("name", "My \"share\""),
        ("description", "for <Bob>"),
        ("starts_at", "2027-01-01T10:00"),
        ("expires_at", "2026-12-01T10:00"),
        ("external_links", "keep"),
        ("restricted_pages", "all"),
        ("include_labels", "one, Two"),
        ("exclude_labels", "\u{2028}\u{7f}"),
        ("comments", "show"),
        ("password", "swordfish"),
        ("embed_origins", "nope\nhttp://a.example"),
    ];
    let refused = create(&browser, &typed).await;
    assert_eq!(refused.status, 422);
    let wrong = [
        "query",
        "exclude_labels",
        "embed_origins",
        "embed_origins",
        "expires_at",
        "password",
    ];
    assert_eq!(refused.wrong_fields(), wrong);
    assert_eq!(refused.value("query"), "ho<m>e");
    assert_eq!(refused.value("name"), "My \"share\"");
    assert_eq!(refused.text_of("#description"), "for <Bob>");
    assert_eq!(refused.value("starts_at"), "2027-01-01T10:00");
    assert_eq!(refused.text_of("#embed_origins"), "nope http://a.example");
    assert!(
        refused
            .attribute("[name=scope][value=tree]", "checked")
            .is_some()
    );
    assert!(refused.attribute("#external_links", "checked").is_some());
    let chosen = "#restricted_pages [selected]";
    assert_eq!(refused.attribute(chosen, "value").unwrap(), "all");
    assert_eq!(refused.value("include_labels"), "one, Two");
    assert!(refused.attribute("#comments", "checked").is_some());
    assert!(!refused.text().contains("swordfish"));
    assert_eq!(
        refused
            .attribute("#expires_at", "aria-describedby")
            .unwrap(),
        "expires_at-problem"
    );
}

#[actix_web::test]
async fn the_search_button_works_without_scripts() {
    let (_portal, browser) = portal_with_content().await;
    let fields = [
        ("step", "search"),
        ("scope", "page"),
        ("query", "inst"),
        ("name", "Kept"),
        ("connection", MANUAL),
    ];
    let page = browser
        .send("/admin/shares/new", "/admin/shares/new", &fields)
        .await;
    assert_eq!(page.status, 200);
    assert_eq!(page.texts(".choices .choice-title"), ["Install"]);
    assert_eq!(page.text_of(".choices .choice-place"), "DOC / Home");
    assert_eq!(page.value("name"), "Kept");
}

#[actix_web::test]
async fn the_script_gets_the_list_alone() {
    let (_portal, browser) = portal_with_content().await;
    let list = browser
        .get(&format!(
            "/admin/shares/pages?connection={MANUAL}&query=e&page=200"
        ))
        .await;
    assert_eq!(list.status, 200);
    assert_eq!(
        list.texts(".choice-title"),
        ["Home", "News", "Secret plans"]
    );
    assert_eq!(list.attribute("[checked]", "value").unwrap(), "200");
    assert!(!list.text().contains("<html"));
    let hostile = "/admin/shares/pages?connection=x%27&query=%25_%5C&page=%27";
    assert_eq!(browser.get(hostile).await.status, 200);
}

#[actix_web::test]
async fn text_that_cannot_be_stored_is_refused_politely() {
    let (_portal, browser) = portal_with_content().await;
    assert_eq!(
        create(
            &browser,
            &[("scope", "page"), ("page", "100"), ("name", "a\0b")]
        )
        .await
        .status,
        400
    );
    assert_eq!(browser.get("/admin?query=%00").await.status, 400);
}
