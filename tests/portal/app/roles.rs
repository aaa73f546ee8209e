//! Who may share inside Confluence, and what of the portal such people see.

use reqwest::Method;
use vestibule::accounts::store::account;
use vestibule::config::AppArgs;
use vestibule::shares::share::{Creator, Scope, Share};
use vestibule::space_export::builder::{ExportBuilder, NewPage};

use super::stage::{Stage, app_args};
use crate::admin::browser::{self};
use crate::routes::{TABLE, Who};
use crate::support::{PASSWORD, Portal};
use fake_confluence::people::APP_USER;
use fake_confluence::wiki::Wiki;

async fn stage_with(change: impl FnOnce(&mut AppArgs)) -> Stage {
    let mut app = app_args();
    change(&mut app);
    let stage = Stage::set_with(Wiki::sample(), app).await;
    stage.install().await;
    stage
}

impl Stage {
    /// Of people only Alice sees them. The app does too, or there could be no share of them.
    fn restrict_minutes(&self) {
        let minutes = self.id("Board Minutes");
        let readers = ["alice", APP_USER];
        self.fake.wiki(|wiki| wiki.restrict(minutes, &readers));
    }

    /// A share of one page that somebody else has made.
    fn share_of(&self, title: &str) -> Share {
        let root = self.id(title).to_string();
        self.share(self.connection(), |new| {
            new.name = format!("About {title}");
            new.scope = Scope::Page { root };
        })
    }
}

#[tokio::test]
async fn a_sharer_may_use_shares_and_nothing_else() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;
    let share = stage.share_of("Handbook");
    let allowed = [
        "/admin",
        "/admin/",
        "/admin/shares/pages",
        "/admin/shares/new",
        "/admin/sign-out",
    ];
    for (method, route, who) in TABLE.iter().copied() {
        let is_allowed = allowed.contains(&route)
            || ["/admin/shares/{share}", "/admin/account", "/admin/inside/"]
                .iter()
                .any(|folder| route.starts_with(folder));
        if who != Who::Admin || is_allowed {
            continue;
        }
        let mut path = route
            .replace("{connection}", &share.connection_id.to_string())
            .replace("{token}", "11111111-1111-4111-8111-111111111111");
        let request = frame
            .browser
            .request(method.parse::<Method>().unwrap(), &path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request.await;
        assert_eq!(answer.status, 403, "{method} {path}");
        assert!(
            answer.text().contains("may share pages and nothing else"),
            "{path}"
        );
        // The router decodes what the list of routes does not.
        let letter = path.pop().unwrap();
        let spelled = format!("{path}%{:x}", u32::from(letter));
        let request = frame
            .browser
            .request(method.parse::<Method>().unwrap(), &spelled)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        // Some spellings are those of another route, which is for admins, too.
        let status = request.await.status;
        assert!([403, 404].contains(&status), "{method} {spelled}: {status}");
    }
    let list = frame.get("/admin").await;
    assert_eq!(list.texts(".admin-nav a"), ["Shares"]);
}

#[tokio::test]
async fn a_sharer_sees_what_confluence_lets_him_view() {
    let stage = Stage::installed().await;
    stage.restrict_minutes();
    let (plain, secret) = (stage.share_of("Runbook"), stage.share_of("Board Minutes"));
    let alice = stage.frame_of("alice", "Handbook").await;
    let bob = stage.frame_of("bob", "Handbook").await;
    let names = |answer: &crate::support::Answer| {
        let mut names = answer.texts(".row-title a");
        names.sort();
        names
    };

    let both = ["About Board Minutes", "About Runbook"];
    for list in [
        "/admin",
        "/admin/inside/admin",
        "/admin/inside/space?space=DS",
    ] {
        assert_eq!(names(&alice.get(list).await), both, "{list}");
        assert_eq!(names(&bob.get(list).await), ["About Runbook"], "{list}");
    }
    // What tells more, and what changes it, is the creator's.
    for (below, status) in [
        ("", 200),
        ("/activity", 200),
        ("/leaks", 403),
        ("/unlock-secret", 403),
    ] {
        let path = |share: &Share| format!("/admin/shares/{}{below}", share.id);
        assert_eq!(bob.get(&path(&plain)).await.status, status, "{below}");
        assert_eq!(bob.get(&path(&secret)).await.status, 404, "{below}");
        assert_eq!(alice.get(&path(&secret)).await.status, status, "{below}");
    }
    let page = format!("/admin/shares/{}", plain.id);
    let wider = [("name", "Mine"), ("restricted_pages", "all")];
    let refused = bob.send(&page, &page, &wider).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(refused.text().contains("Only its creator and admins"));
    let dialog = bob.get(&bob.dialog("Board Minutes")).await;
    assert!(!dialog.text().contains("About Board Minutes"));
    assert!(dialog.texts("form").is_empty());
    let no_spelling = bob
        .get(&format!("/admin/shares/%{:x}{}", b'0', secret.id))
        .await;
    assert_eq!(no_spelling.status, 404);
}

