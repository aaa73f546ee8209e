//! Making a share.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::create_page::answer;
use super::details::DetailsInput;
use super::leaks::leaks_path;
use super::new_share::{NewShareInput, Opens, make};
use super::{may_change, share_path};
use crate::admin::form::{AdminQuery, SignedInForm};
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::clock;
use crate::shares::share::ScopeKind;
use crate::sharing::leaks;
use crate::web::error::PageError;
use crate::web::page;
use crate::web::state::AppState;

/// `GET /admin/shares/new?connection=…`.
pub async fn show(
    state: web::Data<AppState>,
    signed_in: SignedIn,
    AdminQuery(asked): AdminQuery<NewShareInput>,
) -> Result<HttpResponse, PageError> {
    let input = NewShareInput {
        details: DetailsInput::new_share(),
        connection: asked.connection,
        scope: ScopeKind::Page.as_str().to_owned(),
        ..NewShareInput::default()
    };
    answer(
        &state,
        &signed_in,
        StatusCode::OK,
        input,
        Problems::default(),
    )
    .await
}

/// `POST /admin/shares/new`: searches for pages, or makes the share.
pub async fn create(
    state: web::Data<AppState>,
    form: SignedInForm<NewShareInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm {
        signed_in,
        mut input,
    } = form;
    if input.step == "search" {
        input.place.clear();
    }
    if !input.below.is_empty() {
        input.place = std::mem::take(&mut input.below);
        input.step = "search".to_owned();
    }
    if input.step == "search" {
        return answer(
            &state,
            &signed_in,
            StatusCode::OK,
            input,
            Problems::default(),
        )
        .await;
    }
    let is_checked_first = input.step == "check";
    let opens = if is_checked_first {
        Opens::Later
    } else {
        Opens::Now
    };
    let mut problems = Problems::default();
    let Some(share) = make(&state, &signed_in, &input, opens, &mut problems).await? else {
        return answer(
            &state,
            &signed_in,
            StatusCode::UNPROCESSABLE_ENTITY,
            input,
            problems,
        )
        .await;
    };
    if is_checked_first {
        let right = may_change(&state, &signed_in, &share.id.to_string()).await?;
        leaks::check(&state.sharing, signed_in.actor(), &right, clock::now()).await?;
        signed_in.say_done(
            "The share is made, and nobody can open it yet. See what it would let out.",
        )?;
        return Ok(page::see_other(&leaks_path(share.id)));
    }
    signed_in.say_done("The share is ready. Copy its link below.")?;
    Ok(page::see_other(&share_path(share.id, "")))
}
