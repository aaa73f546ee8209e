//! Moving shares to the installation that came after an import: the comparison, one click, the way back. And the whole
//! story, with a reader who notices nothing.

use std::cell::Cell;

use uuid::Uuid;
use vestibule::clock;
use vestibule::cloud_app::rebind::move_shares;
use vestibule::cloud_app::store::lifecycle::end_shares;
use vestibule::shares::share::{Scope, Share};

use super::stage::Stage;
use crate::support::{Answer, PASSWORD, Visitor, eventually, path};
use fake_confluence::app::lifecycle::Ids;

/// A site that was imported, with the app installed before and after.
struct Imported {
    stage: Stage,
    admin: Visitor,
    old: Uuid,
    new: Uuid,
    handbook: Share,
}

impl Imported {
    /// `change` happens to the site between the two installations.
    async fn with(ids: Ids, change: impl FnOnce(&Stage)) -> Self {
        let stage = Stage::installed().await;
        let old = stage.connection();
        let handbook = stage.tree(old, "Handbook").await;
        stage.fake.import_site(ids);
        change(&stage);
        let new = stage.install().await;
        let admin = stage.admin().await;
        Self {
            stage,
            admin,
            old,
            new,
            handbook,
        }
    }

    fn compare_path(&self) -> String {
        format!("/admin/connections/{}/rebinding?to={}", self.old, self.new)
    }

    async fn compare(&self) -> Answer {
        self.admin.get(&self.compare_path()).await
    }

    /// Presses the button of a page that was shown before.
    async fn press(&self, page: &Answer) -> Answer {
        self.press_ticked(page, &[]).await
    }

    async fn press_ticked(&self, page: &Answer, ticked: &[&Share]) -> Answer {
        let field = |name: &str| {
            let selector = format!("form[action$='/rebinding'] input[name={name}]");
            page.attribute(&selector, "value").unwrap()
        };
        let (csrf, to, digest) = (field("csrf"), field("to"), field("digest"));
        let action = format!("/admin/connections/{}/rebinding", self.old);
        let mut fields = vec![("csrf", &*csrf), ("to", &*to), ("digest", &*digest)];
        let ticked: Vec<String> = ticked.iter().map(|share| share.id.to_string()).collect();
        fields.extend(ticked.iter().map(|id| (&**id, "yes")));
        self.admin.submit(&action, &fields).await
    }

    fn connection_of(&self, share: &Share) -> Uuid {
        let id = share.id;
        let found = self
            .stage
            .portal
            .db(|db| vestibule::shares::store::find_share(db, id).unwrap());
        found.unwrap().connection_id
    }

    fn counts(page: &Answer) -> Vec<String> {
        page.texts(".facts dd")
    }

    /// What the admin is told after a button.
    async fn said(&self, answer: &Answer) -> String {
        self.admin
            .get(answer.location())
            .await
            .texts(".notice, .flash")
            .join(" ")
    }
}

#[tokio::test]
async fn a_share_moves_with_one_click_and_back_with_another() {
    let imported = Imported::with(Ids::Kept, |_| {}).await;
    let (stage, share) = (&imported.stage, &imported.handbook);
    let runbook = stage.id("Runbook");

    let comparison = imported.compare().await;
    let moved = imported.press(&comparison).await;

    let same = &Imported::counts(&comparison)[..];
    assert_eq!(same[1..], ["0", "0"], "{same:?}");
    assert_eq!(
        moved.location(),
        format!("/admin/connections/{}", imported.new)
    );
    assert!(imported.said(&moved).await.contains("1 share is moved"));
    assert_eq!(imported.connection_of(share), imported.new);
    assert_eq!(stage.page(share, runbook).await.status, 200);
    let page = format!("/admin/connections/{}", imported.new);
    let undo = format!("{page}/rebinding/undo");
    let old = imported.old.to_string();
    let back = imported.admin.send(&page, &undo, &[("from", &old)]).await;
    assert_eq!(back.location(), format!("/admin/connections/{old}"));
    assert_eq!(imported.connection_of(share), imported.old);
    assert_eq!(stage.page(share, runbook).await.status, 200);
    let again = imported.compare().await;
    assert_eq!(imported.press(&again).await.location(), page);
}