#[tokio::test]
async fn what_a_sharer_made_stays_his_own() {
    let stage = Stage::installed().await;
    let bob = stage.frame_of("bob", "Handbook").await;
    let answer = bob.share("Runbook", &[("name", "Mine")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let runbook = stage.id("Runbook");

    stage.fake.wiki(|wiki| wiki.restrict(runbook, &["alice"]));

    let path = answer.attributes(".made-more a", "href").remove(0);
    assert_eq!(bob.get(&path).await.status, 200);
}

#[tokio::test]
async fn whoever_may_view_a_page_but_not_share_it_changes_no_share_of_it() {
    let stage = Stage::installed().await;
    let share = stage.share_of("Runbook");
    let runbook = stage.id("Runbook");
    stage
        .fake
        .wiki(|wiki| wiki.restrict_edits(runbook, &["alice"]));
    let bob = stage.frame_of("bob", "Handbook").await;

    let refused = bob.get(&format!("/admin/shares/{}", share.id)).await;
    let dialog = stage.frame();
    let kept_out = dialog.come_in(&stage.share_path("Runbook"), "bob").await;

    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("those who may edit it"));
    assert_eq!(kept_out.status, 403);
    assert_eq!(kept_out.texts("h1"), ["You may not share this page"]);
    // The session from another page does not help.
    let made = bob.share("Runbook", &[("name", "Mine")]).await;
    assert_eq!(made.status, 422);
}

#[tokio::test]
async fn space_admins_share_where_the_operator_says_so() {
    let stage = stage_with(|app| app.app_sharers = "space-admins".to_owned()).await;
    stage.fake.wiki(|wiki| wiki.make_space_admin("alice", "DS"));

    let alice = stage.frame();
    let bob = stage.frame();
    let let_in = alice.come_in(&stage.share_path("Handbook"), "alice").await;
    let kept_out = bob.come_in(&stage.share_path("Handbook"), "bob").await;

    assert_eq!((let_in.status, kept_out.status), (303, 403));
    assert!(kept_out.text().contains("admins of a space"));
}

#[tokio::test]
async fn groups_share_where_the_operator_says_so_and_admins_are_a_group() {
    let stage = stage_with(|app| {
        app.app_sharers = "groups:docs, press".to_owned();
        app.app_admin_groups = "portal-admins".to_owned();
    })
    .await;
    stage.fake.wiki(|wiki| {
        wiki.add_person("carol", "Carol Example");
        wiki.join("alice", "Docs");
        wiki.join("carol", "portal-admins");
    });

    let alice = stage.frame_of("alice", "Handbook").await;
    let carol = stage.frame_of("carol", "Handbook").await;
    let bob = stage.frame();
    let kept_out = bob.come_in(&stage.share_path("Handbook"), "bob").await;

    assert_eq!(alice.get("/admin/connections").await.status, 403);
    assert_eq!(carol.get("/admin/connections").await.status, 200);
    assert_eq!(carol.get("/admin").await.texts(".admin-nav a").len(), 3);
    assert_eq!(kept_out.status, 403);
    assert!(kept_out.text().contains("docs, press"));
}

#[tokio::test]
async fn nothing_is_chosen_that_confluence_does_not_show_him() {
    let stage = Stage::installed().await;
    stage.restrict_minutes();
    let site = stage.connection().to_string();
    let minutes = stage.id("Board Minutes").to_string();
    // Somebody else's share has brought the page and its title into the store.
    let alice = stage.frame_of("alice", "Board Minutes").await;
    let made = alice.share("Board Minutes", &[("name", "Hers")]).await;
    assert_eq!(made.status, 200);
    let bob = stage.frame_of("bob", "Handbook").await;
    let handbook = stage.id("Handbook").to_string();
    let forms: [&[(&str, &str)]; 4] = [
        &[("scope", "page"), ("page", &minutes)],
        &[("scope", "page"), ("query", &minutes)],
        &[("scope", "tree"), ("query", &minutes), ("page", &handbook)],
        &[("scope", "space"), ("space", "")],
    ];
    for form in forms {
        let mut fields = vec![
            ("connection", site.as_str()),
            ("step", "create"),
            ("pass_lifetime", "3600"),
        ];
        fields.extend(form);
        let answer = bob
            .send("/admin/shares/new", "/admin/shares/new", &fields)
            .await;
        assert!(!answer.text().contains("Board Minutes"), "{form:?}");
        if form.iter().all(|(_, value)| *value != handbook) {
            assert_eq!(answer.status, 422, "{form:?}");
        }
    }
    let found = bob
        .get(&format!(
            "/admin/shares/pages?connection={site}&query=Board"
        ))
        .await;
    assert!(!found.text().contains("Board Minutes"));
}

#[tokio::test]
async fn a_whole_space_is_shared_by_its_admins() {
    let stage = Stage::installed().await;
    let space = format!("{}:DS", stage.connection());
    let bob = stage.frame_of("bob", "Handbook").await;
    let share = async || {
        let fields = [
            ("scope", "space"),
            ("space", space.as_str()),
            ("step", "create"),
            ("pass_lifetime", "3600"),
        ];
        bob.send("/admin/shares/new", "/admin/shares/new", &fields)
            .await
    };

    let refused = share().await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text()
            .contains("A whole space is shared by its admins.")
    );
}

