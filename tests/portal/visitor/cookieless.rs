//! Frames in browsers that keep no cookie there: the probe after an unlock, and the key in the path.

use diesel::sql_types::{BigInt, Uuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use vestibule::clock;
use vestibule::demo::sample_space::INSTALLATION;
use vestibule::shares::share::{PassLifetime, Share};
use vestibule::shares::store;

use crate::support::{Answer, PASSWORD, Portal, Setup, Shown, Visitor, eventually, path, token};

/// A request that a framed page of ours makes.
async fn from_our_page(visitor: &Visitor, destination: &str, address: &str) -> Answer {
    visitor
        .get(address)
        .header("sec-fetch-dest", destination)
        .header("sec-fetch-site", "same-origin")
        .await
}

#[track_caller]
fn assert_opens_nothing(answer: &Answer, share: &Share) {
    assert_eq!((answer.status, answer.location()), (303, &*path(share)));
    assert_eq!(answer.cookies().len(), 0);
}

#[tokio::test]
async fn a_frame_whose_cookie_comes_back_is_led_to_the_clean_address() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let address = format!("{}/{INSTALLATION}?a=b", path(&share));

    let unlocked = visitor
        .get(&format!("{address}&unlock={}", token(&share)))
        .await;
    let probed = visitor.get(unlocked.location()).await;
    let page = visitor.get(probed.location()).await;

    assert_eq!(unlocked.status, 303);
    assert!(unlocked.location().starts_with(&format!("{address}&h=")));
    assert_eq!((probed.status, probed.location()), (303, &*address));
    assert_eq!(page.status, 200);
    assert_eq!(page.attributes("a[href^='/e/']", "href").len(), 0);
}

#[tokio::test]
async fn a_frame_that_keeps_no_cookie_reads_on_by_a_key_in_the_path() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);

    let start = visitor.unlock_without_cookies(&share).await;
    let page = visitor.get(&start).await;

    let (key, clean) = start.strip_prefix("/e/").unwrap().split_at(43);
    assert_eq!(clean, path(&share));
    assert_eq!(page.status, 200);
    assert_eq!(page.texts("h1"), ["Tern 22 manual"]);
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("private, no-store"));
    assert_eq!(page.header("etag"), None);
    assert_eq!(page.cookies().len(), 0);
    let links = page.attributes("main a[href^='/'], nav a[href^='/']", "href");
    assert!(links.len() > 5);
    let prefix = format!("/e/{key}/content/");
    assert!(
        links.iter().all(|link| link.starts_with(&prefix)),
        "{links:?}"
    );
    for (address, status) in [
        (format!("{start}/{INSTALLATION}"), 200),
        (format!("{start}/search?q=cable"), 200),
        (format!("{start}/999"), 404),
    ] {
        let answer = from_our_page(&visitor, "iframe", &address).await;
        assert_eq!(answer.status, status, "{address}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let hits = answer.attributes("main a[href*='/content/']", "href");
        assert!(
            hits.iter().all(|link| link.starts_with(&prefix)),
            "{hits:?}"
        );
    }
    let file = portal.db_file(&share, 1_310_780, "release-notes-3.2.txt");
    let picture = from_our_page(&visitor, "image", &format!("/e/{key}{file}")).await;
    assert_eq!(picture.status, 200);
}

#[tokio::test]
async fn a_page_by_key_is_compressed_and_the_same() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;

    let plain = visitor.get(&start).await;
    let packed = visitor.get(&start).header("accept-encoding", "gzip").await;

    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = String::new();
    let mut reader = flate2::read::GzDecoder::new(&packed.body[..]);
    std::io::Read::read_to_string(&mut reader, &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.text());
}

#[tokio::test]
async fn of_many_uses_of_a_probe_at_once_one_counts() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let address = format!("{}?unlock={}", path(&share), token(&share));
    let probe = visitor.get(&address).await.location().to_owned();
    let strangers: Vec<Visitor> = (0..8).map(|_| portal.visitor_in(Shown::Iframe)).collect();

    let uses = strangers
        .iter()
        .map(|stranger| stranger.get(&probe).into_future());
    let answers = futures_util::future::join_all(uses).await;

    let keys = answers
        .iter()
        .filter(|answer| answer.location().starts_with("/e/"));
    assert_eq!(keys.count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 303));
}

