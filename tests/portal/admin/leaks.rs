//! What a share lets out: the report, what is new in it, and checking before anybody can open the share.

use diesel::connection::SimpleConnection as _;

use super::browser::portal_and_admin;
use super::content::{MANUAL, db_content, make_share};
use crate::support::{Answer, Portal, Visitor};

/// Home holds a macro that cannot be shown, a link to a page that is not shared, and a file.
fn db_leaks(portal: &Portal) {
    let body = r#"<p><ac:link><ri:page ri:content-title="Install" /></ac:link></p>
        <ac:structured-macro ac:name="house-roadmap" />"#;
    let sql = format!(
        "update page_snapshot set body = '{body}' where connection_id = '{MANUAL}' and content_id = '100';
         insert into attachment_snapshot (connection_id, attachment_id, content_id, file_name, media_type, size_bytes,
           sha256, version) values ('{MANUAL}', '900', '100', 'prices.xlsx', 'application/octet-stream', 1,
           decode(repeat('00', 32), 'hex'), 1)"
    );
    portal.db(|db| db.batch_execute(&sql)).unwrap();
}

async fn portal_with_leaks() -> (Portal, Visitor) {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    db_leaks(&portal);
    (portal, browser)
}

async fn check_first(browser: &Visitor, page: &str) -> Answer {
    let fields = [
        ("step", "check"),
        ("scope", "page"),
        ("connection", MANUAL),
        ("page", page),
        ("pass_lifetime", "43200"),
    ];
    browser
        .send("/admin/shares/new", "/admin/shares/new", &fields)
        .await
}

#[actix_web::test]
async fn a_share_that_is_checked_first_is_closed_until_it_is_published() {
    let (_portal, browser) = portal_with_leaks().await;
    let made = check_first(&browser, "100").await;
    let leaks = made.location().to_owned();
    assert!(leaks.ends_with("/leaks"), "{leaks}");
    let share = leaks.trim_end_matches("/leaks").to_owned();
    let report = browser.get(&leaks).await;
    let groups = report.texts(".leaks h2");
    assert_eq!(
        groups,
        [
            "Links that leave the share 1",
            "Files 1",
            "Macros that cannot be shown 1"
        ]
    );
    assert_eq!(report.text_of(".leak-pages"), "Home");
    assert_eq!(
        browser.get(&share).await.text_of(".head-state .badge"),
        "Disabled"
    );

    let stamp = report.attribute("[name=stamp]", "value").unwrap();
    let publish = format!("{leaks}/publish");
    let published = browser.send(&leaks, &publish, &[("stamp", &stamp)]).await;

    assert_eq!(published.location(), share);
    let page = browser.get(&share).await;
    assert_eq!(page.text_of(".head-state .badge"), "Active");
    assert!(page.texts("#leaks h2 .badge").is_empty());
}

#[actix_web::test]
async fn what_nobody_has_seen_raises_a_badge_until_it_is_marked() {
    let (portal, browser) = portal_with_leaks().await;
    let share = make_share(&browser, "Notes", "").await;
    let leaks = format!("{share}/leaks");
    let check = format!("{leaks}/check");
    assert_eq!(browser.send(&share, &check, &[]).await.location(), leaks);
    assert_eq!(
        browser.get(&share).await.text_of("#leaks h2 .badge"),
        "3 new"
    );
    assert!(
        browser
            .get("/admin")
            .await
            .text_of(".row .badge-wait")
            .starts_with("3 new")
    );

    let stamp = browser
        .get(&leaks)
        .await
        .attribute("[name=stamp]", "value")
        .unwrap();
    let seen = format!("{leaks}/seen");
    browser.send(&leaks, &seen, &[("stamp", &stamp)]).await;
    assert!(
        browser
            .get("/admin")
            .await
            .texts(".row .badge-wait")
            .is_empty()
    );

    let sql = "update attachment_snapshot set attachment_id = '901', file_name = 'plans.pdf'";
    portal.db(|db| db.batch_execute(sql)).unwrap();
    browser.send(&leaks, &check, &[]).await;
    let report = browser.get(&leaks).await;
    assert_eq!(report.text_of(".head-state .badge"), "1 new");
    assert!(
        report
            .text_of(".leak:has(.badge)")
            .starts_with("plans.pdf New")
    );
}

#[actix_web::test]
async fn what_was_seen_of_an_older_report_is_not_marked() {
    let (_portal, browser) = portal_with_leaks().await;
    let share = make_share(&browser, "Notes", "").await;
    let leaks = format!("{share}/leaks");
    let check = format!("{leaks}/check");
    browser.send(&share, &check, &[]).await;
    let old = browser
        .get(&leaks)
        .await
        .attribute("[name=stamp]", "value")
        .unwrap();
    browser.send(&leaks, &check, &[]).await;

    browser
        .send(&leaks, &format!("{leaks}/seen"), &[("stamp", &old)])
        .await;

    let page = browser.get(&leaks).await;
    assert!(page.text_of(".flash").contains("nothing was marked"));
    assert_eq!(page.text_of(".head-state .badge"), "3 new");
}

#[actix_web::test]
async fn a_restricted_page_that_is_shared_stands_first() {
    let (_portal, browser) = portal_with_leaks().await;
    let made = check_first(&browser, "102").await;
    let report = browser.get(made.location()).await;
    assert_eq!(report.text_of(".leaks h2"), "Restricted pages 1");
    assert_eq!(report.text_of(".leak bdi"), "Secret plans");
}

#[actix_web::test]
async fn an_imported_share_is_not_refreshed() {
    let (_portal, browser) = portal_with_leaks().await;
    let share = make_share(&browser, "Notes", "").await;
    let refused = browser.send(&share, &format!("{share}/refresh"), &[]).await;
    assert_eq!(refused.status, 409);
}
