//! The body of a call-back: which fields must be there, and in which form. Whether it is true is not known here.

use serde::Deserialize;
use url::{Host, Url};

use crate::confluence::Secret;
use crate::confluence::connect::install_keys::NoKey;
use crate::confluence::connect::jwt::JwtError;
use crate::strict_json::parse_whole;

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Installed,
    Enabled,
    Disabled,
    Uninstalled,
}

/// A call-back's body. Fields that are not named here may be there.
#[derive(Debug)]
pub struct Callback {
    /// The app's key.
    pub key: String,
    pub client_key: String,
    pub oauth_client_id: Option<String>,
    /// Only with [`Event::Installed`].
    pub shared_secret: Option<Secret>,
    /// `https://acme.atlassian.net/wiki`, without a slash at its end. Plain http only at a loopback address, which tests
    /// have; like any other host it must be allowed by name.
    pub base_url: Url,
    pub display_url: Option<Url>,
    pub description: Option<String>,
}

/// Why a call-back is refused.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// The body is not what Confluence sends; with the field.
    #[error("the body is not a call-back: {0}")]
    Body(String),
    #[error("there is no token, or more than one")]
    NoToken,
    #[error("{0}")]
    Token(#[from] JwtError),
    #[error("{0}")]
    Key(#[from] NoKey),
    #[error("the token is for another {0}")]
    Mismatch(&'static str),
    #[error("sites of {0} may not install the app")]
    Host(String),
}

const LONGEST_BODY: usize = 64 * 1024;

/// Keys, ids and URLs are stored and shown.
const LONGEST_FIELD: usize = 1_000;

/// What we read of it; unknown fields may be there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    key: Option<String>,
    client_key: Option<String>,
    oauth_client_id: Option<String>,
    shared_secret: Option<String>,
    base_url: Option<String>,
    display_url: Option<String>,
    product_type: Option<String>,
    description: Option<String>,
    event_type: Option<String>,
}

/// The body, with nothing checked but its form. For the secret that `enabled` and `disabled` are signed with, which is
/// looked up by the client key.
pub fn read_body(body: &[u8]) -> Result<Callback, CallbackError> {
    read(body, None)
}

/// The same; `event` is what the body must say that it is about, if it says so.
pub(super) fn read(body: &[u8], event: Option<Event>) -> Result<Callback, CallbackError> {
    if body.len() > LONGEST_BODY {
        return Err(wrong("it is longer than a call-back"));
    }
    let object = parse_whole(body)
        .ok_or_else(|| wrong("it is not a JSON object, or a field stands twice"))?;
    // serde's words would repeat what stands there.
    let wire: Wire =
        serde_json::from_value(object.into()).map_err(|_words| wrong("a field is not a text"))?;
    if wire.product_type.as_deref() != Some("confluence") {
        return Err(wrong("productType is not confluence"));
    }
    if let (Some(event), Some(named)) = (event, &wire.event_type)
        && named != event.as_str()
    {
        return Err(wrong("eventType names another event"));
    }
    let base_url = required("baseUrl", wire.base_url)?;
    Ok(Callback {
        key: required("key", wire.key)?,
        client_key: required("clientKey", wire.client_key)?,
        oauth_client_id: optional("oauthClientId", wire.oauth_client_id)?,
        shared_secret: optional("sharedSecret", wire.shared_secret)?
            .filter(|_secret| event.is_none_or(|event| event == Event::Installed))
            .map(Secret::new),
        base_url: read_base_url(&base_url)?,
        display_url: wire.display_url.as_deref().and_then(read_link),
        description: wire
            .description
            .filter(|text| text.len() <= LONGEST_FIELD && !text.chars().any(char::is_control)),
    })
}

impl Event {
    /// The word in `eventType`, and in the path of the call-back.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Uninstalled => "uninstalled",
        }
    }
}

fn wrong(what: &str) -> CallbackError {
    CallbackError::Body(what.to_owned())
}

/// Empty counts as missing.
fn optional(name: &str, value: Option<String>) -> Result<Option<String>, CallbackError> {
    let Some(value) = value.filter(|value| !value.trim().is_empty()) else {
        return Ok(None);
    };
    // A NUL cannot be stored; nothing that Confluence sends has a line break in it either.
    match value.len() > LONGEST_FIELD || value.chars().any(char::is_control) {
        true => Err(wrong(&format!(
            "{name} is too long or has control characters"
        ))),
        false => Ok(Some(value)),
    }
}

fn required(name: &str, value: Option<String>) -> Result<String, CallbackError> {
    optional(name, value)?.ok_or_else(|| wrong(&format!("{name} is missing")))
}