#[tokio::test]
async fn a_probe_is_worth_nothing_in_a_tab_or_for_another_share() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    for (shown, target) in [(Shown::Document, &share), (Shown::Iframe, &other)] {
        let visitor = portal.visitor_in(Shown::Iframe);
        let address = format!("{}?unlock={}", path(&share), token(&share));
        let probe = visitor.get(&address).await.location().to_owned();
        let probe = probe.replace(&path(&share), &path(target));

        let answer = portal.visitor_in(shown).get(&probe).await;

        assert_opens_nothing(&answer, target);
    }
}

#[tokio::test]
async fn a_key_opens_nothing_where_no_framed_page_of_ours_asks() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;
    let file = portal.db_file(&share, 1_310_780, "release-notes-3.2.txt");
    let file = format!("{}{file}", start.strip_suffix(&path(&share)).unwrap());

    for (destination, site) in [
        ("document", "none"),
        ("document", "cross-site"),
        ("document", "same-site"),
        ("image", "cross-site"),
        ("image", "same-site"),
        ("empty", "cross-site"),
        ("script", "none"),
    ] {
        let stranger = portal.visitor();
        for address in [&start, &file] {
            let answer = stranger
                .get(address)
                .header("sec-fetch-dest", destination)
                .header("sec-fetch-site", site)
                .await;
            assert_eq!(answer.status, 303, "{destination} {site}");
            assert!(answer.location().starts_with(&path(&share)));
            assert_eq!(answer.cookies().len(), 0);
            let clean = stranger.get(answer.location()).await;
            assert_eq!(clean.status, 401, "{destination} {site}");
        }
    }
    let silent = portal.visitor_in(Shown::Unsaid).get(&start).await;
    assert_opens_nothing(&silent, &share);
    let other_browser = visitor
        .get(&start)
        .header("user-agent", "Another/1.0")
        .await;
    assert_opens_nothing(&other_browser, &share);
    let still = visitor.get(&start).await;
    assert_eq!(still.status, 200);
}

#[tokio::test]
async fn a_tab_that_a_framed_page_opens_gets_a_cookie_of_its_own() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;

    let opened = from_our_page(&visitor, "document", &format!("{start}/{INSTALLATION}")).await;

    let clean = format!("{}/{INSTALLATION}", path(&share));
    assert_eq!((opened.status, opened.location()), (303, &*clean));
    assert_eq!(opened.cookies()[0].name(), "__Secure-vst");
    let tab = from_our_page(&visitor, "document", &clean).await;
    assert_eq!(tab.status, 200);
}

#[tokio::test]
async fn a_key_is_of_one_share() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;

    let answer = visitor
        .get(&start.replace(&path(&share), &path(&other)))
        .await;

    assert_opens_nothing(&answer, &other);
}

#[tokio::test]
async fn signing_everybody_out_ends_keys() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;
    assert_eq!(visitor.get(&start).await.status, 200);

    portal.db(|db| store::sign_everybody_out(db, share.id, clock::now()).unwrap());

    eventually("the key ends", async || {
        visitor.get(&start).await.status == 303
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_when_it_was_unused_for_half_an_hour_or_is_eight_hours_old() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    for (statement, status) in [
        (
            "update cookieless_pass set last_used_at = now() - interval '29 minutes'",
            200,
        ),
        // That view was a use.
        (
            "update cookieless_pass set last_used_at = last_used_at - interval '29 minutes'",
            200,
        ),
        (
            "update cookieless_pass set last_used_at = now() - interval '31 minutes'",
            303,
        ),
        (
            "update cookieless_pass set expires_at = expires_at - interval '7 hours 59 minutes'",
            200,
        ),
        (
            "update cookieless_pass set expires_at = expires_at - interval '8 hours 1 minute'",
            303,
        ),
    ] {
        let visitor = portal.visitor_in(Shown::Iframe);
        let start = visitor.unlock_without_cookies(&share).await;
        portal.db(|db| sql_query(statement).execute(db).unwrap());

        assert_eq!(visitor.get(&start).await.status, status, "{statement}");
        if status == 200 {
            let used = "select 1 as count from cookieless_pass where last_used_at > now() - interval '2 minutes'";
            let used = portal.db(|db| sql_query(used).execute(db).unwrap());
            assert!(used > 0, "{statement}");
        }
    }
}

#[tokio::test]
async fn a_key_is_unused_no_longer_than_a_pass_lives() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.pass_lifetime = PassLifetime::from_seconds(60).unwrap());
    for (seconds, status) in [(50, 200), (61, 303)] {
        let visitor = portal.visitor_in(Shown::Iframe);
        let start = visitor.unlock_without_cookies(&share).await;
        let statement = format!(
            "update cookieless_pass set last_used_at = now() - interval '{seconds} seconds'"
        );
        portal.db(|db| sql_query(statement).execute(db).unwrap());
        assert_eq!(visitor.get(&start).await.status, status, "{seconds}");
    }
}

