//! What admins do with live connections: make, change, test, refresh, and see how they are doing.

use std::sync::Arc;

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::credentials::{AuthKind, Credentials};
use super::{Live, LiveError};
use crate::confluence::check::TestReport;
use crate::confluence::model::Product;
use crate::confluence::oauth;
use crate::confluence::site::{Site, SiteError};
use crate::pages::model::ConnectionKind;
use crate::pages::scope::{ContentScope, Reach};
use crate::pages::store::followed::{self, FollowedRoot};
use crate::pages::store::freshness::{self, Progress};
use crate::pages::store::health::{self, Health};
use crate::pages::store::live::{self, LiveConnection, LiveSettings, NewAccess, NewLiveConnection};
use crate::pages::store::refresh;
use crate::pages::store::{outline, reach};

/// A live connection as somebody wants it.
pub struct NewConnection {
    pub name: String,
    /// One of the live ones.
    pub kind: ConnectionKind,
    /// The site's address, or that of any page on it.
    pub address: String,
    pub credentials: Credentials,
    pub settings: LiveSettings,
}

/// Why a connection was not made or changed; each kind belongs to one field.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    #[error("The name must have 1 to 200 characters.")]
    Name,
    #[error("Another connection has this name.")]
    NameTaken,
    #[error("{0}")]
    Address(String),
    #[error("{0}")]
    Auth(String),
    #[error(transparent)]
    Live(#[from] LiveError),
}

impl From<diesel::result::Error> for ManageError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Live(error.into())
    }
}

impl From<crate::db::DbError> for ManageError {
    fn from(error: crate::db::DbError) -> Self {
        Self::Live(error.into())
    }
}

/// How a live connection is doing.
pub struct Status {
    pub health: Health,
    pub progress: Progress,
    /// What of the site is followed, with the last listing of each.
    pub roots: Vec<FollowedRoot>,
    /// Content id, title and reason of pages whose refresh failed.
    pub failing: Vec<(String, String, String)>,
}

/// So many failing pages are named.
const FAILING_SHOWN: i64 = 20;

/// Where a site sends its webhooks, and what it signs them with.
pub struct Webhook {
    /// Below the portal's address.
    pub path: String,
    /// Data Center asks for one; Cloud has none.
    pub signing_secret: String,
}

impl Live {
    /// Makes a connection. Nothing is asked of the site but, for the gateway, its cloud id; test it afterwards.
    pub async fn create(
        self: &Arc<Self>,
        new: NewConnection,
        now: OffsetDateTime,
    ) -> Result<Uuid, ManageError> {
        let name = new.name.trim().to_owned();
        if !(1..=200).contains(&name.chars().count()) || name.contains('\0') {
            return Err(ManageError::Name);
        }
        let place = self
            .locate(new.kind, &new.address, &new.credentials)
            .await?;
        let id = Uuid::new_v4();
        let sealed = self.seal(&new.credentials, id)?;
        let auth = new.credentials.kind().as_str();
        self.db
            .run(move |db| {
                let row = NewLiveConnection {
                    id,
                    kind: new.kind,
                    name: &name,
                    wiki_url: &place.wiki_url,
                    cloud_id: place.cloud_id.as_deref(),
                    auth,
                    credentials: Some(&sealed),
                    settings: new.settings,
                };
                match live::insert_live(db, &row, now)? {
                    true => Ok(id),
                    false => Err(ManageError::NameTaken),
                }
            })
            .await
    }

    /// Puts another address and other credentials in the place of the old ones. The product stays.
    pub async fn change_access(
        self: &Arc<Self>,
        id: Uuid,
        address: &str,
        credentials: &Credentials,
        now: OffsetDateTime,
    ) -> Result<(), ManageError> {
        let connection = self.find(id).await?;
        if connection.auth == AuthKind::App.as_str() {
            return Err(ManageError::Auth(
                "The address and the secret of an app come from Confluence when it is installed there.".to_owned(),
            ));
        }
        let place = self.locate(connection.kind, address, credentials).await?;
        let sealed = self.seal(credentials, id)?;
        let auth = credentials.kind().as_str();
        self.db
            .run(move |db| {
                let access = NewAccess {
                    wiki_url: &place.wiki_url,
                    cloud_id: place.cloud_id.as_deref(),
                    auth,
                    credentials: Some(&sealed),
                };
                live::change_access(db, id, &access, now)?;
                health::allow_again(db, id)?;
                followed::make_due(db, id, now)?;
                Ok::<_, ManageError>(())
            })
            .await?;
        self.begin_anew(id);
        self.wake();
        Ok(())
    }

    pub async fn change_settings(
        &self,
        id: Uuid,
        settings: LiveSettings,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let changed = self
            .db
            .run(move |db| live::change_settings(db, id, settings, now))
            .await?;
        changed.then_some(()).ok_or(LiveError::NoConnection)
    }

