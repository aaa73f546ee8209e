//! What a site tells us unasked: whether it is the site that speaks, and which content changed. What follows from it is
//! the caller's, who also bounds the size of the body.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::secret::Secret;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    pub kind: EventKind,
    /// The page or blog post to look at again. For an attachment or a comment: the one it hangs on.
    pub content_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// New, edited, restored, or with other files, labels or restrictions.
    Changed,
    Moved,
    Gone,
    /// Cloud does not always say what happened, only to which page.
    Unnamed,
    /// Nothing that pages depend on, or something we do not know.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the signature is missing or wrong")]
    BadSignature,
    #[error("the body is not the JSON of an event")]
    Malformed,
}

/// Checks `X-Hub-Signature: sha256=<hex>` over the body as it came.
pub fn check_signature(
    header: Option<&str>,
    body: &[u8],
    secret: &Secret,
) -> Result<(), WebhookError> {
    let signature = header
        .and_then(|header| header.trim().strip_prefix("sha256="))
        .and_then(|digits| hex::decode(digits).ok())
        .ok_or(WebhookError::BadSignature)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .map_err(|_error| WebhookError::BadSignature)?;
    mac.update(body);
    // Takes the same time wherever the first difference is.
    mac.verify_slice(&signature)
        .map_err(|_error| WebhookError::BadSignature)
}

/// Cloud names the event in `event`, only outside the body, or not at all; Data Center in `event` or `webhookEvent`.
/// `named` is what the request said besides.
pub fn parse(body: &[u8], named: Option<&str>) -> Result<WebhookEvent, WebhookError> {
    let payload: Payload =
        serde_json::from_slice(body).map_err(|_error| WebhookError::Malformed)?;
    let name = payload
        .event
        .as_deref()
        .or(payload.webhook_event.as_deref())
        .or(named)
        .unwrap_or_default();
    let kind = match name {
        "" => EventKind::Unnamed,
        name => kind_of(name),
    };
    let content_id = match kind {
        EventKind::Other => None,
        _ => payload.content_id(),
    };
    Ok(WebhookEvent { kind, content_id })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    event: Option<String>,
    webhook_event: Option<String>,
    #[serde(default)]
    page: Value,
    #[serde(default, alias = "blog", alias = "blogPost")]
    blogpost: Value,
    #[serde(default)]
    content: Value,
    #[serde(default, alias = "attachedTo")]
    attached_to: Value,
    #[serde(default)]
    attachment: Value,
    /// Cloud sends all files of one upload together.
    #[serde(default)]
    attachments: Value,
    #[serde(default)]
    comment: Value,
}

impl Payload {
    fn content_id(&self) -> Option<String> {
        let files = [&self.attachment, &self.comment];
        let first = self.attachments.get(0).into_iter();
        let parents = files
            .into_iter()
            .chain(first)
            .flat_map(|file| ["container", "parent", "content"].map(|name| file.get(name)))
            .flatten();
        [&self.attached_to, &self.page, &self.blogpost, &self.content]
            .into_iter()
            .chain(parents)
            .find_map(id_of)
    }
}

fn id_of(content: &Value) -> Option<String> {
    let id = match content.get("id")? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let is_id = !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(id)
}

