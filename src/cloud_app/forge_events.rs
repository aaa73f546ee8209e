//! What becomes of the calls of a Forge app's events: its installation is made and kept, the token that its timer brings is
//! stored until it ends, and changes of content make things due.
//!
//! A Forge app has no secret: it can ask its site only with the token of its last call, so that its timer has to call
//! again and again. The site's address stands in no event, so that the site itself is asked for it.

use std::sync::Arc;

use diesel::{Connection as _, PgConnection};
use time::{Duration, OffsetDateTime};
use url::Url;
use uuid::Uuid;

use super::CloudApp;
use super::lifecycle::{Done, LifecycleError, Placed, digest_of, written};
use super::store::lifecycle::{self, Digests, ToldInstallation};
use crate::confluence::Secret;
use crate::confluence::forge::{self, Invocation, InvocationError};
use crate::confluence::forge_event::{self, ForgeEvent, NotAnEvent};
use crate::connections::LiveError;
use crate::connections::installation::{AppKind, Installation};
use crate::connections::installation_secret::InstallationSecret;
use crate::connections::store::{health, installations};
use crate::db::DbError;
use crate::pages::store::changes;

/// Forge waits five seconds for an answer; what is done in it may take this long.
const ASKED: std::time::Duration = std::time::Duration::from_secs(3);

/// For how long a token is good that does not say so.
const USUAL_LIFE: Duration = Duration::minutes(10);

/// No token is believed to live longer.
const LONGEST_LIFE: Duration = Duration::hours(12);

/// An event as it came in.
pub struct ForgeCall<'a> {
    /// Of the `Authorization: Bearer …` header.
    pub token: &'a str,
    /// Of the app user, `x-forge-oauth-system`.
    pub system_token: Option<Secret>,
    pub body: &'a [u8],
}

/// Who we are, and who may install us.
pub struct OurForgeApp<'a> {
    pub ari: &'a str,
    pub allows_host: &'a (dyn Fn(&str) -> bool + Sync),
    /// How long shares stay open after the app was uninstalled.
    pub grace: Duration,
}

