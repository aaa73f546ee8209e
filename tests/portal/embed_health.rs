//! What is counted of a share in frames: the query on a real PostgreSQL, its rules and its plan.

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _};
use time::{Duration, OffsetDateTime};
use vestibule::clock;
use vestibule::shares::embed_health::{EmbedHealth, SiteHealth};
use vestibule::shares::embed_origins::{EmbedOrigins, Origin};
use vestibule::shares::event::{BrowserFamily, Embedder, Event, NewEvent, Noticed, Visitor};
use vestibule::shares::share::Share;
use vestibule::shares::store::embed_health::embed_health;
use vestibule::shares::store::events::{list_events, record_events};
use vestibule::shares::store::find_share;
use vestibule::shares::unlock_token::{Accepted, RefusalCode, Refused, SigningKey};

use crate::support::Portal;

const CLIENT: &str = "https://client.example";
const OTHER: &str = "https://other.example";

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

/// What happens in a frame of a site; of one without a name if it is empty.
struct Frame<'a> {
    share: &'a Share,
    site: &'a str,
    browser: BrowserFamily,
}

impl Frame<'_> {
    fn event(&self, event: Event, at: OffsetDateTime) -> NewEvent {
        let embedder = match self.site {
            "" => Embedder::Unknown,
            site => Embedder::Site(origin(site)),
        };
        NewEvent {
            share: self.share.id,
            event,
            visitor: Visitor {
                embedder,
                browser: self.browser,
            },
            at,
        }
    }
}

fn frame<'a>(share: &'a Share, site: &'a str) -> Frame<'a> {
    Frame {
        share,
        site,
        browser: BrowserFamily::Firefox,
    }
}

fn accepted() -> Event {
    Event::TokenAccepted(Accepted {
        signed_with: SigningKey::Current,
        not_before: 0,
        expires: 60,
    })
}

fn refused(code: RefusalCode, clock_difference_seconds: Option<i64>) -> Event {
    Event::TokenRefused(Refused {
        code,
        not_before: None,
        expires: None,
        clock_difference_seconds,
        signed_with: None,
    })
}

fn db_record(portal: &Portal, events: Vec<NewEvent>) {
    portal.db(|db| record_events(db, &events)).unwrap();
}

fn db_health(portal: &Portal, share: &Share) -> EmbedHealth {
    portal.db(|db| {
        let share = find_share(db, share.id).unwrap().unwrap();
        embed_health(db, &share, clock::now()).unwrap()
    })
}

fn db_site(portal: &Portal, share: &Share, site: &str) -> SiteHealth {
    let health = db_health(portal, share);
    let mut sites = health.sites.into_iter();
    let found = sites.find(|row| row.site.as_ref().map_or("", Origin::as_str) == site);
    found.expect("no such site")
}

/// A bit of everything in the frames of three sites, with the last good load an hour ago; and things that do not count.
fn mixed_events(share: &Share, another: &Share, now: OffsetDateTime) -> Vec<NewEvent> {
    let client = frame(share, CLIENT);
    let safari = Frame {
        browser: BrowserFamily::Safari,
        ..frame(share, CLIENT)
    };
    let hour_ago = now - Duration::HOUR;
    let mut events = vec![
        client.event(accepted(), hour_ago),
        client.event(Event::CookieKept, hour_ago),
        client.event(Event::PasswordAccepted, now),
        client.event(Event::CookieRefused, now),
        safari.event(Event::CookieRefused, now),
        safari.event(Event::CookieRefused, now),
        safari.event(Event::CookielessPass, hour_ago),
        client.event(refused(RefusalCode::Expired, Some(-500)), now),
        client.event(refused(RefusalCode::NotYetValid, Some(70)), now),
        client.event(refused(RefusalCode::BadSignature, None), now),
        client.event(refused(RefusalCode::WrongShare, None), now),
        client.event(Event::PasswordRefused, now),
        client.event(Event::PasswordThrottled, now),
        client.event(
            Event::PolicyReport {
                directive: "img-src",
            },
            now,
        ),
        client.event(Event::FrameBlocked(Noticed::OuterFrame), now),
        frame(share, OTHER).event(Event::FrameBlocked(Noticed::ByRequest), now),
        frame(share, "").event(Event::FramedView, now),
        // Too long ago, in no frame, and of another share.
        client.event(accepted(), now - Duration::days(31)),
        frame(another, CLIENT).event(accepted(), now),
    ];
    let mut in_a_tab = client.event(accepted(), now);
    in_a_tab.visitor.embedder = Embedder::Nobody;
    events.push(in_a_tab);
    events
}

