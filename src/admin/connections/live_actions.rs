//! Buttons on the page of a live connection: test, refresh, new webhook secrets. Each says what came of it on the page.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::connection_id;
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::gate::Admin;
use crate::clock;
use crate::connections::LiveError;
use crate::connections::store::live::LiveConnection;
use crate::sharing::connection_site;
use crate::sharing::error::SharingError;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

#[derive(Deserialize)]
pub struct RefreshInput {
    /// A content id; empty for everything.
    #[serde(default)]
    page: String,
}

/// `POST /admin/connections/{id}/test`.
pub async fn test(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = find(&state, connection_id(&path)?).await?.id;
    test_and_say(&state, &form.admin, id).await?;
    Ok(to_page(id))
}

/// `POST /admin/connections/{id}/refresh`: of one page, or of everything.
pub async fn refresh(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<RefreshInput>,
) -> Result<HttpResponse, PageError> {
    let id = find(&state, connection_id(&path)?).await?.id;
    let now = clock::now();
    let (actor, right) = (form.admin.actor(), form.admin.right());
    let page = Some(form.input.page).filter(|page| !page.is_empty());
    let done = match page {
        Some(_) => "The page is being fetched anew.",
        None => "All pages of the connection are being compared with the wiki.",
    };
    connection_site::refresh(&state.sharing, actor, right, id, page, now).await?;
    form.admin.say_done(done)?;
    Ok(to_page(id))
}

/// `POST /admin/connections/{id}/webhook`: a new address and a new signing secret.
pub async fn renew_webhook(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = connection_id(&path)?;
    let (actor, right) = (form.admin.actor(), form.admin.right());
    connection_site::renew_webhook(&state.sharing, actor, right, id, clock::now()).await?;
    form.admin.say_done(
        "The webhook has a new address and a new secret. The old ones are refused from now on.",
    )?;
    Ok(page::see_other(&format!("/admin/connections/{id}#webhook")))
}

/// Tests a connection and says in one sentence what came of it; the report is on the connection's page.
pub(super) async fn test_and_say(state: &AppState, admin: &Admin, id: Uuid) -> Result<(), Failure> {
    let (actor, right) = (admin.actor(), admin.right());
    match connection_site::test(&state.sharing, actor, right, id, clock::now()).await {
        Ok(report) if report.is_good() => {
            admin.say_done("The site answers, and the connection can be used.")
        }
        Ok(_) => admin
            .say_problem("The connection cannot be used yet. The test below says what is missing."),
        Err(SharingError::Site(error)) => {
            admin.say_problem(format!("The test did not come far. {}", error.sentence()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A live connection by its id.
pub(super) async fn find(state: &AppState, id: Uuid) -> Result<LiveConnection, Failure> {
    state.connections.find(id).await.map_err(refuse)
}

/// What is answered when the portal itself cannot do what a page asks for.
pub(super) fn refuse(error: LiveError) -> Failure {
    match error {
        LiveError::NoConnection => Failure::NotFound,
        error => Failure::for_caller(error),
    }
}

fn to_page(id: Uuid) -> HttpResponse {
    page::see_other(&format!("/admin/connections/{id}"))
}
