//! A portal that is configured as an app, and a fake site that may install it. No test lives here.

use std::time::Duration;

use uuid::Uuid;
use vestibule::config::AppArgs;
use vestibule::connections::installation::{AppKind, Installation};
use vestibule::connections::store::installations;
use vestibule::pages::store::freshness;
use vestibule::shares::share::{RestrictedPages, Scope, Share};
use vestibule::shares::store::NewShare;

use crate::admin::browser::{self};
use crate::support::{Answer, Portal, Setup, Visitor, eventually, path, within};
use fake_confluence::app::forge::FORGE_APP;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::wiki::Wiki;

pub(super) const APP: &str = "com.example.share";

/// The portal ends first.
pub(super) struct Stage {
    pub(super) portal: Portal,
    pub(super) fake: FakeConfluence,
}

/// The app by Connect and by Forge; the fake's hosts may install it.
pub(super) fn app_args() -> AppArgs {
    AppArgs {
        atlassian_app: Some(APP.to_owned()),
        forge_app: Some(FORGE_APP.to_owned()),
        app_hosts: "127.0.0.1,127.0.0.2".to_owned(),
        ..AppArgs::default()
    }
}

impl Stage {
    /// Nothing is installed yet.
    pub(super) async fn set() -> Self {
        Self::set_with(Wiki::sample(), app_args()).await
    }

    pub(super) async fn set_with(wiki: Wiki, app: AppArgs) -> Self {
        let fake = FakeConfluence::cloud().wiki(wiki).start();
        let portal = Portal::start_with(Setup {
            atlassian_url: Some(fake.gateway_url()),
            app,
            ..Setup::default()
        })
        .await;
        Self { portal, fake }
    }

    /// With the app installed by Connect.
    pub(super) async fn installed() -> Self {
        let stage = Self::set().await;
        stage.install().await;
        stage
    }

    /// Returns the connection.
    pub(super) async fn install(&self) -> Uuid {
        assert_eq!(self.fake.install(&self.portal.url("")).await, 204);
        self.connection()
    }

    /// That of the installation that is good at the site now.
    pub(super) fn connection(&self) -> Uuid {
        let client_key = self.fake.installation().unwrap().client_key;
        self.of_key(AppKind::Connect, &client_key)
            .unwrap()
            .connection_id
    }

    pub(super) fn of_key(&self, kind: AppKind, client_key: &str) -> Option<Installation> {
        self.portal
            .db(|db| installations::find_by_client_key(db, kind, client_key).unwrap())
    }

    pub(super) fn known(&self, connection: Uuid) -> Installation {
        let found = self
            .portal
            .db(|db| installations::find_installation(db, connection).unwrap());
        found.unwrap()
    }

    pub(super) fn installations(&self) -> Vec<Installation> {
        self.portal
            .db(|db| installations::list_installations(db).unwrap())
    }

    /// An open share of a connection.
    pub(super) fn share(&self, connection: Uuid, change: impl FnOnce(&mut NewShare)) -> Share {
        self.portal.db_share_of(connection, |new| {
            new.password_hash = None;
            new.space_key = "DS".to_owned();
            new.restricted_pages = RestrictedPages::None;
            change(new);
        })
    }

    /// The tree below a page, open to everybody, and fetched.
    pub(super) async fn tree(&self, connection: Uuid, title: &str) -> Share {
        let root = self.id(title).to_string();
        let share = self.share(connection, |new| {
            new.name = title.to_owned();
            new.scope = Scope::Tree { root };
        });
        self.portal.connections().wake();
        self.is_fetched(connection).await;
        share
    }

    /// Waits until nothing is due.
    pub(super) async fn is_fetched(&self, connection: Uuid) {
        within(
            Duration::from_secs(60),
            "everything is fetched",
            async || {
                let (roots, progress) = self.portal.db(|db| {
                    let roots = vestibule::pages::store::followed::list(db, connection).unwrap();
                    (roots, freshness::progress(db, connection).unwrap())
                });
                !roots.is_empty()
                    && roots.iter().all(|root| root.listed_at.is_some())
                    && progress.due == 0
            },
        )
        .await;
    }

    pub(super) fn id(&self, title: &str) -> u64 {
        self.fake.wiki(|wiki| wiki.id_of(title))
    }

    pub(super) async fn page(&self, share: &Share, id: u64) -> Answer {
        let address = format!("{}/{id}", path(share));
        self.portal.visitor().get(&address).await
    }

    /// Waits until a page's text holds some words.
    pub(super) async fn shows(&self, share: &Share, id: u64, words: &str) {
        eventually("the page shows the words", async || {
            let answer = self.page(share, id).await;
            answer.texts(".page-content").concat().contains(words)
        })
        .await;
    }

    /// Waits until the share's start has a status.
    pub(super) async fn share_answers(&self, share: &Share, status: u16) {
        eventually("the share has the status", async || {
            self.portal.visitor().get(&path(share)).await.status == status
        })
        .await;
    }

    /// Has everything of a connection compared with the site.
    pub(super) async fn refresh(&self, connection: Uuid) {
        self.portal.refresh_all(connection);
    }

    /// Somebody who is signed in to the admin pages.
    pub(super) async fn admin(&self) -> Visitor {
        browser::db_account(&self.portal);
        let admin = self.portal.browser();
        let answer = admin.sign_in(browser::EMAIL, browser::PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        admin
    }
}