#[tokio::test]
async fn each_site_has_its_own_numbers() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.embed_origins = EmbedOrigins::parse([CLIENT]).unwrap());
    let another = portal.db_share(|_| {});
    let now = clock::now();
    db_record(&portal, mixed_events(&share, &another, now));

    let row = db_site(&portal, &share, CLIENT);
    assert!(row.is_allowed);
    assert_eq!(
        (row.unlocks, row.cookies_kept, row.cookieless_passes),
        (2, 1, 1)
    );
    assert_eq!(
        row.cookies_refused,
        [(BrowserFamily::Firefox, 1), (BrowserFamily::Safari, 2)]
    );
    assert_eq!((row.blocked, row.blocked_by_outer_frame), (0, 1));
    assert_eq!((row.expired, row.skewed, row.bad_signatures), (1, 1, 1));
    assert_eq!((row.other_refusals, row.policy_reports), (3, 1));
    assert_eq!(row.clock_difference_seconds, Some(70));
    let good = row.last_good_load.unwrap();
    assert!(
        (now - Duration::HOUR - good).abs() < Duration::SECOND,
        "{good}"
    );

    let other = db_site(&portal, &share, OTHER);
    assert!(!other.is_allowed);
    assert_eq!((other.blocked, other.last_good_load), (1, None));
    let unknown = db_site(&portal, &share, "");
    assert!(unknown.last_good_load.is_some());
    assert_eq!(db_health(&portal, &share).sites.len(), 3);
    assert_eq!(db_site(&portal, &another, CLIENT).unlocks, 1);
}

#[tokio::test]
async fn tokens_that_are_late_by_a_clock_count_as_skewed() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let now = clock::now();
    let late = |site, differences: &[i64]| {
        let frame = frame(&share, site);
        let event = |ahead: &i64| frame.event(refused(RefusalCode::Expired, Some(*ahead)), now);
        db_record(&portal, differences.iter().map(event).collect());
    };
    late(CLIENT, &[-3605, -3606, -3610, -3604]);
    late(OTHER, &[-70, -400, -7000, -100_000]);

    let by_clock = db_site(&portal, &share, CLIENT);
    assert_eq!((by_clock.expired, by_clock.skewed), (0, 4));
    assert_eq!(by_clock.clock_difference_seconds, Some(-3606));
    let by_age = db_site(&portal, &share, OTHER);
    assert_eq!((by_age.expired, by_age.skewed), (4, 0));
    assert_eq!(by_age.clock_difference_seconds, None);
}

#[tokio::test]
async fn a_blocked_frame_counts_once_however_often_it_is_noticed() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let now = clock::now();
    let blocked = |site, noticed, seconds| {
        let at = now + Duration::seconds(seconds);
        frame(&share, site).event(Event::FrameBlocked(noticed), at)
    };
    // In one batch with its report, and in another one; reports without a name; two reports of one frame.
    db_record(
        &portal,
        vec![
            blocked(CLIENT, Noticed::ByRequest, 0),
            blocked(CLIENT, Noticed::ByReport, 1),
        ],
    );
    db_record(
        &portal,
        vec![
            blocked(CLIENT, Noticed::ByReport, 60),
            blocked("", Noticed::ByReport, 61),
            blocked(CLIENT, Noticed::OuterFrame, 62),
        ],
    );
    assert_eq!(db_site(&portal, &share, CLIENT).blocked, 1);
    assert_eq!(db_health(&portal, &share).sites.len(), 1);

    // Frames that only reports tell of, each of them; of another site, another browser, or much later.
    let chrome = Frame {
        browser: BrowserFamily::Chrome,
        ..frame(&share, CLIENT)
    };
    db_record(
        &portal,
        vec![
            blocked(OTHER, Noticed::ByReport, 2),
            blocked(OTHER, Noticed::ByReport, 3),
            chrome.event(Event::FrameBlocked(Noticed::ByReport), now),
        ],
    );
    db_record(&portal, vec![blocked(CLIENT, Noticed::ByReport, 200)]);
    assert_eq!(db_site(&portal, &share, OTHER).blocked, 2);
    assert_eq!(db_site(&portal, &share, CLIENT).blocked, 3);
}

