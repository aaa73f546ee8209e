//! One connection: for an export its report, its shares, and the forms to import again, rename and delete it. A live
//! one is shown by `live`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::report::ReportView;
use super::{connection_id, live};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::admin::times::Moment;
use crate::clock;
use crate::connections::store::live::{LiveConnection, find_live};
use crate::pages::model::Connection;
use crate::pages::store::connections;
use crate::shares::store::StoreError;
use crate::shares::store::listing::{self, ShareFilter, ShareOrder};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// So many shares are named; the rest is counted.
const SHARES_NAMED: i64 = 20;

#[derive(Template)]
#[template(path = "admin/connections/show.html")]
struct ConnectionPage {
    chrome: Chrome,
    problems: Problems,
    id: String,
    /// As it is called.
    name: String,
    /// As typed in the form.
    typed_name: String,
    wiki_url: Option<String>,
    report: Option<ReportView>,
    shares: SharesView,
    created_at: Moment,
    updated_at: Moment,
    upload_limit: String,
    upload_limit_bytes: u64,
}

/// The shares that show a connection's content.
pub struct SharesView {
    /// Path and name of the first ones.
    pub named: Vec<(String, String)>,
    pub total: i64,
}

impl SharesView {
    pub fn load(
        db: &mut PgConnection,
        connection: Uuid,
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let filter = ShareFilter {
            connection_id: Some(connection),
            ..ShareFilter::default()
        };
        let shares = listing::list_shares(db, &filter, ShareOrder::ByName, SHARES_NAMED, 0, now)?;
        Ok(Self {
            named: shares
                .into_iter()
                .map(|share| (format!("/admin/shares/{}", share.id), share.name))
                .collect(),
            total: listing::count_shares(db, &filter, now)?,
        })
    }

    /// Those that are not named.
    pub fn others(&self) -> i64 {
        self.total - i64::try_from(self.named.len()).unwrap_or(self.total)
    }
}

/// `GET /admin/connections/{id}`.
pub async fn show(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    answer(
        &state,
        &admin,
        connection_id(&path)?,
        StatusCode::OK,
        None,
        Problems::default(),
    )
    .await
}

/// The page, perhaps with a name that was refused.
pub async fn answer(
    state: &AppState,
    admin: &Admin,
    id: Uuid,
    status: StatusCode,
    typed_name: Option<String>,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let now = clock::now();
    let loaded = state.db.run(move |db| load(db, id, now)).await?;
    let (connection, site, shares) = loaded.ok_or(Failure::NotFound)?;
    if let Some(site) = site {
        let created_at = connection.created_at;
        return live::answer(state, admin, site, created_at, status, typed_name, problems).await;
    }
    let limit = state.settings.upload_limit_bytes;
    let template = ConnectionPage {
        chrome: Chrome::of(admin, Section::Connections),
        problems,
        id: id.to_string(),
        typed_name: typed_name.unwrap_or_else(|| connection.name.clone()),
        name: connection.name,
        wiki_url: connection.wiki_url,
        report: connection.report.as_ref().map(ReportView::from),
        shares,
        created_at: connection.created_at.into(),
        updated_at: connection.updated_at.into(),
        upload_limit: format!("{} MiB", limit >> 20),
        upload_limit_bytes: limit,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

fn load(
    db: &mut PgConnection,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<(Connection, Option<LiveConnection>, SharesView)>, StoreError> {
    let Some(connection) = connections::find_connection(db, id)? else {
        return Ok(None);
    };
    let site = find_live(db, id)?;
    Ok(Some((connection, site, SharesView::load(db, id, now)?)))
}
