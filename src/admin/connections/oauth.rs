//! An admin's consent to a Cloud connection (OAuth 2.0 authorization code): the link to Atlassian, and the way back.
//!
//! A browser that comes from Atlassian does not send the session's cookie (`landing`). What it brings is taken by a page
//! outside the gate, which knows nothing and leads on to one behind it.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::live_actions::test_and_say;
use crate::admin::form::AdminQuery;
use crate::admin::gate::Admin;
use crate::admin::landing;
use crate::admin::session;
use crate::clock;
use crate::sharing::connection_site;
use crate::sharing::error::SharingError;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// What Atlassian adds to the address.
#[derive(Deserialize, Serialize)]
#[serde(default)]
#[derive(Default)]
pub struct Brought {
    code: String,
    state: String,
    error: String,
}

/// The address that is registered with the app at Atlassian; the same for all connections.
pub fn callback_url(state: &AppState) -> String {
    state.settings.base_url.join("/admin/connections/oauth")
}

/// `GET /admin/connections/oauth`: where Atlassian sends the browser. For anyone; nothing is done here.
pub async fn come_back(
    AdminQuery(brought): AdminQuery<Brought>,
) -> Result<HttpResponse, PageError> {
    let query = serde_urlencoded::to_string(&brought)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(landing::lead_on(format!(
        "/admin/connections/consent?{query}"
    ))?)
}

/// `GET /admin/connections/consent`: takes the code, if this session asked for it.
pub async fn finish(
    state: web::Data<AppState>,
    admin: Admin,
    AdminQuery(brought): AdminQuery<Brought>,
) -> Result<HttpResponse, PageError> {
    let Some(id) = session::take_consent(admin.cookie(), &brought.state) else {
        admin.say_problem(
            "Nobody asked for this consent in this browser a moment ago, so it was not used. Open the connection and \
             authorize it again.",
        )?;
        return Ok(page::see_other("/admin/connections"));
    };
    let back = page::see_other(&format!("/admin/connections/{id}"));
    if brought.code.is_empty() {
        admin.say_problem(match brought.error.as_str() {
            "access_denied" => {
                "The consent was refused at Atlassian, so the connection may not read the site. Authorize again if that \
                 was a mistake."
            }
            _ => {
                "Atlassian sent no consent back. See whether the app there has the callback address shown below, and \
                 authorize again."
            }
        })?;
        return Ok(back);
    }
    let (actor, right) = (admin.actor(), admin.right());
    let callback_url = callback_url(&state);
    let consent = (brought.code.as_str(), callback_url.as_str());
    match connection_site::take_consent(&state.sharing, actor, right, id, consent, clock::now())
        .await
    {
        Ok(()) => test_and_say(&state, &admin, id).await?,
        Err(SharingError::Site(error)) => admin.say_problem(error.sentence())?,
        Err(error) => return Err(error.into()),
    }
    Ok(back)
}
