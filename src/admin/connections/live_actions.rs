//! Buttons on the page of a live connection: test, refresh, new webhook secrets. Each says what came of it on the page.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::connection_id;
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::gate::Admin;
use crate::clock;
use crate::connections::store::live::LiveConnection;
use crate::connections::{LiveError, change};
use crate::sync;
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
    let page = form.input.page;
    if page.is_empty() {
        state
            .db
            .run(move |db| sync::refresh::refresh_all(db, id, now))
            .await?;
        form.admin
            .say_done("All pages of the connection are being compared with the wiki.")?;
    } else {
        state
            .db
            .run(move |db| sync::refresh::refresh_page(db, id, &page, now))
            .await?;
        form.admin.say_done("The page is being fetched anew.")?;
    }
    state.connections.wake();
    Ok(to_page(id))
}

/// `POST /admin/connections/{id}/webhook`: a new address and a new signing secret.
pub async fn renew_webhook(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = connection_id(&path)?;
    let renewed = state.db.run(move |db| change::renew_webhook(db, id)).await;
    renewed.map_err(refuse)?;
    form.admin.say_done(
        "The webhook has a new address and a new secret. The old ones are refused from now on.",
    )?;
    Ok(page::see_other(&format!("/admin/connections/{id}#webhook")))
}

/// Tests a connection and says in one sentence what came of it; the report is on the connection's page.
pub(super) async fn test_and_say(state: &AppState, admin: &Admin, id: Uuid) -> Result<(), Failure> {
    match state.connections.test(id, clock::now()).await {
        Ok(report) if report.is_good() => {
            admin.say_done("The site answers, and the connection can be used.")
        }
        Ok(_) => admin
            .say_problem("The connection cannot be used yet. The test below says what is missing."),
        Err(LiveError::Db(error)) => Err(error.into()),
        Err(LiveError::NoConnection) => Err(Failure::NotFound),
        Err(error) => admin.say_problem(format!("The test did not come far. {}", error.sentence())),
    }
}

/// A live connection by its id.
pub(super) async fn find(state: &AppState, id: Uuid) -> Result<LiveConnection, Failure> {
    state.connections.find(id).await.map_err(refuse)
}

/// What is answered when the portal itself cannot do what a button asks for.
pub(super) fn refuse(error: LiveError) -> Failure {
    match error {
        LiveError::NoConnection => Failure::NotFound,
        error => Failure::for_caller(error),
    }
}

fn to_page(id: Uuid) -> HttpResponse {
    page::see_other(&format!("/admin/connections/{id}"))
}
