//! What people may do, as the app is told.

use serde_json::json;
use vestibule::clock;
use vestibule::cloud_app::PersonKind;

use super::{SECRET, ViewerSite};
use fake_confluence::exchange::Reply;
use fake_confluence::fault::{Fault, On};
use fake_confluence::people::Standing;

#[tokio::test]
async fn people_are_active_or_gone_or_apps() {
    let site = ViewerSite::start().await;
    site.fake
        .wiki(|wiki| wiki.set_standing("carol", Standing::Deactivated));
    let kind = async |account: &str| {
        let cloud_app = site.portal.cloud_app();
        cloud_app
            .person_kind(site.connection, account, clock::now())
            .await
            .unwrap()
    };

    let alice = PersonKind::Active {
        display_name: "Alice Example".to_owned(),
    };
    assert_eq!(kind(&site.account("alice")).await, alice);
    assert_eq!(kind(&site.account("other-app")).await, PersonKind::App);
    assert_eq!(kind(&site.account("carol")).await, PersonKind::Gone);
    assert_eq!(kind("557058:nobody").await, PersonKind::Gone);
}

#[tokio::test]
async fn who_may_see_and_change_which_page_is_asked_once_in_a_while() {
    let site = ViewerSite::start().await;
    let runbook = site.id("Runbook");
    site.fake
        .wiki(|wiki| wiki.restrict_edits(runbook, &["alice"]));
    let ids = ["Runbook", SECRET].map(|title| site.id(title).to_string());
    let (cloud_app, connection) = (site.portal.cloud_app(), site.connection);
    let sees = async |name: &str| {
        let rights = cloud_app
            .may_view(connection, &site.account(name), &ids, clock::now())
            .await
            .unwrap();
        [rights[&ids[0]], rights[&ids[1]]]
    };
    let edits = async |name: &str| {
        cloud_app
            .may_edit(connection, &site.account(name), &ids[0], clock::now())
            .await
            .unwrap()
    };

    assert_eq!(sees("alice").await, [true, true]);
    assert_eq!(sees("bob").await, [true, false]);
    assert!(edits("alice").await);
    assert!(!edits("bob").await);
    let asked = site
        .fake
        .count("POST", "/wiki/rest/api/content/*/permission/check");
    assert_eq!(
        (sees("bob").await, edits("bob").await),
        ([true, false], false)
    );
    assert_eq!(
        site.fake
            .count("POST", "/wiki/rest/api/content/*/permission/check"),
        asked
    );
}

#[tokio::test]
async fn spaces_have_admins_and_people_have_groups() {
    let site = ViewerSite::start().await;
    site.fake.wiki(|wiki| {
        wiki.make_space_admin("alice", "DS");
        wiki.join("bob", "writers");
    });
    let (cloud_app, connection) = (site.portal.cloud_app(), site.connection);
    let is_admin = async |name: &str, key: &str| {
        cloud_app
            .is_space_admin(connection, &site.account(name), key, clock::now())
            .await
            .unwrap()
    };

    assert!(is_admin("alice", "DS").await);
    assert!(!is_admin("alice", "HR").await);
    assert!(!is_admin("bob", "DS").await);
    let groups = cloud_app
        .groups_of(connection, &site.account("bob"), clock::now())
        .await
        .unwrap();
    assert!(groups.contains(&"writers".to_owned()), "{groups:?}");
}

#[tokio::test]
async fn without_impersonation_the_spaces_permissions_say_who_administers_it() {
    let site = ViewerSite::start().await;
    site.fake.set_app_scopes(&["READ"]);
    site.fake.wiki(|wiki| wiki.make_space_admin("alice", "DS"));
    let (cloud_app, connection) = (site.portal.cloud_app(), site.connection);
    let is_admin = async |name: &str| {
        cloud_app
            .is_space_admin(connection, &site.account(name), "DS", clock::now())
            .await
            .unwrap()
    };

    assert!(is_admin("alice").await);
    assert!(!is_admin("bob").await);
}

#[tokio::test]
async fn a_persons_refused_token_is_an_answer_and_no_refusal_of_the_app() {
    let site = ViewerSite::start().await;
    let runbook = site.id("Runbook").to_string();
    let check = || On::path("/wiki/rest/api/content/*/permission/check");
    let refusal = Reply::json(403, &json!({"message": "Only admins may ask that."}));
    // The app is asked first.
    site.fake.fail(check(), Fault::Unauthorized);
    site.fake.fail_next(1, check(), Fault::Reply(refusal));

    let may = site
        .portal
        .cloud_app()
        .may_edit(
            site.connection,
            &site.account("alice"),
            &runbook,
            clock::now(),
        )
        .await;

    assert!(matches!(may, Ok(false)), "{may:?}");
    assert_eq!(
        site.fake
            .count("POST", "/wiki/rest/api/content/*/permission/check"),
        2
    );
}
