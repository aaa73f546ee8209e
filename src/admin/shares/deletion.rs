//! Deleting a share: a page that says what is lost, then the deletion.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{may_change, share_id, share_path};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{JustAButton, SignedInForm};
use crate::admin::gate::SignedIn;
use crate::clock;
use crate::sharing::share;
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
    signed_in: SignedIn,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &signed_in, &path).await?;
    let (id, share) = (share.id(), share.share());
    let template = DeletionPage {
        chrome: Chrome::of(&signed_in, Section::Shares),
        name: share.name.clone(),
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
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    match may_change(&state, &form.signed_in, &path).await {
        Ok(share) => {
            share::delete(&state.sharing, form.signed_in.actor(), share, clock::now()).await?
        }
        Err(Failure::NotFound) if form.signed_in.is_admin() && share_id(&path).is_ok() => {}
        Err(failure) => return Err(failure.into()),
    }
    form.signed_in
        .say_done("The share is deleted. Its link leads nowhere now.")?;
    Ok(page::see_other("/admin"))
}
