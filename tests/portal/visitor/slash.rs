//! A slash after a page's address: 308 to the page, as after the share's own address.

use reqwest::Method;
use vestibule::demo::sample_space::INSTALLATION;

use crate::support::{Portal, Shown, path, token, token_with};

#[tokio::test]
async fn a_slash_after_a_page_leads_to_the_page_in_a_tab_and_in_a_frame() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let page = format!("{}/{INSTALLATION}", path(&share));
    for shown in [Shown::Document, Shown::Iframe, Shown::Unsaid] {
        let visitor = portal.visitor_in(shown);
        for query in ["", "?a=%C3%A4+%2f&=&b"] {
            let with_slash = format!("{page}/{query}");
            for method in [Method::GET, Method::HEAD] {
                let answer = visitor.request(method, &with_slash).await;
                let lead = (answer.status, answer.location().to_owned());
                assert_eq!(lead, (308, format!("{page}{query}")), "{shown:?}");
                assert_eq!(answer.header("cache-control"), Some("no-store"));
                assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            }
        }
        assert_eq!(visitor.get(&page).await.status, 200);
    }
    let posted = portal.visitor().post(&format!("{page}/"), &[]).await;
    assert_eq!(posted.status, 405);
}

#[tokio::test]
async fn a_token_takes_the_way_round_and_opens_no_more_than_before() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let page = format!("{}/{INSTALLATION}", path(&share));
    let ask = async |token: &str| {
        let visitor = portal.visitor();
        let led = visitor.get(&format!("{page}/?unlock={token}")).await;
        assert_eq!(led.status, 308);
        assert_eq!(led.cookies().len(), 0);
        visitor.get(led.location()).await
    };

    let unlocked = ask(&token(&share)).await;
    let late = ask(&token_with(&share, |claims, now| {
        claims["nbf"] = (now - 60).into();
        claims["exp"] = now.into();
    }))
    .await;

    assert_eq!((unlocked.status, unlocked.location()), (303, &*page));
    assert_eq!(late.status, 401);
    assert_eq!(late.header("vestibule-unlock"), Some("expired"));
    let locked = portal.visitor().get(&format!("{page}/")).await;
    let form = portal.visitor().get(locked.location()).await;
    assert_eq!((locked.status, form.status), (308, 401));
}

#[tokio::test]
async fn a_visitor_without_cookies_keeps_the_key() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;
    let page = format!("{start}/{INSTALLATION}");

    let led = visitor.get(&format!("{page}/?a=b")).await;

    assert_eq!((led.status, led.location()), (308, &*format!("{page}?a=b")));
    assert_eq!(led.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(visitor.get(led.location()).await.status, 200);
}

#[tokio::test]
async fn what_is_no_page_with_one_slash_is_not_found() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let visitor = portal.visitor();
    for below in [
        "/1002//",
        "//1002/",
        "/1002/1003/",
        "/abc/",
        "/%31002x/",
        "/search/x/",
    ] {
        let answer = visitor.get(&format!("{}{below}", path(&share))).await;
        assert_eq!(answer.status, 404, "{below}");
    }
}

/// The redirect is the same for every share that somebody thinks of; the page that it leads to is the 404 as ever.
#[tokio::test]
async fn an_unknown_share_is_not_told_from_another() {
    let portal = Portal::with_sample().await;
    for share in [uuid::Uuid::new_v4().to_string(), "nonsense".to_owned()] {
        let address = format!("/content/{share}/{INSTALLATION}");
        let led = portal.visitor().get(&format!("{address}/")).await;
        assert_eq!((led.status, led.location()), (308, &*address));
        assert_eq!(portal.visitor().get(led.location()).await.status, 404);
    }
}