/// Why an event was refused.
#[derive(Debug, thiserror::Error)]
pub enum ForgeEventError {
    #[error(transparent)]
    Invocation(#[from] InvocationError),
    #[error(transparent)]
    Body(#[from] NotAnEvent),
    #[error("sites of {0} may not install the app")]
    Host(String),
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
    #[error(transparent)]
    Live(#[from] LiveError),
}

impl From<DbError> for ForgeEventError {
    fn from(error: DbError) -> Self {
        Self::Live(error.into())
    }
}

impl CloudApp {
    /// Checks the token of any call of the Forge app.
    pub async fn forge_invocation(
        &self,
        token: &str,
        app: &str,
        now: OffsetDateTime,
    ) -> Result<Invocation, InvocationError> {
        self.forge_keys.verify(&self.http, token, app, now).await
    }

    /// Checks a call and does what it says.
    pub async fn receive_forge_event(
        self: &Arc<Self>,
        call: ForgeCall<'_>,
        us: &OurForgeApp<'_>,
        now: OffsetDateTime,
    ) -> Result<(Invocation, Done), ForgeEventError> {
        let invocation = self.forge_invocation(call.token, us.ari, now).await?;
        let event = forge_event::parse(call.body, invocation.module.as_deref())?;
        let digest = digest_of(&[b"forge", invocation.token_id.as_bytes()]);
        let digests = Digests {
            token: digest,
            whole: digest_of(&[b"forge", invocation.token_id.as_bytes(), call.body]),
        };
        let key = (AppKind::Forge, invocation.installation.clone());
        if event == ForgeEvent::Uninstalled {
            let done = self.uninstalled(key, digests, now + us.grace, now).await?;
            return Ok((invocation, done));
        }
        let known = self.connections.installation_of(key.0, &key.1).await?;
        let kept = self
            .keep_installation(&invocation, call.system_token, known, &event, us, now)
            .await?;
        if let (Done::Changed(connection_id), ForgeEvent::Content { kind, content_id }) =
            (kept, event)
        {
            self.db
                .run(move |db| changes::record_change(db, connection_id, kind, &content_id, now))
                .await?;
            self.connections.wake();
        }
        Ok((invocation, kept))
    }

    /// The installation with what the call brings of it. `Nothing` while its site is not known, and after its end.
    async fn keep_installation(
        self: &Arc<Self>,
        invocation: &Invocation,
        token: Option<Secret>,
        known: Option<Installation>,
        event: &ForgeEvent,
        us: &OurForgeApp<'_>,
        now: OffsetDateTime,
    ) -> Result<Done, ForgeEventError> {
        let is_installed = *event == ForgeEvent::Installed;
        let must_ask = known.is_none() || is_installed;
        let told = self
            .told_base_url(invocation, token.as_ref(), must_ask)
            .await;
        let base_url = match (told, known) {
            (Some(url), _) => url,
            (None, Some(known)) => known.base_url,
            (None, None) => return Ok(Done::Nothing),
        };
        let host = Url::parse(&base_url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default();
        if !(us.allows_host)(&host) {
            return Err(ForgeEventError::Host(host));
        }
        let secret = token.map(|token| InstallationSecret::Token {
            expires_at: end_of(token.reveal(), now),
            token,
        });
        let told = ToldInstallation {
            kind: AppKind::Forge,
            client_key: invocation.installation.clone(),
            app_key: us.ari.to_owned(),
            oauth_client_id: None,
            base_url,
            display_url: None,
            cloud_id: Some(invocation.cloud_id.clone()),
        };
        let this = Arc::clone(self);
        let kept = self
            .db
            .run(move |db| {
                db.transaction(|db| {
                    lifecycle::lock(db)?;
                    this.refresh_or_place(db, &told, secret.as_ref(), is_installed, now)
                })
            })
            .await?;
        Ok(match kept {
            Kept::Placed(placed) => self.announce(&placed),
            Kept::Refreshed(connection_id) => {
                self.connections.end_rest(connection_id);
                self.connections.wake();
                Done::Changed(connection_id)
            }
            Kept::Gone => Done::Nothing,
        })
    }

    /// Within a transaction that holds the lock: the app may have been uninstalled since the call came in, and no call but
    /// an installation brings it back.
    fn refresh_or_place(
        &self,
        db: &mut PgConnection,
        told: &ToldInstallation,
        secret: Option<&InstallationSecret>,
        is_installed: bool,
        now: OffsetDateTime,
    ) -> Result<Kept, LiveError> {
        let known = installations::find_by_client_key(db, told.kind, &told.client_key)?;
        let Some(known) = known.filter(|_| !is_installed) else {
            return Ok(Kept::Placed(self.place(db, told, secret, now)?));
        };
        if !known.is_in_use() {
            return Ok(Kept::Gone);
        }
        if known.base_url != told.base_url {
            return Ok(Kept::Placed(self.place(db, told, secret, now)?));
        }
        if let Some(secret) = secret {
            let sealed = self.connections.seal_secret(secret, known.connection_id)?;
            installations::store_secret(db, known.connection_id, &sealed)?;
            // The site may have refused the last one before its end.
            health::allow_again(db, known.connection_id)?;
        }
        Ok(Kept::Refreshed(known.connection_id))
    }

    /// `None` when nobody could tell it now; the next call brings another try. The site is asked once an hour, unless it
    /// `must` be.
    async fn told_base_url(
        &self,
        invocation: &Invocation,
        token: Option<&Secret>,
        must: bool,
    ) -> Option<String> {
        if let Some(site) = &invocation.site_url {
            return Some(format!("{}/wiki", site.trim_end_matches('/')));
        }
        let token = token?;
        let installation = &invocation.installation;
        if !must && self.told_addresses.contains_key(installation) {
            return None;
        }
        self.told_addresses.insert(installation.clone(), ());
        let gateway = &self.atlassian.gateway;
        let asked = forge_event::base_url(&self.http, gateway, &invocation.cloud_id, token);
        match tokio::time::timeout(ASKED, asked).await {
            Ok(Ok(url)) => Some(written(&url)),
            Ok(Err(error)) => {
                tracing::warn!(installation, %error, "the site of a Forge app did not tell its address");
                None
            }
            Err(_elapsed) => None,
        }
    }
}

/// What became of an installation that called.
enum Kept {
    /// It is new, or at a new address.
    Placed(Placed),
    Refreshed(Uuid),
    /// Disabled, uninstalled or superseded.
    Gone,
}

/// When a token ends, as it says within bounds.
fn end_of(token: &str, now: OffsetDateTime) -> OffsetDateTime {
    let told = forge::end_of(token);
    told.unwrap_or(now + USUAL_LIFE).min(now + LONGEST_LIFE)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::end_of;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    #[track_caller]
    fn check(token: &str, life: Duration) {
        assert_eq!(end_of(token, NOW), NOW + life, "{token}");
    }

    #[test]
    fn a_token_lives_as_long_as_it_says_within_bounds() {
        let until = |life: Duration| {
            let claims = format!(r#"{{"exp":{}}}"#, (NOW + life).unix_timestamp());
            format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
        };
        check(&until(Duration::hours(1)), Duration::hours(1));
        check(&until(-Duration::MINUTE), -Duration::MINUTE);
        check(&until(Duration::days(365)), Duration::hours(12));
        for opaque in ["", "opaque", "a.b.c", "e30.e30.x", "e30.eyJleHAiOiJ4In0.x"] {
            check(opaque, Duration::minutes(10));
        }
    }
}
