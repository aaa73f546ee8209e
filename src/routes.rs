//! Every URL of the portal, one table. Each of them stands in the security table of the tests as well.

mod resource;

use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, FormConfig, ServiceConfig};

use self::resource::{act, ask_and_do, entrance, known, read, take};
use crate::admin::gate::require_admin;
use crate::admin::inside::cookie as framed_cookie;
use crate::admin::{account, connections, form_page, session as admin_session, sign_in, tokens};
use crate::visitor::csp_report::MAX_BYTES;
use crate::visitor::{
    attachment, cookieless, guide, hand_over, legacy_link, reports, search, session, show, start,
    unlock,
};
use crate::web::headers::DATA_HEADERS;
use crate::web::state::AppState;
use crate::web::{assets, health};

/// A password form is small; a large one is not for us.
const FORM_BYTES: usize = 16 << 10;

pub fn configure(config: &mut ServiceConfig, state: &AppState) {
    plumbing(config);
    visitor(config);
    admin(config, state);
    api(config);
    hooks(config);
    inside(config, state);
    app(config);
}

fn plumbing(config: &mut ServiceConfig) {
    config
        .service(read("/healthz", health::is_running))
        .service(read("/readyz", health::is_ready))
        .service(read("/favicon.ico", assets::serve_favicon))
        .service(read("/embed.js", assets::serve_embed))
        .service(read("/embed.mjs", assets::serve_embed))
        .service(read("/embed.d.ts", assets::serve_embed))
        .service(read("/static/{hash}/{path:.*}", assets::serve));
}

fn visitor(config: &mut ServiceConfig) {
    config
        .app_data(FormConfig::default().limit(FORM_BYTES))
        .service(read("/", start::show_start))
        .service(read("/access", legacy_link::lead_to_content))
        .service(read("/docs/embedding", guide::show_guide))
        .service(
            web::scope("/e/{key}/content/{share}")
                .service(ask_and_do(
                    "/session/end",
                    session::leave_form,
                    cookieless::end_session,
                ))
                .configure(content),
        )
        .service(
            web::scope("/content/{share}")
                .service(ask_and_do(
                    "/session",
                    session::leave_form,
                    session::create_session,
                ))
                .service(ask_and_do(
                    "/session/end",
                    session::leave_form,
                    session::end_session,
                ))
                .service(ask_and_do("/unlock", session::leave_form, unlock::unlock))
                .service(take("/reports", MAX_BYTES, reports::receive))
                .configure(content),
        );
}

/// What stands behind the gate, in a tab and in a frame, with a cookie and without.
fn content(config: &mut ServiceConfig) {
    config
        .service(read("", show::show_root))
        .service(ask_and_do("/open", session::leave_form, hand_over::open))
        .service(read("/", show::drop_slash))
        .service(read("/search", search::show_search))
        .service(read(
            "/files/{attachment}/{name}",
            attachment::send_attachment,
        ))
        .service(read("/{page}", show::show_page))
        .service(read("/{page:[0-9]+}/", show::drop_slash))
        .service(read("/{below:.*}", show::show_nothing));
}

fn admin(config: &mut ServiceConfig, state: &AppState) {
    let (upload, scratch) = connections::upload::configure(state);
    let behind_the_gate = web::scope("")
        .wrap(from_fn(require_admin))
        .app_data(upload)
        .app_data(scratch)
        .configure(admin_shares)
        .configure(admin_connections)
        .configure(admin_account)
        .configure(admin_inside);
    let admin = web::scope("/admin")
        .wrap(admin_session::middleware(&state.settings))
        .wrap(from_fn(framed_cookie::carry))
        .service(ask_and_do("/sign-in", sign_in::show, sign_in::sign_in))
        .service(read("/sign-in/openid", sign_in::openid::begin))
        .service(read("/sign-in/openid/back", sign_in::openid::finish))
        .service(ask_and_do(
            "/sign-in/single",
            sign_in::show,
            sign_in::single::sign_in,
        ))
        // A browser that comes from Atlassian does not bring the session along; see there.
        .service(read("/connections/oauth", connections::oauth::come_back))
        .service(behind_the_gate);
    config.service(admin);
}

