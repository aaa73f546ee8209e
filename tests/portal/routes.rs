//! The security table: every address of the portal, and who may use it. A route that is not in it fails the build.

use std::collections::BTreeSet;

use reqwest::Method;
use vestibule::shares::share::Share;

use crate::support::{Answer, Portal, path};

/// Who gets more than a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Anyone,
    /// Whoever is in, by a pass; everybody else meets the password page.
    Visitor,
    /// Whoever is in by the key in the path; everybody else is led to the address without it.
    KeyHolder,
    /// A signed-in admin; reading leads to the sign-in form, changing is refused.
    Admin,
    /// A program with a token.
    Program,
}
use Who::{Admin, Anyone, KeyHolder, Program, Visitor};

#[rustfmt::skip]
pub(crate) const TABLE: &[(&str, &str, Who)] = &[
    ("GET",    "/healthz", Anyone),
    ("GET",    "/readyz", Anyone),
    ("GET",    "/favicon.ico", Anyone),
    ("GET",    "/embed.js", Anyone),
    ("GET",    "/embed.mjs", Anyone),
    ("GET",    "/embed.d.ts", Anyone),
    ("GET",    "/static/{hash}/{path:.*}", Anyone),
    ("GET",    "/", Anyone),
    ("GET",    "/access", Anyone),
    ("GET",    "/docs/embedding", Anyone),

    // Whoever does not know the secret in the address meets nothing there.
    ("POST",   "/hooks/{connection}/{secret}", Anyone),

    // There is nothing here where no app is configured; where there is, the token decides (see `app`).
    ("GET",    "/atlassian-connect.json", Anyone),
    ("HEAD",   "/atlassian-connect.json", Anyone),
    ("POST",   "/atlassian/installed", Anyone),
    ("POST",   "/atlassian/enabled", Anyone),
    ("POST",   "/atlassian/disabled", Anyone),
    ("POST",   "/atlassian/uninstalled", Anyone),
    ("POST",   "/atlassian/webhooks/{event}", Anyone),
    ("POST",   "/forge/events", Anyone),

    ("GET",    "/content/{share}", Visitor),
    ("GET",    "/content/{share}/", Anyone),
    ("GET",    "/content/{share}/session", Anyone),
    ("POST",   "/content/{share}/session", Anyone),
    ("GET",    "/content/{share}/session/end", Anyone),
    ("POST",   "/content/{share}/session/end", Anyone),
    ("POST",   "/content/{share}/reports", Anyone),
    ("GET",    "/content/{share}/search", Visitor),
    ("GET",    "/content/{share}/files/{attachment}/{name}", Visitor),
    ("GET",    "/content/{share}/{page}", Visitor),
    ("GET",    "/content/{share}/{page:[0-9]+}/", Anyone),
    ("GET",    "/content/{share}/{below:.*}", Visitor),
    ("GET",    "/content/{share}/unlock", Anyone),
    ("POST",   "/content/{share}/unlock", Visitor),
    ("GET",    "/content/{share}/open", Anyone),
    ("POST",   "/content/{share}/open", Visitor),

    ("GET",    "/e/{key}/content/{share}", KeyHolder),
    ("GET",    "/e/{key}/content/{share}/", Anyone),
    ("GET",    "/e/{key}/content/{share}/session/end", Anyone),
    ("POST",   "/e/{key}/content/{share}/session/end", Anyone),
    ("GET",    "/e/{key}/content/{share}/open", Anyone),
    ("POST",   "/e/{key}/content/{share}/open", KeyHolder),
    ("GET",    "/e/{key}/content/{share}/search", KeyHolder),
    ("GET",    "/e/{key}/content/{share}/files/{attachment}/{name}", KeyHolder),
    ("GET",    "/e/{key}/content/{share}/{page}", KeyHolder),
    ("GET",    "/e/{key}/content/{share}/{page:[0-9]+}/", Anyone),
    ("GET",    "/e/{key}/content/{share}/{below:.*}", KeyHolder),

    ("GET",    "/admin/sign-in", Anyone),
    ("POST",   "/admin/sign-in", Anyone),
    ("GET",    "/admin/sign-in/openid", Anyone),
    ("GET",    "/admin/sign-in/openid/back", Anyone),
    ("GET",    "/admin/sign-in/single", Anyone),
    ("POST",   "/admin/sign-in/single", Anyone),
    ("GET",    "/admin", Admin),
    ("GET",    "/admin/", Admin),
    ("GET",    "/admin/shares/pages", Admin),
    ("GET",    "/admin/shares/new", Admin),
    ("POST",   "/admin/shares/new", Admin),
    ("GET",    "/admin/shares/{share}", Admin),
    ("POST",   "/admin/shares/{share}", Admin),
    ("GET",    "/admin/shares/{share}/password", Admin),
    ("POST",   "/admin/shares/{share}/password", Admin),
    ("GET",    "/admin/shares/{share}/password/removal", Admin),
    ("POST",   "/admin/shares/{share}/password/removal", Admin),
    ("GET",    "/admin/shares/{share}/unlock-secret", Admin),
    ("POST",   "/admin/shares/{share}/unlock-secret", Admin),
    ("GET",    "/admin/shares/{share}/unlock-link", Admin),
    ("POST",   "/admin/shares/{share}/unlock-link", Admin),
    ("GET",    "/admin/shares/{share}/token-check", Admin),
    ("POST",   "/admin/shares/{share}/token-check", Admin),
    ("GET",    "/admin/shares/{share}/embedding", Admin),
    ("POST",   "/admin/shares/{share}/embedding", Admin),
    ("GET",    "/admin/shares/{share}/embedding/origins", Admin),
    ("POST",   "/admin/shares/{share}/embedding/origins", Admin),
    ("GET",    "/admin/shares/{share}/state", Admin),
    ("POST",   "/admin/shares/{share}/state", Admin),
    ("GET",    "/admin/shares/{share}/passes/end", Admin),
    ("POST",   "/admin/shares/{share}/passes/end", Admin),
    ("GET",    "/admin/shares/{share}/guesses/clear", Admin),
    ("POST",   "/admin/shares/{share}/guesses/clear", Admin),
    ("GET",    "/admin/shares/{share}/stand-in", Admin),
    ("POST",   "/admin/shares/{share}/stand-in", Admin),
    ("GET",    "/admin/shares/{share}/refresh", Admin),
    ("POST",   "/admin/shares/{share}/refresh", Admin),
    ("GET",    "/admin/shares/{share}/leaks", Admin),
    ("GET",    "/admin/shares/{share}/leaks/check", Admin),
    ("POST",   "/admin/shares/{share}/leaks/check", Admin),
    ("GET",    "/admin/shares/{share}/leaks/seen", Admin),
    ("POST",   "/admin/shares/{share}/leaks/seen", Admin),
    ("GET",    "/admin/shares/{share}/leaks/publish", Admin),
    ("POST",   "/admin/shares/{share}/leaks/publish", Admin),
    ("GET",    "/admin/shares/{share}/activity", Admin),
    ("GET",    "/admin/shares/{share}/deletion", Admin),
    ("POST",   "/admin/shares/{share}/deletion", Admin),
    ("GET",    "/admin/connections", Admin),
    ("POST",   "/admin/connections", Admin),
    ("GET",    "/admin/connections/oauth", Anyone),
    ("GET",    "/admin/connections/new", Admin),
    ("POST",   "/admin/connections/new", Admin),
    ("GET",    "/admin/connections/consent", Admin),
    ("GET",    "/admin/connections/{connection}", Admin),
    ("POST",   "/admin/connections/{connection}", Admin),
    ("GET",    "/admin/connections/{connection}/import", Admin),
    ("POST",   "/admin/connections/{connection}/import", Admin),
    ("GET",    "/admin/connections/{connection}/access", Admin),
    ("POST",   "/admin/connections/{connection}/access", Admin),
    ("GET",    "/admin/connections/{connection}/settings", Admin),
    ("POST",   "/admin/connections/{connection}/settings", Admin),
    ("GET",    "/admin/connections/{connection}/test", Admin),
    ("POST",   "/admin/connections/{connection}/test", Admin),
    ("GET",    "/admin/connections/{connection}/refresh", Admin),
    ("POST",   "/admin/connections/{connection}/refresh", Admin),
    ("GET",    "/admin/connections/{connection}/webhook", Admin),
    ("POST",   "/admin/connections/{connection}/webhook", Admin),
    ("GET",    "/admin/connections/{connection}/rebinding", Admin),
    ("POST",   "/admin/connections/{connection}/rebinding", Admin),
    ("GET",    "/admin/connections/{connection}/rebinding/undo", Admin),
    ("POST",   "/admin/connections/{connection}/rebinding/undo", Admin),
    ("GET",    "/admin/connections/{connection}/deletion", Admin),
    ("POST",   "/admin/connections/{connection}/deletion", Admin),
    ("GET",    "/admin/tokens", Admin),
    ("POST",   "/admin/tokens", Admin),
    ("GET",    "/admin/tokens/{token}/revocation", Admin),
    ("POST",   "/admin/tokens/{token}/revocation", Admin),
    ("GET",    "/admin/account", Admin),
    ("GET",    "/admin/account/password", Admin),
    ("POST",   "/admin/account/password", Admin),
    ("GET",    "/admin/account/sessions/end", Admin),
    ("POST",   "/admin/account/sessions/end", Admin),
    ("GET",    "/admin/sign-out", Admin),
    ("POST",   "/admin/sign-out", Admin),

    ("GET",    "/admin/inside/share", Admin),
    ("POST",   "/admin/inside/share", Admin),
    ("GET",    "/admin/inside/space", Admin),
    ("GET",    "/admin/inside/admin", Admin),

    // Without a token that Confluence has signed, or a ticket of ours, they lead nowhere.
    ("GET",    "/atlassian/share", Anyone),
    ("GET",    "/atlassian/space", Anyone),
    ("GET",    "/atlassian/admin", Anyone),
    ("GET",    "/forge/enter", Anyone),
    ("POST",   "/forge/session", Anyone),

    ("GET",    "/api/docs", Anyone),
    ("GET",    "/api/docs/{file:.*}", Anyone),
    ("GET",    "/api/v1/openapi.json", Anyone),
    ("GET",    "/api/v1/shares", Program),
    ("POST",   "/api/v1/shares", Program),
    ("GET",    "/api/v1/shares/{id}", Program),
    ("PATCH",  "/api/v1/shares/{id}", Program),
    ("DELETE", "/api/v1/shares/{id}", Program),
    ("POST",   "/api/v1/shares/{id}/unlock-secret", Program),
    ("POST",   "/api/v1/shares/{id}/unlock-links", Program),
    ("POST",   "/api/v1/shares/{id}/unlock-checks", Program),
    ("GET",    "/api/v1/shares/{id}/activity", Program),
    ("GET",    "/api/v1/shares/{id}/embed-health", Program),
    ("GET",    "/api/v1/audit-events", Program),
    ("GET",    "/api/v1/connections", Program),
    ("POST",   "/api/v1/connections", Program),
    ("GET",    "/api/v1/connections/{id}", Program),
    ("PATCH",  "/api/v1/connections/{id}", Program),
    ("DELETE", "/api/v1/connections/{id}", Program),
    ("POST",   "/api/v1/connections/{id}/test", Program),
    ("POST",   "/api/v1/connections/{id}/refresh", Program),
    ("GET",    "/api/v1/connections/{id}/pages", Program),
    ("GET",    "/api/v1/connections/{id}/spaces", Program),
];

