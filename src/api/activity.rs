//! What happened at a share's door, as its admin and programs may read it.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::bearer::ReadToken;
use super::body::read_query;
use super::cursor::EventCursor;
use super::fields;
use super::given::Given;
use super::problems::{Problems, Unknown};
use super::refusals::{Checked, Guarded, Named};
use super::shares::share_id;
use crate::shares::event::StoredEvent;
use crate::shares::store;
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ActivityQuery {
    /// How many events a page has.
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

/// One page of a share's activity.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActivityPage)]
pub struct ActivityPage {
    items: Vec<EventAnswer>,
    /// Where the next page begins; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Somebody got in, or was refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Event)]
struct EventAnswer {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// `password_accepted`, `password_refused`, `password_throttled`, `token_accepted` or `token_refused`; in frames also
    /// `cookie_kept`, `cookie_refused`, `cookieless_pass`, `framed_view` (once a minute for a site), `frame_blocked` and
    /// `policy_report`.
    kind: String,
    /// Why a token was refused, as in the header `Vestibule-Unlock`. Of `frame_blocked` how it was noticed: by the
    /// `request` for the frame, by a browser's `report`, or by a report that the frame of a listed site stands in another
    /// one (`outer_frame`). Of `policy_report` the directive.
    #[schema(required = true)]
    code: Option<String>,
    /// The token's `nbf`, in Unix seconds, when it could be read. A refused token may say anything.
    #[schema(required = true)]
    nbf: Option<i64>,
    /// The token's `exp`, likewise.
    #[schema(required = true)]
    exp: Option<i64>,
    /// How far the client's clock seems to be ahead of ours, for tokens that came too early or too late.
    #[schema(required = true)]
    clock_difference_seconds: Option<i64>,
    /// Which secret signed the token: `current`, `previous`, `current_hex_text` or `previous_hex_text`.
    #[schema(required = true)]
    signing_key: Option<String>,
    /// It happened in a frame of another site.
    framed: bool,
    /// The origin of the site around the frame, where the browser said it. Anybody can pretend to be one.
    #[schema(required = true)]
    embed_origin: Option<String>,
    /// The family of the browser, by its `User-Agent`: `chrome`, `edge`, `firefox`, `safari` or `other`. Every browser on
    /// iOS is `safari`. Null in events from before this was recorded.
    #[schema(required = true)]
    browser: Option<String>,
}

impl From<StoredEvent> for EventAnswer {
    fn from(event: StoredEvent) -> Self {
        Self {
            at: event.at,
            kind: event.kind,
            code: event.code,
            nbf: event.token_not_before,
            exp: event.token_expires,
            clock_difference_seconds: event.clock_difference_seconds,
            signing_key: event.signing_key,
            framed: event.framed,
            embed_origin: event.embed_origin,
            browser: event.browser,
        }
    }
}

/// List a share's activity, newest first
#[utoipa::path(
    get,
    path = "/api/v1/shares/{id}/activity",
    tag = "Shares",
    params(("id" = Uuid, Path), ActivityQuery),
    responses(
        (status = 200, description = "One page of events.", body = ActivityPage),
        Named, Checked, Guarded
    )
)]
pub async fn list_activity(
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<web::Json<ActivityPage>, ApiError> {
    let id = share_id(&path)?;
    let query: ActivityQuery = read_query(&request)?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &query.unknown);
    let limit = problems.changed("limit", query.limit, fields::limit);
    let cursor = problems.changed("cursor", query.cursor, |text| EventCursor::decode(&text));
    problems.into_result()?;
    let limit = limit.unwrap_or(fields::DEFAULT_LIMIT);
    let page = state.db.run(move |db| {
        store::find_share(db, id)?.ok_or(Failure::NotFound)?;
        let before = cursor.map(|EventCursor(id)| id);
        // One more than asked for says whether there is another page.
        let mut events = store::events::list_events(db, id, before, i64::from(limit) + 1)?;
        let has_more = events.len() > usize::from(limit);
        events.truncate(limit.into());
        let last = events.last().filter(|_| has_more);
        Ok::<_, Failure>(ActivityPage {
            next_cursor: last.map(|event| EventCursor(event.id).encode()),
            items: events.into_iter().map(EventAnswer::from).collect(),
        })
    });
    Ok(web::Json(page.await?))
}
