//! What browsers say of frames: their reports, and their requests.

use serde_json::json;
use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::event::StoredEvent;
use vestibule::shares::share::Share;
use vestibule::shares::store::events;

use crate::support::{Answer, Portal, Shown, Visitor, eventually, path, token};

const CLIENT: &str = "https://client.example";
const OTHER: &str = "https://other.example";

fn share_for_client(portal: &Portal) -> Share {
    portal.db_share(|new| new.embed_origins = EmbedOrigins::parse([CLIENT]).unwrap())
}

fn blocked(referrer: &str) -> String {
    json!({"csp-report": {"effective-directive": "frame-ancestors", "referrer": referrer,
        "document-uri": "https://portal.example/content/x?unlock=a.b.c"}})
    .to_string()
}

/// As Firefox sends it: from our own document.
async fn report(visitor: &Visitor, address: &str, media_type: &str, body: String) -> Answer {
    visitor
        .request(reqwest::Method::POST, address)
        .header("content-type", media_type)
        .header("sec-fetch-dest", "report")
        .header("sec-fetch-site", "same-origin")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0",
        )
        .body(body)
        .await
}

fn db_events(portal: &Portal, share: &Share) -> Vec<StoredEvent> {
    portal
        .db(|db| events::list_events(db, share.id, None, 300))
        .unwrap()
}

/// Waits until a share has that many events, newest first.
async fn events_of(portal: &Portal, share: &Share, count: usize) -> Vec<StoredEvent> {
    eventually("the events are there", async || {
        db_events(portal, share).len() >= count
    })
    .await;
    let events = db_events(portal, share);
    assert_eq!(events.len(), count, "{events:#?}");
    events
}

#[tokio::test]
async fn a_report_of_a_blocked_frame_is_kept_without_any_address() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    let address = format!("{}/reports", path(&share));
    let visitor = portal.visitor();

    let referrer = format!("{OTHER}/a/page?with=secrets");
    let answer = report(
        &visitor,
        &address,
        "application/csp-report",
        blocked(&referrer),
    )
    .await;

    assert_eq!(answer.status, 204);
    assert!(answer.body.is_empty());
    let event = &events_of(&portal, &share, 1).await[0];
    assert_eq!(event.kind, "frame_blocked");
    assert_eq!(event.code.as_deref(), Some("report"));
    assert_eq!(event.embed_origin.as_deref(), Some(OTHER));
    assert_eq!(event.browser.as_deref(), Some("firefox"));
}

#[tokio::test]
async fn a_report_from_the_blocking_site_names_it_by_its_request() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    // Chromium sends it from the outer frame's page, and says nothing of it in the body.
    let answer = portal
        .visitor()
        .request(reqwest::Method::POST, &format!("{}/reports", path(&share)))
        .header("content-type", "application/csp-report")
        .header("sec-fetch-site", "cross-site")
        .header("origin", "null")
        .header("referer", &format!("{OTHER}/"))
        .body(blocked(""))
        .await;
    assert_eq!(answer.status, 204);
    let event = &events_of(&portal, &share, 1).await[0];
    assert_eq!(event.code.as_deref(), Some("report"));
    assert_eq!(event.embed_origin.as_deref(), Some(OTHER));
}

#[tokio::test]
async fn a_blocked_frame_of_a_listed_site_has_an_outer_one() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    let address = format!("{}/reports", path(&share));
    let body = blocked(&format!("{CLIENT}/"));
    report(&portal.visitor(), &address, "application/csp-report", body).await;
    let event = &events_of(&portal, &share, 1).await[0];
    assert_eq!(event.code.as_deref(), Some("outer_frame"));
    assert_eq!(event.embed_origin.as_deref(), Some(CLIENT));
}

#[tokio::test]
async fn other_reports_name_their_directive_and_only_a_site_that_may_embed() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    let address = format!("{}/reports", path(&share));
    let list = json!([
        {"type": "csp-violation", "body": {"effectiveDirective": "script-src-elem", "referrer": format!("{CLIENT}/x")}},
        {"type": "csp-violation", "body": {"effectiveDirective": "img-src", "referrer": format!("{OTHER}/x")}},
        {"type": "deprecation", "body": {"id": "x"}},
    ]);
    let media_type = "application/reports+json";
    report(&portal.visitor(), &address, media_type, list.to_string()).await;

    let mut events = events_of(&portal, &share, 2).await;
    events.sort_by(|one, other| one.code.cmp(&other.code));
    let seen: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event.code.as_deref().unwrap(),
                event.embed_origin.as_deref(),
            )
        })
        .collect();
    assert_eq!(seen, [("img-src", None), ("script-src-elem", Some(CLIENT))]);
    assert!(events.iter().all(|event| event.kind == "policy_report"));
}

