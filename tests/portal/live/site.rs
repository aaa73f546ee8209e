//! A fake site, a portal that is connected to it, and shares of what it has. No test lives here.

use std::time::Duration;

use uuid::Uuid;
use vestibule::clock;
use vestibule::confluence::Product;
use vestibule::connections::create::NewConnection;
use vestibule::connections::credentials::Credentials;
use vestibule::connections::store::live::LiveSettings;
use vestibule::pages::store::freshness;
use vestibule::shares::share::{RestrictedPages, Scope, Share};
use vestibule::shares::store::NewShare;

use crate::support::{Answer, Portal, Setup, eventually, path, within};
use fake_confluence::credentials::{EMAIL, PERSONAL_ACCESS_TOKEN, SITE_TOKEN};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::webhook::Webhook;
use fake_confluence::wiki::Wiki;

/// A thousand pages come one by one from Cloud.
const FETCHED: Duration = Duration::from_secs(120);

/// A site and its portal. The portal ends first.
pub(crate) struct Site {
    pub(crate) portal: Portal,
    pub(crate) connection: Uuid,
    pub(crate) fake: FakeConfluence,
}

impl Site {
    pub(crate) async fn cloud() -> Self {
        Self::cloud_with(Wiki::sample()).await
    }

    pub(crate) async fn cloud_with(wiki: Wiki) -> Self {
        let fake = FakeConfluence::cloud().wiki(wiki).start();
        let credentials = Credentials::ApiToken {
            email: EMAIL.to_owned(),
            token: SITE_TOKEN.to_owned(),
        };
        Self::connect(fake, Product::Cloud, credentials).await
    }

    pub(crate) async fn data_center() -> Self {
        Self::data_center_with(Wiki::sample()).await
    }

    pub(crate) async fn data_center_with(wiki: Wiki) -> Self {
        let fake = FakeConfluence::data_center().wiki(wiki).start();
        let credentials = Credentials::PersonalAccessToken {
            token: PERSONAL_ACCESS_TOKEN.to_owned(),
        };
        Self::connect(fake, Product::DataCenter, credentials).await
    }

    pub(crate) async fn connect(
        fake: FakeConfluence,
        product: Product,
        credentials: Credentials,
    ) -> Self {
        let portal = Portal::start_with(Setup {
            atlassian_url: Some(fake.gateway_url()),
            ..Setup::default()
        })
        .await;
        let new = NewConnection {
            name: "Wiki".to_owned(),
            product,
            address: fake.base_url(),
            credentials,
            settings: LiveSettings::default(),
        };
        let connection = portal.connect(new).await;
        Self {
            portal,
            connection,
            fake,
        }
    }

    /// An open share, which the schedule has not looked at.
    pub(crate) fn share(&self, change: impl FnOnce(&mut NewShare)) -> Share {
        self.portal.db_share_of(self.connection, |new| {
            new.password_hash = None;
            new.space_key = "DS".to_owned();
            new.restricted_pages = RestrictedPages::None;
            change(new);
        })
    }

    /// The tree below a page, open to everybody, and fetched.
    pub(crate) async fn tree(&self, title: &str) -> Share {
        let root = self.id(title).to_string();
        let share = self.share(|new| new.scope = Scope::Tree { root });
        self.portal.connections().wake();
        self.is_fetched().await;
        share
    }

    /// Waits until nothing is due.
    pub(crate) async fn is_fetched(&self) {
        within(FETCHED, "everything is fetched", async || {
            let connection = self.connection;
            let (roots, progress) = self.portal.db(|db| {
                let roots = vestibule::pages::store::followed::list(db, connection).unwrap();
                (roots, freshness::progress(db, connection).unwrap())
            });
            !roots.is_empty()
                && roots.iter().all(|root| root.listed_at.is_some())
                && progress.due == 0
        })
        .await;
    }

    /// Has the lists compared with the site, and what they find changed.
    pub(crate) async fn list_again(&self) {
        let before = clock::now();
        let connection = self.connection;
        self.portal
            .db(|db| vestibule::pages::store::followed::make_due(db, connection, before).unwrap());
        self.portal.connections().wake();
        eventually("the lists are compared", async || {
            let roots = self
                .portal
                .db(|db| vestibule::pages::store::followed::list(db, connection).unwrap());
            roots.iter().all(|root| root.listed_at > Some(before))
        })
        .await;
        self.is_fetched().await;
    }

    /// Has everything compared with the site now.
    pub(crate) async fn refresh(&self) {
        self.portal.refresh_all(self.connection);
    }

    pub(crate) fn id(&self, title: &str) -> u64 {
        self.fake.wiki(|wiki| wiki.id_of(title))
    }

    /// A page of a share by its title in the wiki.
    pub(crate) async fn page(&self, share: &Share, title: &str) -> Answer {
        let address = format!("{}/{}", path(share), self.id(title));
        self.portal.visitor().get(&address).await
    }

    /// Waits until a page's text holds some words.
    pub(crate) async fn shows(&self, share: &Share, title: &str, words: &str) {
        eventually("the page shows the words", async || {
            let answer = self.page(share, title).await;
            answer.texts(".page-content").concat().contains(words)
        })
        .await;
    }

    /// Sends a webhook as the site would; the status of the answer.
    pub(crate) async fn post(&self, webhook: &Webhook, path: &str) -> u16 {
        let mut request = reqwest::Client::new().post(self.portal.url(path));
        for (name, value) in &webhook.headers {
            request = request.header(*name, value);
        }
        let answer = request.body(webhook.body.clone()).send().await.unwrap();
        answer.status().as_u16()
    }

    pub(crate) async fn status_becomes(&self, share: &Share, title: &str, status: u16) {
        eventually("the page has the status", async || {
            self.page(share, title).await.status == status
        })
        .await;
    }
}
