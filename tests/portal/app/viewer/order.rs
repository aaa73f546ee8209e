//! The creator, who stands in, the app, nobody: in this order, each with the reason.

use serde_json::json;
use vestibule::shares::store::ShareChange;

use super::ViewerSite;
use crate::support::eventually;
use fake_confluence::exchange::Reply;
use fake_confluence::fault::{Fault, On};
use fake_confluence::people::Standing;

#[tokio::test]
async fn other_apps_macros_appear_as_they_do_for_the_creator() {
    let site = ViewerSite::start().await;
    let share = site.fetched(Some("alice"), None).await;

    let shown = site.runbook(&share).await;

    assert!(shown.contains("Chart for Alice Example."), "{shown}");
    assert_eq!(
        site.seen(&share, "Runbook"),
        (Some("creator"), false, String::new())
    );
}

#[tokio::test]
async fn two_creators_of_one_page_see_it_each_in_their_own_way() {
    let site = ViewerSite::start().await;
    let [alice, bob] = ["alice", "bob"].map(|name| site.share(Some(name), None));
    site.look_again().await;

    assert!(
        site.runbook(&alice)
            .await
            .contains("Chart for Alice Example.")
    );
    assert!(site.runbook(&bob).await.contains("Chart for Bob Example."));
}

#[tokio::test]
async fn who_stands_in_is_asked_for_when_the_creator_has_gone() {
    let site = ViewerSite::start().await;
    for standing in [Standing::Deactivated, Standing::NoConfluence] {
        site.fake.wiki(|wiki| wiki.set_standing("carol", standing));
        let share = site.fetched(Some("carol"), Some("bob")).await;

        assert!(
            site.runbook(&share)
                .await
                .contains("Chart for Bob Example.")
        );
        let (viewer, withheld, reason) = site.seen(&share, "Runbook");
        assert_eq!((viewer, withheld), (Some("stand_in"), false));
        assert!(reason.starts_with("The creator is deactivated"), "{reason}");
    }
}

#[tokio::test]
async fn an_app_that_may_not_act_as_people_looks_itself_if_the_creator_may_see_the_page() {
    let site = ViewerSite::start().await;
    site.fake.set_app_scopes(&["READ"]);

    let share = site.fetched(Some("alice"), Some("bob")).await;

    let shown = site.runbook(&share).await;
    assert!(
        shown.contains("Turn it on.") && !shown.contains("Chart for"),
        "{shown}"
    );
    let (viewer, withheld, reason) = site.seen(&share, "Runbook");
    assert_eq!((viewer, withheld), (Some("app"), false));
    assert!(reason.contains("lacks the scope ACT_AS_USER"), "{reason}");
    assert!(
        site.fake
            .count("POST", "/wiki/rest/api/content/*/permission/check")
            > 0
    );
    let problem = site.installation().problem.unwrap();
    assert!(problem.contains("Update the app at the site"), "{problem}");
}

#[tokio::test]
async fn a_share_without_a_creator_is_seen_as_the_app_without_further_questions() {
    let site = ViewerSite::start().await;

    let share = site.fetched(None, None).await;

    assert_eq!(
        site.seen(&share, "Runbook"),
        (Some("app"), false, String::new())
    );
    assert!(!site.runbook(&share).await.contains("Chart for"));
    assert_eq!(
        site.fake
            .count("POST", "/wiki/rest/api/content/*/permission/check"),
        0
    );
    assert_eq!(site.fake.grants(), 0);
}

#[tokio::test]
async fn what_nobody_can_look_at_for_a_creator_who_has_gone_is_rendered_from_its_source() {
    let site = ViewerSite::start().await;
    site.fake
        .wiki(|wiki| wiki.set_standing("carol", Standing::Deactivated));

    let share = site.fetched(Some("carol"), None).await;

    let shown = site.runbook(&share).await;
    assert!(
        shown.contains("Turn it off.") && !shown.contains("Chart for"),
        "{shown}"
    );
    let (viewer, withheld, reason) = site.seen(&share, "Runbook");
    assert_eq!((viewer, withheld), (Some("none"), false));
    assert!(reason.contains("deactivated"), "{reason}");
}

#[tokio::test]
async fn an_account_of_an_app_is_no_creator() {
    let site = ViewerSite::start().await;

    let share = site.fetched(Some("other-app"), Some("bob")).await;

    assert_eq!(site.seen(&share, "Runbook").0, Some("stand_in"));
}

#[tokio::test]
async fn a_new_stand_in_takes_no_page_away_and_is_looked_for_at_once() {
    let site = ViewerSite::start().await;
    let share = site.fetched(Some("alice"), None).await;
    site.fake
        .fail(On::path("/wiki/api/v2/**"), Fault::Unavailable(None));
    let change = ShareChange {
        stand_in: Some(Some(site.account("bob"))),
        ..ShareChange::default()
    };
    let share = site.portal.db_change(share.id, &change);
    site.portal.connections().wake();
    eventually("the new viewers are known", async || {
        site.is_rendered(&share, "Runbook")
    })
    .await;
    // Shares are seen as they were for up to a second.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;

    assert!(
        site.runbook(&share)
            .await
            .contains("Chart for Alice Example.")
    );

    site.fake.heal();
    site.fake
        .wiki(|wiki| wiki.set_standing("alice", Standing::Deactivated));
    site.look_again().await;
    assert!(
        site.runbook(&share)
            .await
            .contains("Chart for Bob Example.")
    );
}

#[tokio::test]
async fn a_view_stays_while_the_site_cannot_render_for_the_creator() {
    let site = ViewerSite::start().await;
    let share = site.fetched(Some("alice"), None).await;
    let runbook = site.id("Runbook");
    let asked = || {
        site.fake
            .count("GET", &format!("/wiki/api/v2/pages/{runbook}"))
    };
    let before = asked();
    site.fake
        .wiki(|wiki| wiki.edit(runbook, "<p>Turn it round.</p>"));
    let views = On::path("/wiki/api/v2/pages/*").with_query("body-format", "export_view");
    site.fake.fail(views, Fault::Unavailable(None));
    site.portal.refresh_all(site.connection);
    eventually("the page was asked for", async || asked() > before + 1).await;

    assert!(
        site.runbook(&share)
            .await
            .contains("Chart for Alice Example.")
    );

    site.fake.heal();
    site.look_again().await;
    assert!(site.runbook(&share).await.contains("Turn it round."));
}

#[tokio::test]
async fn a_first_reader_waits_for_the_look_and_sees_it() {
    let site = ViewerSite::start().await;
    let share = site.share(Some("alice"), None);

    let answer = site
        .portal
        .visitor()
        .get(&crate::support::path(&share))
        .await;

    assert_eq!(answer.status, 200);
    assert_eq!(site.seen(&share, "Handbook").0, Some("creator"));
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_page_takes_none_away() {
    let site = ViewerSite::start().await;
    let runbook = site.id("Runbook");
    let view =
        On::path(&format!("/wiki/api/v2/pages/{runbook}")).with_query("body-format", "export_view");
    let refusal = Reply::json(403, &json!({"message": "Blocked by a policy of the site."}));
    site.fake.fail(view, Fault::Reply(refusal));

    let share = site.fetched(Some("alice"), None).await;

    assert!(site.runbook(&share).await.contains("Turn it on."));
    let (viewer, withheld, reason) = site.seen(&share, "Runbook");
    assert_eq!((viewer, withheld), (Some("none"), false));
    assert!(
        reason.starts_with("The creator is refused something"),
        "{reason}"
    );
}
