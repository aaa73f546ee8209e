//! Shares: list, create, read, change, delete. Their secrets and tokens are `unlock`.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{ReadToken, WriteToken};
use super::body::{read_json, read_query};
use super::cursor::ShareCursor;
use super::fields;
use super::given::Given;
use super::new_share::NewShareBody;
use super::problems::{Problems, Unknown};
use super::refusals::{Checked, Contradicting, Guarded, Named, WithBody, WriteOnly};
use super::share_answer::{ShareAnswer, describe};
use super::share_change::ShareChangeBody;
use super::words::{StateWord, read_word};
use crate::clock;
use crate::shares::share::{Share, ShareId};
use crate::shares::store::listing::{self, ShareFilter};
use crate::shares::store::{self, StoreError};
use crate::sharing::rights::may_change;
use crate::sharing::unlock_secret::record_shown;
use crate::sharing::{root, share};
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Part of the name, of the description or of the beginning of the id, in any case.
    #[serde(default)]
    #[param(value_type = Option<String>, max_length = 200)]
    query: Given<String>,
    #[serde(default)]
    #[param(value_type = Option<StateWord>)]
    state: Given<String>,
    /// How many shares a page has.
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200, default = 50)]
    limit: Given<String>,
    /// `nextCursor` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Given<String>,
    #[serde(flatten)]
    #[param(ignore)]
    unknown: Unknown,
}

/// One page of the list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharePage {
    items: Vec<ShareAnswer>,
    /// Where the next page begins; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// List shares, newest first
#[utoipa::path(
    get,
    path = "/api/v1/shares",
    tag = "Shares",
    params(ListQuery),
    responses((status = 200, description = "One page of shares.", body = SharePage), Checked, Guarded)
)]
pub async fn list_shares(
    token: ReadToken,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<web::Json<SharePage>, ApiError> {
    let query: ListQuery = read_query(&request)?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &query.unknown);
    let filter = ShareFilter {
        query: problems.changed("query", query.query, |text| fields::text(text, 200)),
        state: problems
            .changed("state", query.state, read_word::<StateWord>)
            .map(Into::into),
        ..ShareFilter::default()
    };
    let limit = problems.changed("limit", query.limit, fields::limit);
    let cursor = problems.changed("cursor", query.cursor, |text| ShareCursor::decode(&text));
    problems.into_result()?;
    let limit = limit.unwrap_or(fields::DEFAULT_LIMIT);
    let base_url = state.settings.base_url.clone();
    let now = clock::now();
    let page = state.db.run(move |db| {
        let after = cursor.map(|cursor| (cursor.created_at, cursor.id));
        // One more than asked for says whether there is another page.
        let mut shares = listing::list_shares_after(db, &filter, after, i64::from(limit) + 1, now)?;
        let has_more = shares.len() > usize::from(limit);
        shares.truncate(limit.into());
        let last = shares.last().filter(|_| has_more);
        let next_cursor = last.map(|share| ShareCursor::after(share).encode());
        Ok::<_, StoreError>((shares, next_cursor))
    });
    let (shares, next_cursor) = page.await?;
    if token.may_write() {
        let shown: Vec<&Share> = shares.iter().collect();
        record_shown(&state.sharing, token.actor(), &shown, now).await?;
    }
    let described = state.db.run(move |db| describe(db, shares, &base_url, now));
    let items = described.await?;
    Ok(web::Json(SharePage { items, next_cursor }))
}

/// Create a share
///
/// The answer holds its link and its unlock secret.
#[utoipa::path(
    post,
    path = "/api/v1/shares",
    tag = "Shares",
    request_body = NewShareBody,
    responses(
        (
            status = 201,
            description = "The new share.",
            body = ShareAnswer,
            headers(("Location" = String, description = "The share's address in the API."))
        ),
        Contradicting, Checked, WithBody, WriteOnly, Guarded
    )
)]
pub async fn create_share(
    token: WriteToken,
    state: web::Data<AppState>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let body: NewShareBody = read_json(&request, payload).await?;
    let (actor, now) = (token.actor(), clock::now());
    let mut problems = Problems::default();
    let (root, fields) = body.read(&mut problems, state.settings.embedding.wildcards, now);
    let root = match root {
        Some(named) => problems.take(root::find(&state.sharing, actor, named, now).await)?,
        None => None,
    };
    let root = problems.allow(root)?;
    let share = share::create(&state.sharing, actor, root, fields, now).await?;
    let answer = answer(&state, share, now).await?;
    let location = format!("/api/v1/shares/{}", answer.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(answer))
}

/// Read a share
#[utoipa::path(
    get,
    path = "/api/v1/shares/{id}",
    tag = "Shares",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The share.", body = ShareAnswer), Named, Guarded)
)]
pub async fn read_share(
    token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<ShareAnswer>, ApiError> {
    let now = clock::now();
    let share = find(&state, share_id(&path)?).await?;
    if token.may_write() {
        record_shown(&state.sharing, token.actor(), &[&share], now).await?;
    }
    Ok(web::Json(answer(&state, share, now).await?))
}

/// Change a share
#[utoipa::path(
    patch,
    path = "/api/v1/shares/{id}",
    tag = "Shares",
    params(("id" = Uuid, Path)),
    request_body = ShareChangeBody,
    responses(
        (status = 200, description = "The share as it is now.", body = ShareAnswer),
        Named, Checked, WithBody, WriteOnly, Guarded
    )
)]
pub async fn change_share(
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<web::Json<ShareAnswer>, ApiError> {
    let (actor, now) = (token.actor(), clock::now());
    let share = may_change(&state.sharing, actor, share_id(&path)?, now).await?;
    let body: ShareChangeBody = read_json(&request, payload).await?;
    let mut problems = Problems::default();
    let fields = body.read(&mut problems, state.settings.embedding.wildcards, now);
    problems.into_result()?;
    let share = share::change(&state.sharing, actor, share, fields, now).await?;
    Ok(web::Json(answer(&state, share, now).await?))
}

/// Delete a share
///
/// Its link stops working at once; its activity goes with it.
#[utoipa::path(
    delete,
    path = "/api/v1/shares/{id}",
    tag = "Shares",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is gone."), Named, WriteOnly, Guarded)
)]
pub async fn delete_share(
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (actor, now) = (token.actor(), clock::now());
    let share = may_change(&state.sharing, actor, share_id(&path)?, now).await?;
    share::delete(&state.sharing, actor, share, now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is no UUID names no share.
pub(super) fn share_id(written: &str) -> Result<ShareId, Failure> {
    let id = Uuid::try_parse(written).map_err(|_not_a_uuid| Failure::NotFound)?;
    Ok(id.into())
}

pub(super) async fn find(state: &AppState, id: ShareId) -> Result<Share, Failure> {
    let found = state.db.run(move |db| store::find_share(db, id)).await?;
    found.ok_or(Failure::NotFound)
}

/// The share as the API answers it.
pub(super) async fn answer(
    state: &AppState,
    share: Share,
    now: OffsetDateTime,
) -> Result<ShareAnswer, Failure> {
    let base_url = state.settings.base_url.clone();
    let described = state
        .db
        .run(move |db| describe(db, vec![share], &base_url, now));
    described.await?.pop().ok_or(Failure::NotFound)
}
