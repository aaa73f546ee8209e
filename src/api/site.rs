//! Calls that concern the site behind a live connection: test it, search it, refresh what is stored of it. And what a
//! caller is told when the site does not answer.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{ReadToken, WriteToken};
use super::body::{read_json_if_any, read_query};
use super::connection_answer::SpaceAnswer;
use super::connections::{connection_id, find};
use super::fields;
use super::given::Given;
use super::problems::{Problems, Unknown};
use super::refusals::{Checked, Contradicting, Guarded, Named, WithBody, WriteOnly};
use super::test_answer::TestAnswer;
use crate::clock;
use crate::cloud_app::asker::Asker;
use crate::confluence::model::{ContentKind, FoundContent, ListedSpace};
use crate::sharing::connection_site;
use crate::sharing::error::SharingError;
use crate::sharing::refresh::refresh_share;
use crate::sharing::rights::{MayChange, may_administer, may_change};
use crate::web::error::{ApiError, Failure, FieldProblem};
use crate::web::state::AppState;

/// A search shows so many pages, and a list so many spaces.
const MOST_FOUND: usize = 50;

/// Test a live connection
///
/// Makes every call that the portal needs, and says what is missing. A connection that was stopped because its
/// credentials were refused is tried again.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/test",
    tag = "Connections",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "What each call brought.", body = TestAnswer),
        Contradicting, Named, WriteOnly, Guarded
    )
)]
pub async fn test_connection(
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<TestAnswer>, ApiError> {
    let id = live_id(&state, &path).await?;
    let (actor, right) = (token.actor(), may_administer(token.actor())?);
    let report = connection_site::test(&state.sharing, actor, right, id, clock::now()).await?;
    Ok(web::Json(report.into()))
}

/// What to refresh; everything of the connection if it names nothing.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefreshRequest)]
pub(super) struct RefreshBody {
    /// Everything that this share shows.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    share_id: Given<String>,
    /// One page, by its Confluence id.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    page_id: Given<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Refresh what is stored of a live connection
///
/// Answers at once; `status.pages.due` of the connection says how much is still to come.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/refresh",
    tag = "Connections",
    params(("id" = Uuid, Path)),
    request_body = Option<RefreshBody>,
    responses(
        (status = 202, description = "It will be compared with the site, whatever its age."),
        Contradicting, Named, Checked, WithBody, WriteOnly, Guarded
    )
)]
pub async fn refresh_connection(
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = live_id(&state, &path).await?;
    let body: RefreshBody = read_json_if_any(&request, payload).await?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &body.unknown);
    let share_id = problems.optional("shareId", body.share_id, fields::uuid);
    let page_id = problems.optional("pageId", body.page_id, |text| fields::line(text, 64));
    if share_id.is_some() && page_id.is_some() {
        problems.add("pageId", "Name a share or a page, not both.");
    }
    problems.into_result()?;
    let (actor, now) = (token.actor(), clock::now());
    if let Some(share_id) = share_id {
        let share = share_of(&state, &token, share_id, id).await?;
        refresh_share(&state.sharing, actor, share, now).await?;
    } else {
        let right = may_administer(actor)?;
        connection_site::refresh(&state.sharing, actor, right, id, page_id, now).await?;
    }
    Ok(HttpResponse::Accepted().finish())
}

