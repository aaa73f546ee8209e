//! The bodies in which Confluence refuses, as they have been seen.

use serde_json::json;

use super::exchange::Reply;

pub(crate) fn not_found_v1(id: &str) -> Reply {
    let text = format!("No content with id <ContentId{{id={id}}}> can be found");
    Reply::json(
        404,
        &json!({
            "statusCode": 404,
            "data": {
                "authorized": false, "valid": false, "successful": false,
                "errors": [{"message": {"translation": text, "args": []}}],
            },
            "message": format!("com.atlassian.confluence.api.service.exceptions.api.NotFoundException: {text}"),
        }),
    )
}

pub(crate) fn not_found_v2(what: &str) -> Reply {
    error_v2(404, "NOT_FOUND", &format!("{what} not found"))
}

pub(crate) fn error_v2(status: u16, code: &str, title: &str) -> Reply {
    let error = json!({"status": status, "code": code, "title": title, "detail": null});
    Reply::json(status, &json!({"errors": [error]}))
}

pub(crate) fn bad_request_v1(text: &str) -> Reply {
    Reply::json(
        400,
        &json!({
            "statusCode": 400,
            "data": {"authorized": true, "valid": true, "errors": [], "successful": true},
            "message": format!("com.atlassian.confluence.api.service.exceptions.BadRequestException: {text}"),
        }),
    )
}

pub(crate) fn gone() -> Reply {
    let message = "com.atlassian.confluence.api.service.exceptions.GoneException: This deprecated endpoint has been removed.";
    Reply::json(410, &json!({"statusCode": 410, "message": message}))
}