#[tokio::test]
async fn shares_that_wait_to_be_moved_are_named_wherever_an_admin_looks() {
    let imported = Imported::with(Ids::Kept, |_| {}).await;
    let (admin, share) = (&imported.admin, &imported.handbook);
    let old = format!("/admin/connections/{}", imported.old);

    let shares = admin.get("/admin").await;
    let page = admin.get(&format!("/admin/shares/{}", share.id)).await;
    let connections = admin.get("/admin/connections").await;

    for (page, selector) in [(&shares, ".notice-wait"), (&page, "#link .notice-wait")] {
        let notice = page.text_of(selector);
        assert!(notice.contains("Replaced. The site was"), "{notice}");
        assert!(notice.contains("Move the shares to “"), "{notice}");
        let link = page.attribute(&format!("{selector} a"), "href");
        assert_eq!(link.as_deref(), Some(&*old));
    }
    let said = connections.texts(".row-trouble");
    assert_eq!(said.len(), 1, "{said:?}");
    let new_share = connections.attribute(".row-actions a", "href").unwrap();
    assert!(new_share.ends_with(&imported.new.to_string()));
    assert_eq!(connections.texts(".row-actions").len(), 1);
    let installation = admin.get(&old).await;
    assert!(installation.texts("#shares .button").is_empty());
    let offered = admin.get("/admin/shares/new").await;
    assert!(offered.text().contains(&imported.new.to_string()));
    assert!(!offered.text().contains(&imported.old.to_string()));
    imported.press(&imported.compare().await).await;
    assert!(admin.get("/admin").await.texts(".notice-wait").is_empty());
}

#[tokio::test]
async fn the_way_back_warns_when_it_leads_to_an_end() {
    let imported = Imported::with(Ids::Kept, |_| {}).await;
    let page = format!("/admin/connections/{}", imported.new);
    imported.press(&imported.compare().await).await;
    let words = async || imported.admin.get(&page).await.texts(".inline strong");
    assert!(words().await.is_empty());
    let old = imported.old;

    imported
        .stage
        .portal
        .db(|db| end_shares(db, old, clock::now()).unwrap());

    let warned = words().await.concat();
    assert!(warned.contains("readers would see nothing"), "{warned}");
}

#[tokio::test]
async fn the_table_tells_same_renamed_and_missing_apart() {
    let imported = Imported::with(Ids::Kept, |stage| {
        let (runbook, plans) = (stage.id("Runbook"), stage.id("Plans"));
        stage.fake.wiki(|wiki| {
            wiki.rename(runbook, "Runbook of the other team");
            wiki.delete(plans);
        });
    })
    .await;

    let comparison = imported.compare().await;

    assert_eq!(Imported::counts(&comparison)[1..], ["1", "1"]);
    let renamed = comparison.texts("section[aria-labelledby=renamed-heading] td");
    assert_eq!(renamed[1..], ["Runbook", "Runbook of the other team"]);
    let missing = comparison.texts("section[aria-labelledby=missing-heading] td");
    assert_eq!(missing[1..], ["Plans"]);
    let share = comparison.text_of("section[aria-labelledby=shares-heading] td");
    assert_eq!(
        share,
        "Moves It opens with “Handbook”. 1 of its pages is missing."
    );
}

#[tokio::test]
async fn a_share_whose_page_is_missing_stays_and_says_why() {
    let imported = Imported::with(Ids::Kept, |_| {}).await;
    let stage = &imported.stage;
    let plans = stage.id("Plans");
    let alone = stage.share(imported.old, |new| {
        new.name = "Plans".to_owned();
        new.scope = Scope::Page {
            root: plans.to_string(),
        };
    });
    stage.fake.wiki(|wiki| wiki.delete(plans));

    let comparison = imported.compare().await;
    let moved = imported.press(&comparison).await;

    let rows = comparison.texts("section[aria-labelledby=shares-heading] td");
    assert!(
        rows[1].starts_with("Stays The page that it opens with is not there"),
        "{rows:?}"
    );
    assert_eq!(
        comparison.text_of("form[action$='/rebinding'] button"),
        "Move 1 share"
    );
    assert!(imported.said(&moved).await.contains("1 share is moved"));
    assert_eq!(imported.connection_of(&alone), imported.old);
    assert_eq!(
        stage.page(&alone, plans).await.status,
        200,
        "from its snapshot"
    );
}

