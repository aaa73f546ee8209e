//! In whose name a site is asked: the connection's own account, or a person's, whose rights then count.

use std::net::IpAddr;
use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::CloudApp;
use crate::confluence::{Authorization, Secret};
use crate::connections::LiveError;
use crate::connections::access::Access;

/// Who asks.
pub enum Asker {
    /// The connection's own account, or the app user of an installation.
    Connection,
    /// Somebody at a Cloud site, by Atlassian's account id, whom a Connect app impersonates.
    Impersonated { person: String },
    /// Somebody who is signed in at the site, by the cookies of that sign-in.
    Cookies { cookies: String, client: IpAddr },
    /// Somebody whose token Forge has handed over.
    Token(String),
}

impl CloudApp {
    /// A client that asks in this name.
    pub async fn access_as(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        now: OffsetDateTime,
    ) -> Result<Access, LiveError> {
        let authorization = match asker {
            Asker::Connection => return self.connections.access(connection_id, now).await,
            Asker::Impersonated { person } => {
                return self.impersonate(connection_id, person, now).await;
            }
            Asker::Cookies { cookies, client } => Authorization::Cookies {
                cookies: Secret::new(cookies.as_str()),
                client: *client,
            },
            Asker::Token(token) => Authorization::Bearer(Secret::new(token.as_str())),
        };
        self.connections
            .access_with(connection_id, authorization)
            .await
    }
}
