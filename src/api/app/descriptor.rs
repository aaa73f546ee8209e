//! `GET /atlassian-connect.json`: the descriptor by which Confluence installs our Connect app.

use actix_web::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::config::BaseUrl;
use crate::web::error::{ApiError, Failure};
use crate::web::state::AppState;

/// Where the byline and the menu of a page lead.
const SHARE: &str = "/atlassian/share?pageId={content.id}&spaceKey={space.key}";

const SHARE_TITLE: &str = "Share externally";

/// What happens to a page, its files and its comments; each is sent to an address of its own.
const WEBHOOKS: [&str; 24] = [
    "page_created",
    "page_updated",
    "page_moved",
    "page_children_reordered",
    "page_archived",
    "page_unarchived",
    "page_trashed",
    "page_restored",
    "page_removed",
    "blog_created",
    "blog_updated",
    "blog_moved",
    "blog_trashed",
    "blog_restored",
    "blog_removed",
    "attachment_created",
    "attachment_updated",
    "attachment_trashed",
    "attachment_restored",
    "attachment_removed",
    "comment_created",
    "comment_updated",
    "comment_removed",
    "content_permissions_updated",
];

/// Nothing here where no Connect app is configured.
pub async fn show(state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let key = state.settings.app.connect.as_ref();
    let key = key.ok_or(ApiError(Failure::NotFound))?;
    Ok(HttpResponse::Ok()
        // Confluence asks for it again when the app is updated; an operator should not wait for a cache then.
        .insert_header((CACHE_CONTROL, "public, max-age=60"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .json(descriptor(key, &state.settings.base_url)))
}

fn descriptor(key: &str, base_url: &BaseUrl) -> Value {
    json!({
        "key": key,
        "name": "Vestibule",
        "description": "Shows pages of the wiki to people outside, by links that this portal guards.",
        "vendor": { "name": "Vestibule", "url": base_url.origin() },
        "baseUrl": base_url.origin(),
        "authentication": { "type": "jwt" },
        "apiVersion": 1,
        "apiMigrations": { "signed-install": true, "context-qsh": true, "gdpr": true },
        "lifecycle": {
            "installed": "/atlassian/installed",
            "enabled": "/atlassian/enabled",
            "disabled": "/atlassian/disabled",
            "uninstalled": "/atlassian/uninstalled",
        },
        "scopes": ["READ", "ACT_AS_USER"],
        "links": { "self": base_url.join("/atlassian-connect.json") },
        "enableLicensing": false,
        "modules": modules(),
    })
}

fn modules() -> Value {
    let name = |text: &str| json!({ "value": text });
    let dialog = json!({
        "type": "dialog",
        "options": { "width": "640px", "height": "560px", "chrome": true, "header": name(SHARE_TITLE) },
    });
    let signed_in = json!([{ "condition": "user_is_logged_in" }]);
    let webhooks = WEBHOOKS
        .map(|event| json!({ "event": event, "url": format!("/atlassian/webhooks/{event}") }));
    json!({
        "contentBylineItems": [{
            "key": "share-byline",
            "name": name(SHARE_TITLE),
            "tooltip": name("Show this page to people outside"),
            "url": SHARE,
            "context": "addon",
            "target": dialog,
            "conditions": signed_in,
        }],
        "webItems": [{
            "key": "share-menu",
            "name": name(SHARE_TITLE),
            "location": "system.content.action",
            "url": SHARE,
            "context": "addon",
            "target": dialog,
            "conditions": signed_in,
        }],
        "spacePages": [{
            "key": "share-space",
            "name": name("External shares"),
            "url": "/atlassian/space?spaceKey={space.key}",
            "conditions": signed_in,
        }],
        "adminPages": [{
            "key": "share-admin",
            "name": name("External shares"),
            "url": "/atlassian/admin",
        }],
        "webhooks": webhooks,
    })
}

#[cfg(test)]
mod tests {
    use super::WEBHOOKS;
    use crate::confluence::webhook::{EventKind, parse};

    #[test]
    fn every_webhook_that_we_ask_for_is_one_that_we_understand() {
        for event in WEBHOOKS {
            let body = br#"{"page":{"id":7}}"#;
            let parsed = parse(body, Some(event)).unwrap();
            assert_ne!(parsed.kind, EventKind::Other, "{event}");
        }
    }

    #[test]
    fn a_right_that_is_taken_away_is_told_at_once() {
        assert!(WEBHOOKS.contains(&"content_permissions_updated"));
    }
}