#[tokio::test]
async fn a_flood_of_reports_stays_within_the_minutes_limit() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let now = clock::now();
    let report = |_| frame(&share, OTHER).event(Event::FrameBlocked(Noticed::ByReport), now);
    for _ in 0..3 {
        db_record(&portal, (0..100).map(report).collect());
    }
    assert_eq!(db_site(&portal, &share, OTHER).blocked, 30);
}

#[tokio::test]
async fn at_most_fifty_sites_are_told_of_and_those_that_work_come_first() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let now = clock::now();
    let shown = frame(&share, CLIENT).event(Event::FramedView, now - Duration::DAY);
    db_record(&portal, vec![shown]);
    for minutes in (0..60).rev() {
        let site = format!("https://made-up-{minutes}.example");
        let at = now - Duration::minutes(minutes);
        let blocked = frame(&share, &site).event(Event::FrameBlocked(Noticed::ByRequest), at);
        db_record(&portal, vec![blocked]);
    }
    let health = db_health(&portal, &share);
    assert_eq!(health.sites.len(), 50);
    assert!(health.has_more);
    assert_eq!(health.sites[0].site.as_ref().unwrap().as_str(), CLIENT);
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

#[tokio::test]
async fn the_numbers_of_one_share_among_a_hundred_thousand_events_come_from_one_index() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let busy = portal.db_share(|_| {});
    let rows = |share: &Share, count: u32| {
        format!(
            "insert into share_event (share_id, at, kind, code, framed, embed_origin, browser)
               select '{}', now() - n * interval '1 minute', (array['token_accepted', 'cookie_kept', 'frame_blocked'])[n % 3 + 1],
                 case n % 3 when 2 then 'request' end, n % 2 = 0,
                 case when n % 4 = 0 then 'https://' || n % 7 || '.example' end, 'chrome'
               from generate_series(1, {count}) n;",
            share.id
        )
    };
    portal
        .db(|db| {
            db.batch_execute(&rows(&busy, 100_000))?;
            db.batch_execute(&rows(&share, 2_000))?;
            db.batch_execute("vacuum analyze share_event")
        })
        .unwrap();
    let began = std::time::Instant::now();
    let health = db_health(&portal, &busy);
    let took = began.elapsed();
    assert_eq!(health.sites.len(), 8);
    // Ten times what it takes on a busy machine.
    assert!(took < std::time::Duration::from_secs(3), "{took:?}");

    let plan: Vec<Plan> = portal
        .db(|db| {
            diesel::sql_query(format!(
                "explain select embed_origin, kind, code, browser, count(*), max(at) from share_event
                   where framed and share_id = '{}' and at > now() - interval '30 days'
                   group by embed_origin, kind, code, browser",
                share.id
            ))
            .load(db)
        })
        .unwrap();
    let plan: Vec<String> = plan.into_iter().map(|plan| plan.line).collect();
    assert!(
        plan.join("\n")
            .contains("Index Only Scan using share_event_framed"),
        "{plan:#?}"
    );
}

#[tokio::test]
async fn events_say_where_they_happened() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    db_record(
        &portal,
        vec![frame(&share, CLIENT).event(accepted(), clock::now())],
    );
    let events = portal.db(|db| list_events(db, share.id, None, 10)).unwrap();
    let event = &events[0];
    assert!(event.framed);
    assert_eq!(event.embed_origin.as_deref(), Some(CLIENT));
    assert_eq!(event.browser.as_deref(), Some("firefox"));
}
