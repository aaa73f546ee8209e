//! `GET /docs/embedding`: the guide for the developers of client sites. Anybody may read it; it holds nothing of a share.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::views::guide::GuidePage;
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

pub async fn show_guide(state: web::Data<AppState>) -> Result<HttpResponse, PageError> {
    let guide = GuidePage::of(&state.settings.base_url.origin());
    Ok(page::html(StatusCode::OK, &Shell::Plain, &guide)?)
}
