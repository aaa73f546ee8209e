//! Every URL of the portal, one table. Each of them stands in the security table of the tests as well.

use actix_web::http::header;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, FormConfig, ServiceConfig};

use crate::api::{activity, connections, methods, openapi, shares, unlock};
use crate::visitor::gate::renew_pass;
use crate::visitor::{access, attachment, search, session, show, start};
use crate::web::{assets, health};

/// A password form is small; a large one is not for us.
const FORM_BYTES: usize = 16 << 10;

pub fn configure(config: &mut ServiceConfig) {
    plumbing(config);
    visitor(config);
    api(config);
}

fn plumbing(config: &mut ServiceConfig) {
    config
        .route("/healthz", web::get().to(health::is_running))
        .route("/readyz", web::get().to(health::is_ready))
        .route("/favicon.ico", web::get().to(assets::serve_favicon))
        .service(
            web::resource("/static/{hash}/{path:.*}")
                .route(web::get().to(assets::serve))
                .route(web::head().to(assets::serve)),
        );
}

fn visitor(config: &mut ServiceConfig) {
    config
        .app_data(FormConfig::default().limit(FORM_BYTES))
        .route("/", web::get().to(start::show_start))
        .route("/access", web::get().to(access::lead_to_content))
        .service(
            web::scope("/content/{share}")
                .wrap(from_fn(renew_pass))
                .service(read("", show::show_root))
                .route("/session", web::post().to(session::create_session))
                .route("/session/end", web::post().to(session::end_session))
                .service(read("/search", search::show_search))
                .service(read(
                    "/files/{attachment}/{name}",
                    attachment::send_attachment,
                ))
                .service(read("/{page}", show::show_page))
                .service(read("/{below:.*}", show::show_nothing)),
        );
}

fn api(config: &mut ServiceConfig) {
    let headers = DefaultHeaders::new()
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    let version_1 = web::scope("/v1")
        .configure(api_version_1)
        .default_service(methods::nothing_here());
    let reference = web::scope("/docs")
        .wrap(from_fn(openapi::guard_reference))
        .service(openapi::reference());
    config.service(
        web::scope("/api")
            .wrap(headers)
            .service(version_1)
            .service(web::redirect("/docs", "/api/docs/"))
            .service(reference)
            .default_service(methods::nothing_here()),
    );
}

fn api_version_1(config: &mut ServiceConfig) {
    let known = |path: &str, methods: &'static str| {
        web::resource(path).default_service(methods::only(methods))
    };
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
        .service(known("/connections", "GET").get(connections::list_connections))
        .service(
            known("/connections/{id}", "GET, DELETE")
                .get(connections::read_connection)
                .delete(connections::delete_connection),
        );
}

/// A resource that is read: `GET` and `HEAD`.
fn read<F, Args>(path: &str, handler: F) -> actix_web::Resource
where
    F: actix_web::Handler<Args> + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
}
