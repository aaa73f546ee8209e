//! The kinds of addresses that there are, by the methods they answer to.

use std::future::ready;

use actix_web::middleware::from_fn;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, Route};

use crate::admin::inside::cookie as framed_cookie;
use crate::admin::{form_page, session as admin_session};
use crate::web::error::{Failure, PageError};
use crate::web::state::AppState;

/// A form on another page. A refused one is shown under this path, so that reloading it by `GET` leads back.
pub(super) fn act<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    ask_and_do(path, form_page::show, handler)
}

/// A page with a form: `GET` and `HEAD` show it, `POST` does what it says.
pub(super) fn ask_and_do<A, AskArgs, D, DoArgs>(path: &str, ask: A, act: D) -> Resource
where
    A: Handler<AskArgs> + Clone,
    AskArgs: FromRequest + 'static,
    A::Output: Responder + 'static,
    D: Handler<DoArgs>,
    DoArgs: FromRequest + 'static,
    D::Output: Responder + 'static,
{
    read(path, ask)
        .route(web::post().to(act))
        .default_service(only("GET, HEAD, POST"))
}

/// Begins a session of a frame.
pub(super) fn entrance<F, Args>(
    path: &str,
    handler: F,
    config: &mut ServiceConfig,
    state: &AppState,
) where
    F: Handler<Args> + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let entrance = read(path, handler)
        .wrap(admin_session::middleware(&state.settings))
        .wrap(from_fn(framed_cookie::begin));
    config.service(entrance);
}

/// What browsers send by themselves: `POST` of a body up to a length.
pub(super) fn take<F, Args>(path: &str, most_bytes: usize, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .app_data(PayloadConfig::new(most_bytes))
        .route(web::post().to(handler))
        .default_service(only("POST"))
}

/// A resource for programs.
pub(super) fn known(path: &str, methods: &'static str) -> Resource {
    web::resource(path).default_service(crate::api::methods::only(methods))
}

/// A resource that is read: `GET` and `HEAD`.
pub(super) fn read<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args> + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
        .default_service(only("GET, HEAD"))
}

/// Answers 405; `allowed` becomes the `Allow` header.
pub(super) fn only(allowed: &'static str) -> Route {
    web::to(move || {
        ready(Err::<HttpResponse, PageError>(
            Failure::MethodNotAllowed(allowed).into(),
        ))
    })
}
