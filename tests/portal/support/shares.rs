//! Shares without the admin pages.

use std::sync::LazyLock;

use vestibule::clock;
use vestibule::demo::sample_space;
use vestibule::password::{self, Password, PasswordHash};
use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::share::{ExternalLinks, PassLifetime, Scope, Share, ShareId};
use vestibule::shares::store::{self, NewShare, ShareChange};
use vestibule::shares::unlock_secret::UnlockSecret;

use super::Portal;

/// Of every share that a test does not give another one.
pub(crate) const PASSWORD: &str = "quiet harbour 22";

/// Hashing takes a while, and every test wants the same.
static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| password::hash(&Password::new(PASSWORD).unwrap()).unwrap());

impl Portal {
    /// A share of the sample's whole page tree, behind [`PASSWORD`], as changed by `change`.
    pub(crate) fn db_share(&self, change: impl FnOnce(&mut NewShare)) -> Share {
        let mut new = NewShare {
            connection_id: self.db_sample(),
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
            external_links: ExternalLinks::PlainText,
            unlock_secret: UnlockSecret::generate().unwrap(),
            created_by: "admin@example.com".to_owned(),
        };
        change(&mut new);
        self.db(|db| store::insert_share(db, &new, clock::now()).unwrap())
    }

    /// Seen by visitors within a second.
    pub(crate) fn db_change(&self, share: ShareId, change: &ShareChange) -> Share {
        self.db(|db| store::update_share(db, share, change, clock::now()).unwrap())
            .unwrap()
    }
}
