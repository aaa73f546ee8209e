//! Coming in from a page of Confluence, and where the session that follows is good.

use serde_json::{Value, json};
use vestibule::connections::installation::InstallationState;

use super::frame::{FRAMED, ancestors, token_of};
use super::stage::Stage;
use crate::support::{Answer, everything_logged};
use fake_confluence::app::token::{Signer, Token};
use fake_confluence::people::{APP_USER, Standing};

fn is_framable(answer: &Answer, stage: &Stage) -> bool {
    ancestors(answer) == stage.fake.base_url() && answer.header("x-frame-options").is_none()
}

#[tokio::test]
async fn a_page_of_confluence_leads_in_and_its_token_stays_behind() {
    let stage = Stage::installed().await;
    let frame = stage.frame();

    let answer = frame.come_in(&stage.share_path("Handbook"), "alice").await;

    assert_eq!(answer.status, 303, "{}", answer.text());
    let (handbook, site) = (stage.id("Handbook"), stage.connection());
    let expected = format!("/admin/inside/share?page={handbook}&space=DS&at={site}");
    assert_eq!(answer.location(), expected);
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let cookie = &answer.cookies()[0];
    assert_eq!(cookie.name(), FRAMED);
    assert_eq!(cookie.same_site(), Some(cookie::SameSite::None));
    assert_eq!(cookie.partitioned(), Some(true));
    assert_eq!(
        (cookie.secure(), cookie.http_only()),
        (Some(true), Some(true))
    );
    let page = frame.get(&expected).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.texts("h1"), ["Share externally"]);
    assert!(is_framable(&page, &stage), "{page:?}");
    assert_eq!(page.texts(".inside-foot bdi"), ["Alice Example"]);
}

#[tokio::test]
async fn confluences_script_is_let_into_the_first_pages_and_no_others() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;
    let bridge = "https://connect-cdn.atl-paas.net/all.js";

    let first = frame.get(&frame.dialog("Handbook")).await;
    let further = frame.get("/admin").await;

    assert_eq!(first.attributes("script[src^=https]", "src"), [bridge]);
    let policy = |answer: &Answer| answer.header("content-security-policy").unwrap().to_owned();
    assert!(policy(&first).contains(&format!("script-src 'self' {bridge};")));
    assert_eq!(further.status, 200);
    assert!(is_framable(&further, &stage));
    assert!(policy(&further).contains("script-src 'self';"));
    assert!(further.attributes("script[src^=https]", "src").is_empty());
}

#[tokio::test]
async fn what_confluence_did_not_sign_for_this_very_address_opens_nothing() {
    let stage = Stage::installed().await;
    let fake = &stage.fake;
    let url = fake.framed_url_unsigned(&stage.share_path("Handbook"));
    let other = fake.framed_url_unsigned("/atlassian/admin");
    let right = || fake.framed_token(&url, "alice");
    let now = vestibule::clock::now().unix_timestamp();
    let patched = |patch: Value| right().claims(&patch);
    let stranger = Signer::Secret("another site's secret".to_owned());
    let table: [(&str, Token); 10] = [
        ("another address", fake.framed_token(&other, "alice")),
        ("a script's token", fake.context_token("alice")),
        ("another key", right().signed_by(stranger)),
        (
            "no signature",
            right()
                .header(&json!({"alg": "none"}))
                .signed_by(Signer::Nobody),
        ),
        (
            "another algorithm",
            right().header(&json!({"alg": "RS256"})),
        ),
        (
            "expired",
            patched(json!({"exp": now - 31, "iat": now - 200})),
        ),
        (
            "from the future",
            patched(json!({"iat": now + 90, "exp": now + 200})),
        ),
        ("no end", patched(json!({"exp": null}))),
        ("no hash", patched(json!({"qsh": null}))),
        (
            "another issuer",
            patched(json!({"iss": "b4d1cf5a-stranger"})),
        ),
    ];
    for (what, token) in table {
        let frame = stage.frame();
        let address = stage.target(&format!("{url}&jwt={}", token.text()));
        let answer = frame.get(&address).await;
        assert_eq!(answer.status, 401, "{what}");
        assert_eq!(frame.cookie(), None, "{what}");
    }
}

