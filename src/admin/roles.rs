//! What a sharer may use of the admin pages: shares, and only those that are his to see. Admins pass.
//!
//! The list is of what is allowed: a page that is added later is for admins until it stands here.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::gate::{Admin, admitted};
use super::shares::visible::{self, Use};
use crate::web::error::{Failure, PageError};
use crate::web::state::AppState;

const SHARES: &str = "/admin/shares/{share}";

/// Middleware inside the gate.
pub async fn keep_to_role(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match check(&request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(failure) => Ok(request.error_response(failure)),
    }
}

async fn check(request: &ServiceRequest) -> Result<(), PageError> {
    let admin = admitted(request.request())?;
    if admin.is_admin() {
        return Ok(());
    }
    // Of the path as it was sent, while handlers are found by the decoded one: a spelling that only they understand must
    // not get past this list.
    let pattern = request.match_pattern().ok_or(Failure::NotFound)?;
    if !is_for_sharers(&pattern) {
        return Err(Failure::Forbidden(
            "Your account may share pages and nothing else. Ask an admin of the portal for what you need here.".to_owned(),
        )
        .into());
    }
    match pattern.strip_prefix(SHARES) {
        Some(below) => check_share(request, &admin, below).await,
        None => Ok(()),
    }
}

fn is_for_sharers(pattern: &str) -> bool {
    let below = |folder: &str| {
        pattern
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    matches!(
        pattern,
        "/admin" | "/admin/" | "/admin/shares/pages" | "/admin/shares/new" | "/admin/sign-out"
    ) || [SHARES, "/admin/account", "/admin/inside"]
        .into_iter()
        .any(below)
}

async fn check_share(
    request: &ServiceRequest,
    admin: &Admin,
    below: &str,
) -> Result<(), PageError> {
    let state = request
        .app_data::<web::Data<AppState>>()
        .ok_or_else(|| Failure::Internal("the admin pages have no state".to_owned()))?;
    // As it stands in the path: a spelling that only the router understands names nothing here.
    let written = request
        .path()
        .strip_prefix("/admin/shares/")
        .unwrap_or_default();
    let written = written.split('/').next().unwrap_or_default();
    let looks_only = request.method().is_safe() && matches!(below, "" | "/activity");
    let use_of_it = if looks_only { Use::Look } else { Use::Change };
    visible::check_share(state, admin, written, use_of_it).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_for_sharers;

    #[test]
    fn a_sharer_has_shares_and_his_account() {
        for allowed in [
            "/admin",
            "/admin/shares/new",
            "/admin/shares/{share}",
            "/admin/shares/{share}/unlock-secret",
            "/admin/account/sessions/end",
            "/admin/inside/share",
        ] {
            assert!(is_for_sharers(allowed), "{allowed}");
        }
        for kept_out in [
            "/admin/connections",
            "/admin/connections/{connection}/access",
            "/admin/tokens",
            "/admin/accounts",
            "/admin/shares/{share}s",
            "/admin/something-new",
        ] {
            assert!(!is_for_sharers(kept_out), "{kept_out}");
        }
    }
}
