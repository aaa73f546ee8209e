//! Shares: list, create, read, change, delete. Their secrets and tokens are `unlock`.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use diesel::PgConnection;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{ReadToken, WriteToken};
use super::body::{read_json, read_query};
use super::cursor::ShareCursor;
use super::fields;
use super::given::Given;
use super::new_share::{Details, NewShareBody};
use super::problems::{Problems, Unknown};
use super::refusals::{Checked, Contradicting, Guarded, Named, WithBody, WriteOnly};
use super::root::{self, Place, Root};
use super::share_answer::{ShareAnswer, describe};
use super::share_change::ShareChangeBody;
use super::words::{StateWord, read_word};
use crate::clock;
use crate::config::BaseUrl;
use crate::password::{HashError, Password, PasswordHash};
use crate::shares::share::{Creator, ExternalLinks, Share, ShareId};
use crate::shares::store::listing::{self, ShareFilter};
use crate::shares::store::{self, NewShare, StoreError};
use crate::shares::unlock_secret::{NoRandomness, UnlockSecret};
use crate::web::error::{ApiError, Failure, FieldProblem};
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
    _token: ReadToken,
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
        let items = describe(db, shares, &base_url, now)?;
        Ok::<_, StoreError>(SharePage { items, next_cursor })
    });
    Ok(web::Json(page.await?))
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
    let mut problems = Problems::default();
    let (place, mut details) = body.read(&mut problems, state.settings.embedding.wildcards);
    let root = match place {
        Some(place) => problems.keep(find_root(&state, place).await?),
        None => None,
    };
    let root = problems.allow(root)?;
    let password_hash = hash(&state, details.password.take()).await?;
    let new = new_share(root, details, password_hash, token.author())?;
    let base_url = state.settings.base_url.clone();
    let now = clock::now();
    let created = state.db.run(move |db| {
        let share = store::insert_share(db, &new, now)?;
        describe_one(db, share, &base_url, now)
    });
    let answer = created.await?;
    state.connections.wake();
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
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<ShareAnswer>, ApiError> {
    let id = share_id(&path)?;
    let base_url = state.settings.base_url.clone();
    let now = clock::now();
    let found = state.db.run(move |db| {
        let share = store::find_share(db, id)?.ok_or(Failure::NotFound)?;
        describe_one(db, share, &base_url, now)
    });
    Ok(web::Json(found.await?))
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
    _token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<web::Json<ShareAnswer>, ApiError> {
    let id = share_id(&path)?;
    let body: ShareChangeBody = read_json(&request, payload).await?;
    let mut problems = Problems::default();
    let (mut change, password) = body.read(&mut problems, state.settings.embedding.wildcards);
    problems.into_result()?;
    if let Some(password) = password {
        change.password_hash = Some(hash(&state, password).await?);
    }
    let base_url = state.settings.base_url.clone();
    let now = clock::now();
    let changed = state.db.run(move |db| {
        let share = store::update_share(db, id, &change, now)?.ok_or(Failure::NotFound)?;
        describe_one(db, share, &base_url, now)
    });
    let answer = changed.await?;
    state.shares.forget(id);
    Ok(web::Json(answer))
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
    _token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = share_id(&path)?;
    let deleted = state.db.run(move |db| store::delete_share(db, id)).await?;
    state.shares.forget(id);
    if !deleted {
        return Err(ApiError(Failure::NotFound));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The inner error is the caller's mistake.
async fn find_root(state: &AppState, place: Place) -> Result<Result<Root, FieldProblem>, Failure> {
    match root::bring(state, &place, clock::now()).await? {
        Ok(()) => Ok(state.db.run(move |db| root::find_root(db, &place)).await?),
        Err(problem) => Ok(Err(problem)),
    }
}

/// What is no UUID names no share.
pub(super) fn share_id(written: &str) -> Result<ShareId, Failure> {
    let id = Uuid::try_parse(written).map_err(|_not_a_uuid| Failure::NotFound)?;
    Ok(id.into())
}

pub(super) fn describe_one(
    db: &mut PgConnection,
    share: Share,
    base_url: &BaseUrl,
    now: OffsetDateTime,
) -> Result<ShareAnswer, Failure> {
    let mut answers = describe(db, vec![share], base_url, now)?;
    answers.pop().ok_or(Failure::NotFound)
}

async fn hash(
    state: &AppState,
    password: Option<Password>,
) -> Result<Option<PasswordHash>, HashError> {
    match password {
        Some(password) => state.hasher.hash(password).await.map(Some),
        None => Ok(None),
    }
}

fn new_share(
    root: Root,
    details: Details,
    password_hash: Option<PasswordHash>,
    created_by: String,
) -> Result<NewShare, NoRandomness> {
    // A page's title may be longer than a share's name.
    let name = details
        .name
        .unwrap_or_else(|| root.title.chars().take(fields::NAME_CHARS).collect());
    let options = details.options;
    Ok(NewShare {
        connection_id: root.connection_id,
        name,
        description: details.description,
        space_key: root.space_key,
        scope: root.scope,
        password_hash,
        enabled: details.enabled,
        starts_at: details.starts_at,
        expires_at: details.expires_at,
        pass_lifetime: details.pass_lifetime,
        embed_origins: details.embed_origins,
        embed_only: details.embed_only,
        external_links: options.external_links.unwrap_or(ExternalLinks::PlainText),
        restricted_pages: options.restricted_pages.unwrap_or(root.restricted_pages),
        include_labels: options.include_labels.unwrap_or_default(),
        exclude_labels: options.exclude_labels.unwrap_or_default(),
        show_comments: options.show_comments.unwrap_or(false),
        unlock_secret: UnlockSecret::generate()?,
        created_by,
        creator: Creator::default(),
    })
}
