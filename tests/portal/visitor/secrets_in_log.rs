//! The log of a run holds nothing that opens a share, whatever happens to it on the way.

use vestibule::shares::unlock_secret::UnlockSecret;

use crate::support::{PASSWORD, Portal, everything_logged, path, sign, token};

#[tokio::test]
async fn no_token_password_cookie_or_secret_reaches_the_log() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let good = token(&share);
    let forged = sign(
        r#"{"alg":"HS256"}"#,
        r#"{"iss":"forged"}"#,
        b"some other key",
    );
    let other_secret = UnlockSecret::generate().unwrap().to_hex();
    let wrong = "correct horse battery staple 4711";

    for token in [&good, &forged, &other_secret] {
        visitor
            .get(&format!("{}?unlock={token}", path(&share)))
            .await;
        visitor
            .get(&format!("/access?uuid={}&unlock={token}", share.id))
            .await;
        visitor.get(&format!("/access?unlock={token}")).await;
        visitor.get(&format!("/nothing?unlock={token}")).await;
        visitor
            .get(&format!("/content/nonsense?unlock={token}"))
            .await;
        visitor
            .get(&format!("{}/search?q=a&unlock={token}", path(&share)))
            .await;
        let request = visitor.get(&format!("/?unlock={token}"));
        request.header("host", "evil.example").await;
    }
    let stranger = portal.visitor();
    stranger.enter(&share, wrong).await;
    stranger.enter(&share, PASSWORD).await;
    portal.db_lose();
    let unknown = format!("/content/{}?unlock={good}", uuid::Uuid::new_v4());
    assert_eq!(portal.visitor().get(&unknown).await.status, 503);

    let log = everything_logged();
    assert!(
        log.contains("a request could not be served"),
        "the log is captured"
    );
    let mut secrets = vec![good.clone(), forged.clone(), wrong.to_owned()];
    secrets.extend([PASSWORD.to_owned(), PASSWORD.replace(' ', "+")]);
    secrets.extend([
        wrong.replace(' ', "+"),
        share.unlock_secret.to_hex(),
        other_secret,
    ]);
    let signatures = [&good, &forged].map(|token| token.rsplit('.').next().unwrap().to_owned());
    secrets.extend(signatures);
    for held in [visitor.cookies(), stranger.cookies()] {
        assert!(!held.is_empty());
        secrets.extend(held.iter().map(|cookie| cookie.value().to_owned()));
    }
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
