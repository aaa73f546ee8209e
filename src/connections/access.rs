//! From a stored connection to a client that may ask.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::credentials::{AuthKind, Credentials};
use super::exchange::plain_authorization;
use super::paces::set_used;
use super::store::health;
use super::store::live::{self, LiveConnection};
use super::{Connections, LiveError};
use crate::confluence::pace::PaceLimits;
use crate::confluence::{Authorization, Client, Pace, Site};

/// A client for one connection with what it was made from.
pub struct Access {
    pub connection: LiveConnection,
    pub client: Client,
}

impl Connections {
    /// A client that may ask now. Refused without a request when the site refused the credentials before.
    pub async fn access(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<Access, LiveError> {
        let found = self
            .db
            .run(move |db| {
                let connection = live::find_live(db, connection_id)?;
                Ok::<_, LiveError>((connection, health::find_health(db, connection_id)?))
            })
            .await?;
        let (Some(connection), health) = found else {
            return Err(LiveError::NoConnection);
        };
        if health.stopped {
            return Err(LiveError::Stopped);
        }
        let authorization = self.authorization(&connection, now).await?;
        let site = self.site(&connection)?;
        let pace = self
            .paces
            .of(connection_id, connection.settings.requests_per_hour);
        set_used(&pace, &health, now);
        // What another node has mended is not known to this one's pace.
        if pace.snapshot(now).stopped.is_some() {
            pace.reset();
        }
        let client = Client::new(&self.http, site, authorization, pace);
        Ok(Access { connection, client })
    }

    /// Where a stored connection's interfaces are.
    pub fn site(&self, connection: &LiveConnection) -> Result<Site, LiveError> {
        let unusable = |error: &dyn std::fmt::Display| LiveError::Address(error.to_string());
        let site = self
            .recognise(connection.product, &connection.wiki_url)
            .map_err(|error| unusable(&error))?;
        match &connection.cloud_id {
            None => Ok(site),
            Some(id) => site
                .through_gateway(&self.atlassian.gateway, id)
                .map_err(|error| unusable(&error)),
        }
    }

    async fn authorization(
        self: &Arc<Self>,
        connection: &LiveConnection,
        now: OffsetDateTime,
    ) -> Result<Authorization, LiveError> {
        if connection.auth == AuthKind::App.as_str() {
            return self.app_authorization(connection.id, now).await;
        }
        let credentials = self.open(connection)?;
        if let Some(authorization) = plain_authorization(&credentials, now) {
            return Ok(authorization);
        }
        self.exchange_under_lock(connection.id, now).await
    }

    pub(super) fn open(&self, connection: &LiveConnection) -> Result<Credentials, LiveError> {
        let sealed = connection
            .credentials
            .as_ref()
            .ok_or(LiveError::NotAuthorized)?;
        Ok(Credentials::open(&self.sealer, sealed, connection.id)?.0)
    }

    /// A client that asks in a person's name, with what they have brought along. What the site refuses them says nothing
    /// about the connection, so that it keeps a pace of its own.
    pub async fn access_with(
        &self,
        connection_id: Uuid,
        authorization: Authorization,
    ) -> Result<Access, LiveError> {
        let connection = self.find(connection_id).await?;
        let site = self.site(&connection)?;
        let pace = Pace::new(PaceLimits::default());
        let client = Client::of_person(&self.http, site, authorization, pace);
        Ok(Access { connection, client })
    }

    /// The same with what the app may ask for in a person's name. It keeps the connection's pace and counts in its budget.
    pub fn access_for_person(
        &self,
        access: Access,
        authorization: Authorization,
    ) -> Result<Access, LiveError> {
        let Access { connection, .. } = access;
        let pace = self
            .paces
            .of(connection.id, connection.settings.requests_per_hour);
        let site = self.site(&connection)?;
        let client = Client::of_person(&self.http, site, authorization, pace);
        Ok(Access { connection, client })
    }

    /// Who signs in, as far as it is no secret.
    pub fn account_of(&self, connection: &LiveConnection) -> Option<String> {
        let credentials = self.open(connection).ok()?;
        credentials.account().map(str::to_owned)
    }

    /// Stores how a request to the site went, and how much was sent.
    pub async fn record_outcome(
        &self,
        connection_id: Uuid,
        failure: Option<&LiveError>,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        self.paces
            .record_outcome(&self.db, connection_id, failure, now)
            .await
    }
}
