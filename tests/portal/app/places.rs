//! Which session counts where: in a tab, in a frame, in the frame of another site.

use serde_json::json;
use vestibule::connections::installation::AppKind;

use super::frame::{FRAMED, ancestors};
use super::stage::Stage;
use crate::admin::browser;
use crate::support::{Answer, Shown};

/// The cookie of an admin who is signed in in a tab.
async fn cookie_of_a_tab(stage: &Stage) -> String {
    browser::db_account(&stage.portal);
    let tab = stage.portal.visitor_in(Shown::Document);
    let fields = [("email", browser::EMAIL), ("password", browser::PASSWORD)];
    assert_eq!(tab.post("/admin/sign-in", &fields).await.status, 303);
    assert_eq!(tab.get("/admin").await.status, 200);
    tab.cookies()[0].value().to_owned()
}

#[tokio::test]
async fn a_session_of_a_frame_is_worth_nothing_elsewhere() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;
    let value = frame.cookie().unwrap();
    let turned_away =
        |answer: &Answer| answer.status == 303 && answer.location().starts_with("/admin/sign-in");

    let tab = stage.portal.visitor_in(Shown::Document);
    tab.hold(FRAMED, &value, "/");
    assert!(turned_away(&tab.get("/admin").await));

    for shown in [Shown::Document, Shown::Iframe, Shown::Unsaid] {
        let renamed = stage.portal.visitor_in(shown);
        renamed.hold("vst_admin", &value, "/");
        assert!(turned_away(&renamed.get("/admin").await), "{shown:?}");
    }
}

#[tokio::test]
async fn a_session_of_a_tab_is_worth_nothing_in_a_frame() {
    let stage = Stage::installed().await;
    let value = cookie_of_a_tab(&stage).await;

    let renamed = stage.portal.visitor_in(Shown::Iframe);
    renamed.hold(FRAMED, &value, "/");
    assert_ne!(renamed.get("/admin").await.status, 200);
    let framed = stage.portal.visitor_in(Shown::Iframe);
    framed.hold("vst_admin", &value, "/");
    let answer = framed.get("/admin").await;
    assert_eq!(answer.status, 303);
    // Nor does anything of a frame belong to it.
    let tab = stage.portal.visitor_in(Shown::Document);
    tab.hold("vst_admin", &value, "/");
    let inside = tab.get("/admin/inside/admin").await;
    assert_eq!(
        (inside.status, ancestors(&inside).as_str()),
        (404, "'none'")
    );
}

/// As where the portal and Confluence are below one domain.
#[tokio::test]
async fn with_both_cookies_each_place_has_its_own() {
    let stage = Stage::installed().await;
    let frame = stage.frame_of("alice", "Handbook").await;
    frame
        .browser
        .hold("vst_admin", &cookie_of_a_tab(&stage).await, "/");
    let links = async |dest: &str, framed: &str| {
        let request = frame.browser.get("/admin");
        let request = request.header("sec-fetch-dest", dest);
        let answer = request.header("x-vestibule-framed", framed).await;
        (answer.status, answer.texts(".admin-nav a").len())
    };

    assert_eq!(frame.get(&frame.dialog("Handbook")).await.status, 200);
    let (sharer, all) = ((200, 1), (200, 3));
    assert_eq!(links("iframe", "").await, sharer);
    assert_eq!(links("document", "").await, all);
    assert_eq!(links("empty", "1").await, sharer);
    assert_eq!(links("empty", "").await, all);
    // What only a script says moves no page.
    assert_eq!(links("document", "1").await, all);
}

/// Where browsers keep cookies apart for each site around, the session of another site does not come here.
#[tokio::test]
async fn a_session_at_one_site_opens_nothing_in_a_frame_of_another() {
    let stage = Stage::installed().await;
    let url = stage.portal.url("/forge/events");
    let event = "avi:forge:installed:app";
    let installed = stage.fake.forge_event(&url, event, &json!({})).await;
    assert_eq!(installed.status, 204);
    let forge = stage.of_key(AppKind::Forge, &stage.fake.forge_installation());
    let other = forge.unwrap().connection_id;
    let frame = stage.frame_of("alice", "Handbook").await;

    let own = frame.get(&frame.dialog("Handbook")).await;
    let foreign = frame
        .get(&format!("{}&at={other}", frame.dialog("Handbook")))
        .await;

    assert_eq!((own.status, foreign.status), (200, 401));
    assert_eq!(foreign.texts("h1"), ["Your session has ended"]);
    assert!(ancestors(&foreign).starts_with(&stage.fake.base_url()));
    assert!(ancestors(&foreign).contains("atlassian-dev.net"));
    let action = format!("/admin/inside/share?at={}", stage.connection());
    assert_eq!(own.attributes("form", "action"), [action]);
    let page = stage.id("Handbook").to_string();
    let (dialog, action) = (
        frame.dialog("Handbook"),
        format!("/admin/inside/share?at={other}"),
    );
    let sent = frame.send(&dialog, &action, &[("page", &page)]).await;
    assert_eq!(sent.status, 401);
}
