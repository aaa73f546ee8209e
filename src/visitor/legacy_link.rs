//! `GET /access?uuid={share}&redirect=…&unlock=…`: the address that older client sites use. It only leads on to the
//! content address, and takes the token along.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::paths::{base_path, next_inside};
use super::query::{self, Query};
use crate::shares::share::{ShareId, WrittenShareId};
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::message::MessagePage;
use crate::web::page;

/// Leads to the content address, or explains the right form.
pub async fn lead_to_content(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let share = parameter("uuid").and_then(|written| ShareId::parse(written.trim()));
    let Some(WrittenShareId::Canonical(share) | WrittenShareId::OtherSpelling(share)) = share
    else {
        return explain_form(&request);
    };
    let target = redirect_target(share, parameter("redirect").as_deref());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let target = Query::take_apart(query).clean(path);
    let token = parameter("unlock");
    let target = match token {
        Some(token) => query::with_token(&target, &token),
        None => target,
    };
    Ok(page::see_other(&target))
}

/// The path of `redirect`, whatever host it names, if it lies in the share.
fn redirect_target(share: ShareId, redirect: Option<&str>) -> String {
    let redirect = redirect.map(|redirect| match url::Url::parse(redirect) {
        Ok(url) => url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        Err(_not_absolute) => redirect.to_owned(),
    });
    // The id may be written in another case there as well.
    let lower = redirect.as_deref().map(|redirect| {
        let base = base_path(share).len();
        let (head, tail) = redirect.split_at_checked(base).unwrap_or((redirect, ""));
        format!("{}{tail}", head.to_ascii_lowercase())
    });
    next_inside(share, lower.as_deref())
}

fn explain_form(request: &HttpRequest) -> Result<HttpResponse, PageError> {
    let message = MessagePage {
        context: page::context(request),
        frame: None,
        title: "This link is not complete".to_owned(),
        sentences: vec![
            "The address names no share. Please ask the person or the site that gave you the link."
                .to_owned(),
            "For the site's developers, the right form is:".to_owned(),
        ],
        example: Some("/content/{share}?unlock={token}".to_owned()),
        action: None,
        request_id: None,
    };
    Ok(page::html(
        StatusCode::BAD_REQUEST,
        &Shell::Plain,
        &message,
    )?)
}

#[cfg(test)]
mod tests {
    use super::redirect_target;
    use crate::shares::share::ShareId;

    #[test]
    fn redirects_never_leave_the_share() {
        let share: ShareId = uuid::Uuid::from_u128(0xabc).into();
        let base = format!("/content/{share}");
        let upper = format!("/content/{}/77?x=1", share.to_string().to_uppercase());
        assert_eq!(
            redirect_target(share, Some(&upper)),
            format!("{base}/77?x=1")
        );
        assert_eq!(
            redirect_target(share, Some(&format!("https://evil.example{base}/77"))),
            format!("{base}/77")
        );
        assert_eq!(redirect_target(share, Some("https://evil.example/")), base);
        assert_eq!(redirect_target(share, Some("//evil.example")), base);
        assert_eq!(redirect_target(share, None), base);
    }
}
