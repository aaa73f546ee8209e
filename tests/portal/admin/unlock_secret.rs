//! The unlock secret on a share's page: shown, changed, tried and checked against.

use vestibule::shares::share::{Share, ShareId};
use vestibule::shares::store;
use vestibule::shares::unlock_token;

use super::browser::portal_and_admin;
use super::content::{db_content, id_in, make_share};
use crate::support::{Portal, Visitor};

async fn portal_with_share() -> (Portal, Visitor, String) {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = make_share(&browser, "Notes", "swordfish").await;
    (portal, browser, path)
}

fn db_share(portal: &Portal, path: &str) -> Share {
    let id = ShareId::from(id_in(path).parse::<uuid::Uuid>().unwrap());
    portal.db(|db| store::find_share(db, id)).unwrap().unwrap()
}

fn token_of(share: &Share) -> String {
    let now = vestibule::clock::now().unix_timestamp();
    unlock_token::mint(share.id.uuid(), &share.unlock_secret, now)
        .unwrap()
        .token
        .as_str()
        .to_owned()
}

/// Whether a stranger gets in with this token.
async fn opens(portal: &Portal, share: &Share, token: &str) -> bool {
    let stranger = portal.browser();
    let public = format!("/content/{}", share.id);
    stranger.get(&format!("{public}?unlock={token}")).await;
    stranger.get(&public).await.status == 200
}

#[actix_web::test]
async fn the_secret_stands_read_only_below_the_password() {
    let (portal, browser, path) = portal_with_share().await;
    let page = browser.get(&path).await;
    assert_eq!(
        page.value("unlock-secret"),
        db_share(&portal, &path).unlock_secret.to_hex()
    );
    assert!(page.attribute("#unlock-secret", "readonly").is_some());
    assert_eq!(
        page.attribute("[data-copy=unlock-secret] + a", "href")
            .unwrap(),
        format!("{path}/unlock-secret")
    );
    assert!(page.text().find("id=\"password\"") < page.text().find("id=\"unlock-secret\""));
}

#[actix_web::test]
async fn a_change_without_overlap_refuses_old_tokens_and_ends_passes() {
    let (portal, browser, path) = portal_with_share().await;
    let before = db_share(&portal, &path);
    let visitor = portal.browser();
    let public = format!("/content/{}", before.id);
    visitor
        .post(&format!("{public}/session"), &[("password", "swordfish")])
        .await;
    assert_eq!(visitor.get(&public).await.status, 200);
    let change = format!("{path}/unlock-secret");
    let changed = browser.send(&change, &change, &[("overlap", "none")]).await;
    assert_eq!(
        (changed.status, changed.location()),
        (303, format!("{path}#secret").as_str())
    );
    let after = db_share(&portal, &path);
    assert_ne!(after.unlock_secret.to_hex(), before.unlock_secret.to_hex());
    assert_eq!(visitor.get(&public).await.status, 401);
    assert!(!opens(&portal, &after, &token_of(&before)).await);
    assert!(opens(&portal, &after, &token_of(&after)).await);
}

#[actix_web::test]
async fn with_an_overlap_both_secrets_count_and_the_admin_sees_who_is_late() {
    let (portal, browser, path) = portal_with_share().await;
    let before = db_share(&portal, &path);
    let change = format!("{path}/unlock-secret");
    browser.send(&change, &change, &[("overlap", "hour")]).await;
    let page = browser.get(&path).await;
    assert!(
        page.text_of("#access .notice")
            .starts_with("The previous secret is accepted for 59 minutes")
    );
    assert!(
        page.text_of("#access .notice")
            .ends_with("Nobody has used it since the change.")
    );
    assert!(opens(&portal, &before, &token_of(&before)).await);
    assert!(opens(&portal, &before, &token_of(&db_share(&portal, &path))).await);
}

#[actix_web::test]
async fn an_overlap_must_be_chosen() {
    let (portal, browser, path) = portal_with_share().await;
    let before = db_share(&portal, &path).unlock_secret.to_hex();
    let change = format!("{path}/unlock-secret");
    let refused = browser
        .send(&change, &change, &[("overlap", "for ever")])
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(db_share(&portal, &path).unlock_secret.to_hex(), before);
}

#[actix_web::test]
async fn try_it_leads_in_with_a_token_of_this_moment() {
    let (_portal, browser, path) = portal_with_share().await;
    let link = browser
        .send(&path, &format!("{path}/unlock-link"), &[])
        .await;
    assert_eq!(link.status, 303);
    let public = format!("/content/{}", id_in(&path));
    assert!(link.location().starts_with(&format!("{public}?unlock=ey")));
    assert_eq!(link.headers.get("referrer-policy").unwrap(), "no-referrer");
    let unlocked = browser.get(link.location()).await;
    assert_eq!(
        (unlocked.status, unlocked.location()),
        (303, public.as_str())
    );
    assert_eq!(browser.get(&public).await.status, 200);
}

#[actix_web::test]
async fn the_checker_says_which_row_fails() {
    let (portal, browser, path) = portal_with_share().await;
    let action = format!("{path}/token-check");
    let token = token_of(&db_share(&portal, &path));
    let address = format!("https://portal.example/content/x?unlock={token}");
    let good = browser.send(&path, &action, &[("token", &address)]).await;
    assert_eq!(good.status, 200);
    assert_eq!(
        good.text_of(".checked .notice"),
        "This token opens the share now."
    );
    assert_eq!(good.text_of("#token"), address);
    let cut = &token[..token.len() - 4];
    let bad = browser.send(&path, &action, &[("token", cut)]).await;
    assert!(
        bad.text_of(".checked .notice")
            .starts_with("This token is refused")
    );
    assert!(!bad.texts(".checks .mark-no").is_empty());
    let hostile = browser
        .send(&path, &action, &[("token", "<script>alert(1)</script>")])
        .await;
    assert!(!hostile.text().contains("<script>alert"));
    let empty = browser.send(&path, &action, &[("token", " ")]).await;
    assert_eq!(empty.wrong_fields(), ["token"]);
}
