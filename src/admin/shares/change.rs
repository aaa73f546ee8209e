//! Answers the forms on a share's page that change it: details, password, state, passes, locks. The list of
//! sites is `embedding`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::details::DetailsInput;
use super::show::{self, Sent};
use super::visible::refusal_of_restricted;
use super::{share_id, share_path};
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::problems::Problems;
use crate::clock;
use crate::guess_limit;
use crate::password::Password;
use crate::shares::guesses;
use crate::shares::share::{Share, ShareId};
use crate::shares::store::{self, ShareChange};
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

#[derive(Deserialize)]
pub struct PasswordInput {
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
pub struct StateInput {
    state: String,
}

/// `POST /admin/shares/{id}`: name, note, dates, links, lifetime, what is left out.
pub async fn details(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<DetailsInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let mut problems = Problems::default();
    let parsed = form.input.parse(&mut problems);
    let details = parsed.filter(|details| {
        let refusal = refusal_of_restricted(&form.admin, details.limits.restricted_pages);
        refusal.is_none_or(|text| {
            problems.add("restricted_pages", text);
            false
        })
    });
    let Some(details) = details else {
        let sent = Sent {
            problems,
            details: Some(form.input),
            ..Sent::default()
        };
        return show::answer(
            &state,
            &form.admin,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            sent,
        )
        .await;
    };
    let change = ShareChange {
        name: Some(details.name),
        description: Some(details.description),
        starts_at: Some(details.starts_at),
        expires_at: Some(details.expires_at),
        pass_lifetime: Some(details.pass_lifetime),
        external_links: Some(details.external_links),
        restricted_pages: details.limits.restricted_pages,
        include_labels: Some(details.limits.include_labels),
        exclude_labels: Some(details.limits.exclude_labels),
        show_comments: Some(details.limits.show_comments),
        ..ShareChange::default()
    };
    apply(&state, id, change).await?;
    form.admin.say_done("The details are saved.")?;
    Ok(page::see_other(&share_path(id, "")))
}

/// `POST /admin/shares/{id}/password`: sets or changes it.
pub async fn set_password(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<PasswordInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let mut problems = Problems::default();
    let Some(password) = problems.check("password", Password::new(&form.input.password)) else {
        let sent = Sent {
            problems,
            ..Sent::default()
        };
        return show::answer(
            &state,
            &form.admin,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            sent,
        )
        .await;
    };
    let hash = state.hasher.hash(password).await?;
    let change = ShareChange {
        password_hash: Some(Some(hash)),
        ..ShareChange::default()
    };
    let share = apply(&state, id, change).await?;
    form.admin.say_done(if share.embed_only {
        "The password is set. It is not used while the share opens only inside its sites."
    } else {
        "The password is set. Everybody who was in needs it now."
    })?;
    Ok(page::see_other(&share_path(id, "access")))
}

/// `POST /admin/shares/{id}/password/removal`.
pub async fn remove_password(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let change = ShareChange {
        password_hash: Some(None),
        ..ShareChange::default()
    };
    let share = apply(&state, id, change).await?;
    form.admin.say_done(if share.embed_only {
        "The password is removed. The share still opens only inside its sites."
    } else {
        "The password is removed. Whoever has the link can read the share."
    })?;
    Ok(page::see_other(&share_path(id, "access")))
}

/// `POST /admin/shares/{id}/state`: enables or disables it.
pub async fn state(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<StateInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let enabled = match form.input.state.as_str() {
        "enabled" => true,
        "disabled" => false,
        _ => {
            return Err(
                Failure::BadRequest("The state must be enabled or disabled.".to_owned()).into(),
            );
        }
    };
    let change = ShareChange {
        enabled: Some(enabled),
        ..ShareChange::default()
    };
    apply(&state, id, change).await?;
    form.admin.say_done(if enabled {
        "The share is enabled."
    } else {
        "The share is disabled. Nobody can open it, and everybody who was in is out."
    })?;
    Ok(page::see_other(&share_path(id, "state")))
}

/// `POST /admin/shares/{id}/passes/end`: signs everybody out.
pub async fn end_passes(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let now = clock::now();
    let ended = state
        .db
        .run(move |db| store::sign_everybody_out(db, id, now))
        .await?;
    ended.ok_or(Failure::NotFound)?;
    state.shares.forget(id);
    form.admin
        .say_done("Everybody is signed out. They need the password or a new token to come back.")?;
    Ok(page::see_other(&share_path(id, "access")))
}

/// `POST /admin/shares/{id}/guesses/clear`: lifts every lock.
pub async fn clear_guesses(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    state
        .db
        .run(move |db| guess_limit::clear(db, &guesses::share_prefix(id)))
        .await?;
    form.admin
        .say_done("The locks are lifted. Everybody may try the password again.")?;
    Ok(page::see_other(&share_path(id, "access")))
}

/// The share as it is now.
pub(super) async fn apply(
    state: &AppState,
    id: ShareId,
    change: ShareChange,
) -> Result<Share, Failure> {
    let now = clock::now();
    let changed = state
        .db
        .run(move |db| store::update_share(db, id, &change, now))
        .await?;
    let share = changed.ok_or(Failure::NotFound)?;
    state.shares.forget(id);
    Ok(share)
}
