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
    let version_1 = web::scope("/v1")
        .service(
            web::resource("/openapi.json")
                .get(openapi::document)
                .default_service(methods::only("GET")),
        )
        .service(
            web::resource("/shares")
                .get(shares::list_shares)
                .post(shares::create_share)
                .default_service(methods::only("GET, POST")),
        )
        .service(
            web::resource("/shares/{id}")
                .get(shares::read_share)
                .patch(shares::change_share)
                .delete(shares::delete_share)
                .default_service(methods::only("GET, PATCH, DELETE")),
        )
        .service(
            web::resource("/shares/{id}/unlock-secret")
                .post(unlock::change_unlock_secret)
                .default_service(methods::only("POST")),
        )
        .service(
            web::resource("/shares/{id}/unlock-links")
                .post(unlock::create_unlock_link)
                .default_service(methods::only("POST")),
        )
        .service(
            web::resource("/shares/{id}/unlock-checks")
                .post(unlock::check_unlock_token)
                .default_service(methods::only("POST")),
        )
        .service(
            web::resource("/shares/{id}/activity")
                .get(activity::list_activity)
                .default_service(methods::only("GET")),
        )
        .service(
            web::resource("/connections")
                .get(connections::list_connections)
                .default_service(methods::only("GET")),
        )
        .service(
            web::resource("/connections/{id}")
                .get(connections::read_connection)
                .delete(connections::delete_connection)
                .default_service(methods::only("GET, DELETE")),
        )
        .default_service(methods::nothing_here());
    let reference = web::scope("/docs")
        .wrap(from_fn(openapi::guard_reference))
        .service(openapi::reference());
    config.service(
        web::scope("/api")
            .wrap(
                DefaultHeaders::new()
                    .add((header::CACHE_CONTROL, "no-store"))
                    .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff")),
            )
            .service(version_1)
            .service(web::redirect("/docs", "/api/docs/"))
            .service(reference)
            .default_service(methods::nothing_here()),
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
