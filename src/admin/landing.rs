//! The page at which a browser that comes from another site arrives, and which leads on by itself.
//!
//! The session's cookie is `SameSite=Strict`: a browser sends it with what a page of ours leads to, not with what another
//! site led to, redirects included.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::web::error::Failure;
use crate::web::headers::Shell;
use crate::web::message::Context;
use crate::web::page;

#[derive(Template)]
#[template(path = "admin/landing.html")]
struct LandingPage {
    context: Context,
    path: String,
}

/// Leads on to a path of the admin pages.
pub fn lead_on(path: String) -> Result<HttpResponse, Failure> {
    let template = LandingPage {
        context: Context::Top,
        path,
    };
    page::html(StatusCode::OK, &Shell::Plain, &template)
}