#[tokio::test]
async fn other_connections_are_not_offered() {
    let stage = Stage::installed().await;
    let page = NewPage::new(7, "Old Plans", "<p>Old.</p>");
    let export = ExportBuilder::new("NOTES", "Notes").page(page);
    let other = stage.portal.db_import(export, "An old export");
    let bob = stage.frame_of("bob", "Handbook").await;

    let form = bob.get("/admin/shares/new").await;
    let pages = bob
        .get(&format!("/admin/shares/pages?connection={other}&query="))
        .await;

    assert_eq!(form.status, 200);
    assert!(!form.text().contains("An old export"));
    assert!(pages.texts("li").is_empty());
}

#[tokio::test]
async fn a_share_from_the_dialog_has_its_creator_and_its_password_once() {
    let stage = Stage::installed().await;
    let alice = stage.frame_of("alice", "Handbook").await;
    let proposed = alice.get(&alice.dialog("Handbook")).await;
    assert_eq!(proposed.attributes("#name", "value"), ["Handbook"]);
    assert_eq!(proposed.attributes("#password", "value")[0].len(), 20);

    let made = alice
        .share(
            "Handbook",
            &[
                ("name", "For Acme"),
                ("scope", "tree"),
                ("password", PASSWORD),
            ],
        )
        .await;

    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(made.attributes("#made-password", "value"), [PASSWORD]);
    let link = made.attributes("#made-link", "value").remove(0);
    let id = link
        .rsplit('/')
        .next()
        .unwrap()
        .parse::<uuid::Uuid>()
        .unwrap();
    let share = stage
        .portal
        .db(|db| vestibule::shares::store::find_share(db, id.into()).unwrap())
        .unwrap();
    let account = share.creator.account.unwrap();
    let person = stage.fake.account_id("alice");
    let expected = Creator {
        account: Some(account),
        person: Some(person),
        stand_in: None,
    };
    assert_eq!(share.creator, expected);
    assert_eq!(share.created_by, "Alice Example");
    let root = stage.id("Handbook").to_string();
    assert_eq!(share.scope, Scope::Tree { root });
    let reader = stage.portal.visitor();
    assert_eq!(reader.enter(&share, PASSWORD).await.status, 303);
    let again = alice.get(&alice.dialog("Handbook")).await;
    assert_eq!(again.texts(".row-title a"), ["For Acme"]);
    assert!(!again.text().contains(PASSWORD));
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed() {
    let stage = Stage::installed().await;
    let alice = stage.frame_of("alice", "Handbook").await;

    let typed = [
        ("name", "For Acme"),
        ("password", "once"),
        ("expires_at", "2020-01-01T00:00"),
    ];
    let refused = alice.share("Handbook", &typed).await;

    assert_eq!(refused.status, 422);
    assert_eq!(refused.attributes("#name", "value"), ["For Acme"]);
    // It stood on the page already, and may have been copied.
    assert_eq!(refused.attributes("#password", "value"), ["once"]);
    assert_eq!(refused.attributes(".problems a", "href"), ["#expires_at"]);
}

#[tokio::test]
async fn a_sharer_in_a_tab_sees_his_own_shares() {
    let portal = Portal::with_sample().await;
    browser::db_account(&portal);
    let email = vestibule::accounts::account::Email::parse(browser::EMAIL).unwrap();
    let ada = portal
        .db(|db| account::find_by_email(db, &email).unwrap())
        .unwrap();
    portal.db(|db| {
        use diesel::connection::SimpleConnection as _;
        db.batch_execute("update account set role = 'sharer'")
            .unwrap();
    });
    let own = portal.db_share(|new| {
        new.name = "Own".to_owned();
        new.creator.account = Some(ada.id);
    });
    let foreign = portal.db_share(|new| new.name = "Foreign".to_owned());
    let tab = portal.browser();
    assert_eq!(
        tab.sign_in(browser::EMAIL, browser::PASSWORD).await.status,
        303
    );

    let list = tab.get("/admin").await;

    assert_eq!(list.texts(".row-title a"), ["Own"]);
    let status = async |share: &Share| tab.get(&format!("/admin/shares/{}", share.id)).await.status;
    assert_eq!(
        (status(&own).await, status(&foreign).await),
        (200.try_into().unwrap(), 404.try_into().unwrap())
    );
    let page = format!("/admin/shares/{}", own.id);
    let wider = [
        ("name", "Own"),
        ("pass_lifetime", "3600"),
        ("restricted_pages", "all"),
    ];
    let refused = tab.send(&page, &page, &wider).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text_of("body")
            .contains("shared by admins of the portal")
    );
    assert_eq!(tab.get("/admin/tokens").await.status, 403);
    let fields = [("name", "CI"), ("scope", "write"), ("lifetime", "30")];
    assert_eq!(
        tab.send("/admin/account", "/admin/tokens", &fields)
            .await
            .status,
        403
    );
}