/// What `src/routes.rs` says, as `METHOD /path`.
///
/// It knows the few words that file is written in: scopes give a prefix to what follows them, the other words make a
/// resource.
fn routes() -> BTreeSet<String> {
    let source = include_str!("../../src/routes.rs");
    let mut routes = BTreeSet::new();
    for function in source
        .split("\nfn ")
        .flat_map(|text| text.split("\npub fn "))
    {
        let name = function.split('(').next().unwrap_or_default();
        let mut prefixes = match name {
            "content" => vec!["/content/{share}", "/e/{key}/content/{share}"],
            name if name.starts_with("admin") => vec!["/admin"],
            name if name.starts_with("api_version_1") => vec!["/api/v1"],
            "api" => vec!["/api"],
            _ => vec![""],
        };
        for (word, literal, rest) in words(function) {
            let methods = match word {
                "read" | "redirect" | "entrance" => vec!["GET"],
                "act" | "ask_and_do" => vec!["GET", "POST"],
                "take" => vec!["POST"],
                "known" => rest.split('"').nth(1).unwrap().split(", ").collect(),
                // A scope is no address; a resource made by hand would be one.
                "scope" => {
                    if name == "visitor" {
                        prefixes = vec![literal];
                    }
                    continue;
                }
                other => panic!("routes.rs uses “{other}”, which this test does not know yet"),
            };
            for prefix in &prefixes {
                let addresses = methods
                    .iter()
                    .map(|method| format!("{method} {prefix}{literal}"));
                routes.extend(addresses);
            }
        }
    }
    routes
}

