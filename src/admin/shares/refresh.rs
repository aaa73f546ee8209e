//! Having everything that a share shows compared with its site now.

use actix_web::{HttpResponse, web};

use super::{share_id, share_path};
use crate::admin::form::{AdminForm, JustAButton};
use crate::clock;
use crate::shares::store;
use crate::sync;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::scope::content_scope;
use crate::web::state::AppState;

/// `POST /admin/shares/{id}/refresh`.
pub async fn refresh(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let found = state
        .db
        .run(move |db| store::find_connected_share(db, id))
        .await?
        .ok_or(Failure::NotFound)?;
    if !found.source.is_live() {
        return Err(Failure::Conflict(
            "This share shows an imported space export. Import a newer one to refresh it."
                .to_owned(),
        )
        .into());
    }
    let scope = content_scope(&found.share, found.source);
    let now = clock::now();
    state
        .db
        .run(move |db| sync::refresh::refresh_scope(db, &scope, now))
        .await?;
    state.connections.wake();
    form.admin
        .say_done("All pages of the share are being compared with the wiki.")?;
    Ok(page::see_other(&share_path(id, "")))
}