/// A share of this connection.
async fn share_of(
    state: &AppState,
    token: &WriteToken,
    share_id: Uuid,
    connection_id: Uuid,
) -> Result<MayChange, Failure> {
    let found = may_change(&state.sharing, token.actor(), share_id.into(), clock::now()).await;
    match found {
        Ok(share) if share.share().connection_id == connection_id => Ok(share),
        Ok(_) | Err(SharingError::NotFound) => {
            let detail = "The connection has no such share.";
            Err(Failure::Invalid(vec![FieldProblem::new("shareId", detail)]))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PagesQuery {
    /// Words of the title or the text.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200)]
    query: Given<String>,
    /// Instead of words, the page's address in any of its forms, its id, or `SPACE:Title`.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 2000)]
    url: Given<String>,
    /// The key of the only space to search.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 255)]
    space: Given<String>,
    #[serde(flatten)]
    #[param(ignore)]
    unknown: Unknown,
}

/// What was found on the site.
#[derive(Serialize, ToSchema)]
pub struct FoundPages {
    items: Vec<FoundPage>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FoundPage {
    id: String,
    kind: FoundKind,
    title: String,
    /// Null when the site did not say.
    #[schema(required = true)]
    space_key: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum FoundKind {
    Page,
    BlogPost,
    /// A place in the tree without a text of its own.
    Folder,
}

impl From<FoundContent> for FoundPage {
    fn from(found: FoundContent) -> Self {
        Self {
            id: found.id,
            kind: match found.kind {
                ContentKind::Page => FoundKind::Page,
                ContentKind::BlogPost => FoundKind::BlogPost,
                ContentKind::Folder => FoundKind::Folder,
            },
            title: found.title,
            space_key: found.space_key,
        }
    }
}

/// Search a live site for pages
///
/// At most 50, best first. What the connection's account may not see is not found.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/pages",
    tag = "Connections",
    params(("id" = Uuid, Path), PagesQuery),
    responses(
        (status = 200, description = "What was found.", body = FoundPages),
        Contradicting, Named, Checked, Guarded
    )
)]
pub async fn search_pages(
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<web::Json<FoundPages>, ApiError> {
    let id = live_id(&state, &path).await?;
    let query: PagesQuery = read_query(&request)?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &query.unknown);
    let words = problems.changed("query", query.query, |text| fields::line(text, 200));
    let url = problems.changed("url", query.url, |text| fields::line(text, 2000));
    let space = problems.changed("space", query.space, |text| fields::line(text, 255));
    if words.is_some() == url.is_some() {
        problems.add("query", "One of query and url is required.");
    }
    problems.into_result()?;
    let now = clock::now();
    let found = match (words, url) {
        (Some(words), _) => {
            let space = space.as_deref();
            state
                .sync
                .search(id, &Asker::Connection, &words, space, MOST_FOUND, now)
                .await
        }
        (None, Some(url)) => {
            let found = state
                .sync
                .find_page(id, &Asker::Connection, &url, now)
                .await;
            found.map(|page| page.into_iter().collect())
        }
        (None, None) => Ok(Vec::new()),
    };
    let items = found.map_err(Failure::of_site)?;
    Ok(web::Json(FoundPages {
        items: items.into_iter().map(FoundPage::from).collect(),
    }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SpacesQuery {
    /// Part of the name or of the key.
    #[serde(default)]
    #[param(value_type = Option<String>, max_length = 200)]
    query: Given<String>,
    #[serde(flatten)]
    #[param(ignore)]
    unknown: Unknown,
}

/// Spaces of the site.
#[derive(Serialize, ToSchema)]
pub struct FoundSpaces {
    items: Vec<SpaceAnswer>,
}

impl From<ListedSpace> for SpaceAnswer {
    fn from(space: ListedSpace) -> Self {
        Self {
            key: space.key,
            name: space.name,
            home_page_id: space.homepage_id,
        }
    }
}

/// List the spaces of a live site
///
/// At most 50 that the connection's account may see.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/spaces",
    tag = "Connections",
    params(("id" = Uuid, Path), SpacesQuery),
    responses(
        (status = 200, description = "What was found.", body = FoundSpaces),
        Contradicting, Named, Checked, Guarded
    )
)]
pub async fn search_spaces(
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<web::Json<FoundSpaces>, ApiError> {
    let id = live_id(&state, &path).await?;
    let query: SpacesQuery = read_query(&request)?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &query.unknown);
    let words = problems.changed("query", query.query, |text| fields::text(text, 200));
    problems.into_result()?;
    let words = words.unwrap_or_default();
    let found = state
        .sync
        .spaces(id, &Asker::Connection, &words, MOST_FOUND, clock::now());
    let items = found.await.map_err(Failure::of_site)?;
    Ok(web::Json(FoundSpaces {
        items: items.into_iter().map(SpaceAnswer::from).collect(),
    }))
}

/// The connection of a path, if there is a site behind it.
async fn live_id(state: &AppState, written: &str) -> Result<Uuid, Failure> {
    let connection = find(state, connection_id(written)?).await?;
    if connection.kind.is_live() {
        Ok(connection.id)
    } else {
        Err(Failure::Conflict(
            "This is an imported space export; there is no site to ask.".to_owned(),
        ))
    }
}
