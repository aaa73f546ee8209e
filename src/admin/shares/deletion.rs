//! Deleting a share: a page that says what is lost, then the deletion.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{share_id, share_path};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::gate::Admin;
use crate::shares::store;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/shares/deletion.html")]
struct DeletionPage {
    chrome: Chrome,
    name: String,
    public_url: String,
    action: String,
    back: String,
    enabled: bool,
}

/// `GET /admin/shares/{id}/deletion`.
pub async fn ask(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let share = state
        .db
        .run(move |db| store::find_share(db, id))
        .await?
        .ok_or(Failure::NotFound)?;
    let template = DeletionPage {
        chrome: Chrome::of(&admin, Section::Shares),
        name: share.name,
        public_url: state.settings.base_url.join(&format!("/content/{id}")),
        action: format!("/admin/shares/{id}/deletion"),
        back: share_path(id, "state"),
        enabled: share.enabled,
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

/// `POST /admin/shares/{id}/deletion`. Deleting what is gone already is done as well.
pub async fn delete(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    state.db.run(move |db| store::delete_share(db, id)).await?;
    state.shares.forget(id);
    form.admin
        .say_done("The share is deleted. Its link leads nowhere now.")?;
    Ok(page::see_other("/admin"))
}
