//! In whose name a site is asked for somebody who is signed in, and which connections he may choose pages from.

use uuid::Uuid;

use super::gate::Admin;
use crate::accounts::person::PersonCredentials;
use crate::accounts::session::Way;
use crate::accounts::store::person::find_credentials;
use crate::clock;
use crate::cloud_app::asker::Asker;
use crate::confluence::single_sign_on::Jar;
use crate::connections::installation::AppKind;
use crate::web::error::Failure;
use crate::web::state::AppState;

/// Whether somebody may choose what to share from this connection.
///
/// A sharer whose rights come from a site has no other
/// place; one whom the operator made a sharer by a group at the OpenID provider has all of them.
pub fn may_use(admin: &Admin, connection_id: Uuid) -> bool {
    admin
        .bound_to()
        .is_none_or(|(site, _)| site == connection_id)
}

/// People of a site ask it in their own names, so that they find what they may read there and nothing else. Elsewhere only
/// admins ask, in the connection's name.
pub async fn asker_of(
    state: &AppState,
    admin: &Admin,
    connection_id: Uuid,
) -> Result<Asker, Failure> {
    if !may_use(admin, connection_id) {
        return Err(Failure::Forbidden(
            "You may share pages of your own site only.".to_owned(),
        ));
    }
    if admin.session().way.site() != Some(connection_id) {
        return Ok(Asker::Connection);
    }
    match (admin.session().way, admin.app()) {
        (Way::App { .. }, Some(AppKind::Connect)) => Ok(Asker::Impersonated {
            person: admin
                .person_at(connection_id)
                .unwrap_or_default()
                .to_owned(),
        }),
        (Way::App { .. } | Way::SingleSignOn { .. }, _) => {
            own_credentials(state, admin, connection_id).await
        }
        (Way::Password | Way::OpenId, _) => Ok(Asker::Connection),
    }
}

async fn own_credentials(
    state: &AppState,
    admin: &Admin,
    connection_id: Uuid,
) -> Result<Asker, Failure> {
    let account_id = admin.account().id;
    let stored = state
        .db
        .run(move |db| find_credentials(db, account_id, connection_id))
        .await?;
    let stored = stored.ok_or_else(come_in_again)?;
    let opened = PersonCredentials::open(
        &state.sealer,
        &stored.credentials,
        account_id,
        connection_id,
    );
    match opened.map_err(|_other_key| come_in_again())? {
        PersonCredentials::Cookies { cookies } => Ok(Asker::Cookies {
            cookies: Jar::of_stored(cookies).header(),
            client: admin.client(),
        }),
        PersonCredentials::Token { token, expires_at } => {
            if expires_at <= clock::now().unix_timestamp() {
                return Err(come_in_again());
            }
            Ok(Asker::Token(token))
        }
    }
}

fn come_in_again() -> Failure {
    Failure::Conflict(
        "Confluence has to say again that it is you. Reload the page of Confluence, or sign in again.".to_owned(),
    )
}