fn kind_of(name: &str) -> EventKind {
    let name = name.to_ascii_lowercase();
    let Some((subject, happened)) = name.split_once('_') else {
        return EventKind::Other;
    };
    match (subject, happened) {
        ("page" | "blog" | "content", "moved" | "children_reordered") => EventKind::Moved,
        ("page" | "blog" | "content", "trashed" | "removed" | "deleted" | "archived") => {
            EventKind::Gone
        }
        ("page" | "blog" | "content", _)
            if [
                "created",
                "updated",
                "restored",
                "unarchived",
                "permissions_updated",
            ]
            .contains(&happened) =>
        {
            EventKind::Changed
        }
        // Whatever happens to a file or label changes its page.
        ("attachment" | "label", _) => EventKind::Changed,
        ("comment", _) => EventKind::Changed,
        _ => EventKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{EventKind, WebhookError, WebhookEvent, check_signature, parse};
    use crate::confluence::Secret;

    #[track_caller]
    fn check(body: &str, kind: EventKind, content_id: Option<&str>) {
        let expected = WebhookEvent {
            kind,
            content_id: content_id.map(str::to_owned),
        };
        assert_eq!(parse(body.as_bytes(), None).unwrap(), expected, "{body}");
    }

    #[test]
    fn data_center_names_the_event_and_the_content() {
        check(
            r#"{"timestamp":1,"event":"page_updated","userKey":"8a7f","page":{"id":65961985,"idAsString":"65961985","title":"Share me","spaceKey":"DS"}}"#,
            EventKind::Changed,
            Some("65961985"),
        );
        check(
            r#"{"event":"page_trashed","page":{"id":7}}"#,
            EventKind::Gone,
            Some("7"),
        );
        check(
            r#"{"event":"page_removed","page":{"id":"7"}}"#,
            EventKind::Gone,
            Some("7"),
        );
        check(
            r#"{"event":"page_moved","page":{"id":7}}"#,
            EventKind::Moved,
            Some("7"),
        );
        check(
            r#"{"event":"page_restored","page":{"id":7}}"#,
            EventKind::Changed,
            Some("7"),
        );
        check(
            r#"{"event":"blog_created","blog":{"id":8}}"#,
            EventKind::Changed,
            Some("8"),
        );
        check(
            r#"{"webhookEvent":"blog_trashed","blogpost":{"id":8}}"#,
            EventKind::Gone,
            Some("8"),
        );
    }

    #[test]
    fn a_file_leads_to_its_page() {
        check(
            r#"{"event":"attachment_created","attachedTo":{"id":7,"contentType":"page"},"attachments":[{"id":9}]}"#,
            EventKind::Changed,
            Some("7"),
        );
        check(
            r#"{"event":"attachment_trashed","attachment":{"id":9,"container":{"id":"7"}}}"#,
            EventKind::Changed,
            Some("7"),
        );
    }

    #[test]
    fn unknown_events_are_accepted_and_lead_nowhere() {
        check(
            r#"{"event":"user_created","user":{}}"#,
            EventKind::Other,
            None,
        );
        check(
            r#"{"event":"page_viewed","page":{"id":7}}"#,
            EventKind::Other,
            None,
        );
        check("{}", EventKind::Unnamed, None);
        check(
            r#"{"event":"page_updated","page":{"id":"../7"}}"#,
            EventKind::Changed,
            None,
        );
    }

    #[test]
    fn a_page_without_an_event_is_one_to_look_at() {
        check(
            r#"{"page":{"id":7},"timestamp":1}"#,
            EventKind::Unnamed,
            Some("7"),
        );
    }

    #[test]
    fn the_event_may_be_named_outside_the_body() {
        let event = parse(br#"{"page":{"id":7}}"#, Some("page_updated")).unwrap();
        assert_eq!(event.kind, EventKind::Changed);
    }

    #[test]
    fn what_is_no_event_is_malformed() {
        for body in ["", "[]", "x", "\"page_updated\"", "{\"event\":7}"] {
            assert_eq!(
                parse(body.as_bytes(), None),
                Err(WebhookError::Malformed),
                "{body}"
            );
        }
    }

    #[test]
    fn only_the_right_signature_over_the_same_bytes_is_accepted() {
        let secret = Secret::new("key");
        let body = b"The quick brown fox jumps over the lazy dog";
        // The vector of RFC 4231's relatives that every implementation is tried with.
        let good = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert_eq!(check_signature(Some(good), body, &secret), Ok(()));
        let refused = Err(WebhookError::BadSignature);
        assert_eq!(check_signature(Some(good), b"The quick", &secret), refused);
        assert_eq!(
            check_signature(Some(good), body, &Secret::new("kex")),
            refused
        );
        assert_eq!(check_signature(Some("sha1=00"), body, &secret), refused);
        assert_eq!(check_signature(Some("sha256=zz"), body, &secret), refused);
        assert_eq!(check_signature(Some("sha256="), body, &secret), refused);
        assert_eq!(check_signature(None, body, &secret), refused);
    }
}
