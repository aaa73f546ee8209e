//! What a client site needs to let its own visitors in: the unlock secret, links that work now, and the token checker.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::bearer::{ReadToken, WriteToken};
use super::body::{read_json, read_json_if_any};
use super::fields;
use super::given::Given;
use super::problems::{Problems, Unknown};
use super::refusals::{Checked, Contradicting, Guarded, Named, WithBody, WriteOnly};
use super::share_answer::ShareAnswer;
use super::shares::{answer, find, share_id};
use crate::clock;
use crate::shares::unlock_token::{self, CheckOutcome, Explanation};
use crate::sharing::error::SharingError;
use crate::sharing::rights::may_change;
use crate::sharing::unlock_secret::{Overlap, mint, rotate};
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

/// How to change the secret.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UnlockSecretChange)]
pub(super) struct RotationBody {
    /// How much longer tokens of the old secret are accepted, at most 7 days. Without an overlap they are refused at
    /// once, and every pass ends.
    #[serde(default)]
    #[schema(value_type = i32, required = false, minimum = 0, maximum = 604_800, default = 0)]
    overlap_seconds: Given<i64>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Change the unlock secret
#[utoipa::path(
    post,
    path = "/api/v1/shares/{id}/unlock-secret",
    tag = "Unlock",
    params(("id" = Uuid, Path)),
    request_body = Option<RotationBody>,
    responses(
        (status = 200, description = "The share with its new secret.", body = ShareAnswer),
        Named, Checked, WithBody, WriteOnly, Guarded
    )
)]
pub async fn change_unlock_secret(
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<web::Json<ShareAnswer>, ApiError> {
    let (actor, now) = (token.actor(), clock::now());
    let share = may_change(&state.sharing, actor, share_id(&path)?, now).await?;
    let body: RotationBody = read_json_if_any(&request, payload).await?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &body.unknown);
    let seconds = problems.changed("overlapSeconds", body.overlap_seconds, fields::any);
    let overlap = Overlap::from_seconds(seconds.unwrap_or(0)).map_err(SharingError::from);
    let overlap = problems.take(overlap)?;
    let overlap = problems.allow(overlap)?;
    let share = rotate(&state.sharing, actor, share, overlap, now).await?;
    Ok(web::Json(answer(&state, share, now).await?))
}

/// An unlock token and the link that carries it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UnlockLink)]
pub struct UnlockLinkAnswer {
    /// Opens the share without a password, for whoever follows it in time.
    #[schema(format = "uri")]
    url: String,
    token: String,
    #[serde(with = "time::serde::rfc3339")]
    not_before: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Make an unlock link
///
/// It works at once, for less than a minute. Client sites sign their own tokens; this is for trying, and for sites
/// that would rather ask than sign.
#[utoipa::path(
    post,
    path = "/api/v1/shares/{id}/unlock-links",
    tag = "Unlock",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "A link that works now.", body = UnlockLinkAnswer),
        Named, Contradicting, WriteOnly, Guarded
    )
)]
pub async fn create_unlock_link(
    token: WriteToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<web::Json<UnlockLinkAnswer>, ApiError> {
    let (actor, now) = (token.actor(), clock::now());
    let share = may_change(&state.sharing, actor, share_id(&path)?, now).await?;
    let id = share.id();
    let minted = mint(&state.sharing, actor, share, now).await?;
    let token = minted.token.as_str();
    let path = format!("/content/{id}?unlock={token}");
    Ok(web::Json(UnlockLinkAnswer {
        url: state.settings.base_url.join(&path),
        token: token.to_owned(),
        not_before: moment(minted.not_before)?,
        expires_at: moment(minted.expires)?,
    }))
}

fn moment(unix_seconds: i64) -> Result<OffsetDateTime, Failure> {
    OffsetDateTime::from_unix_timestamp(unix_seconds)
        .map_err(|error| Failure::Internal(error.to_string()))
}

/// A token to check.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UnlockCheckRequest)]
pub(super) struct CheckBody {
    /// A token, or a whole address with `?unlock=`.
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 16_384)]
    token: Given<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What the checker found.
#[derive(Serialize, ToSchema)]
#[schema(as = UnlockCheck)]
pub struct CheckAnswer {
    valid: bool,
    /// The code of the first check that failed, as in the header `Vestibule-Unlock`.
    #[schema(required = true)]
    code: Option<&'static str>,
    /// Every check in its order.
    checks: Vec<CheckLine>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UnlockCheckLine)]
struct CheckLine {
    check: &'static str,
    /// Null when an earlier failure left nothing to check.
    #[schema(required = true)]
    ok: Option<bool>,
    /// What was seen, and what to change. It may quote the token, so do not print it as HTML.
    detail: String,
}

impl From<Explanation> for CheckAnswer {
    fn from(explanation: Explanation) -> Self {
        let line = |line: unlock_token::CheckLine| CheckLine {
            check: line.check,
            ok: match line.outcome {
                CheckOutcome::Passed => Some(true),
                CheckOutcome::Failed => Some(false),
                CheckOutcome::NotReached => None,
            },
            detail: line.detail,
        };
        Self {
            valid: explanation.valid,
            code: explanation.code.map(|code| code.as_str()),
            checks: explanation.checks.into_iter().map(line).collect(),
        }
    }
}

/// Check an unlock token
///
/// Says about each rule whether the token keeps it now, and what to change. Opens nothing and records nothing.
#[utoipa::path(
    post,
    path = "/api/v1/shares/{id}/unlock-checks",
    tag = "Unlock",
    params(("id" = Uuid, Path)),
    request_body = CheckBody,
    responses(
        (status = 200, description = "What the checker found.", body = CheckAnswer),
        Named, Checked, WithBody, Guarded
    )
)]
pub async fn check_unlock_token(
    _token: ReadToken,
    state: web::Data<AppState>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<web::Json<CheckAnswer>, ApiError> {
    let id = share_id(&path)?;
    let body: CheckBody = read_json(&request, payload).await?;
    let mut problems = Problems::default();
    problems.refuse_unknown("", &body.unknown);
    let token = problems.required("token", body.token, |text| fields::pasted(text, 16_384));
    let token = problems.allow(token)?;
    let share = find(&state, id).await?;
    let now = clock::now();
    let explanation = unlock_token::explain(&token, &share.token_rule(now));
    Ok(web::Json(explanation.into()))
}
