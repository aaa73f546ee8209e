//! The OpenAPI document, generated from the handlers.

use std::sync::LazyLock;

use actix_web::{HttpResponse, Responder};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Modify, OpenApi};

use super::words::StateWord;
use super::{activity, audit, connections, embed_health, shares, site, unlock};
use crate::web::error::FieldProblem;
use crate::web::problem::Problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vestibule",
        description = "Every call needs an API token: `Authorization: Bearer vst_…`. A token with the scope `read` may \
            call everything that changes nothing. Times are RFC 3339, in UTC. What goes wrong is answered as \
            `application/problem+json` (RFC 9457), with all wrong fields at once. Lists go on at `nextCursor`."
    ),
    paths(
        shares::list_shares,
        shares::create_share,
        shares::read_share,
        shares::change_share,
        shares::delete_share,
        unlock::change_unlock_secret,
        unlock::create_unlock_link,
        unlock::check_unlock_token,
        activity::list_activity,
        embed_health::read_embed_health,
        connections::list_connections,
        connections::create_connection,
        connections::read_connection,
        connections::change_connection,
        connections::delete_connection,
        site::test_connection,
        site::refresh_connection,
        site::search_pages,
        site::search_spaces,
        audit::list_audit_events,
    ),
    tags(
        (name = "Shares", description = "What people outside may read, and how they get in."),
        (name = "Unlock", description = "What a client site needs to let its own visitors in."),
        (name = "Connections", description = "Where content comes from."),
        (name = "Audit", description = "Who did what."),
    ),
    // What handlers answer and bodies hold is collected by itself; refusals and parameters are not.
    components(schemas(Problem, FieldProblem, StateWord)),
    security(("token" = [])),
    modifiers(&TokenScheme, &ClosedBodies),
)]
struct Document;

/// Declares how tokens are sent.
struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// Bodies take no other fields than theirs. `deny_unknown_fields` would say so, too, but serde would then stop at the
/// first unknown name instead of leaving all of them to be reported.
struct ClosedBodies;

impl ClosedBodies {
    const NAMES: [&str; 10] = [
        "ConnectionChange",
        "ConnectionSettingsInput",
        "CredentialsInput",
        "NewConnection",
        "NewShare",
        "RefreshRequest",
        "ShareChange",
        "ShareOptionsInput",
        "UnlockSecretChange",
        "UnlockCheckRequest",
    ];
}

impl Modify for ClosedBodies {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for name in Self::NAMES {
            if let Some(RefOr::T(Schema::Object(body))) = components.schemas.get_mut(name) {
                body.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    // A document made of strings and numbers is always JSON.
    Document::openapi().to_json().unwrap_or_default()
});

/// The document itself.
pub async fn document() -> impl Responder {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(DOCUMENT.as_str())
}