/// An import may give the id of a shared page to another page.
#[tokio::test]
async fn a_share_whose_root_is_renamed_stays_unless_its_box_is_ticked() {
    let imported = Imported::with(Ids::Kept, |stage| {
        let handbook = stage.id("Handbook");
        stage.fake.wiki(|wiki| wiki.rename(handbook, "Salaries"));
    })
    .await;
    let share = &imported.handbook;

    let comparison = imported.compare().await;
    let unticked = imported.press(&comparison).await;

    let row = comparison.text_of("section[aria-labelledby=shares-heading] td");
    assert!(row.starts_with("Stays unless ticked"), "{row}");
    assert!(
        row.contains("“Handbook”") && row.contains("“Salaries”"),
        "{row}"
    );
    let shown = comparison.attribute("input[type=checkbox]", "name");
    assert_eq!(shown, Some(share.id.to_string()));
    assert_eq!(unticked.location(), imported.compare_path());
    assert!(
        imported
            .said(&unticked)
            .await
            .contains("No share was moved")
    );
    assert_eq!(imported.connection_of(share), imported.old);
    let ticked = imported.press_ticked(&comparison, &[share]).await;
    assert!(imported.said(&ticked).await.contains("1 share is moved"));
    assert_eq!(imported.connection_of(share), imported.new);
}

#[tokio::test]
async fn when_all_ids_have_changed_nothing_can_be_moved() {
    let imported = Imported::with(Ids::Changed, |_| {}).await;

    let comparison = imported.compare().await;

    assert_eq!(Imported::counts(&comparison)[..2], ["0", "0"]);
    assert_eq!(comparison.text_of(".notice-wait"), "No share can be moved.");
    assert!(comparison.texts("form[action$='/rebinding']").is_empty());
}

#[tokio::test]
async fn what_has_changed_since_the_comparison_is_not_moved_blindly() {
    let imported = Imported::with(Ids::Kept, |_| {}).await;
    let seen = imported.compare().await;
    let created = imported.stage.share(imported.old, |new| {
        new.scope = Scope::Page {
            root: imported.stage.id("Plans").to_string(),
        };
    });

    let refused = imported.press(&seen).await;

    assert_eq!(refused.location(), imported.compare_path());
    assert!(
        imported
            .said(&refused)
            .await
            .contains("have changed since you compared")
    );
    let all = [&imported.handbook, &created].map(|share| imported.connection_of(share));
    assert_eq!(all, [imported.old; 2]);
    let seen = imported.compare().await;
    let runbook = imported.stage.id("Runbook");
    imported
        .stage
        .fake
        .wiki(|wiki| wiki.rename(runbook, "Another"));
    assert_eq!(
        imported.press(&seen).await.location(),
        imported.compare_path()
    );
}

#[tokio::test]
async fn shares_move_only_to_an_installation_of_the_same_site_that_works() {
    let imported = Imported::with(Ids::Kept, |_| {}).await;
    let seen = imported.compare().await;
    imported.stage.fake.disable().await;

    let refused = imported.press(&seen).await;

    assert!(
        imported
            .said(&refused)
            .await
            .contains("cannot be moved there")
    );
    let back = format!(
        "/admin/connections/{}/rebinding?to={}",
        imported.new, imported.old
    );
    let wrong_way = imported.admin.get(&back).await;
    assert_eq!(wrong_way.status, 303);
    assert_eq!(imported.connection_of(&imported.handbook), imported.old);
}

