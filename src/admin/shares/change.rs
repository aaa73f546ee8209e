//! Answers the forms on a share's page that change it. Each reads what was typed, calls one use case, and goes back to the
//! page: with what was typed, when something of it is refused.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::details::DetailsInput;
use super::inputs::{EmbeddingInput, Sent, StandInInput};
use super::{may_change, share_path, show};
use crate::admin::form::{JustAButton, SignedInForm};
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::clock;
use crate::password::Password;
use crate::shares::embed_origins::Origin;
use crate::shares::share::{Share, ShareId};
use crate::sharing::error::{Field, FieldError, SharingError};
use crate::sharing::fields::{Purpose, ShareFields};
use crate::sharing::rights::{MayChange, may_administer};
use crate::sharing::stand_in::PersonId;
use crate::sharing::{refresh, share, stand_in};
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

#[derive(Deserialize)]
pub struct SiteInput {
    #[serde(default)]
    origin: String,
}

/// `POST /admin/shares/{id}`: name, note, dates, links, lifetime, what is left out.
pub async fn details(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<DetailsInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    let share = may_change(&state, &signed_in, &path).await?;
    let id = share.id();
    let mut problems = Problems::default();
    let fields = input.read(&mut problems);
    let changed = change_if(&state, &signed_in, share, fields, &mut problems).await?;
    if changed.is_none() {
        let details = Some(input);
        let sent = Sent {
            problems,
            details,
            ..Sent::default()
        };
        return refuse(&state, &signed_in, id, sent).await;
    }
    signed_in.say_done("The details are saved.")?;
    Ok(page::see_other(&share_path(id, "")))
}