fn admin_shares(config: &mut ServiceConfig) {
    use crate::admin::shares::{
        activity, change, create, deletion, leaks, list, page_choice, show, unlock, unlock_secret,
    };
    config
        .service(read("", list::show))
        .service(read("/", form_page::show))
        .service(read("/shares/pages", page_choice::search_pages))
        .service(ask_and_do("/shares/new", create::show, create::create))
        .service(ask_and_do("/shares/{share}", show::show, change::details))
        .service(act("/shares/{share}/password", change::set_password))
        .service(act(
            "/shares/{share}/password/removal",
            change::remove_password,
        ))
        .service(ask_and_do(
            "/shares/{share}/unlock-secret",
            unlock_secret::ask,
            unlock_secret::change,
        ))
        .service(act("/shares/{share}/unlock-link", unlock::try_it))
        .service(act("/shares/{share}/token-check", unlock::check_token))
        .service(act("/shares/{share}/embedding", change::embedding))
        .service(act("/shares/{share}/embedding/origins", change::add_site))
        .service(act("/shares/{share}/state", change::state))
        .service(act("/shares/{share}/passes/end", change::end_passes))
        .service(act("/shares/{share}/guesses/clear", change::clear_guesses))
        .service(act("/shares/{share}/stand-in", change::name_stand_in))
        .service(act("/shares/{share}/refresh", change::refresh))
        .service(read("/shares/{share}/leaks", leaks::show))
        .service(act("/shares/{share}/leaks/check", leaks::check))
        .service(act("/shares/{share}/leaks/seen", leaks::acknowledge))
        .service(act("/shares/{share}/leaks/publish", leaks::publish))
        .service(read("/shares/{share}/activity", activity::show))
        .service(ask_and_do(
            "/shares/{share}/deletion",
            deletion::ask,
            deletion::delete,
        ));
}

fn admin_connections(config: &mut ServiceConfig) {
    use crate::admin::connections::{
        access, change, list, live_actions, new_live, oauth, rebind, settings, show, upload,
    };
    config
        .service(ask_and_do("/connections", list::show, upload::create))
        .service(ask_and_do(
            "/connections/new",
            new_live::show,
            new_live::create,
        ))
        .service(read("/connections/consent", oauth::finish))
        .service(ask_and_do(
            "/connections/{connection}",
            show::show,
            change::rename,
        ))
        .service(act(
            "/connections/{connection}/import",
            upload::import_again,
        ))
        .service(ask_and_do(
            "/connections/{connection}/access",
            access::show,
            access::change,
        ))
        .service(ask_and_do(
            "/connections/{connection}/settings",
            settings::show,
            settings::change,
        ))
        .service(act("/connections/{connection}/test", live_actions::test))
        .service(act(
            "/connections/{connection}/refresh",
            live_actions::refresh,
        ))
        .service(act(
            "/connections/{connection}/webhook",
            live_actions::renew_webhook,
        ))
        .service(ask_and_do(
            "/connections/{connection}/rebinding",
            rebind::show,
            rebind::move_shares,
        ))
        .service(act(
            "/connections/{connection}/rebinding/undo",
            rebind::undo,
        ))
        .service(ask_and_do(
            "/connections/{connection}/deletion",
            change::ask,
            change::delete,
        ));
}

fn admin_account(config: &mut ServiceConfig) {
    config
        .service(ask_and_do("/tokens", tokens::show, tokens::create))
        .service(act("/tokens/{token}/revocation", tokens::revoke))
        .service(read("/account", account::show))
        .service(act("/account/password", account::change_password))
        .service(act("/account/sessions/end", account::end_sessions))
        .service(act("/sign-out", sign_in::sign_out::sign_out));
}

/// The first pages inside Confluence.
fn admin_inside(config: &mut ServiceConfig) {
    use crate::admin::inside::{lists, share};
    config
        .service(ask_and_do("/inside/share", share::show, share::create))
        .service(read("/inside/space", lists::space))
        .service(read("/inside/admin", lists::admin));
}

