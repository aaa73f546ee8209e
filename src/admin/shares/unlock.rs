//! Unlock tokens on a share's page: "Try it" mints one and opens the share with it; the checker says which row of the
//! rule a pasted one breaks.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::inputs::Sent;
use super::token_check::CheckView;
use super::{may_change, show};
use crate::admin::form::{JustAButton, SignedInForm};
use crate::admin::problems::Problems;
use crate::clock;
use crate::shares::unlock_token;
use crate::sharing::unlock_secret::mint;
use crate::web::error::PageError;
use crate::web::page;
use crate::web::state::AppState;

/// More cannot be an address with a token.
const LONGEST_PASTED: usize = 20_000;

#[derive(Deserialize)]
pub struct TokenInput {
    #[serde(default)]
    token: String,
}

/// `POST /admin/shares/{id}/unlock-link`: to the share, with a token that was made this moment.
pub async fn try_it(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let id = share.id();
    let minted = mint(&state.sharing, form.signed_in.actor(), share, clock::now()).await?;
    Ok(page::see_other(&format!(
        "/content/{id}?unlock={}",
        minted.token.as_str()
    )))
}

/// `POST /admin/shares/{id}/token-check`.
pub async fn check_token(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<TokenInput>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let pasted = form.input.token.trim().to_owned();
    let mut problems = Problems::default();
    if pasted.is_empty() {
        problems.add(
            "token",
            "Paste a token, or the whole address that it stands in.",
        );
    } else if pasted.len() > LONGEST_PASTED {
        problems.add("token", "This is too long to be an address with a token.");
    }
    if !problems.is_empty() {
        let sent = problems.into();
        return show::answer(
            &state,
            &form.signed_in,
            share.id(),
            StatusCode::UNPROCESSABLE_ENTITY,
            sent,
        )
        .await;
    }
    let rule = share.share().token_rule(clock::now());
    let checked = CheckView::new(unlock_token::explain(&pasted, &rule), pasted);
    let sent = Sent {
        checked: Some(checked),
        ..Sent::default()
    };
    show::answer(&state, &form.signed_in, share.id(), StatusCode::OK, sent).await
}