#[tokio::test]
async fn an_address_with_a_key_is_written_one_way() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;
    let escaped = start.replacen("/e/", "/%65/", 1);
    assert_eq!(visitor.get(&escaped).await.status, 404);
}

#[tokio::test]
async fn signing_out_ends_the_key() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;
    let end = format!("{start}/session/end");
    let page = visitor.get(&start).await;
    assert!(page.attributes("form", "action").contains(&end));

    let out = visitor.post(&end, &[]).await;

    assert_eq!((out.status, out.location()), (303, &*path(&share)));
    assert_opens_nothing(&visitor.get(&start).await, &share);
}

#[tokio::test]
async fn the_password_form_in_a_frame_works_without_cookies() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);

    let entered = visitor.enter(&share, PASSWORD).await;
    visitor.cookies().clear();
    let probed = visitor.get(entered.location()).await;
    let page = visitor.get(probed.location()).await;

    assert!(probed.location().starts_with("/e/"));
    assert_eq!(page.texts("h1"), ["Tern 22 manual"]);
}

#[tokio::test]
async fn where_keys_are_switched_off_the_visitor_is_told_to_open_a_tab() {
    let portal = Portal::start_with(Setup {
        sample: true,
        cookieless: Some("off"),
        ..Setup::default()
    })
    .await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let address = format!("{}?unlock={}", path(&share), token(&share));
    let probe = visitor.get(&address).await.location().to_owned();
    visitor.cookies().clear();

    let told = visitor.get(&probe).await;

    assert_eq!(told.status, 401);
    assert!(told.texts("#notice")[0].contains("keeps no cookies"));
    let tab = told.attributes("a[target=_blank]", "href");
    assert_eq!(tab, [path(&share)]);
    assert_eq!(told.header("referrer-policy"), Some("no-referrer"));
}

#[tokio::test]
async fn an_address_with_a_key_takes_a_token_and_another_spelling_of_its_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let start = visitor.unlock_without_cookies(&share).await;

    let with_token = visitor.get(&format!("{start}?unlock=x.y.z")).await;
    let upper = start.replace(&share.id.to_string(), &share.id.to_string().to_uppercase());
    let upper = visitor.get(&upper).await;

    let expected = format!("{}?unlock=x.y.z", path(&share));
    assert_eq!(
        (with_token.status, with_token.location()),
        (303, &*expected)
    );
    assert_eq!((upper.status, upper.location()), (308, &*path(&share)));
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[tokio::test]
async fn a_share_has_at_most_ten_thousand_keys_and_the_longest_unused_go() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let many = "insert into cookieless_pass
        select sha256(n::text::bytea), $1, 0, 'token', sha256('b'), now(), now() - n * interval '0.1 seconds', now() + interval '1 hour'
        from generate_series(1, 10000) n";
    portal.db(|db| {
        sql_query(many)
            .bind::<Uuid, _>(share.id.uuid())
            .execute(db)
            .unwrap()
    });
    let visitor = portal.visitor_in(Shown::Iframe);

    let start = visitor.unlock_without_cookies(&share).await;

    assert_eq!(visitor.get(&start).await.status, 200);
    let count = |statement: &str| {
        portal.db(|db| sql_query(statement).get_result::<Count>(db).unwrap().count)
    };
    assert_eq!(count("select count(*) from cookieless_pass"), 10_000);
    let oldest = "select count(*) from cookieless_pass where key_sha256 = sha256('10000')";
    assert_eq!(count(oldest), 0);
}
