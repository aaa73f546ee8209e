//! Sessions in frames last for as long as Confluence says that the person may have them.

use diesel::{QueryableByName, RunQueryDsl as _};
use vestibule::clock;
use vestibule::config::AppArgs;

use super::frame::ancestors;
use super::stage::{Stage, app_args};
use fake_confluence::fault::{Fault, On};
use fake_confluence::people::Standing;
use fake_confluence::wiki::Wiki;

async fn stage_with(change: impl FnOnce(&mut AppArgs)) -> Stage {
    let mut app = app_args();
    change(&mut app);
    let stage = Stage::set_with(Wiki::sample(), app).await;
    stage.install().await;
    stage.fake.wiki(|wiki| {
        wiki.add_person("carol", "Carol Example");
        wiki.join("carol", "portal-admins");
        wiki.join("carol", "docs");
    });
    stage
}

impl Stage {
    /// What was asked about people counts no longer, as after five minutes.
    async fn forget_people(&self) {
        let connections = self.portal.connections();
        connections
            .test(self.connection(), clock::now())
            .await
            .unwrap();
    }

    fn role_of(&self, name: &str) -> String {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            role: String,
        }
        let query = diesel::sql_query("select role from account where display_name = $1")
            .bind::<diesel::sql_types::Text, _>(name.to_owned());
        self.portal
            .db(|db| query.get_result::<Row>(db).unwrap())
            .role
    }
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_everywhere() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("bob", "Handbook").await;
    let other = stage.frame_of("bob", "Runbook").await;
    let stand = |standing| stage.fake.wiki(|wiki| wiki.set_standing("bob", standing));

    stand(Standing::Deactivated);
    assert_eq!(frame.get("/admin/account").await.status, 200);
    stage.forget_people().await;
    let out = frame.get(&frame.dialog("Handbook")).await;

    assert_eq!(out.status, 403, "{}", out.text());
    assert_eq!(out.texts("h1"), ["You may not share pages"]);
    assert_eq!(ancestors(&out), stage.fake.base_url());
    assert_eq!(frame.cookie(), None);
    // Nor does a session that was open meanwhile come back with him.
    stand(Standing::Active);
    stage.forget_people().await;
    assert_eq!(other.get("/admin/account").await.status, 401);
}

#[tokio::test]
async fn whoever_is_gone_when_he_comes_in_is_out_of_his_other_frames() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("bob", "Handbook").await;
    stage
        .fake
        .wiki(|wiki| wiki.set_standing("bob", Standing::Deactivated));
    stage.forget_people().await;

    let refused = stage.frame();
    let refused = refused.come_in(&stage.share_path("Runbook"), "bob").await;

    assert_eq!(refused.status, 403);
    assert_eq!(frame.get("/admin/account").await.status, 401);
}

#[tokio::test]
async fn whoever_left_the_group_of_admins_is_a_sharer() {
    let stage = stage_with(|app| app.app_admin_groups = "portal-admins".to_owned()).await;
    let carol = stage.frame_of("carol", "Handbook").await;
    assert_eq!(carol.get("/admin/connections").await.status, 200);

    stage.fake.wiki(|wiki| wiki.leave("carol", "portal-admins"));
    stage.forget_people().await;

    assert_eq!(carol.get("/admin/connections").await.status, 403);
    assert_eq!(carol.get("/admin/account").await.status, 200);
    assert_eq!(stage.role_of("Carol Example"), "sharer");
}

/// A site installs the app while any site may, and the operator then names the one that is his, and groups of admins.
#[tokio::test]
async fn nobody_comes_in_from_a_site_that_is_listed_no_more() {
    let stage = stage_with(|app| app.app_admin_groups = "portal-admins".to_owned()).await;
    let admin = stage.admin().await;
    let page = format!("/admin/connections/{}", stage.connection());
    let carol = stage.frame_of("carol", "Handbook").await;
    assert_eq!(carol.get("/admin/connections").await.status, 200);
    assert!(
        admin
            .get(&page)
            .await
            .texts("#installation .notice")
            .is_empty()
    );

    stage.portal.db(|db| {
        let moved = "update installation set base_url = 'https://evil.atlassian.net/wiki'";
        diesel::sql_query(moved).execute(db).unwrap();
    });

    assert_eq!(carol.get("/admin/connections").await.status, 401);
    let frame = stage.frame();
    let refused = frame.come_in(&stage.share_path("Handbook"), "carol").await;
    assert_eq!((refused.status, frame.cookie()), (403, None));
    assert!(refused.text().contains("VESTIBULE_APP_HOSTS"));
    let notice = admin.get(&page).await.text_of("#installation .notice");
    assert!(notice.starts_with("VESTIBULE_APP_HOSTS"), "{notice}");
}

#[tokio::test]
async fn frames_end_when_the_app_is_switched_off() {
    let stage = stage_with(|app| app.forge_app = None).await;
    let alice = stage.frame_of("alice", "Handbook").await;
    assert_eq!(alice.get("/admin/account").await.status, 200);

    stage.portal.db(|db| {
        let by_forge = "update installation set kind = 'forge'";
        diesel::sql_query(by_forge).execute(db).unwrap();
    });

    assert_eq!(alice.get("/admin/account").await.status, 401);
}

#[tokio::test]
async fn whoever_may_not_share_one_page_keeps_no_more_than_a_sharers_role() {
    let stage = stage_with(|app| app.app_admin_groups = "portal-admins".to_owned()).await;
    stage.frame_of("carol", "Handbook").await;
    assert_eq!(stage.role_of("Carol Example"), "admin");
    let runbook = stage.id("Runbook");
    stage.fake.wiki(|wiki| {
        wiki.leave("carol", "portal-admins");
        wiki.restrict_edits(runbook, &["alice"]);
    });
    stage.forget_people().await;

    let frame = stage.frame();
    let refused = frame.come_in(&stage.share_path("Runbook"), "carol").await;

    assert_eq!(refused.status, 403);
    assert_eq!(stage.role_of("Carol Example"), "sharer");
}

#[tokio::test]
async fn whoever_left_the_groups_that_may_share_is_out() {
    let stage = stage_with(|app| app.app_sharers = "groups:docs".to_owned()).await;
    let carol = stage.frame_of("carol", "Handbook").await;
    let other = stage.frame_of("carol", "Runbook").await;
    stage.fake.wiki(|wiki| wiki.leave("carol", "docs"));
    stage.forget_people().await;

    let stays = carol.get("/admin/account").await;

    assert_eq!(stays.status, 403);
    assert!(stays.text().contains("certain groups"), "{}", stays.text());
    assert_eq!(other.get("/admin/account").await.status, 401);
}

#[tokio::test]
async fn a_site_that_does_not_answer_ends_no_session() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("bob", "Handbook").await;
    let bob = stage.fake.account_id("bob");
    let (cloud_app, site) = (stage.portal.cloud_app(), stage.connection());
    stage.forget_people().await;
    stage.fake.fail(On::everything(), Fault::ServerError);

    assert_eq!(frame.get("/admin/account").await.status, 200);

    let now = clock::now();
    let in_minutes = |minutes| now + time::Duration::minutes(minutes);
    assert!(cloud_app.knew_standing(site, &bob, in_minutes(9)));
    assert!(!cloud_app.knew_standing(site, &bob, in_minutes(10)));
    // Another process of the portal has heard nothing of him.
    assert!(
        !stage
            .portal
            .another_node()
            .cloud_app()
            .knew_standing(site, &bob, now)
    );
}
