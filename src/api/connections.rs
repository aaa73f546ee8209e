//! Connections: list, create, read, change, delete. Imports come into being elsewhere: from an archive, in the admin
//! pages or on the command line. What is asked of a site is `site`.

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
use crate::pages::model::Connection;
use crate::pages::store::connections::{self, Deletion};
use crate::sharing::connection;
use crate::sharing::rights::may_administer;
use crate::web::error::{ApiError, Failure};
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
    for listed in state.db.run(connections::list_connections).await? {
        items.push(describe(&state, listed, secrets_for(&token)).await?);
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
    token: WriteToken,
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let body: NewConnectionBody = read_json(&request, payload).await?;
    let mut problems = Problems::default();
    let new = body.read(&mut problems);
    let new = problems.allow(new)?;
    let (actor, right) = (token.actor(), may_administer(token.actor())?);
    let id = connection::create(&state.sharing, actor, right, new, clock::now()).await?;
    let made = find(&state, id).await?;
    let answer = describe(&state, made, Secrets::Shown).await?;
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
    let found = find(&state, connection_id(&path)?).await?;
    let answer = describe(&state, found, secrets_for(&token)).await?;
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
    token: WriteToken,
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
    let fields = body.read(live.as_ref(), &mut problems);
    problems.into_result()?;
    let (actor, right) = (token.actor(), may_administer(token.actor())?);
    connection::change(&state.sharing, actor, right, id, fields, clock::now()).await?;
    let changed = find(&state, id).await?;
    Ok(web::Json(describe(&state, changed, Secrets::Shown).await?))
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
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = connection_id(&path)?;
    let (actor, right) = (token.actor(), may_administer(token.actor())?);
    match connection::delete(&state.sharing, actor, right, id, clock::now()).await? {
        Deletion::Deleted => Ok(HttpResponse::NoContent().finish()),
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
