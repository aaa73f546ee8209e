//! From the path of a form to the page that it stands on.

use actix_web::{HttpRequest, HttpResponse};

use super::gate::Admin;
use crate::web::page;

/// `GET` of a path that only answers `POST`: somebody reloaded a refused form, or came back to it after signing in.
pub async fn show(_admin: Admin, request: HttpRequest) -> HttpResponse {
    page::see_other(&page_of(request.path()))
}

fn page_of(path: &str) -> String {
    let parts: Vec<&str> = path
        .trim_start_matches("/admin")
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        ["shares", share, ..] => format!("/admin/shares/{share}"),
        ["connections", connection, ..] => format!("/admin/connections/{connection}"),
        ["inside", ..] => "/admin/inside/admin".to_owned(),
        [section @ ("tokens" | "account"), ..] => format!("/admin/{section}"),
        _ => "/admin".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_leads_back_to_its_page() {
        assert_eq!(
            page_of("/admin/shares/1/password/removal"),
            "/admin/shares/1"
        );
        assert_eq!(
            page_of("/admin/connections/2/import"),
            "/admin/connections/2"
        );
        assert_eq!(page_of("/admin/tokens/3/revocation"), "/admin/tokens");
        assert_eq!(page_of("/admin/account/password"), "/admin/account");
        assert_eq!(page_of("/admin/sign-out"), "/admin");
    }
}
