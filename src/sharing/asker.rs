//! In whose name a site is asked for whoever shares something, and which connections they may choose pages from.

use time::OffsetDateTime;
use uuid::Uuid;

use super::Sharing;
use super::actor::{Actor, Person};
use super::error::SharingError;
use crate::accounts::person::PersonCredentials;
use crate::accounts::session::Way;
use crate::accounts::store::person::find_credentials;
use crate::cloud_app::asker::Asker;
use crate::confluence::single_sign_on::Jar;
use crate::connections::installation::AppKind;

/// Whether somebody may choose what to share from this connection.
///
/// A sharer whose rights come from a site has no other
/// place; one whom the operator made a sharer by a group at the OpenID provider has all of them.
pub fn may_use(actor: &Actor, connection_id: Uuid) -> bool {
    actor
        .bound_to()
        .is_none_or(|(site, _)| site == connection_id)
}

/// People of a site ask it in their own names, so that they find what they may read there and nothing else. Elsewhere only
/// admins ask, in the connection's name.
pub async fn asker_of(
    sharing: &Sharing,
    actor: &Actor,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<Asker, SharingError> {
    if !may_use(actor, connection_id) {
        return Err(SharingError::Forbidden(
            "You may share pages of your own site only.".to_owned(),
        ));
    }
    let person = actor.person();
    let Some(person) = person.filter(|person| person.way.site() == Some(connection_id)) else {
        return Ok(Asker::Connection);
    };
    match (person.way, person.app) {
        (Way::App { .. }, Some(AppKind::Connect)) => Ok(Asker::Impersonated {
            person: person
                .known_at(connection_id)
                .unwrap_or_default()
                .to_owned(),
        }),
        (Way::App { .. } | Way::SingleSignOn { .. }, _) => {
            own_credentials(sharing, actor, person, connection_id, now).await
        }
        (Way::Password | Way::OpenId, _) => Ok(Asker::Connection),
    }
}

async fn own_credentials(
    sharing: &Sharing,
    actor: &Actor,
    person: &Person,
    connection_id: Uuid,
    now: OffsetDateTime,
) -> Result<Asker, SharingError> {
    let account_id = person.account_id;
    let stored = sharing
        .db
        .run(move |db| find_credentials(db, account_id, connection_id))
        .await?;
    let (Some(stored), Some(client)) = (stored, actor.client) else {
        return Err(must_come_in_again());
    };
    let opened = PersonCredentials::open(
        &sharing.sealer,
        &stored.credentials,
        account_id,
        connection_id,
    );
    match opened.map_err(|_other_key| must_come_in_again())? {
        PersonCredentials::Cookies { cookies } => Ok(Asker::Cookies {
            cookies: Jar::of_stored(cookies).header(),
            client,
        }),
        PersonCredentials::Token { expires_at, .. } if expires_at <= now.unix_timestamp() => {
            Err(must_come_in_again())
        }
        PersonCredentials::Token { token, .. } => Ok(Asker::Token(token)),
    }
}

fn must_come_in_again() -> SharingError {
    SharingError::Conflict(
        "Confluence has to say again that it is you. Reload the page of Confluence, or sign in again.".to_owned(),
    )
}