/// Calls whose first argument is a path: function, path, what follows.
fn words(source: &str) -> Vec<(&str, &str, &str)> {
    let mut found = Vec::new();
    for (quote, _) in source.match_indices('"') {
        let before = source[..quote].trim_end();
        let Some(call) = before.strip_suffix('(') else {
            continue;
        };
        let word = call
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        let literal = source[quote + 1..].split('"').next().unwrap_or_default();
        let word = word.unwrap_or_default();
        if word != "only" && (literal.is_empty() || literal.starts_with('/')) {
            let rest = &source[quote + 1 + literal.len() + 1..];
            found.push((word, literal, rest));
        }
    }
    found
}

#[test]
fn every_route_stands_in_the_security_table() {
    let table: BTreeSet<String> = TABLE
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let routes = routes();
    let missing: Vec<_> = routes.difference(&table).collect();
    let gone: Vec<_> = table.difference(&routes).collect();
    assert!(missing.is_empty(), "not in the table: {missing:#?}");
    assert!(gone.is_empty(), "no longer a route: {gone:#?}");
}

/// An address that the route answers to, of things that exist.
fn address(portal: &Portal, share: &Share, route: &str) -> String {
    let file = portal.db_file(share, 1_310_780, "release-notes-3.2.txt");
    route
        .replace("/content/{share}/files/{attachment}/{name}", &file)
        .replace("/content/{share}", &path(share))
        .replace("{share}", &share.id.to_string())
        .replace("{key}", &"k".repeat(43))
        .replace("{page}", "1310740")
        .replace("{page:[0-9]+}", "1310740")
        .replace("{below:.*}", "nothing/here")
        .replace("{file:.*}", "index.css")
        .replace("{hash}/{path:.*}", "0/css/visitor.css")
        .replace("/{connection}", &format!("/{}", share.connection_id))
        .replace(
            "/connections/{id}",
            &format!("/connections/{}", share.connection_id),
        )
        .replace("{id}", &share.id.to_string())
        .replace("{token}", "11111111-1111-4111-8111-111111111111")
}

