//! `?unlock=`: the token's way into a share.

use crate::support::{Portal, token};

#[tokio::test]
async fn a_valid_token_lets_the_visitor_in() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let path = format!("/content/{}", share.id);

    let unlocked = visitor
        .get(&format!("{path}?unlock={}", token(&share)))
        .await;
    let page = visitor.get(&path).await;

    assert_eq!((unlocked.status, unlocked.location()), (303, path.as_str()));
    assert_eq!(page.status, 200);
    assert_eq!(page.texts("h1"), ["Tern 22 manual"]);
}
