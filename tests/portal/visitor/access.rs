//! `/access`, the address that older client sites use.

use crate::support::{Portal, path, token};

#[tokio::test]
async fn the_old_address_leads_to_the_share_and_carries_the_token_along() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let token = token(&share);

    let old = visitor
        .get(&format!("/access?uuid={}&unlock={token}", share.id))
        .await;

    assert_eq!(old.status, 303);
    assert_eq!(old.location(), format!("{}?unlock={token}", path(&share)));
    assert_eq!(old.header("cache-control"), Some("no-store"));
    assert_eq!(old.header("referrer-policy"), Some("no-referrer"));
    let unlocked = visitor.get(old.location()).await;
    assert_eq!(unlocked.location(), path(&share));
    assert_eq!(visitor.get(&path(&share)).await.status, 200);
}

#[tokio::test]
async fn redirect_leads_deeper_into_the_share_and_never_out_of_it() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let base = path(&share);
    let inside = format!("{base}/1310740?a=1");
    let absolute = format!("https://portal.example.com{base}/1310740");
    let other = format!("/content/{}", uuid::Uuid::new_v4());
    let up = format!("{base}/../../admin");
    for (redirect, leads_to) in [
        (inside.as_str(), inside.as_str()),
        (&absolute, &format!("{base}/1310740")),
        ("https://evil.example/", &base),
        ("//evil.example", &base),
        ("/\\evil.example", &base),
        ("javascript:alert(1)", &base),
        ("/admin", &base),
        (&other, &base),
        (&up, &base),
        ("", &base),
    ] {
        let redirect: String = url::form_urlencoded::byte_serialize(redirect.as_bytes()).collect();
        let address = format!("/access?uuid={}&redirect={redirect}", share.id);
        let answer = portal.visitor().get(&address).await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, leads_to),
            "{redirect}"
        );
    }
}

#[tokio::test]
async fn an_address_that_names_no_share_explains_the_right_form() {
    let portal = Portal::with_sample().await;
    for query in ["", "?uuid=", "?uuid=nonsense", "?unlock=a.b.c", "?uuid=%FF"] {
        let answer = portal.visitor().get(&format!("/access{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(
            answer.text().contains("/content/{share}?unlock={token}"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_unknown_share_is_led_to_the_same_not_found_page() {
    let portal = Portal::with_sample().await;
    let unknown = uuid::Uuid::new_v4();
    let visitor = portal.visitor();
    let answer = visitor.get(&format!("/access?uuid={unknown}")).await;
    assert_eq!(answer.location(), format!("/content/{unknown}"));
    assert_eq!(visitor.get(answer.location()).await.status, 404);
}