    /// Makes every call that the portal needs, and keeps the report.
    pub async fn test(
        self: &Arc<Self>,
        id: Uuid,
        now: OffsetDateTime,
    ) -> Result<TestReport, LiveError> {
        self.db.run(move |db| health::allow_again(db, id)).await?;
        self.begin_anew(id);
        let access = self.access(id, now).await?;
        let report = access.client.test(now).await;
        self.record_requests(id, now).await?;
        let stored = serde_json::to_value(&report).unwrap_or_default();
        let passed = report.is_good();
        self.db
            .run(move |db| {
                health::store_test(db, id, &stored, now)?;
                if passed {
                    refresh::forget_waits(db, id)?;
                    followed::make_due(db, id, now)?;
                }
                Ok::<_, LiveError>(())
            })
            .await?;
        self.wake();
        Ok(report)
    }

    pub async fn find(&self, id: Uuid) -> Result<LiveConnection, LiveError> {
        let found = self.db.run(move |db| live::find_live(db, id)).await?;
        found.ok_or(LiveError::NoConnection)
    }

    /// Who signs in, as far as it is no secret.
    pub fn account_of(&self, connection: &LiveConnection) -> Option<String> {
        let credentials = self.open(connection).ok()?;
        credentials.account().map(str::to_owned)
    }

    pub async fn status(&self, id: Uuid) -> Result<Status, LiveError> {
        self.db
            .run(move |db| {
                Ok(Status {
                    health: health::find_health(db, id)?,
                    progress: freshness::progress(db, id)?,
                    roots: followed::list(db, id)?,
                    failing: freshness::failing_pages(db, id, FAILING_SHOWN)?,
                })
            })
            .await
    }

    /// Has everything of the connection compared with the site, whatever its age.
    pub async fn refresh_all(&self, id: Uuid, now: OffsetDateTime) -> Result<(), LiveError> {
        self.make_due(id, now, |db, id| outline::make_pages_due(db, id, None))
            .await
    }

    /// The same for one page.
    pub async fn refresh_one(
        &self,
        id: Uuid,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let ids = [content_id.to_owned()];
        self.make_due(id, now, move |db, id| {
            outline::make_pages_due(db, id, Some(&ids))
        })
        .await
    }

    /// The same for all that a share shows.
    pub async fn refresh_scope(
        &self,
        scope: ContentScope,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        // What is withheld may be shown again, and what was never rendered may be due.
        let scope = ContentScope {
            viewers: None,
            ..scope
        };
        self.make_due(scope.connection_id, now, move |db, id| {
            let ids = match &scope.reach {
                Reach::One { root } => vec![root.clone()],
                _ => reach::ids_in_scope(db, &scope)?,
            };
            outline::make_pages_due(db, id, Some(&ids))
        })
        .await
    }

    async fn make_due<F>(&self, id: Uuid, now: OffsetDateTime, pages: F) -> Result<(), LiveError>
    where
        F: FnOnce(&mut PgConnection, Uuid) -> Result<usize, crate::db::DbError> + Send + 'static,
    {
        self.db
            .run(move |db| {
                followed::make_due(db, id, now)?;
                pages(db, id)?;
                Ok::<_, LiveError>(())
            })
            .await?;
        self.wake();
        Ok(())
    }

    pub async fn renew_webhook(&self, id: Uuid) -> Result<(), LiveError> {
        let renewed = self.db.run(move |db| live::renew_webhook(db, id)).await?;
        renewed.then_some(()).ok_or(LiveError::NoConnection)
    }

    fn seal(&self, credentials: &Credentials, id: Uuid) -> Result<Vec<u8>, LiveError> {
        Ok(credentials.seal(&self.sealer, id)?)
    }

    /// The address as it is stored, and for the gateway the site's cloud id.
    async fn locate(
        &self,
        kind: ConnectionKind,
        address: &str,
        credentials: &Credentials,
    ) -> Result<Place, ManageError> {
        let auth = credentials.kind();
        if !auth.fits(kind) {
            return Err(ManageError::Auth(
                "The other product has this kind of credentials.".to_owned(),
            ));
        }
        let site = self
            .recognise(kind, address)
            .map_err(|error| ManageError::Address(format!("{error}.")))?;
        let cloud_id = if auth.uses_gateway(kind) {
            let found = oauth::cloud_id(&self.http, &site).await;
            let found = found.map_err(|error| {
                ManageError::Address(format!(
                    "The site did not tell its cloud id: {}",
                    error.sentence()
                ))
            })?;
            Some(found)
        } else {
            None
        };
        Ok(Place {
            wiki_url: site.base_url().as_str().trim_end_matches('/').to_owned(),
            cloud_id,
        })
    }

    pub(super) fn recognise(&self, kind: ConnectionKind, address: &str) -> Result<Site, SiteError> {
        let product = match kind {
            ConnectionKind::Cloud => Product::Cloud,
            ConnectionKind::DataCenter | ConnectionKind::SpaceExport => Product::DataCenter,
        };
        Site::recognise(address, Some(product), &self.rules)
    }
}

struct Place {
    wiki_url: String,
    cloud_id: Option<String>,
}
