//! Call-backs of the life cycle, signed by the library.

use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;
use vestibule::clock;
use vestibule::confluence::Secret;
use vestibule::confluence::connect::callback::{
    CallbackError, Event, Expected, ReceivedCallback, verify_signed_by_atlassian,
    verify_signed_by_site,
};
use vestibule::confluence::connect::install_keys::InstallKeys;
use vestibule::confluence::connect::jwt::JwtError;

use super::{APP_KEY, CLIENT_KEY, Captured, KEY_ID, PORTAL, SECRET, http, signed};

const PAYLOADS: &str = include_str!("../../fixtures/connect/lifecycle-payloads.json");

#[tokio::test]
async fn call_backs_that_the_library_signs_are_taken() {
    let now = clock::now();
    let url = |event: Event| format!("{PORTAL}/atlassian/{}", event.as_str());
    let by_key = |event, claims: Value| json!({"method": "POST", "url": url(event), "by": "key", "claims": claims});
    let by_secret =
        |event| json!({"method": "POST", "url": url(event), "by": "secret", "claims": {}});
    let aud = json!([PORTAL]);
    let signed = signed(
        now,
        PORTAL,
        &json!({
            "installed": by_key(Event::Installed, json!({"aud": aud})),
            "uninstalled": by_key(Event::Uninstalled, json!({"aud": aud})),
            "other app": by_key(Event::Installed, json!({"aud": ["https://evil.example"]})),
            "other site": by_key(Event::Installed, json!({"aud": aud, "iss": "other"})),
            "enabled": by_secret(Event::Enabled),
            "disabled": by_secret(Event::Disabled),
        }),
    );
    let keys = Captured::start(signed["publicKey"].as_str().unwrap()).await;
    let install_keys = InstallKeys::new(Url::parse(&keys.origin).unwrap());
    let check = async |event, name: &str| {
        check_callback(&install_keys, event, signed["tokens"][name].as_str(), now).await
    };
    for event in [
        Event::Installed,
        Event::Enabled,
        Event::Disabled,
        Event::Uninstalled,
    ] {
        check(event, event.as_str()).await.unwrap();
    }
    let wrong = check(Event::Installed, "other app").await;
    assert!(matches!(wrong, Err(CallbackError::Mismatch("app"))));
    let wrong = check(Event::Installed, "other site").await;
    assert!(matches!(wrong, Err(CallbackError::Mismatch("site"))));
    let wrong = check(Event::Installed, "uninstalled").await;
    assert!(matches!(
        wrong,
        Err(CallbackError::Token(JwtError::Request))
    ));
    let wrong = check(Event::Installed, "enabled").await;
    assert!(matches!(
        wrong,
        Err(CallbackError::Token(JwtError::Algorithm))
    ));
    // The key was fetched once for all of them.
    assert_eq!(keys.requests().len(), 1);
    assert!(keys.requests()[0].starts_with(&format!("GET /{KEY_ID} ")));
}

async fn check_callback(
    keys: &InstallKeys,
    event: Event,
    token: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), CallbackError> {
    let payloads: Value = serde_json::from_str(PAYLOADS).unwrap();
    let body = payloads[event.as_str()]["body"].to_string();
    let received = ReceivedCallback {
        event,
        token,
        body: body.as_bytes(),
        method: "POST",
        target: &format!("/atlassian/{}", event.as_str()),
        client: "192.0.2.1",
    };
    let expected = Expected {
        app_key: APP_KEY,
        audiences: &[PORTAL.to_owned()],
        allows_host: &|host| host == "acme.atlassian.net",
    };
    let callback = match event {
        Event::Installed | Event::Uninstalled => {
            verify_signed_by_atlassian(&http(), keys, &received, &expected, now).await
        }
        Event::Enabled | Event::Disabled => {
            verify_signed_by_site(&received, &expected, &Secret::new(SECRET), now)
        }
    }?;
    assert_eq!(callback.client_key, CLIENT_KEY);
    Ok(())
}