fn is_refused(answer: &Answer, method: &str, who: Who) -> bool {
    let is_password_page = answer.status == 401 && answer.texts("h1") == ["Enter the password"];
    let to_sign_in = || answer.location().starts_with("/admin/sign-in");
    match (who, method) {
        (Anyone, _) => matches!(answer.status, 401 | 403),
        (Visitor, _) => is_password_page,
        (KeyHolder, _) => answer.status == 303 && answer.location().starts_with("/content/"),
        (Admin, "GET") => answer.status == 303 && to_sign_in(),
        (Admin, _) => answer.status == 401,
        (Program, _) => {
            answer.status == 401
                && answer.header("content-type") == Some("application/problem+json")
        }
    }
}

#[tokio::test]
async fn strangers_get_nothing_from_what_is_not_for_anyone() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let admin_origin = portal.url("");
    for (method, route, who) in TABLE.iter().copied() {
        let address = address(&portal, &share, route);
        let stranger = portal.visitor();
        let request = stranger
            .request(method.parse::<Method>().unwrap(), &address)
            .header("origin", &admin_origin)
            .header("content-type", "application/x-www-form-urlencoded");

        let answer = request.await;

        let refused = is_refused(&answer, method, who);
        assert_eq!(refused, who != Anyone, "{method} {address}: {answer:?}");
        assert!(
            stranger
                .cookies()
                .iter()
                .all(|cookie| !cookie.name().contains("vst")
                    || portal.pass_key().verify(cookie.value()).is_none())
        );
    }
}

#[tokio::test]
async fn a_visitor_who_is_in_has_no_way_into_the_admin_pages_or_the_api() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let pass = visitor.cookies()[0].value().to_owned();
    for name in ["__Secure-vst", "vst_admin", "id"] {
        visitor.hold(name, &pass, "/");
    }
    for (method, route, who) in TABLE.iter().copied() {
        if matches!(who, Admin | Program) {
            let address = address(&portal, &share, route);
            let answer = visitor
                .request(method.parse::<Method>().unwrap(), &address)
                .header("origin", &portal.url(""))
                .header("authorization", &format!("Bearer {pass}"))
                .await;
            assert!(
                is_refused(&answer, method, who),
                "{method} {address}: {answer:?}"
            );
        }
    }
}
