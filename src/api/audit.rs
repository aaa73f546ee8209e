//! The audit record, as programs may read it: page by page, or as one stream of lines.

use actix_web::http::header::{Accept, Header as _};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit_answer::{self, AuditEvent};
use super::bearer::ReadToken;
use super::body::read_query;
use super::cursor::EventCursor;
use super::fields;
use super::given::Given;
use super::problems::{Problems, Unknown};
use super::refusals::{Checked, Guarded};
use crate::audit::event::EventKind;
use crate::audit::store::read::{self, ActorFilter, Filter};
use crate::db::{Db, DbError};
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

/// So many events are in memory at once.
const CHUNK: i64 = 200;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// How many events a page has. JSON Lines and CSV are not paged: without a limit they go on to the first event.
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200, default = 50)]
    limit: Given<String>,
    /// `nextCursor` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Given<String>,
    /// Only what this actor did: the id, or the whole name as it was then.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 300)]
    actor: Given<String>,
    /// Only events of this kind, such as `share.created`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    kind: Given<String>,
    /// Only what was done to the share with this id.
    #[serde(default)]
    #[param(value_type = Option<uuid::Uuid>)]
    share: Given<String>,
    /// Only events of this time or later.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Given<String>,
    /// Only events before this time.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    to: Given<String>,
    #[serde(flatten)]
    #[param(ignore)]
    unknown: Unknown,
}

/// One page of the record.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEventPage)]
pub struct AuditEventPage {
    items: Vec<AuditEvent>,
    /// Where the next page begins; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What a call asks for.
struct Wanted {
    filter: Filter,
    before: Option<i64>,
    limit: Option<u8>,
}

impl AuditQuery {
    fn check(self) -> Result<Wanted, Failure> {
        let mut problems = Problems::default();
        problems.refuse_unknown("", &self.unknown);
        let limit = problems.changed("limit", self.limit, fields::limit);
        let cursor = problems.changed("cursor", self.cursor, |text| EventCursor::decode(&text));
        let actor = problems.changed("actor", self.actor, |text| fields::line(text, 300));
        let kind = problems.changed("kind", self.kind, |word| {
            EventKind::parse(&word).ok_or("There are no events of this kind.")
        });
        let filter = Filter {
            actor: actor.map(|text| ActorFilter::parse(&text)),
            kind,
            share: problems.changed("share", self.share, fields::uuid),
            from: problems.changed("from", self.from, fields::moment),
            to: problems.changed("to", self.to, fields::moment),
        };
        problems.into_result()?;
        Ok(Wanted {
            filter,
            before: cursor.map(|EventCursor(seq)| seq),
            limit,
        })
    }
}

/// List audit events, newest first
#[utoipa::path(
    get,
    path = "/api/v1/audit-events",
    tag = "Audit",
    params(AuditQuery),
    responses(
        (
            status = 200,
            description = "One page of events. With `Accept: application/x-ndjson` or `text/csv` all events, one a line.",
            content(
                (AuditEventPage = "application/json"),
                (String = "application/x-ndjson"),
                (String = "text/csv"),
            )
        ),
        Checked, Guarded
    )
)]
pub async fn list_audit_events(
    _token: ReadToken,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: AuditQuery = read_query(&request)?;
    let wanted = query.check()?;
    match Form::of(&request) {
        Form::Page => page(&state.db, wanted).await,
        Form::Lines(lines) => Ok(stream_of(state.db.clone(), wanted, lines)),
    }
}

async fn page(db: &Db, wanted: Wanted) -> Result<HttpResponse, ApiError> {
    let limit = wanted.limit.unwrap_or(fields::DEFAULT_LIMIT);
    let found = db.run(move |db| {
        // One more than asked for says whether there is another page.
        read::list_events(db, &wanted.filter, wanted.before, i64::from(limit) + 1)
    });
    let mut rows = found.await.map_err(Failure::from)?;
    let has_more = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let last = rows.last().filter(|_| has_more);
    Ok(HttpResponse::Ok().json(AuditEventPage {
        next_cursor: last.map(|row| EventCursor(row.entry.seq).encode()),
        items: rows.iter().map(AuditEvent::from).collect(),
    }))
}

enum Form {
    Page,
    Lines(Lines),
}

#[derive(Clone, Copy)]
enum Lines {
    Json,
    Csv,
}

impl Form {
    /// What the caller prefers of the three; JSON for callers who say nothing that is known here.
    fn of(request: &HttpRequest) -> Self {
        let accepted = Accept::parse(request).map(|accept| accept.ranked());
        let forms =
            accepted
                .unwrap_or_default()
                .into_iter()
                .filter_map(|form| match form.essence_str() {
                    "application/json" | "application/*" | "*/*" => Some(Self::Page),
                    "application/x-ndjson" => Some(Self::Lines(Lines::Json)),
                    "text/csv" | "text/*" => Some(Self::Lines(Lines::Csv)),
                    _ => None,
                });
        forms.into_iter().next().unwrap_or(Self::Page)
    }
}

/// Where a stream is.
struct Progress {
    db: Db,
    wanted: Wanted,
    lines: Lines,
    head: Option<String>,
    is_done: bool,
}

fn stream_of(db: Db, wanted: Wanted, lines: Lines) -> HttpResponse {
    let (content_type, head) = match lines {
        Lines::Json => ("application/x-ndjson", None),
        Lines::Csv => ("text/csv; charset=utf-8", Some(audit_answer::csv_head())),
    };
    let begin = Progress {
        db,
        wanted,
        lines,
        head,
        is_done: false,
    };
    HttpResponse::Ok()
        .content_type(content_type)
        .streaming(stream::try_unfold(begin, next_lines))
}

/// A connection that breaks tells the caller that the lines are not all: they have no end of their own.
async fn next_lines(mut progress: Progress) -> Result<Option<(Bytes, Progress)>, DbError> {
    if progress.is_done {
        return Ok(None);
    }
    let (filter, before) = (progress.wanted.filter.clone(), progress.wanted.before);
    let most = progress.wanted.limit.map_or(CHUNK, i64::from);
    let found = progress
        .db
        .run(move |db| read::list_events(db, &filter, before, most));
    let rows = found.await.inspect_err(
        |error: &DbError| tracing::warn!(%error, "a list of audit events broke off"),
    )?;
    let mut text = progress.head.take().unwrap_or_default();
    for row in &rows {
        text.push_str(&match progress.lines {
            Lines::Json => audit_answer::json_line(row),
            Lines::Csv => audit_answer::csv_line(row),
        });
    }
    progress.wanted.before = rows.last().map(|row| row.entry.seq);
    progress.is_done = rows.is_empty() || progress.wanted.limit.is_some();
    Ok(Some((Bytes::from(text), progress)))
}
