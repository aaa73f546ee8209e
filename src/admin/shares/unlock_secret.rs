//! Changing a share's unlock secret: a page that says what that does to client sites, then the change.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{may_change, share_path};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::SignedInForm;
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::admin::times::duration_in_words;
use crate::clock;
use crate::shares::share::Share;
use crate::sharing::unlock_secret::{Overlap, rotate};
use crate::web::error::PageError;
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
    signed_in: SignedIn,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &signed_in, &path).await?;
    answer(
        &signed_in,
        share.share(),
        StatusCode::OK,
        Problems::default(),
    )
}

/// `POST /admin/shares/{id}/unlock-secret`.
pub async fn change(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<OverlapInput>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let id = share.id();
    let Some(overlap) = parse_overlap(&form.input.overlap) else {
        let mut problems = Problems::default();
        problems.add("overlap", "Choose how long the old secret stays accepted.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return answer(&form.signed_in, share.share(), status, problems);
    };
    rotate(
        &state.sharing,
        form.signed_in.actor(),
        share,
        overlap,
        clock::now(),
    )
    .await?;
    form.signed_in.say_done(if overlap == Overlap::NONE {
        "The unlock secret is changed and the old one is refused. Give the new one to your client sites now.".to_owned()
    } else {
        let overlap = duration_in_words(overlap.duration());
        format!("The unlock secret is changed. The old one is accepted for {overlap} more.")
    })?;
    Ok(page::see_other(&share_path(id, "secret")))
}

fn parse_overlap(word: &str) -> Option<Overlap> {
    let seconds = match word {
        "none" => 0,
        "hour" => 60 * 60,
        "day" => 24 * 60 * 60,
        _ => return None,
    };
    Overlap::from_seconds(seconds).ok()
}

fn answer(
    signed_in: &SignedIn,
    share: &Share,
    status: StatusCode,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let (id, now) = (share.id, clock::now());
    let previous = share.previous_unlock_secret.as_ref();
    let previous = previous.filter(|previous| now < previous.expires_at);
    let template = ChangePage {
        chrome: Chrome::of(signed_in, Section::Shares),
        problems,
        name: share.name.clone(),
        action: format!("/admin/shares/{id}/unlock-secret"),
        back: share_path(id, "secret"),
        previous_remaining: previous.map(|previous| duration_in_words(previous.expires_at - now)),
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}
