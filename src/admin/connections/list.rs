//! The list of connections, with the ways to bring in another one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::PgConnection;
use time::OffsetDateTime;

use super::installation::{count, shortened};
use super::live::{LiveState, product};
use super::report::ReportView;
use super::trouble::Trouble;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::admin::times::Moment;
use crate::clock;
use crate::cloud_app::Refusal;
use crate::config::App;
use crate::connections::installation::Installation;
use crate::connections::store::{health, installations};
use crate::pages::model::Connection;
use crate::pages::store::{connections, freshness};
use crate::shares::store::StoreError;
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/connections/list.html")]
struct ListPage {
    chrome: Chrome,
    problems: Problems,
    connections: Vec<Row>,
    refusals: Vec<RefusalRow>,
    /// As typed in the import form.
    name: String,
    upload_limit: String,
    upload_limit_bytes: u64,
}

struct Row {
    id: String,
    name: String,
    /// Cloud, Data Center or Export.
    kind: &'static str,
    counts: Vec<String>,
    shares: i64,
    /// Of an export.
    imported_at: Option<Moment>,
    site: Option<SiteView>,
    /// What is wrong and what to do.
    trouble: Option<String>,
    /// New shares can show its pages.
    can_share: bool,
}

/// How a live connection is doing.
struct SiteView {
    state: LiveState,
    /// Our app has made it.
    is_app: bool,
    last_success: Option<Moment>,
}

/// A call of the app that was refused.
struct RefusalRow {
    at: Moment,
    event: &'static str,
    host: String,
    client_key: String,
    reason: String,
    remedy: &'static str,
}

impl From<(OffsetDateTime, Refusal)> for RefusalRow {
    fn from((at, refusal): (OffsetDateTime, Refusal)) -> Self {
        Self {
            at: at.into(),
            event: refusal.event,
            host: refusal.host,
            client_key: shortened(&refusal.client_key),
            reason: refusal.reason,
            remedy: refusal.remedy,
        }
    }
}

/// `GET /admin/connections`.
pub async fn show(state: web::Data<AppState>, admin: Admin) -> Result<HttpResponse, PageError> {
    answer(
        &state,
        &admin,
        StatusCode::OK,
        String::new(),
        Problems::default(),
    )
    .await
}

/// The list, perhaps with what the import form sent.
pub async fn answer(
    state: &AppState,
    admin: &Admin,
    status: StatusCode,
    name: String,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let now = clock::now();
    let ours = state.settings.app.clone();
    let connections = state.db.run(move |db| load(db, &ours, now)).await?;
    let refusals = state.cloud_app.refusals().list();
    let limit = state.settings.upload_limit_bytes;
    let template = ListPage {
        chrome: Chrome::of(admin, Section::Connections),
        problems,
        connections,
        refusals: refusals.into_iter().map(RefusalRow::from).collect(),
        name,
        upload_limit: format!("{} MiB", limit >> 20),
        upload_limit_bytes: limit,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

fn load(db: &mut PgConnection, ours: &App, now: OffsetDateTime) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for connection in connections::list_connections(db)? {
        rows.push(row(db, connection, ours, now)?);
    }
    Ok(rows)
}

fn row(
    db: &mut PgConnection,
    connection: Connection,
    ours: &App,
    now: OffsetDateTime,
) -> Result<Row, StoreError> {
    let is_live = connection.kind.is_live();
    let (mut trouble, mut can_share) = (None, true);
    let (counts, site) = if is_live {
        let progress = freshness::progress(db, connection.id)?;
        let health = health::find_health(db, connection.id)?;
        let app = installations::find_installation(db, connection.id)?;
        let of_app = app.as_ref().and_then(LiveState::of_app);
        can_share = app.as_ref().is_none_or(Installation::is_in_use);
        trouble = Trouble::of(db, &connection, app.as_ref(), &health, ours, now)?;
        let site = SiteView {
            state: of_app.unwrap_or_else(|| LiveState::of(&health)),
            is_app: app.is_some(),
            last_success: health.last_success_at.map(Moment::from),
        };
        let pages = if progress.total == 1 { "page" } else { "pages" };
        let fetched = if progress.with_body == progress.total {
            format!("{} {pages} fetched", progress.total)
        } else {
            format!(
                "{} of {} {pages} fetched",
                progress.with_body, progress.total
            )
        };
        (vec![fetched], Some(site))
    } else {
        let report = connection.report.as_ref().map(ReportView::from);
        (report.unwrap_or_default().counts, None)
    };
    Ok(Row {
        id: connection.id.to_string(),
        name: connection.name,
        kind: product(connection.kind),
        counts,
        shares: count(db, connection.id, now)?,
        imported_at: (!is_live).then(|| connection.updated_at.into()),
        site,
        trouble: trouble.map(|trouble| trouble.sentence),
        can_share,
    })
}
