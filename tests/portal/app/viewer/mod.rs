//! In whose name pages are rendered: a site that has our app, a page with another app's macro, and people who come and go.
//! The tests are in the files below.

mod order;
mod rights;
mod tokens;
mod withheld;

use std::time::Duration;

use uuid::Uuid;
use vestibule::clock;
use vestibule::config::AppArgs;
use vestibule::connections::installation::{AppKind, Installation};
use vestibule::connections::store::installations;
use vestibule::pages::scope::Viewers;
use vestibule::pages::store::{freshness, viewer_renderings};
use vestibule::shares::share::{RestrictedPages, Scope, Share};
use vestibule::shares::store::ContentSource;
use vestibule::sharing::content_scope::content_scope;

use crate::support::{Answer, Portal, Setup, path, within};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::files::Bytes;
use fake_confluence::macros::static_macro;
use fake_confluence::people::APP_USER;
use fake_confluence::wiki::{PORTAL, Wiki};

const FETCHED: Duration = Duration::from_secs(60);

/// A page below the handbook that only Alice and the app may read, and what stands on it.
const SECRET: &str = "Secret Plans";
const SECRET_WORDS: &str = "plover";

/// The portal ends first.
pub(crate) struct ViewerSite {
    pub(crate) portal: Portal,
    pub(crate) fake: FakeConfluence,
    pub(crate) connection: Uuid,
}

/// The sample, with a chart of another app on the page Runbook.
fn wiki() -> Wiki {
    let mut wiki = Wiki::sample();
    wiki.add_person("carol", "Carol Example");
    wiki.add_app_user("other-app", "Other App");
    let runbook = wiki.id_of("Runbook");
    wiki.edit_both(
        runbook,
        "<p>Turn it off.</p><ac:structured-macro ac:name=\"chart\" ac:macro-id=\"1\"/><p>Turn it on.</p>",
        &format!(
            "<p>Turn it off.</p>{}<p>Turn it on.</p>",
            static_macro("chart", "<p>Chart for {viewer}.</p>")
        ),
    );
    let handbook = wiki.id_of("Handbook");
    let words = format!(
        "<p>The {SECRET_WORDS} lands.</p><p><ac:link><ri:attachment ri:filename=\"secret.txt\"/></ac:link></p>"
    );
    let secret = wiki.add_page(handbook, SECRET, &words);
    wiki.attach(
        secret,
        "secret.txt",
        "text/plain",
        Bytes::text("At midnight."),
    );
    wiki.add_page(secret, "Details of it", "<p>At night.</p>");
    wiki.restrict(secret, &[PORTAL, APP_USER, "alice"]);
    wiki
}

impl ViewerSite {
    /// With the app installed.
    pub(crate) async fn start() -> Self {
        let fake = FakeConfluence::cloud().wiki(wiki()).start();
        let portal = Portal::start_with(Setup {
            atlassian_url: Some(fake.gateway_url()),
            app: AppArgs {
                atlassian_app: Some("com.example.share".to_owned()),
                app_hosts: "127.0.0.1".to_owned(),
                ..AppArgs::default()
            },
            ..Setup::default()
        })
        .await;
        assert_eq!(fake.install(&portal.url("")).await, 204);
        let client_key = fake.installation().unwrap().client_key;
        let installation = portal
            .db(|db| installations::find_by_client_key(db, AppKind::Connect, &client_key).unwrap())
            .unwrap();
        Self {
            portal,
            fake,
            connection: installation.connection_id,
        }
    }

    pub(crate) fn account(&self, username: &str) -> String {
        self.fake.account_id(username)
    }

    pub(crate) fn installation(&self) -> Installation {
        let id = self.connection;
        let found = self
            .portal
            .db(|db| installations::find_installation(db, id).unwrap());
        found.unwrap()
    }

    /// The tree below the handbook, open to everybody, of somebody at the site; not fetched yet.
    pub(crate) fn share(&self, creator: Option<&str>, stand_in: Option<&str>) -> Share {
        let root = self.id("Handbook").to_string();
        self.portal.db_share_of(self.connection, |new| {
            new.password_hash = None;
            new.space_key = "DS".to_owned();
            new.restricted_pages = RestrictedPages::All;
            new.scope = Scope::Tree { root };
            new.creator.person = creator.map(|name| self.account(name));
            new.creator.stand_in = stand_in.map(|name| self.account(name));
        })
    }

    /// The same, fetched.
    pub(crate) async fn fetched(&self, creator: Option<&str>, stand_in: Option<&str>) -> Share {
        let share = self.share(creator, stand_in);
        self.look_again().await;
        share
    }

    /// Has everything looked at again, and waits for it.
    pub(crate) async fn look_again(&self) {
        let before = clock::now();
        self.portal.refresh_all(self.connection);
        within(FETCHED, "everything is looked at", async || {
            let connection = self.connection;
            let (roots, progress) = self.portal.db(|db| {
                let roots = vestibule::pages::store::followed::list(db, connection).unwrap();
                (roots, freshness::progress(db, connection).unwrap())
            });
            !roots.is_empty()
                && roots.iter().all(|root| root.listed_at > Some(before))
                && progress.due == 0
        })
        .await;
        // A share's content is seen as it was for up to a second.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    pub(crate) fn id(&self, title: &str) -> u64 {
        self.fake.wiki(|wiki| wiki.id_of(title))
    }

    pub(crate) async fn page(&self, share: &Share, title: &str) -> Answer {
        let address = format!("{}/{}", path(share), self.id(title));
        self.portal.visitor().get(&address).await
    }

    /// What a reader of the page with the chart sees.
    async fn runbook(&self, share: &Share) -> String {
        let answer = self.page(share, "Runbook").await;
        assert_eq!(answer.status, 200);
        answer.texts(".page-content").concat()
    }

    /// How the page is seen for a share, and why: the words of the database.
    fn seen(&self, share: &Share, title: &str) -> (Option<&'static str>, bool, String) {
        let id = self.id(title).to_string();
        let mut alone = content_scope(share, ContentSource::App);
        alone.reach = vestibule::pages::scope::Reach::One { root: id };
        let counts = self
            .portal
            .db(|db| viewer_renderings::count(db, &alone).unwrap());
        assert_eq!(counts.len(), 1, "{title} is not looked at: {counts:?}");
        let count = &counts[0];
        (
            count.viewer.map(|viewer| viewer.as_str()),
            count.withheld,
            count.reason.clone().unwrap_or_default(),
        )
    }

    fn is_rendered(&self, share: &Share, title: &str) -> bool {
        let viewers = Viewers {
            creator: share.creator.person.clone(),
            stand_in: share.creator.stand_in.clone(),
        };
        let (id, connection) = (self.id(title).to_string(), self.connection);
        self.portal
            .db(|db| viewer_renderings::is_rendered(db, connection, &id, &viewers).unwrap())
    }
}
