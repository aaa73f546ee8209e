//! `?unlock=` with a token that is not valid: every code of the rule, and what becomes of the visitor.

use serde_json::json;
use time::Duration;
use vestibule::clock;
use vestibule::shares::guesses;
use vestibule::shares::share::Share;
use vestibule::shares::store::{self, events};
use vestibule::shares::unlock_secret::UnlockSecret;

use crate::support::{Answer, PASSWORD, Portal, eventually, path, sign, token, token_with};

async fn present(portal: &Portal, share: &Share, token: &str) -> Answer {
    let address = format!("{}?unlock={token}", path(share));
    portal.visitor().get(&address).await
}

/// A refused visitor meets the password page in place, with the code for the integrator.
#[track_caller]
fn assert_refused(answer: &Answer, code: &str) {
    assert_eq!(answer.header("vestibule-unlock"), Some(code));
    assert_eq!(answer.status, 401);
    assert_eq!(answer.texts("h1"), ["Enter the password"]);
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.cookies().len(), 0);
}

#[tokio::test]
async fn what_is_no_token_is_malformed() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let long = "a".repeat(5000);
    let padded = format!("{}%3D", token(&share));
    let twice = sign(r#"{"alg":"HS256","alg":"HS256"}"#, "{}", b"key");
    for text in ["", ".", "..", "a.b.c", "%00", "%FF", &long, &padded, &twice] {
        assert_refused(&present(&portal, &share, text).await, "malformed");
    }
}

#[tokio::test]
async fn any_algorithm_but_hs256_is_refused() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","typ":"at+jwt"}"#,
    ] {
        let claims = json!({ "iss": share.id.to_string(), "nbf": 1, "exp": 2 });
        let token = sign(header, &claims.to_string(), share.unlock_secret.as_bytes());
        assert_refused(&present(&portal, &share, &token).await, "bad_alg");
    }
}

#[tokio::test]
async fn a_token_signed_with_another_key_is_refused() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let of_other_share = token(&other);
    let without_key = sign(r#"{"alg":"HS256"}"#, "{}", b"");
    for token in [of_other_share, without_key] {
        assert_refused(&present(&portal, &share, &token).await, "bad_signature");
    }
}

#[tokio::test]
async fn a_token_that_names_another_share_is_refused() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let names = [
        json!(other.id.to_string()),
        json!([share.id.to_string()]),
        json!(null),
        json!(format!("{} ", share.id)),
    ];
    for name in names {
        let token = token_with(&share, |claims, _| claims["iss"] = name);
        assert_refused(&present(&portal, &share, &token).await, "wrong_share");
    }
}

#[tokio::test]
async fn dates_must_be_there_whole_and_in_order() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let now = clock::now().unix_timestamp();
    for (not_before, expires) in [
        (json!(null), json!(now + 55)),
        (json!(now), json!(null)),
        (json!(now.to_string()), json!(now + 55)),
        (json!(now), json!(55.5)),
        (json!(now), json!(now)),
        (json!(now + 10), json!(now)),
    ] {
        let token = token_with(&share, |claims, _| {
            claims["nbf"] = not_before;
            claims["exp"] = expires;
        });
        assert_refused(&present(&portal, &share, &token).await, "bad_claims");
    }
}

#[tokio::test]
async fn a_window_of_61_seconds_is_too_long() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let token = token_with(&share, |claims, now| claims["exp"] = (now + 56).into());
    assert_refused(&present(&portal, &share, &token).await, "window_too_long");
}

#[tokio::test]
async fn there_is_no_leeway_before_or_after() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let early = token_with(&share, |claims, now| {
        claims["nbf"] = (now + 30).into();
        claims["exp"] = (now + 90).into();
    });
    let late = token_with(&share, |claims, now| {
        claims["nbf"] = (now - 60).into();
        claims["exp"] = now.into();
    });

    let early = present(&portal, &share, &early).await;
    let late = present(&portal, &share, &late).await;

    assert_refused(&early, "not_yet_valid");
    assert_refused(&late, "expired");
    assert_eq!(
        late.texts("#notice"),
        [
            "The link that brought you here has expired. Reload the page you came from, or enter the password."
        ]
    );
}

