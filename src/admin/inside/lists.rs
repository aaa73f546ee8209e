//! Lists of shares inside Confluence: of a space, and of the whole site. Of both, people see what they may see.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::frame::bridge_of;
use super::view::{View, ViewName};
use crate::accounts::session::Way;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::AdminQuery;
use crate::admin::gate::SignedIn;
use crate::admin::shares::list::of_sharer;
use crate::admin::shares::share_path;
use crate::admin::shares::state::{StateBadge, scope_label};
use crate::clock;
use crate::config::BaseUrl;
use crate::shares::share::Share;
use crate::shares::store::listing::ShareFilter;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// As the entrance wrote it into the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Opened {
    pub page: String,
    pub space: String,
}

#[derive(Template)]
#[template(path = "admin/inside/list.html")]
struct ListPage {
    chrome: Chrome,
    bridge: Option<&'static str>,
    title: String,
    lead: &'static str,
    shares: Vec<Row>,
    trouble: Option<String>,
    new_share: String,
}

/// A share as the pages inside Confluence show it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) state: StateBadge,
    pub(super) scope: &'static str,
    pub(super) access: &'static str,
    pub(super) public_url: String,
    pub(super) made_by: String,
}

impl Row {
    pub(super) fn of(share: &Share, base_url: &BaseUrl, now: OffsetDateTime) -> Self {
        Self {
            id: share.id.to_string(),
            path: share_path(share.id, ""),
            name: share.name.clone(),
            state: StateBadge::of(share, now),
            scope: scope_label(share.scope.kind()),
            access: if share.embed_only {
                "Only inside its sites"
            } else if share.password_hash.is_some() {
                "Password"
            } else {
                "Open to whoever has the link"
            },
            public_url: base_url.join(&format!("/content/{}", share.id)),
            made_by: share.created_by.clone(),
        }
    }
}

/// The site that the frame is of; nothing here is for sessions in a tab.
pub(super) fn site_of(signed_in: &SignedIn) -> Result<Uuid, Failure> {
    match signed_in.session().way {
        Way::App { connection_id } => Ok(connection_id),
        _ => Err(Failure::NotFound),
    }
}

/// `GET /admin/inside/space?space=…`.
pub async fn space(
    state: web::Data<AppState>,
    request: HttpRequest,
    signed_in: SignedIn,
    AdminQuery(opened): AdminQuery<Opened>,
) -> Result<HttpResponse, PageError> {
    let site = site_of(&signed_in)?;
    let view = View::new(ViewName::Space, None, Some(&opened.space)).ok_or(Failure::NotFound)?;
    let filter = ShareFilter {
        connection_id: Some(site),
        space_key: view.space().map(str::to_owned),
        ..ShareFilter::default()
    };
    let lead =
        "What people outside can open by a link. To share one page, use “Share externally” on it.";
    let title = "Shared outside from this space";
    answer(&state, &request, &signed_in, filter, title, lead).await
}

/// `GET /admin/inside/admin`.
pub async fn admin(
    state: web::Data<AppState>,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    let filter = ShareFilter {
        connection_id: Some(site_of(&signed_in)?),
        ..ShareFilter::default()
    };
    let lead = "What people outside can open by a link, of every space of this site.";
    let title = "Shared outside from this site";
    answer(&state, &request, &signed_in, filter, title, lead).await
}

async fn answer(
    state: &AppState,
    request: &HttpRequest,
    signed_in: &SignedIn,
    filter: ShareFilter,
    title: &str,
    lead: &'static str,
) -> Result<HttpResponse, PageError> {
    let now = clock::now();
    let new_share = filter.connection_id.unwrap_or_default();
    let seen = of_sharer::list_visible(state, signed_in, filter, "", now).await?;
    let base_url = &state.settings.base_url;
    let template = ListPage {
        chrome: Chrome::of(signed_in, Section::Shares),
        bridge: bridge_of(request),
        title: title.to_owned(),
        lead,
        shares: seen
            .shares
            .iter()
            .map(|share| Row::of(share, base_url, now))
            .collect(),
        trouble: seen.trouble,
        new_share: format!("/admin/shares/new?connection={new_share}"),
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}
