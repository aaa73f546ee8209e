//! Unlock tokens on a share's page: "Try it" mints one and opens the share with it; the checker says which row of the
//! rule a pasted one breaks.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::share_id;
use super::show::{self, Sent};
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::problems::Problems;
use crate::clock;
use crate::shares::store;
use crate::shares::unlock_token::{self, CheckOutcome, Explanation};
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// More cannot be an address with a token.
const LONGEST_PASTED: usize = 20_000;

#[derive(Deserialize)]
pub struct TokenInput {
    #[serde(default)]
    token: String,
}

/// The checker's answer.
pub struct CheckView {
    pub pasted: String,
    pub valid: bool,
    pub code: Option<&'static str>,
    pub lines: Vec<LineView>,
}

/// One row of the rule.
pub struct LineView {
    pub check: &'static str,
    pub detail: String,
    pub class: &'static str,
    pub word: &'static str,
}

/// `POST /admin/shares/{id}/unlock-link`: to the share, with a token that was made this moment.
pub async fn try_it(
    state: web::Data<AppState>,
    path: web::Path<String>,
    _form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let share = state
        .db
        .run(move |db| store::find_share(db, id))
        .await?
        .ok_or(Failure::NotFound)?;
    let minted = unlock_token::mint(
        id.uuid(),
        &share.unlock_secret,
        clock::now().unix_timestamp(),
    )
    .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(page::see_other(&format!(
        "/content/{id}?unlock={}",
        minted.token.as_str()
    )))
}

/// `POST /admin/shares/{id}/token-check`.
pub async fn check_token(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<TokenInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
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
    }
    let share = state
        .db
        .run(move |db| store::find_share(db, id))
        .await?
        .ok_or(Failure::NotFound)?;
    let now = clock::now();
    let rule = share.token_rule(now);
    let checked = CheckView::new(unlock_token::explain(&pasted, &rule), pasted);
    let sent = Sent {
        checked: Some(checked),
        ..Sent::default()
    };
    show::answer(&state, &form.admin, id, StatusCode::OK, sent).await
}

impl CheckView {
    fn new(explanation: Explanation, pasted: String) -> Self {
        let lines = explanation.checks.into_iter().map(|line| {
            let (class, word) = match line.outcome {
                CheckOutcome::Passed => ("mark-ok", "Passed"),
                CheckOutcome::Failed => ("mark-no", "Failed"),
                CheckOutcome::NotReached => ("mark-none", "Not checked"),
            };
            LineView {
                check: line.check,
                detail: line.detail,
                class,
                word,
            }
        });
        Self {
            pasted,
            valid: explanation.valid,
            code: explanation.code.map(|code| code.as_str()),
            lines: lines.collect(),
        }
    }
}