#[tokio::test]
async fn a_share_that_admits_nobody_says_so_in_spite_of_a_valid_token() {
    let portal = Portal::with_sample().await;
    let hour = Duration::HOUR;
    let now = clock::now();
    let disabled = portal.db_share(|new| new.enabled = false);
    let later = portal.db_share(|new| new.starts_at = Some(now + hour));
    let ended = portal.db_share(|new| new.expires_at = Some(now - hour));
    for (share, status) in [(disabled, 403), (later, 403), (ended, 410)] {
        let answer = present(&portal, &share, &token(&share)).await;
        assert_eq!(answer.header("vestibule-unlock"), Some("share_unavailable"));
        assert_eq!(answer.status, status);
        assert_eq!(answer.cookies().len(), 0);
        let plain = portal.visitor().get(&path(&share)).await;
        assert_eq!((plain.status, plain.body), (status, answer.body));
        assert_eq!(plain.headers.get("vestibule-unlock"), None);
    }
}

#[tokio::test]
async fn a_visitor_who_is_in_stays_in_whatever_the_token_is() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    for token in ["", "nonsense", &sign(r#"{"alg":"none"}"#, "{}", b"x")] {
        let answer = visitor
            .get(&format!("{}?a=1&unlock={token}", path(&share)))
            .await;
        assert_eq!(answer.status, 303);
        assert_eq!(answer.location(), format!("{}?a=1", path(&share)));
        assert_eq!(answer.header("vestibule-unlock"), None);
        assert_eq!(answer.cookies().len(), 0);
    }
    assert_eq!(visitor.get(&path(&share)).await.status, 200);
}

#[tokio::test]
async fn a_refused_token_costs_no_password_guess() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    for _ in 0..8 {
        assert_refused(&present(&portal, &share, "nonsense").await, "malformed");
    }
    let visitor = portal.visitor();
    assert_eq!(visitor.enter(&share, PASSWORD).await.status, 303);
    let locks = portal.db(|db| {
        let prefix = guesses::address_prefix(share.id);
        let (burst, refill) = guesses::address_limit();
        vestibule::guess_limit::locked(db, &prefix, burst, refill, clock::now()).unwrap()
    });
    assert_eq!(locks, []);
}

#[tokio::test]
async fn the_parameter_is_written_in_lower_case() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let address = format!("{}?UNLOCK={}", path(&share), token(&share));
    let answer = portal.visitor().get(&address).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("vestibule-unlock"), None);
}

#[tokio::test]
async fn after_a_rotation_without_overlap_the_old_secret_and_all_passes_are_worth_nothing() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;

    let rotated = db_rotate(&portal, &share, Duration::ZERO);

    eventually("the pass ends", async || {
        visitor.get(&path(&share)).await.status == 401
    })
    .await;
    assert_refused(
        &present(&portal, &share, &token(&share)).await,
        "bad_signature",
    );
    let fresh = present(&portal, &share, &token(&rotated)).await;
    assert_eq!(fresh.status, 303);
}

#[tokio::test]
async fn after_a_rotation_with_overlap_both_secrets_open_and_passes_live_on() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;

    let rotated = db_rotate(&portal, &share, Duration::HOUR);

    eventually("the new secret opens", async || {
        present(&portal, &share, &token(&rotated)).await.status == 303
    })
    .await;
    assert_eq!(present(&portal, &share, &token(&share)).await.status, 303);
    assert_eq!(visitor.get(&path(&share)).await.status, 200);
}

#[tokio::test]
async fn refusals_are_told_to_the_admin_with_their_times_and_never_the_token() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let late = token_with(&share, |claims, now| {
        claims["nbf"] = (now - 160).into();
        claims["exp"] = (now - 100).into();
    });

    present(&portal, &share, &late).await;

    let list = || portal.db(|db| events::list_events(db, share.id, None, 10).unwrap());
    eventually("the event is there", async || !list().is_empty()).await;
    let event = &list()[0];
    assert_eq!(event.kind, "token_refused");
    assert_eq!(event.code.as_deref(), Some("expired"));
    assert_eq!(
        event.token_expires.zip(event.token_not_before),
        Some((
            event.token_expires.unwrap(),
            event.token_expires.unwrap() - 60
        ))
    );
    assert!(
        event
            .clock_difference_seconds
            .is_some_and(|behind| behind < -90)
    );
    assert!((clock::now() - event.at).abs() < Duration::MINUTE);
}

fn db_rotate(portal: &Portal, share: &Share, overlap: Duration) -> Share {
    let fresh = UnlockSecret::generate().unwrap();
    let now = clock::now();
    portal
        .db(|db| store::rotate_unlock_secret(db, share.id, &fresh, overlap, now).unwrap())
        .unwrap()
}
