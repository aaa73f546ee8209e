//! Connections: list, create, read, change, delete. Imports come into being elsewhere: from an archive, in the admin
//! pages or on the command line. What is asked of a site is `site`.

use std::collections::HashSet;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{ReadToken, WriteToken};
use super::body::read_json;
use super::connection_answer::{ConnectionAnswer, Secrets, describe};
use super::connection_body::{ConnectionChangeBody, NewConnectionBody};
use super::problems::Problems;
use super::refusals::{Checked, Contradicting, Guarded, Named, WithBody, WriteOnly};
use crate::clock;
use crate::connections::{ManageError, change, create};
use crate::pages::model::Connection;
use crate::pages::store::connections::{self, Deletion};
use crate::web::error::{ApiError, Failure, FieldProblem};
use crate::web::state::AppState;

/// All connections, by name.
#[derive(Serialize, ToSchema)]
pub struct ConnectionList {
    items: Vec<ConnectionAnswer>,
}

/// List connections
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    tag = "Connections",
    responses((status = 200, description = "All connections.", body = ConnectionList), Guarded)
)]
pub async fn list_connections(
    token: ReadToken,
    state: web::Data<AppState>,
) -> Result<web::Json<ConnectionList>, ApiError> {
    let mut items = Vec::new();
    for connection in state.db.run(connections::list_connections).await? {
        items.push(describe(&state, connection, secrets_for(&token)).await?);
    }
    Ok(web::Json(ConnectionList { items }))
}

/// Connect a live site
///
/// Nothing is fetched before a share shows it. Test the connection afterwards.
#[utoipa::path(
    post,
    path = "/api/v1/connections",
    tag = "Connections",
    request_body = NewConnectionBody,
    responses(
        (
            status = 201,
            description = "The new connection.",
            body = ConnectionAnswer,
            headers(("Location" = String, description = "The connection's address in the API."))
        ),
        Contradicting, Checked, WithBody, WriteOnly, Guarded
    )
)]
pub async fn create_connection(
    _token: WriteToken,
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let body: NewConnectionBody = read_json(&request, payload).await?;
    let mut problems = Problems::default();
    let new = body.read(&mut problems);
    let new = problems.allow(new)?;
    let (new, now) = (state.connections.prepare(new).await, clock::now());
    let new = new.map_err(manage_failure)?;
    let created = state.db.run(move |db| create::create(db, &new, now)).await;
    let id = created.map_err(manage_failure)?;
    let connection = find(&state, id).await?;
    let answer = describe(&state, connection, Secrets::Shown).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/connections/{id}")))
        .json(answer))
}

/// Read a connection
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}",
    tag = "Connections",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The connection.", body = ConnectionAnswer), Named, Guarded)
)]
pub async fn read_connection(
    token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<ConnectionAnswer>, ApiError> {
    let connection = find(&state, connection_id(&path)?).await?;
    let answer = describe(&state, connection, secrets_for(&token)).await?;
    Ok(web::Json(answer))
}

/// Change a connection
///
/// New credentials take the place of the old ones at once; whatever is stored of the site stays.
#[utoipa::path(
    patch,
    path = "/api/v1/connections/{id}",
    tag = "Connections",
    params(("id" = Uuid, Path)),
    request_body = ConnectionChangeBody,
    responses(
        (status = 200, description = "The connection as it is now.", body = ConnectionAnswer),
        Contradicting, Named, Checked, WithBody, WriteOnly, Guarded
    )
)]
pub async fn change_connection(
    _token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<web::Json<ConnectionAnswer>, ApiError> {
    let id = connection_id(&path)?;
    let body: ConnectionChangeBody = read_json(&request, payload).await?;
    let live = match find(&state, id).await?.kind.is_live() {
        true => Some(state.connections.find(id).await.map_err(Failure::of_site)?),
        false => None,
    };
    let mut problems = Problems::default();
    let change = body.read(live.as_ref(), &mut problems);
    if let Some(name) = change.name.clone() {
        problems.keep(check_name_is_free(&state, id, name).await?);
    }
    problems.into_result()?;
    let now = clock::now();
    // First what the site may have a say in: if that is refused, nothing is changed.
    if let Some((url, credentials)) = change.access {
        let prepared = state
            .connections
            .prepare_access(id, &url, &credentials)
            .await;
        let prepared = prepared.map_err(manage_failure)?;
        let changed = state
            .db
            .run(move |db| change::change_access(db, &prepared, now))
            .await;
        changed.map_err(Failure::of_site)?;
        state.connections.begin_anew(id);
        state.connections.wake();
    }
    if let Some(settings) = change.settings {
        let changed = state
            .db
            .run(move |db| change::change_settings(db, id, settings, now))
            .await;
        changed.map_err(Failure::of_site)?;
    }
    if let Some(name) = change.name {
        let renamed = state
            .db
            .run(move |db| connections::rename_connection(db, id, &name, now));
        renamed.await?;
    }
    let connection = find(&state, id).await?;
    Ok(web::Json(
        describe(&state, connection, Secrets::Shown).await?,
    ))
}

/// Delete a connection
///
/// Only one that no share shows.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{id}",
    tag = "Connections",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is gone."), Contradicting, Named, WriteOnly, Guarded)
)]
pub async fn delete_connection(
    _token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = connection_id(&path)?;
    match state
        .db
        .run(move |db| connections::delete_connection(db, id))
        .await?
    {
        Deletion::Deleted => {
            // The files are out of reach already; what stays behind costs only space.
            if let Err(error) = state.files.keep_only(id, &HashSet::new()).await {
                tracing::warn!(%error, connection = %id, "files of a deleted connection stay behind");
            }
            Ok(HttpResponse::NoContent().finish())
        }
        Deletion::Missing => Err(ApiError(Failure::NotFound)),
        Deletion::InUse(shares) => Err(ApiError(Failure::Conflict(format!(
            "Shares show its content: {shares}. Delete them first."
        )))),
    }
}

fn secrets_for(token: &ReadToken) -> Secrets {
    if token.may_write() {
        Secrets::Shown
    } else {
        Secrets::Hidden
    }
}

async fn check_name_is_free(
    state: &AppState,
    id: Uuid,
    name: String,
) -> Result<Result<(), FieldProblem>, Failure> {
    let holder = state
        .db
        .run(move |db| connections::find_connection_by_name(db, &name))
        .await?;
    Ok(match holder.filter(|holder| *holder != id) {
        None => Ok(()),
        Some(_other) => Err(FieldProblem::new(
            "name",
            ManageError::NameTaken.to_string(),
        )),
    })
}

/// Each mistake at the field it belongs to.
fn manage_failure(error: ManageError) -> Failure {
    let field = match &error {
        ManageError::Name | ManageError::NameTaken => "name",
        ManageError::Address(_) => "url",
        ManageError::Auth(_) => "credentials.type",
        ManageError::Live(_) => "",
    };
    match error {
        ManageError::Live(error) => Failure::of_site(error),
        mistake => Failure::Invalid(vec![FieldProblem::new(field, mistake.to_string())]),
    }
}

pub(super) async fn find(state: &AppState, id: Uuid) -> Result<Connection, Failure> {
    let found = state
        .db
        .run(move |db| connections::find_connection(db, id))
        .await?;
    found.ok_or(Failure::NotFound)
}

/// What is no UUID names no connection.
pub(super) fn connection_id(written: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(written).map_err(|_not_a_uuid| Failure::NotFound)
}
