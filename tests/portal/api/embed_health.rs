//! How a share fares in frames, as programs read it.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::shares::embed_origins::Origin;
use vestibule::shares::event::{BrowserFamily, Embedder, Event, NewEvent, Noticed, Visitor};
use vestibule::shares::store::events::record_events;

use super::caller::{MANUAL, path_of, portal_and_writer};
use crate::support::Portal;

/// A frame of a site that is not listed, and a cookie that Safari refused there.
pub(super) fn db_frames(portal: &Portal, share: &Value) {
    let share: Uuid = share["id"].as_str().unwrap().parse().unwrap();
    let event = |event| NewEvent {
        share: share.into(),
        event,
        visitor: Visitor {
            embedder: Embedder::Site(Origin::parse("https://client.example").unwrap()),
            browser: BrowserFamily::Safari,
        },
        at: vestibule::clock::now(),
    };
    let events = [
        event(Event::FrameBlocked(Noticed::ByRequest)),
        event(Event::CookieRefused),
    ];
    portal.db(|db| record_events(db, &events)).unwrap();
}

#[actix_web::test]
async fn the_numbers_are_told_by_site() {
    let (portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let path = format!("{}/embed-health", path_of(&share));
    let nothing = writer.get(&path).await.json;
    assert_eq!(nothing["sites"], json!([]));
    assert_eq!(nothing["hasMoreSites"], false);

    db_frames(&portal, &share);

    let health = writer.get(&path).await;
    assert_eq!(health.status, 200);
    let site = &health.json["sites"][0];
    assert_eq!(site["origin"], "https://client.example");
    assert_eq!(site["allowed"], false);
    assert_eq!(site["framesBlocked"], 1);
    let refused = json!({"chrome": 0, "edge": 0, "firefox": 0, "safari": 1, "other": 0});
    assert_eq!(site["cookiesRefused"], refused);
    assert_eq!(site["lastGoodLoadAt"], Value::Null);

    let activity = writer.get(&format!("{}/activity", path_of(&share))).await;
    let event = &activity.json["items"][0];
    assert_eq!(event["framed"], true);
    assert_eq!(event["embedOrigin"], "https://client.example");
    assert_eq!(event["browser"], "safari");

    let unknown = format!("/shares/{MANUAL}/embed-health");
    assert_eq!(writer.get(&unknown).await.status, 404);
    let request = writer.request(Method::POST, &path);
    assert_eq!(request.await.status, 405);
}