#[tokio::test]
async fn a_token_counts_where_it_stands_alone() {
    let stage = Stage::installed().await;
    let url = stage
        .fake
        .framed_url_unsigned(&stage.share_path("Handbook"));
    let token = || stage.fake.framed_token(&url, "alice").text();
    let bare = stage.target(&url);
    let status = async |target: &str, header: Option<String>| {
        let frame = stage.frame();
        let request = frame.browser.get(target);
        let request = match &header {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        request.await.status
    };

    assert_eq!(status(&bare, None).await, 401);
    let both = format!("{bare}&jwt={}", token());
    assert_eq!(status(&both, Some(format!("JWT {}", token()))).await, 401);
    let twice = format!("{bare}&jwt={}&jwt={}", token(), token());
    assert_eq!(status(&twice, None).await, 401);
    assert_eq!(status(&bare, Some(format!("JWT {}", token()))).await, 303);
}

#[tokio::test]
async fn an_address_brings_in_one_browser() {
    let stage = Stage::installed().await;
    let url = stage
        .fake
        .framed_url(&stage.share_path("Handbook"), "alice");
    let target = stage.target(&url);
    let (first, thief) = (stage.frame(), stage.frame());

    assert_eq!(first.get(&target).await.status, 303);

    let again = thief.get(&target).await;
    assert_eq!(again.status, 401);
    assert!(again.text().contains("used before"));
    assert_eq!(thief.cookie(), None);
    // Going back in history asks once more.
    assert_eq!(first.get(&target).await.status, 303);
}

#[tokio::test]
async fn the_token_is_in_no_log_and_on_no_page() {
    let stage = Stage::installed().await;
    let url = stage
        .fake
        .framed_url(&stage.share_path("Handbook"), "alice");
    let token = url.split("jwt=").nth(1).unwrap();
    let frame = stage.frame();

    let accepted = frame.get(&stage.target(&url)).await;
    let refused = stage.frame().get(&stage.target(&url)).await;

    assert_eq!((accepted.status, refused.status), (303, 401));
    assert_eq!(refused.header("referrer-policy"), Some("no-referrer"));
    let signature = token.rsplit('.').next().unwrap();
    assert!(!refused.text().contains(signature));
    assert!(!everything_logged().contains(signature));
}

#[tokio::test]
async fn system_users_get_nothing_and_are_counted_quietly() {
    let stage = Stage::installed().await;
    stage.fake.wiki(|wiki| wiki.add_system_user());
    let site = stage.connection();
    for (count, username) in ["chat-notifications", APP_USER].into_iter().enumerate() {
        let frame = stage.frame();
        let answer = frame.come_in(&stage.share_path("Handbook"), username).await;
        assert_eq!((answer.status, answer.text()), (200, ""), "{username}");
        assert_eq!(frame.cookie(), None);
        assert_eq!(
            stage.known(site).quiet_calls,
            i64::try_from(count).unwrap() + 1
        );
    }
}

#[tokio::test]
async fn whoever_is_gone_from_confluence_is_told_so() {
    let stage = Stage::installed().await;
    stage
        .fake
        .wiki(|wiki| wiki.set_standing("bob", Standing::Deactivated));
    let frame = stage.frame();

    let answer = frame.come_in(&stage.share_path("Handbook"), "bob").await;

    assert_eq!(answer.status, 403);
    assert!(is_framable(&answer, &stage));
    assert_eq!(answer.texts("h1"), ["You may not share pages"]);
    assert_eq!(frame.cookie(), None);
    // Without it Confluence covers the sentence up.
    let bridge = "https://connect-cdn.atl-paas.net/all.js";
    assert_eq!(answer.attributes("script[src^=https]", "src"), [bridge]);
}

#[tokio::test]
async fn a_draft_is_to_be_published_first() {
    let stage = Stage::installed().await;
    let frame = stage.frame();
    let answer = frame
        .come_in("/atlassian/share?pageId=&spaceKey=DS", "alice")
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.texts("h1"), ["There is no page yet"]);
}

#[tokio::test]
async fn a_disabled_app_lets_nobody_in_and_nobody_stay() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;
    let fresh = stage
        .fake
        .framed_url(&stage.share_path("Handbook"), "alice");
    assert_eq!(stage.fake.disable().await, 204);
    assert_eq!(
        stage.known(stage.connection()).state,
        InstallationState::Disabled
    );

    let stays = frame.get(&frame.dialog("Handbook")).await;
    let comes = stage.frame().get(&stage.target(&fresh)).await;

    assert_eq!((stays.status, comes.status), (401, 403));
    assert_eq!(comes.texts("h1"), ["The app is not in use"]);
    assert!(is_framable(&comes, &stage));
}

#[tokio::test]
async fn an_uninstalled_app_says_so() {
    let stage = Stage::installed().await;
    let fresh = stage
        .fake
        .framed_url(&stage.share_path("Handbook"), "alice");
    assert_eq!(stage.fake.uninstall().await, 204);

    let answer = stage.frame().get(&stage.target(&fresh)).await;

    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(answer.texts("h1"), ["The app is not in use"]);
    assert!(answer.text().contains("uninstalled from this site"));
    assert!(is_framable(&answer, &stage));
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_and_not_sent_in_circles() {
    let stage = Stage::installed().await;
    let frame = stage.frame();
    let answer = frame.come_in(&stage.share_path("Handbook"), "alice").await;
    let next = answer.location().to_owned();
    frame.browser.cookies().clear();

    let page = frame.get(&next).await;

    assert_eq!(page.status, 401);
    assert_eq!(page.texts("h1"), ["You are not signed in here"]);
    assert!(is_framable(&page, &stage));
    assert_eq!(page.attributes("a.button", "target"), ["_blank"]);
    let elsewhere = frame.get("/admin/inside/admin?at=11111111-1111-4111-8111-111111111111");
    assert_eq!(ancestors(&elsewhere.await), "");
}

#[tokio::test]
async fn forms_in_a_frame_are_guarded_like_all_others() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;
    let dialog = frame.dialog("Handbook");
    let token = token_of(&frame.get(&dialog).await);
    let page = stage.id("Handbook").to_string();
    let status = async |site: &str, token: &str| {
        let fields = [("page", page.as_str()), ("name", "A"), ("csrf", token)];
        let request = frame.browser.submit("/admin/inside/share", &fields);
        request.header("sec-fetch-site", site).await.status
    };

    // Confluence's own page is another site.
    assert_eq!(status("cross-site", &token).await, 403);
    assert_eq!(status("same-origin", "").await, 403);
    assert_eq!(status("same-origin", &token).await, 200);
}

#[tokio::test]
async fn mistakes_are_shown_in_the_frame_too() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;

    let missing = frame.get("/admin/nothing").await;
    let forbidden = frame.get("/admin/connections").await;

    assert_eq!((missing.status, forbidden.status), (404, 403));
    assert!(is_framable(&missing, &stage));
    assert!(is_framable(&forbidden, &stage));
}