/// `POST /admin/shares/{id}/password`: sets or changes it.
pub async fn set_password(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<PasswordInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    let share = may_change(&state, &signed_in, &path).await?;
    let id = share.id();
    let mut problems = Problems::default();
    let fields = ShareFields {
        password: problems
            .check("password", Password::new(&input.password))
            .map(Some),
        ..ShareFields::default()
    };
    let changed = change_if(&state, &signed_in, share, fields, &mut problems).await?;
    let Some(changed) = changed else {
        return refuse(&state, &signed_in, id, problems.into()).await;
    };
    signed_in.say_done(if changed.embed_only {
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
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let fields = ShareFields {
        password: Some(None),
        ..ShareFields::default()
    };
    let actor = form.signed_in.actor();
    let changed = share::change(&state.sharing, actor, share, fields, clock::now()).await?;
    form.signed_in.say_done(if changed.embed_only {
        "The password is removed. The share still opens only inside its sites."
    } else {
        "The password is removed. Whoever has the link can read the share."
    })?;
    Ok(page::see_other(&share_path(changed.id, "access")))
}

/// `POST /admin/shares/{id}/state`: enables or disables it.
pub async fn state(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<StateInput>,
) -> Result<HttpResponse, PageError> {
    let enabled = match form.input.state.as_str() {
        "enabled" => true,
        "disabled" => false,
        _ => {
            return Err(
                Failure::BadRequest("The state must be enabled or disabled.".to_owned()).into(),
            );
        }
    };
    let share = may_change(&state, &form.signed_in, &path).await?;
    let fields = ShareFields {
        enabled: Some(enabled),
        ..ShareFields::default()
    };
    let actor = form.signed_in.actor();
    let changed = share::change(&state.sharing, actor, share, fields, clock::now()).await?;
    form.signed_in.say_done(if enabled {
        "The share is enabled."
    } else {
        "The share is disabled. Nobody can open it, and everybody who was in is out."
    })?;
    Ok(page::see_other(&share_path(changed.id, "state")))
}

/// `POST /admin/shares/{id}/passes/end`: signs everybody out.
pub async fn end_passes(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let id = share.id();
    share::end_passes(&state.sharing, form.signed_in.actor(), share, clock::now()).await?;
    form.signed_in
        .say_done("Everybody is signed out. They need the password or a new token to come back.")?;
    Ok(page::see_other(&share_path(id, "access")))
}

/// `POST /admin/shares/{id}/guesses/clear`: lifts every lock.
pub async fn clear_guesses(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let id = share.id();
    share::clear_guesses(&state.sharing, form.signed_in.actor(), share, clock::now()).await?;
    form.signed_in
        .say_done("The locks are lifted. Everybody may try the password again.")?;
    Ok(page::see_other(&share_path(id, "access")))
}

/// `POST /admin/shares/{id}/embedding`: the list of sites, and whether the share opens nowhere else.
pub async fn embedding(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<EmbeddingInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    let share = may_change(&state, &signed_in, &path).await?;
    let id = share.id();
    let mut problems = Problems::default();
    let mut fields = ShareFields::default();
    input.read(
        state.settings.embedding.wildcards,
        &mut fields,
        &mut problems,
    );
    let changed = change_if(&state, &signed_in, share, fields, &mut problems).await?;
    if changed.is_none() {
        let embedding = Some(input);
        let sent = Sent {
            problems,
            embedding,
            ..Sent::default()
        };
        return refuse(&state, &signed_in, id, sent).await;
    }
    signed_in.say_done("The list of sites is saved.")?;
    Ok(page::see_other(&share_path(id, "embedding")))
}

/// `POST /admin/shares/{id}/embedding/origins`: puts a site into the share's list.
pub async fn add_site(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<SiteInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    let share = may_change(&state, &signed_in, &path).await?;
    let id = share.id();
    let mut problems = Problems::default();
    let site = Origin::parse(input.origin.trim());
    let name = site
        .as_ref()
        .map_or_else(|_| String::new(), |site| site.as_str().to_owned());
    let added = match site {
        Ok(site) => {
            let actor = signed_in.actor();
            share::add_site(&state.sharing, actor, share, site, clock::now()).await
        }
        Err(error) => {
            let text = format_args!("{error}.");
            Err(SharingError::from(FieldError::new(
                Field::EmbedOrigins,
                text,
            )))
        }
    };
    let Some(is_new) = problems.take(added)? else {
        return refuse(&state, &signed_in, id, problems.into()).await;
    };
    signed_in.say_done(if is_new {
        format!("{name} may embed the share now. Reload the page there.")
    } else {
        format!("{name} may embed the share already. Nothing was changed.")
    })?;
    Ok(page::see_other(&share_path(id, "embed-health")))
}

/// `POST /admin/shares/{id}/stand-in`: names who stands in for the creator, or nobody.
pub async fn name_stand_in(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<StandInInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    let share = may_change(&state, &signed_in, &path).await?;
    let id = share.id();
    let right = may_administer(signed_in.actor())?;
    let mut problems = Problems::default();
    let typed = problems.check("stand_in_id", PersonId::parse(&input.stand_in_id));
    let listed = problems.check("stand_in", PersonId::parse(&input.stand_in));
    let person = typed.flatten().or(listed.flatten());
    let is_named = person.is_some();
    let named = if problems.is_empty() {
        let (actor, now) = (signed_in.actor(), clock::now());
        stand_in::name_stand_in(&state.sharing, actor, right, share, person, now).await
    } else {
        Err(SharingError::Invalid(Vec::new()))
    };
    if problems.take(named)?.is_none() {
        let stand_in = Some(input);
        let sent = Sent {
            problems,
            stand_in,
            ..Sent::default()
        };
        return refuse(&state, &signed_in, id, sent).await;
    }
    signed_in.say_done(match is_named {
        true => "The person stands in from now on. The pages are being fetched.",
        false => "Nobody stands in for the creator any more.",
    })?;
    Ok(page::see_other(&share_path(id, "viewer")))
}

/// `POST /admin/shares/{id}/refresh`: has everything that the share shows compared with its site now.
pub async fn refresh(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let id = share.id();
    let actor = form.signed_in.actor();
    match refresh::refresh_share(&state.sharing, actor, share, clock::now()).await {
        Ok(()) => form
            .signed_in
            .say_done("All pages of the share are being compared with the wiki.")?,
        Err(SharingError::Site(error)) => form.signed_in.say_problem(error.sentence())?,
        Err(error) => return Err(error.into()),
    }
    Ok(page::see_other(&share_path(id, "")))
}

/// Changes the share, unless there is a problem already; `None` when there is one.
async fn change_if(
    state: &AppState,
    signed_in: &SignedIn,
    share: MayChange,
    fields: ShareFields,
    problems: &mut Problems,
) -> Result<Option<Share>, Failure> {
    let now = clock::now();
    problems.extend(fields.contradictions(Purpose::Change, now));
    if !problems.is_empty() {
        return Ok(None);
    }
    let changed = share::change(&state.sharing, signed_in.actor(), share, fields, now);
    problems.take(changed.await)
}

async fn refuse(
    state: &AppState,
    signed_in: &SignedIn,
    id: ShareId,
    sent: Sent,
) -> Result<HttpResponse, PageError> {
    show::answer(state, signed_in, id, StatusCode::UNPROCESSABLE_ENTITY, sent).await
}
