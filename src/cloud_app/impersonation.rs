//! Asking a site in a person's name, and why that cannot be done.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use super::CloudApp;
use super::tokens::{Entry, Held, Key};
use crate::confluence::connect::impersonation::{self, Grant, ImpersonationError, SCOPE};
use crate::confluence::{Authorization, Secret};
use crate::connections::access::Access;
use crate::connections::installation::{AppKind, Installation};
use crate::connections::installation_secret::InstallationSecret;
use crate::connections::store::installations;
use crate::connections::{LiveError, NotInTheirName};
use crate::pages::store::people;

/// A token is not used in its last moments.
const SPARE: std::time::Duration = std::time::Duration::from_secs(3);
impl CloudApp {
    /// A client in the person's name. It keeps the connection's pace and counts in its budget.
    pub(super) async fn impersonate(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Access, LiveError> {
        let access = self.connections.access(connection_id, now).await?;
        let installation = self.connections.installation(connection_id).await?;
        let installation = installation.ok_or(LiveError::NotAuthorized)?;
        let key = key_of(&installation, person)?;
        let fetched = self
            .tokens
            .0
            .try_get_with(key, self.fetch_token(&installation, person, now));
        let entry = fetched
            .await
            .map_err(|sentence| LiveError::FailedBefore(sentence.as_ref().clone()))?;
        let token = match entry.held {
            Held::Token(token) => Secret::new(token.reveal()),
            Held::Not(reason) => return Err(LiveError::NotInTheirName(reason)),
            Held::Failed(sentence) => return Err(LiveError::FailedBefore(sentence)),
        };
        self.connections
            .access_for_person(access, Authorization::Bearer(token))
    }

    async fn fetch_token(
        self: &Arc<Self>,
        installation: &Installation,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Entry, String> {
        let other = |error: LiveError| error.sentence();
        let InstallationSecret::Shared(secret) =
            self.connections.secret_of(installation).map_err(other)?
        else {
            return Ok(Entry::not(NotInTheirName::Forge));
        };
        let grant = |person| Grant {
            oauth_client_id: installation.oauth_client_id.as_deref().unwrap_or_default(),
            person,
            base_url: &installation.base_url,
            secret: &secret,
        };
        let server = &self.atlassian.impersonation;
        let mut asked = impersonation::fetch_token(&self.http, server, &grant(person), now).await;
        // Before nobody is asked for any more, another person has to be refused in the same way.
        if let Err(ImpersonationError::StaleClient) = asked
            && let Some(other_person) = self
                .another_person(installation, person)
                .await
                .map_err(other)?
        {
            let second =
                impersonation::fetch_token(&self.http, server, &grant(&other_person), now).await;
            asked = match second {
                Ok(_) | Err(ImpersonationError::NoActivePerson) => {
                    Err(ImpersonationError::NoActivePerson)
                }
                Err(error) => Err(error),
            };
        }
        let reason = match asked {
            Ok(token) => {
                return Ok(Entry {
                    lives: token.expires_in.saturating_sub(SPARE),
                    held: Held::Token(Arc::new(token.secret)),
                });
            }
            Err(ImpersonationError::Failed(error)) => {
                tracing::warn!(connection = %installation.connection_id, %error, "there was no token in a person's name");
                return Ok(Entry::failed(&error));
            }
            Err(ImpersonationError::StaleClient) => NotInTheirName::Stale,
            Err(ImpersonationError::NotAllowed) => NotInTheirName::NotAllowed,
            Err(ImpersonationError::NoActivePerson) => NotInTheirName::NotActive,
        };
        self.record_not_in_their_name(installation, reason, now)
            .await
            .map_err(other)?;
        Ok(Entry::not(reason))
    }

    async fn another_person(
        &self,
        installation: &Installation,
        than: &str,
    ) -> Result<Option<String>, LiveError> {
        let (connection_id, than) = (installation.connection_id, than.to_owned());
        Ok(self
            .db
            .run(move |db| people::find_other(db, connection_id, &than))
            .await?)
    }

    /// What is wrong with the app itself is kept, so that no further token is asked for.
    async fn record_not_in_their_name(
        self: &Arc<Self>,
        installation: &Installation,
        reason: NotInTheirName,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let connection_id = installation.connection_id;
        tracing::warn!(connection = %connection_id, %reason, "nobody was impersonated");
        let oauth_client_id = installation.oauth_client_id.clone().unwrap_or_default();
        self.db
            .run(move |db| match reason {
                NotInTheirName::Stale => {
                    installations::mark_stale(db, connection_id, &oauth_client_id, now)
                }
                NotInTheirName::NotAllowed => {
                    installations::record_problem(db, connection_id, reason.sentence(), now)
                }
                NotInTheirName::NotActive | NotInTheirName::Forge => Ok(()),
            })
            .await?;
        Ok(())
    }

    /// The site itself said that nobody may act as this person.
    pub(super) async fn record_not_active(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
    ) -> Result<(), LiveError> {
        if let Some(key) = self.token_key(connection_id, person).await? {
            let entry = Entry::not(NotInTheirName::NotActive);
            self.tokens.0.insert(key, entry).await;
        }
        Ok(())
    }

    /// The token was refused although it should still be good.
    pub(super) async fn forget_token(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
    ) -> Result<(), LiveError> {
        if let Some(key) = self.token_key(connection_id, person).await? {
            self.tokens.0.invalidate(&key).await;
        }
        Ok(())
    }

    async fn token_key(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
    ) -> Result<Option<Key>, LiveError> {
        let installation = self.connections.installation(connection_id).await?;
        Ok(installation.and_then(|found| key_of(&found, person).ok()))
    }
}

/// Refused where no token has to be asked for to know that there is none.
fn key_of(installation: &Installation, person: &str) -> Result<Key, LiveError> {
    if installation.kind == AppKind::Forge {
        return Err(LiveError::NotInTheirName(NotInTheirName::Forge));
    }
    if installation.stale_since.is_some() {
        return Err(LiveError::NotInTheirName(NotInTheirName::Stale));
    }
    let oauth_client_id = installation.oauth_client_id.clone();
    Ok(Key {
        client_key: installation.client_key.clone(),
        person: person.to_owned(),
        scope: SCOPE,
        oauth_client_id: oauth_client_id
            .ok_or(LiveError::NotInTheirName(NotInTheirName::NotAllowed))?,
    })
}