#[tokio::test]
async fn files_go_along_with_their_pages() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    let share = stage.tree(old, "Handbook").await;
    let (runbook, visitor) = (stage.id("Runbook"), stage.portal.visitor());
    let file = stage.portal.db_file(&share, runbook, "notes.txt");
    assert_eq!(visitor.get(&file).await.status, 200);
    stage.fake.import_site(Ids::Kept);
    let new = stage.install().await;
    let cloud_app = stage.portal.cloud_app();
    let now = clock::now();
    let agreed = cloud_app.compare(old, new, now).await.unwrap().digest();
    let sent = stage.fake.requests().len();

    let prepared = cloud_app.prepare_move(old, new, &agreed, &[], now).await;
    let prepared = prepared.unwrap();
    let moved = stage
        .portal
        .db(|db| move_shares(db, &prepared, now).unwrap());
    cloud_app.after_move(old, new).await.unwrap();

    assert_eq!(moved.len(), 1);
    let answer = visitor.get(&file).await;
    assert_eq!((answer.status, answer.text()), (200, "Nothing to note."));
    let since = stage.fake.requests().split_off(sent);
    let is_download = |path: &str| path.contains("/download");
    assert!(!since.iter().any(|request| is_download(&request.path)));
}

/// Opens pages, one after the other, until the story is over. The statuses that were seen.
async fn read_all_along(pages: &[(&Visitor, String)], is_over: &Cell<bool>) -> Vec<u16> {
    let mut seen = Vec::new();
    while !is_over.get() {
        for (visitor, page) in pages {
            let answer = visitor.get(page).await;
            seen.push(answer.status);
        }
    }
    seen
}

/// The site is imported, the app installed again, and an admin moves the shares. Returns the new connection.
async fn import_and_move(stage: &Stage, admin: &Visitor, old: Uuid) -> Uuid {
    stage.fake.import_site(Ids::Kept);
    let new = stage.install().await;
    let page = format!("/admin/connections/{old}/rebinding?to={new}");
    let comparison = admin.get(&page).await;
    let digest = comparison.attribute("input[name=digest]", "value").unwrap();
    let action = format!("/admin/connections/{old}/rebinding");
    let fields = [("to", &*new.to_string()), ("digest", &*digest)];
    let moved = admin.send(&page, &action, &fields).await;
    assert_eq!(moved.location(), format!("/admin/connections/{new}"));
    new
}

/// Install, share, import, install again, compare, move, and the content flows; somebody reads all the while.
#[tokio::test]
async fn a_reader_notices_nothing_of_the_whole_story() {
    let stage = Stage::installed().await;
    let old = stage.connection();
    let runbook = stage.id("Runbook");
    let guarded = stage.portal.db_share_of(old, |new| {
        new.space_key = "DS".to_owned();
        new.scope = Scope::Page {
            root: runbook.to_string(),
        };
    });
    let share = stage.tree(old, "Handbook").await;
    let (inside, outside) = (stage.portal.visitor(), stage.portal.visitor());
    assert_eq!(inside.enter(&guarded, PASSWORD).await.status, 303);
    let admin = stage.admin().await;
    let pages = [
        (&outside, path(&share)),
        (&outside, format!("{}/{runbook}", path(&share))),
        (&outside, format!("{}/search?q=runbook", path(&share))),
        (&inside, path(&guarded)),
    ];
    let is_over = Cell::new(false);
    let story = async {
        let new = import_and_move(&stage, &admin, old).await;
        stage.is_fetched(new).await;
        let edit = "<p>After the import.</p>";
        stage.fake.wiki(|wiki| wiki.edit(runbook, edit));
        stage.refresh(new).await;
        stage.shows(&share, runbook, "After the import.").await;
        eventually("the share behind the password shows it", async || {
            let answer = inside.get(&path(&guarded)).await;
            answer.text().contains("After the import.")
        })
        .await;
        is_over.set(true);
    };

    let (seen, ()) = futures_util::future::join(read_all_along(&pages, &is_over), story).await;

    assert!(seen.len() > 20, "{}", seen.len());
    assert!(seen.iter().all(|status| *status == 200), "{seen:?}");
}