#[tokio::test]
async fn every_report_gets_the_same_answer_and_nonsense_leaves_nothing() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    let known = format!("{}/reports", path(&share));
    let unknown = "/content/11111111-1111-4111-8111-111111111111/reports".to_owned();
    let malformed = "/content/nonsense/reports".to_owned();
    let too_long = format!("{}{}", blocked(OTHER), " ".repeat(16 << 10));
    let visitor = portal.visitor();
    let answer = async |address: &str, media_type: &str, body: String| {
        let mut answer = report(&visitor, address, media_type, body).await;
        // A body that was not read to its end closes the connection, sooner or later.
        for varying in ["date", "x-request-id", "connection"] {
            answer.headers.remove(varying);
        }
        (answer.status, answer.headers, answer.body)
    };
    let plain = answer(&unknown, "application/csp-report", blocked(OTHER)).await;
    assert_eq!(plain.0, 204);
    for address in [&unknown, &malformed, &known] {
        for (media_type, body) in [
            ("application/csp-report", too_long.clone()),
            ("application/csp-report", "{".to_owned()),
            ("text/plain", blocked(OTHER)),
            ("application/reports+json", blocked(OTHER)),
        ] {
            assert_eq!(answer(address, media_type, body).await, plain, "{address}");
        }
    }
    let real = answer(&known, "application/csp-report", blocked(OTHER)).await;
    assert_eq!(real, plain);
    // Whatever came before was not kept.
    events_of(&portal, &share, 1).await;
    assert_eq!(visitor.get(&known).await.status, 405);
}

#[tokio::test]
async fn whoever_sends_many_reports_is_heard_thirty_times_a_minute() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    let address = format!("{}/reports", path(&share));
    let one = json!({"type": "csp-violation", "body": {"effectiveDirective": "img-src"}});
    let ten = json!(vec![one; 10]).to_string();
    let visitor = portal.visitor();
    for _ in 0..30 {
        let media_type = "application/reports+json";
        let answer = report(&visitor, &address, media_type, ten.clone()).await;
        assert_eq!(answer.status, 204);
    }
    // A real visit afterwards is recorded all the same.
    visitor.unlock(&share).await;
    let events = events_of(&portal, &share, 31).await;
    assert_eq!(events[0].kind, "token_accepted");
}

async fn open_in(portal: &Portal, address: &str, site: &str) -> Answer {
    let visitor = portal.visitor_in(Shown::Iframe);
    visitor
        .get(address)
        .header("referer", &format!("{site}/"))
        .await
}

#[tokio::test]
async fn a_frame_of_an_unlisted_site_is_noted_at_once() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    open_in(&portal, &path(&share), OTHER).await;
    let events = events_of(&portal, &share, 1).await;
    assert_eq!(events[0].kind, "frame_blocked");
    assert_eq!(events[0].code.as_deref(), Some("request"));
    assert_eq!(events[0].embed_origin.as_deref(), Some(OTHER));
}

#[tokio::test]
async fn unlocks_and_refusals_in_frames_name_the_site() {
    let portal = Portal::with_sample().await;
    let share = share_for_client(&portal);
    let address = format!("{}?unlock={}", path(&share), token(&share));
    assert_eq!(open_in(&portal, &address, CLIENT).await.status, 303);
    open_in(&portal, &format!("{}?unlock=x", path(&share)), CLIENT).await;
    portal.visitor().unlock(&share).await;
    let events = events_of(&portal, &share, 3).await;
    let seen: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event.kind.as_str(),
                event.embed_origin.as_deref(),
                event.framed,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("token_accepted", None, false),
            ("token_refused", Some(CLIENT), true),
            ("token_accepted", Some(CLIENT), true),
        ]
    );
}

#[tokio::test]
async fn an_open_share_in_a_frame_is_noted_once_a_minute_for_each_site() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.password_hash = None;
        new.embed_origins = EmbedOrigins::Any;
    });
    for site in [CLIENT, CLIENT, OTHER, CLIENT] {
        assert_eq!(open_in(&portal, &path(&share), site).await.status, 200);
    }
    // Neither a click inside the frame, nor a page that is not there, nor a tab.
    let inside = portal.visitor_in(Shown::Iframe);
    let click = inside
        .get(&path(&share))
        .header("sec-fetch-site", "same-origin");
    assert_eq!(click.await.status, 200);
    open_in(
        &portal,
        &format!("{}/999", path(&share)),
        "https://third.example",
    )
    .await;
    portal.visitor().get(&path(&share)).await;
    // The last one, so that all others would have been written before it.
    open_in(&portal, &path(&share), "https://last.example").await;

    let mut sites: Vec<_> = events_of(&portal, &share, 3)
        .await
        .into_iter()
        .map(|event| (event.kind, event.embed_origin.unwrap()))
        .collect();
    sites.sort();
    let view = |site: &str| ("framed_view".to_owned(), site.to_owned());
    assert_eq!(
        sites,
        [view(CLIENT), view("https://last.example"), view(OTHER)]
    );
}
