//! `GET /`: the front door, for those who came without a link.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::views::start::StartPage;
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;

pub async fn show_start() -> Result<HttpResponse, PageError> {
    let start = StartPage {
        sign_in_url: "/admin/sign-in".to_owned(),
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &start)?)
}
