//! Shares without the admin pages.

use std::sync::LazyLock;

use uuid::Uuid;
use vestibule::clock;
use vestibule::demo::sample_space;
use vestibule::pages::addresses::Addresses;
use vestibule::pages::store::attachments;
use vestibule::password::{self, Password, PasswordHash};
use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::labels::Labels;
use vestibule::shares::share::{
    Creator, ExternalLinks, PassLifetime, RestrictedPages, Scope, Share, ShareId,
};
use vestibule::shares::store::{self, NewShare, ShareChange};
use vestibule::shares::unlock_secret::UnlockSecret;

use super::{Answer, Portal, Visitor, token};

/// Of every share that a test does not give another one.
pub(crate) const PASSWORD: &str = "quiet harbour 22";

/// Hashing takes a while, and every test wants the same.
static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| password::hash(&Password::new(PASSWORD).unwrap()).unwrap());

/// `/content/{share}`.
pub(crate) fn path(share: &Share) -> String {
    format!("/content/{}", share.id)
}

impl Visitor {
    /// Gets in by a token.
    pub(crate) async fn unlock(&self, share: &Share) {
        let address = format!("{}?unlock={}", path(share), token(share));
        assert_eq!(self.get(&address).await.status, 303);
    }

    /// Gets in by a token inside a frame, and goes on as a browser does that keeps no cookie there: the address with the
    /// key, of the share's start.
    pub(crate) async fn unlock_without_cookies(&self, share: &Share) -> String {
        let address = format!("{}?unlock={}", path(share), token(share));
        let probe = self.get(&address).await.location().to_owned();
        self.cookies().clear();
        self.get(&probe).await.location().to_owned()
    }

    /// Types a password.
    pub(crate) async fn enter(&self, share: &Share, password: &str) -> Answer {
        let form = [("password", password)];
        self.post(&format!("{}/session", path(share)), &form).await
    }
}

impl Portal {
    /// A share of the sample's whole page tree, behind [`PASSWORD`], as changed by `change`.
    pub(crate) fn db_share(&self, change: impl FnOnce(&mut NewShare)) -> Share {
        self.db_share_of(self.db_sample(), change)
    }

    /// The same of another connection.
    pub(crate) fn db_share_of(
        &self,
        connection_id: Uuid,
        change: impl FnOnce(&mut NewShare),
    ) -> Share {
        let mut new = NewShare {
            connection_id,
            name: "Tern 22".to_owned(),
            description: String::new(),
            space_key: "TERN".to_owned(),
            scope: Scope::Tree {
                root: sample_space::HOME.to_string(),
            },
            password_hash: Some(HASH.clone()),
            enabled: true,
            starts_at: None,
            expires_at: None,
            pass_lifetime: PassLifetime::DEFAULT,
            embed_origins: EmbedOrigins::None,
            embed_only: false,
            external_links: ExternalLinks::PlainText,
            restricted_pages: RestrictedPages::None,
            include_labels: Labels::default(),
            exclude_labels: Labels::default(),
            show_comments: false,
            unlock_secret: UnlockSecret::generate().unwrap(),
            created_by: "admin@example.com".to_owned(),
            creator: Creator::default(),
        };
        change(&mut new);
        self.db(|db| store::insert_share(db, &new, clock::now()).unwrap())
    }

    /// The path of a file of a share, by the file's name.
    pub(crate) fn db_file(&self, share: &Share, page: u64, name: &str) -> String {
        let files = self.db(|db| {
            attachments::list_attachments(db, share.connection_id, &page.to_string()).unwrap()
        });
        let file = files.iter().find(|file| file.file_name == name);
        Addresses::below(path(share)).file(file.expect("no such file"))
    }

    /// Seen by visitors within a second.
    pub(crate) fn db_change(&self, share: ShareId, change: &ShareChange) -> Share {
        self.db(|db| store::update_share(db, share, change, clock::now()).unwrap())
            .unwrap()
    }
}