/// `/wiki` is where Confluence is on every site of Cloud. A port is only known of loopback addresses.
fn read_base_url(text: &str) -> Result<Url, CallbackError> {
    let mut url = Url::parse(text).map_err(|_words| wrong("baseUrl is not a URL"))?;
    let has_good_scheme = match url.scheme() {
        "https" => url.port().is_none(),
        "http" => is_loopback(&url),
        _ => false,
    };
    if !has_good_scheme {
        return Err(wrong("baseUrl is not the https address of a site"));
    }
    let has_more = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if has_more || !["", "/wiki"].contains(&url.path().trim_end_matches('/')) {
        return Err(wrong("baseUrl has more than the address and /wiki"));
    }
    url.set_path("/wiki");
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

/// Only for links in pages: what is no web address is left out.
fn read_link(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_web = ["http", "https"].contains(&url.scheme()) && url.has_host();
    (is_web && text.len() <= LONGEST_FIELD).then_some(url)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Event, read, read_base_url, read_body};

    const PAYLOADS: &str =
        include_str!("../../../../tests/fixtures/connect/lifecycle-payloads.json");

    fn payload(name: &str) -> Value {
        let payloads: Value = serde_json::from_str(PAYLOADS).unwrap();
        payloads[name]["body"].clone()
    }

    #[test]
    fn every_form_that_confluence_sent_is_accepted() {
        let payloads: Value = serde_json::from_str(PAYLOADS).unwrap();
        let bodies = payloads.as_object().unwrap().values();
        let bodies: Vec<_> = bodies
            .filter(|payload| payload["body"].is_object())
            .collect();
        assert_eq!(bodies.len(), 10);
        for payload in bodies {
            let callback = read_body(payload["body"].to_string().as_bytes()).unwrap();
            assert_eq!(callback.key, "com.example.share");
            assert_eq!(callback.base_url.path(), "/wiki");
        }
    }

    #[test]
    fn the_smallest_body_has_what_an_installation_needs() {
        let body = payload("installed_minimal").to_string();
        let callback = read(body.as_bytes(), Some(Event::Installed)).unwrap();
        let secret = callback.shared_secret.unwrap();
        assert_eq!(secret.reveal(), "a-secret-key-not-to-be-lost");
        assert_eq!(callback.client_key, "11111111-2222-3333-4444-555555555555");
        assert_eq!(
            (callback.oauth_client_id, callback.display_url),
            (None, None)
        );
    }

    #[track_caller]
    fn check_refused(change: &Value, words: &str) {
        let mut body = payload("installed");
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        let error = read(body.to_string().as_bytes(), Some(Event::Installed)).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }

    #[test]
    fn a_body_with_something_missing_or_wrong_is_refused() {
        for field in ["key", "clientKey", "baseUrl"] {
            check_refused(&json!({field: null}), field);
            check_refused(&json!({field: " "}), field);
            check_refused(&json!({field: 1}), "not a text");
            check_refused(&json!({field: "a\nb"}), field);
            check_refused(&json!({field: "a".repeat(2_000)}), field);
        }
        check_refused(&json!({"productType": "jira"}), "productType");
        check_refused(&json!({"productType": null}), "productType");
        check_refused(&json!({"eventType": "enabled"}), "eventType");
        let twice = r#"{"key":"a","key":"b"}"#;
        assert!(read_body(twice.as_bytes()).is_err());
        assert!(read_body(b"").is_err());
        assert!(read_body(&[b' '; 70_000]).is_err());
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_body() {
        let error = read_body(br#"{"sharedSecret":{"a":"t0p"},"key":"k3y"}"#).unwrap_err();
        assert!(!error.to_string().contains("t0p") && !error.to_string().contains("k3y"));
    }

    #[track_caller]
    fn check_base_url(text: &str, expected: Option<&str>) {
        let url = read_base_url(text).ok();
        assert_eq!(url.as_ref().map(url::Url::as_str), expected, "{text}");
    }

    #[test]
    fn a_base_url_is_brought_to_one_form() {
        let acme = Some("https://acme.atlassian.net/wiki");
        check_base_url("https://acme.atlassian.net/wiki", acme);
        check_base_url("https://ACME.atlassian.net:443/wiki/", acme);
        check_base_url("https://acme.atlassian.net", acme);
        check_base_url(
            "http://127.0.0.1:8090/wiki",
            Some("http://127.0.0.1:8090/wiki"),
        );
        for bad in [
            "http://acme.atlassian.net/wiki",
            "http://localhost:8090/wiki",
            "http://10.0.0.1/wiki",
            "https://acme.atlassian.net:8443/wiki",
            "https://ada@acme.atlassian.net/wiki",
            "https://acme.atlassian.net/wiki?x=1",
            "https://acme.atlassian.net/wiki#x",
            "https://acme.atlassian.net/evil",
            "ftp://acme.atlassian.net/wiki",
            "javascript:alert(1)",
            "/wiki",
        ] {
            check_base_url(bad, None);
        }
    }
}
