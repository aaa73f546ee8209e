//! Asking a site in a person's name: tokens of a Connect app, kept as long as they are good, and why there is none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;
use time::OffsetDateTime;
use uuid::Uuid;

use super::access::Access;
use super::installation::InstallationSecret;
use super::{Live, LiveError};
use crate::confluence::connect::impersonation::{self, Grant, ImpersonationError, SCOPE};
use crate::confluence::{Authorization, Client, ConfluenceError, Secret};
use crate::pages::installation::{AppKind, Installation};
use crate::pages::store::{installations, people};

/// A token is not used in its last moments.
const SPARE: Duration = Duration::from_secs(3);
/// How long nobody asks again for somebody who cannot be impersonated.
const NOT_ACTIVE: Duration = Duration::from_secs(300);
/// The same for the whole app. An update or a re-installation is noticed after that.
const NOT_FOR_ANYBODY: Duration = Duration::from_secs(60);
/// How long the authorization server is left alone after it failed.
const FAILED: Duration = Duration::from_secs(15);
const MOST_TOKENS: u64 = 10_000;

/// Why nobody can be asked for in a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotInTheirName {
    /// A site was imported, and the app has to be installed again.
    #[error("the installation is stale")]
    Stale,
    #[error("the installed app may not act as people")]
    NotAllowed,
    #[error("there is no active person of this id")]
    NotActive,
    #[error("a Forge app acts as people only while they look at it")]
    Forge,
}

impl NotInTheirName {
    /// It is the same for everybody at the site.
    pub fn is_about_the_app(self) -> bool {
        self != Self::NotActive
    }

    /// For the admin: what is wrong and what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Stale => {
                "The site no longer knows this installation of the app, as after an import of the site. Install the app \
                 again there; until then nobody is impersonated."
            }
            Self::NotAllowed => {
                "The installed version of the app may not act as people (scope ACT_AS_USER). Update the app at the site."
            }
            Self::NotActive => {
                "Confluence has no active user of this id: the account is deactivated, may not use Confluence, or \
                 belongs to an app."
            }
            Self::Forge => "A Forge app acts as people only while they look at its pages.",
        }
    }
}

/// Which token: a re-installation changes the last part, so that the old ones are never used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    client_key: String,
    person: String,
    scope: &'static str,
    oauth_client_id: String,
}

#[derive(Clone)]
enum Held {
    Token(Arc<Secret>),
    Not(NotInTheirName),
    /// There was none to be had a moment ago, with a sentence.
    Failed(String),
}

#[derive(Clone)]
struct Entry {
    held: Held,
    lives: Duration,
}

struct Lives;

impl Expiry<Key, Entry> for Lives {
    fn expire_after_create(&self, _key: &Key, entry: &Entry, _at: Instant) -> Option<Duration> {
        Some(entry.lives)
    }

    /// What takes an entry's place lives as long as it says itself.
    fn expire_after_update(
        &self,
        _key: &Key,
        entry: &Entry,
        _at: Instant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.lives)
    }
}

/// Tokens in people's names; each is fetched once, whoever waits for it.
pub(super) struct Tokens(Cache<Key, Entry>);

impl Default for Tokens {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(MOST_TOKENS)
            .expire_after(Lives);
        Self(cache.build())
    }
}

impl Live {
    /// A client in the person's name. It keeps the connection's pace and counts in its budget.
    pub(super) async fn impersonate(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Access, LiveError> {
        let access = self.access(connection_id, now).await?;
        let installation = self.installation(connection_id).await?;
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
        let pace = self.pace(connection_id, access.connection.settings.requests_per_hour);
        let client = Client::of_person(
            &self.http,
            self.site(&access.connection)?,
            Authorization::Bearer(token),
            pace,
        );
        Ok(Access { client, ..access })
    }

    async fn fetch_token(
        self: &Arc<Self>,
        installation: &Installation,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Entry, String> {
        let other = |error: LiveError| error.sentence();
        let InstallationSecret::Shared(secret) = self.secret_of(installation).map_err(other)?
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
        let installation = self.installation(connection_id).await?;
        Ok(installation.and_then(|found| key_of(&found, person).ok()))
    }
}

impl Entry {
    fn failed(error: &ConfluenceError) -> Self {
        let sentence = error.sentence();
        Self {
            held: Held::Failed(format!(
                "There was no token in the person's name to be had. {sentence}"
            )),
            lives: error.retry_after().map_or(FAILED, |told| told.max(FAILED)),
        }
    }

    fn not(reason: NotInTheirName) -> Self {
        Self {
            held: Held::Not(reason),
            lives: match reason.is_about_the_app() {
                true => NOT_FOR_ANYBODY,
                false => NOT_ACTIVE,
            },
        }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Entry, Held, Key, NotInTheirName, Tokens};

    #[tokio::test]
    async fn an_entry_that_replaces_another_lives_as_long_as_it_says() {
        let tokens = Tokens::default();
        let key = Key {
            client_key: "site".to_owned(),
            person: "557058:ada".to_owned(),
            scope: "READ",
            oauth_client_id: "client".to_owned(),
        };
        let entry = |lives| Entry {
            held: Held::Not(NotInTheirName::NotActive),
            lives,
        };
        let long = entry(Duration::from_secs(600));
        tokens.0.insert(key.clone(), long).await;
        let short = entry(Duration::from_millis(20));
        tokens.0.insert(key.clone(), short).await;

        tokio::time::sleep(Duration::from_millis(100)).await;

        assert!(tokens.0.get(&key).await.is_none());
    }
}
