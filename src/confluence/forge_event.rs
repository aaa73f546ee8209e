//! What a Forge app's remote is told by events: its own life cycle, changes of content, and the calls of its timer. Who
//! calls is `forge`'s subject.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    Http, Problem, Secret,
    oauth::{ask, request},
    product::Product,
    source::Answer,
    webhook::EventKind,
};

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeEvent {
    /// Installed or upgraded.
    Installed,
    Uninstalled,
    Content {
        kind: EventKind,
        /// The page or blog post to look at again.
        content_id: String,
    },
    /// The timer, or something that means nothing to us.
    Other,
}

/// The body is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not the JSON of an event")]
pub struct NotAnEvent;

/// Reads an event. `module` is the key of the module in the manifest that sent it, which names the event where the body
/// does not: bodies of the life cycle are not bound to say what they are about.
pub fn parse(body: &[u8], module: Option<&str>) -> Result<ForgeEvent, NotAnEvent> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(named(module.unwrap_or_default()));
    }
    let payload: Value = serde_json::from_slice(body).map_err(|_error| NotAnEvent)?;
    if !payload.is_object() {
        return Err(NotAnEvent);
    }
    let payload = payload
        .get("event")
        .filter(|inner| inner.is_object())
        .unwrap_or(&payload);
    let Some(name) = payload.get("eventType").and_then(Value::as_str) else {
        return Ok(named(module.unwrap_or_default()));
    };
    let mut parts = name.split(':').skip(1);
    Ok(match (parts.next(), parts.next(), parts.next()) {
        (Some("forge"), Some(happened), Some("app")) => named(happened),
        (Some("confluence"), Some(happened), Some(subject)) => content(payload, subject, happened),
        _ => ForgeEvent::Other,
    })
}

fn named(word: &str) -> ForgeEvent {
    if word.contains("uninstalled") {
        ForgeEvent::Uninstalled
    } else if word.contains("installed") || word.contains("upgraded") {
        ForgeEvent::Installed
    } else {
        ForgeEvent::Other
    }
}

fn content(payload: &Value, subject: &str, happened: &str) -> ForgeEvent {
    let kind = match (subject, happened) {
        (_, "liked" | "viewed") => return ForgeEvent::Other,
        // Whatever happens to a file, comment or label changes its page.
        ("attachment" | "comment" | "label" | "inline_comment", _) => EventKind::Changed,
        ("page" | "blogpost", "moved" | "children_reordered") => EventKind::Moved,
        ("page" | "blogpost", "trashed" | "deleted" | "archived") => EventKind::Gone,
        ("page" | "blogpost", _) => EventKind::Changed,
        _ => return ForgeEvent::Other,
    };
    let places = [
        "/attachment/container",
        "/content/container",
        "/content",
        "/container",
    ];
    let content_id = places
        .iter()
        .filter_map(|place| payload.pointer(place)?.get("id"))
        .find_map(id);
    match content_id {
        Some(content_id) => ForgeEvent::Content { kind, content_id },
        None => ForgeEvent::Other,
    }
}

fn id(value: &Value) -> Option<String> {
    let id = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let is_id = !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(id)
}

/// The base URL of the site with a cloud id, with `/wiki`: events do not name it, and the site's own answers do.
pub async fn base_url(http: &Http, gateway: &Url, cloud_id: &str, token: &Secret) -> Answer<Url> {
    #[derive(Deserialize)]
    struct Part {
        #[serde(rename = "_links")]
        links: Links,
    }
    #[derive(Deserialize)]
    struct Links {
        base: String,
    }
    let mut url = gateway.clone();
    url.set_path("");
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear();
        path.extend(["ex", "confluence", cloud_id, "wiki", "api", "v2", "spaces"]);
    }
    url.set_query(Some("limit=1"));
    let request = request(http, Product::Cloud, Method::GET, &url)?;
    let part: Part = ask(request.bearer_auth(token.reveal())).await?;
    let what = || "no address of the site in its answer".to_owned();
    Url::parse(&part.links.base).map_err(|_error| Problem::NotUnderstood { what: what() }.into())
}

#[cfg(test)]
mod tests {
    use super::{ForgeEvent, NotAnEvent, parse};
    use crate::confluence::webhook::EventKind;

    #[track_caller]
    fn check(body: &str, module: Option<&str>, expected: &ForgeEvent) {
        assert_eq!(
            parse(body.as_bytes(), module).as_ref(),
            Ok(expected),
            "{body}"
        );
    }

    fn page(kind: EventKind) -> ForgeEvent {
        ForgeEvent::Content {
            kind,
            content_id: "7".to_owned(),
        }
    }

    #[test]
    fn the_life_cycle_is_told_by_the_name_of_the_event_or_of_the_module() {
        for word in ["installed", "upgraded"] {
            let body = format!(r#"{{"eventType":"avi:forge:{word}:app","id":"ari:1"}}"#);
            check(&body, None, &ForgeEvent::Installed);
        }
        let gone = r#"{"eventType":"avi:forge:uninstalled:app"}"#;
        check(gone, Some("app-installed"), &ForgeEvent::Uninstalled);
        let nameless = r#"{"id":"ari:1","installerAccountId":"5b","app":{"id":"a"}}"#;
        check(nameless, Some("app-installed"), &ForgeEvent::Installed);
        check(nameless, Some("app-uninstalled"), &ForgeEvent::Uninstalled);
        check(nameless, None, &ForgeEvent::Other);
        check(
            r#"{"event":{"eventType":"avi:forge:uninstalled:app"}}"#,
            None,
            &ForgeEvent::Uninstalled,
        );
    }

    #[test]
    fn content_leads_to_the_page_it_is_about() {
        for (name, kind) in [
            ("updated:page", EventKind::Changed),
            ("created:blogpost", EventKind::Changed),
            ("permissions_updated:page", EventKind::Changed),
            ("moved:page", EventKind::Moved),
            ("trashed:page", EventKind::Gone),
            ("deleted:page", EventKind::Gone),
        ] {
            let body = format!(
                r#"{{"eventType":"avi:confluence:{name}","atlassianId":"5b","content":{{"id":"7","type":"page"}}}}"#
            );
            check(&body, None, &page(kind));
        }
        check(
            r#"{"eventType":"avi:confluence:created:comment","content":{"id":"9","container":{"id":7}}}"#,
            None,
            &page(EventKind::Changed),
        );
        check(
            r#"{"eventType":"avi:confluence:created:attachment","attachment":{"id":"att9","container":{"id":"7"}}}"#,
            None,
            &page(EventKind::Changed),
        );
    }

    #[test]
    fn the_timer_and_what_nobody_knows_lead_nowhere() {
        for body in [
            "",
            "{}",
            r#"{"context":{"cloudId":"1"}}"#,
            r#"{"eventType":"avi:confluence:viewed:page","content":{"id":"7"}}"#,
            r#"{"eventType":"avi:confluence:updated:page","content":{"id":"../7"}}"#,
            r#"{"eventType":"avi:jira:created:issue","issue":{"id":"7"}}"#,
            r#"{"eventType":7}"#,
        ] {
            check(body, Some("keep-token"), &ForgeEvent::Other);
        }
        for body in ["[]", "x", "\"installed\""] {
            assert_eq!(parse(body.as_bytes(), None), Err(NotAnEvent), "{body}");
        }
    }
}
