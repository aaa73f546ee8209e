//! Changing a share's unlock secret: a page that says what that does to client sites, then the change.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use time::Duration;

use super::{share_id, share_path};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::AdminForm;
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::admin::times::duration_in_words;
use crate::clock;
use crate::shares::share::{Share, ShareId};
use crate::shares::store;
use crate::shares::unlock_secret::UnlockSecret;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/shares/unlock_secret.html")]
struct ChangePage {
    chrome: Chrome,
    problems: Problems,
    name: String,
    action: String,
    back: String,
    /// How long the secret before the current one still counts; a change now ends it.
    previous_remaining: Option<String>,
}

#[derive(Deserialize)]
pub struct OverlapInput {
    #[serde(default)]
    overlap: String,
}

/// `GET /admin/shares/{id}/unlock-secret`.
pub async fn ask(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    answer(&state, &admin, id, StatusCode::OK, Problems::default()).await
}

/// `POST /admin/shares/{id}/unlock-secret`.
pub async fn change(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<OverlapInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let Some(overlap) = parse_overlap(&form.input.overlap) else {
        let mut problems = Problems::default();
        problems.add("overlap", "Choose how long the old secret stays accepted.");
        return answer(
            &state,
            &form.admin,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            problems,
        )
        .await;
    };
    let fresh = UnlockSecret::generate().map_err(|error| Failure::Internal(error.to_string()))?;
    let now = clock::now();
    let changed = state
        .db
        .run(move |db| store::rotate_unlock_secret(db, id, &fresh, overlap, now))
        .await?;
    changed.ok_or(Failure::NotFound)?;
    state.shares.forget(id);
    form.admin.say_done(if overlap.is_zero() {
        "The unlock secret is changed and the old one is refused. Give the new one to your client sites now.".to_owned()
    } else {
        let overlap = duration_in_words(overlap);
        format!("The unlock secret is changed. The old one is accepted for {overlap} more.")
    })?;
    Ok(page::see_other(&share_path(id, "secret")))
}

fn parse_overlap(word: &str) -> Option<Duration> {
    match word {
        "none" => Some(Duration::ZERO),
        "hour" => Some(Duration::HOUR),
        "day" => Some(Duration::DAY),
        _ => None,
    }
}

async fn answer(
    state: &AppState,
    admin: &Admin,
    id: ShareId,
    status: StatusCode,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let share: Share = state
        .db
        .run(move |db| store::find_share(db, id))
        .await?
        .ok_or(Failure::NotFound)?;
    let now = clock::now();
    let previous = share
        .previous_unlock_secret
        .filter(|previous| now < previous.expires_at);
    let template = ChangePage {
        chrome: Chrome::of(admin, Section::Shares),
        problems,
        name: share.name,
        action: format!("/admin/shares/{id}/unlock-secret"),
        back: share_path(id, "secret"),
        previous_remaining: previous.map(|previous| duration_in_words(previous.expires_at - now)),
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}
