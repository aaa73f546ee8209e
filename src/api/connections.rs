//! Connections: list, read, delete. They come into being by an import.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{ReadToken, WriteToken};
use super::refusals::{Contradicting, Guarded, Named, WriteOnly};
use crate::db::DbError;
use crate::pages::model::{Connection, Space};
use crate::pages::store::connections::Deletion;
use crate::pages::store::{connections, listing};
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

/// All connections, by name.
#[derive(Serialize, ToSchema)]
pub struct ConnectionList {
    items: Vec<ConnectionAnswer>,
}

/// A Confluence site or an imported space export.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Connection)]
pub struct ConnectionAnswer {
    id: Uuid,
    name: String,
    /// Base URL of the wiki that the content came from, if it is known.
    #[schema(required = true)]
    wiki_url: Option<String>,
    spaces: Vec<SpaceAnswer>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Space)]
struct SpaceAnswer {
    key: String,
    name: String,
    /// The Confluence id of the space's home page.
    #[schema(required = true)]
    home_page_id: Option<String>,
}

impl From<Space> for SpaceAnswer {
    fn from(space: Space) -> Self {
        Self {
            key: space.key,
            name: space.name,
            home_page_id: space.home_content_id,
        }
    }
}

/// List connections
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    tag = "Connections",
    responses((status = 200, description = "All connections.", body = ConnectionList), Guarded)
)]
pub async fn list_connections(
    _token: ReadToken,
    state: web::Data<AppState>,
) -> Result<web::Json<ConnectionList>, ApiError> {
    let items = state.db.run(|db| {
        let found = connections::list_connections(db)?;
        found
            .into_iter()
            .map(|connection| answer(db, connection))
            .collect::<Result<_, DbError>>()
    });
    Ok(web::Json(ConnectionList {
        items: items.await?,
    }))
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
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<ConnectionAnswer>, ApiError> {
    let id = connection_id(&path)?;
    let found = state.db.run(move |db| {
        let connection = connections::find_connection(db, id)?.ok_or(Failure::NotFound)?;
        Ok::<_, Failure>(answer(db, connection)?)
    });
    Ok(web::Json(found.await?))
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

fn answer(db: &mut PgConnection, connection: Connection) -> Result<ConnectionAnswer, DbError> {
    let spaces = listing::list_spaces(db, connection.id)?;
    Ok(ConnectionAnswer {
        id: connection.id,
        name: connection.name,
        wiki_url: connection.wiki_url,
        spaces: spaces.into_iter().map(SpaceAnswer::from).collect(),
        created_at: connection.created_at,
        updated_at: connection.updated_at,
    })
}

/// What is no UUID names no connection.
fn connection_id(written: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(written).map_err(|_not_a_uuid| Failure::NotFound)
}
