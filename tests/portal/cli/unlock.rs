//! `unlock-link` and `check-token`: the integrator's two tools.

use vestibule::shares::share::{Share, ShareId};

use crate::support::{Portal, Ran, token, token_with};

fn check(portal: &Portal, share: ShareId, token: &str) -> Ran {
    portal.run(&["check-token", &share.to_string(), token])
}

async fn portal_and_share() -> (Portal, Share) {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    (portal, share)
}

#[tokio::test]
async fn a_printed_link_opens_the_share() {
    let (portal, share) = portal_and_share().await;
    let printed = portal.run(&["unlock-link", &share.id.to_string()]);
    assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
    let path = printed.stdout.strip_prefix(&portal.url("")).unwrap().trim();
    let visitor = portal.visitor();
    assert_eq!(visitor.get(path).await.status, 303);
    let page = visitor.get(&format!("/content/{}", share.id)).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_valid_token_passes_every_check_bare_or_in_its_link() {
    let (portal, share) = portal_and_share().await;
    let token = token(&share);
    let link = portal.url(&format!("/content/{}?unlock={token}", share.id));
    for written in [token, link] {
        let valid = check(&portal, share.id, &written);
        assert_eq!(valid.code, Some(0), "{}", valid.stderr);
        assert!(valid.stdout.ends_with("\nvalid\n"), "{}", valid.stdout);
        assert!(!valid.stdout.contains("FAILED"), "{}", valid.stdout);
    }
}

#[tokio::test]
async fn the_check_that_a_token_fails_is_marked_and_named() {
    let (portal, share) = portal_and_share().await;
    let expired = token_with(&share, |claims, now| {
        claims["nbf"] = (now - 100).into();
        claims["exp"] = (now - 50).into();
    });
    let other = portal.db_share(|_| {});
    for (token, code, check_name) in [
        (expired, "expired", "expiry"),
        (token(&other), "bad_signature", "signature"),
        ("no token".to_owned(), "malformed", "shape"),
    ] {
        let refused = check(&portal, share.id, &token);
        assert_eq!(refused.code, Some(1), "{code}");
        let first_failed = refused.stdout.lines().find(|line| !line.starts_with("ok "));
        let mark = format!("FAILED  {check_name}: ");
        assert!(
            first_failed.unwrap().starts_with(&mark),
            "{}",
            refused.stdout
        );
        assert_eq!(
            refused.stderr,
            format!("vestibule: the token is refused: {code}\n")
        );
    }
}

#[tokio::test]
async fn a_share_that_is_not_there_is_told() {
    let portal = Portal::start().await;
    for share in ["00000000-0000-4000-8000-000000000000", "no uuid"] {
        for args in [
            ["unlock-link", share, ""].as_slice(),
            &["check-token", share, "x"],
        ] {
            let args: Vec<&str> = args.iter().copied().filter(|arg| !arg.is_empty()).collect();
            let refused = portal.run(&args);
            assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
            assert!(refused.stderr.contains(share), "{}", refused.stderr);
        }
    }
}