/// Where people come in from Confluence: with an address that Connect has signed, or a ticket for the Forge app.
fn inside(config: &mut ServiceConfig, state: &AppState) {
    use crate::admin::inside::{enter, forge};
    entrance("/atlassian/share", enter::share, config, state);
    entrance("/atlassian/space", enter::space, config, state);
    entrance("/atlassian/admin", enter::admin, config, state);
    entrance("/forge/enter", forge::enter, config, state);
    config.service(known("/forge/session", "POST").post(forge::ask));
}

fn api(config: &mut ServiceConfig) {
    use crate::api::{methods, reference};
    let headers = DATA_HEADERS
        .into_iter()
        .fold(DefaultHeaders::new(), DefaultHeaders::add);
    let version_1 = web::scope("/v1")
        .configure(api_version_1)
        .default_service(methods::nothing_here());
    config.service(
        web::scope("/api")
            .wrap(headers)
            .service(version_1)
            .service(web::redirect("/docs", "/api/docs/"))
            .service(known("/docs/{file:.*}", "GET").get(reference::file))
            .default_service(methods::nothing_here()),
    );
}

fn api_version_1(config: &mut ServiceConfig) {
    use crate::api::{activity, audit, embed_health, openapi, shares, unlock};
    config
        .service(known("/openapi.json", "GET").get(openapi::document))
        .service(
            known("/shares", "GET, POST")
                .get(shares::list_shares)
                .post(shares::create_share),
        )
        .service(
            known("/shares/{id}", "GET, PATCH, DELETE")
                .get(shares::read_share)
                .patch(shares::change_share)
                .delete(shares::delete_share),
        )
        .service(known("/shares/{id}/unlock-secret", "POST").post(unlock::change_unlock_secret))
        .service(known("/shares/{id}/unlock-links", "POST").post(unlock::create_unlock_link))
        .service(known("/shares/{id}/unlock-checks", "POST").post(unlock::check_unlock_token))
        .service(known("/shares/{id}/activity", "GET").get(activity::list_activity))
        .service(known("/shares/{id}/embed-health", "GET").get(embed_health::read_embed_health))
        .service(known("/audit-events", "GET").get(audit::list_audit_events))
        .configure(api_version_1_connections);
}

fn api_version_1_connections(config: &mut ServiceConfig) {
    use crate::api::{connections, site};
    config
        .service(
            known("/connections", "GET, POST")
                .get(connections::list_connections)
                .post(connections::create_connection),
        )
        .service(
            known("/connections/{id}", "GET, PATCH, DELETE")
                .get(connections::read_connection)
                .patch(connections::change_connection)
                .delete(connections::delete_connection),
        )
        .service(known("/connections/{id}/test", "POST").post(site::test_connection))
        .service(known("/connections/{id}/refresh", "POST").post(site::refresh_connection))
        .service(known("/connections/{id}/pages", "GET").get(site::search_pages))
        .service(known("/connections/{id}/spaces", "GET").get(site::search_spaces));
}

/// What sites send by themselves.
fn hooks(config: &mut ServiceConfig) {
    use crate::api::hooks;
    config.service(known("/hooks/{connection}/{secret}", "POST").post(hooks::receive));
}

/// What Confluence Cloud asks of our app, by Connect and by Forge.
fn app(config: &mut ServiceConfig) {
    use crate::api::app::{callbacks, descriptor, forge, webhooks};
    config
        .service(
            known("/atlassian-connect.json", "GET, HEAD")
                .get(descriptor::show)
                .head(descriptor::show),
        )
        .service(known("/atlassian/installed", "POST").post(callbacks::installed))
        .service(known("/atlassian/enabled", "POST").post(callbacks::enabled))
        .service(known("/atlassian/disabled", "POST").post(callbacks::disabled))
        .service(known("/atlassian/uninstalled", "POST").post(callbacks::uninstalled))
        .service(known("/atlassian/webhooks/{event}", "POST").post(webhooks::receive))
        .service(known("/forge/events", "POST").post(forge::receive));
}
