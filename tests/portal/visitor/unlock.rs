//! `?unlock=` with a valid token: the way in.

use cookie::SameSite;
use reqwest::Method;
use vestibule::demo::sample_space::INSTALLATION;
use vestibule::shares::pass::{PassContext, WayIn};

use crate::support::{Portal, Setup, Shown, path, token, token_with};

#[tokio::test]
async fn a_valid_token_lets_the_visitor_in() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();

    let unlocked = visitor
        .get(&format!("{}?unlock={}", path(&share), token(&share)))
        .await;
    let page = visitor.get(&path(&share)).await;

    assert_eq!(unlocked.status, 303);
    assert_eq!(unlocked.location(), path(&share));
    assert_eq!(unlocked.header("cache-control"), Some("no-store"));
    assert_eq!(unlocked.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(unlocked.header("vestibule-unlock"), None);
    assert_eq!(page.status, 200);
    assert_eq!(page.texts("h1"), ["Tern 22 manual"]);
}

#[tokio::test]
async fn every_address_of_a_share_takes_a_token_and_leads_back_to_itself() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let file = portal.db_file(&share, 1_310_780, "release-notes-3.2.txt");
    let below = [
        format!("/{INSTALLATION}"),
        "/search?q=cable".to_owned(),
        "/nothing/at/all".to_owned(),
        "/".to_owned(),
    ];
    let addresses = below.map(|below| format!("{}{below}", path(&share)));
    for address in addresses.into_iter().chain([file]) {
        let separator = if address.contains('?') { '&' } else { '?' };
        let visitor = portal.visitor();

        let with_token = format!("{address}{separator}unlock={}", token(&share));
        let mut unlocked = visitor.get(&with_token).await;
        if unlocked.status == 308 {
            unlocked = visitor.get(unlocked.location()).await;
        }

        assert_eq!(unlocked.status, 303, "{address}");
        assert_eq!(unlocked.location(), address.trim_end_matches('/'));
        assert_eq!(visitor.get(&path(&share)).await.status, 200, "{address}");
    }
}

#[tokio::test]
async fn all_other_query_parameters_are_kept_byte_for_byte() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let (before, after) = ("a=%C3%A4+%2f&b&h=1080", "=&a=2&UNLOCK=x&c=%7e");

    let unlocked = portal
        .visitor()
        .get(&format!(
            "{}?{before}&unlock={}&{after}",
            path(&share),
            token(&share)
        ))
        .await;

    assert_eq!(
        unlocked.location(),
        format!("{}?{before}&{after}", path(&share))
    );
}

#[tokio::test]
async fn in_a_tab_the_pass_is_a_lax_cookie_of_the_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});

    let unlocked = portal
        .visitor_in(Shown::Document)
        .get(&format!("{}?unlock={}", path(&share), token(&share)))
        .await;

    let [cookie] = &unlocked.cookies()[..] else {
        panic!("not one cookie: {unlocked:?}")
    };
    assert_eq!(cookie.name(), "__Secure-vst");
    assert_eq!(cookie.path(), Some(path(&share).as_str()));
    assert_eq!(cookie.same_site(), Some(SameSite::Lax));
    assert_eq!(cookie.http_only(), Some(true));
    assert_eq!(cookie.secure(), Some(true));
    assert_ne!(cookie.partitioned(), Some(true));
    assert_eq!(cookie.domain(), None);
    assert_eq!(cookie.max_age().map(|age| age.whole_hours()), Some(12));
    let pass = portal.pass_key().verify(cookie.value()).unwrap();
    assert_eq!((pass.share, pass.epoch), (share.id, share.epoch));
    assert_eq!(pass.way_in, WayIn::Token);
    assert_eq!(pass.context, PassContext::TopLevel);
}

#[tokio::test]
async fn in_a_frame_the_pass_is_a_partitioned_cookie_of_another_name() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});

    let unlocked = portal
        .visitor_in(Shown::Iframe)
        .get(&format!("{}?unlock={}", path(&share), token(&share)))
        .await;

    let [cookie] = &unlocked.cookies()[..] else {
        panic!("not one cookie: {unlocked:?}")
    };
    assert_eq!(cookie.name(), "__Secure-vst-f");
    assert_eq!(cookie.path(), Some(path(&share).as_str()));
    assert_eq!(cookie.same_site(), Some(SameSite::None));
    assert_eq!(cookie.http_only(), Some(true));
    assert_eq!(cookie.secure(), Some(true));
    assert_eq!(cookie.partitioned(), Some(true));
    let pass = portal.pass_key().verify(cookie.value()).unwrap();
    assert_eq!(pass.context, PassContext::Framed);
}

#[tokio::test]
async fn a_browser_that_does_not_say_where_it_shows_us_gets_both_cookies() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Unsaid);

    visitor.unlock(&share).await;

    let cookies = visitor.cookies();
    let mut names: Vec<&str> = cookies.iter().map(|cookie| cookie.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["__Secure-vst", "__Secure-vst-f"]);
}

#[tokio::test]
async fn on_plain_http_away_from_localhost_cookies_do_without_what_browsers_refuse_there() {
    let portal = Portal::start_with(Setup {
        sample: true,
        hosts: "docs.example.com",
        ..Setup::default()
    })
    .await;
    let share = portal.db_share(|_| {});

    let unlocked = portal
        .visitor_in(Shown::Unsaid)
        .get(&format!("{}?unlock={}", path(&share), token(&share)))
        .header("host", "docs.example.com")
        .await;

    let cookies = unlocked.cookies();
    let names: Vec<&str> = cookies.iter().map(|cookie| cookie.name()).collect();
    assert_eq!(names, ["vst", "vst-f"]);
    for cookie in &cookies {
        assert_ne!(cookie.secure(), Some(true));
        assert_ne!(cookie.partitioned(), Some(true));
        assert_eq!(cookie.same_site(), Some(SameSite::Lax));
        assert_eq!(cookie.http_only(), Some(true));
    }
}

#[tokio::test]
async fn head_unlocks_as_get_does() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let address = format!("{}?unlock={}", path(&share), token(&share));

    let unlocked = visitor.request(Method::HEAD, &address).await;
    let page = visitor.request(Method::HEAD, &path(&share)).await;

    assert_eq!(
        (unlocked.status, unlocked.location()),
        (303, path(&share).as_str())
    );
    assert_eq!((page.status, page.body.len()), (200, 0));
}

#[tokio::test]
async fn of_two_tokens_the_first_counts_and_both_leave_the_address() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let ask = async |first: &str, second: &str| {
        let address = format!("{}?unlock={first}&x=1&unlock={second}", path(&share));
        portal.visitor().get(&address).await
    };

    let good_first = ask(&token(&share), "bad").await;
    let bad_first = ask("bad", &token(&share)).await;

    assert_eq!(good_first.status, 303);
    assert_eq!(good_first.location(), format!("{}?x=1", path(&share)));
    assert_eq!(bad_first.status, 401);
    assert_eq!(bad_first.header("vestibule-unlock"), Some("malformed"));
    let next = bad_first.attributes("input[name=next]", "value");
    assert_eq!(next, [format!("{}?x=1", path(&share))]);
}

#[tokio::test]
async fn another_spelling_of_the_share_is_led_to_the_right_one_with_its_token() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let hyphenated = share.id.to_string();
    let spellings = [
        hyphenated.to_uppercase(),
        hyphenated.replace('-', ""),
        format!("%7B{hyphenated}%7D"),
        format!("urn:uuid:{hyphenated}"),
    ];
    for spelling in spellings {
        let below = format!("/{INSTALLATION}?unlock=x.y.z&a=%20");
        let answer = portal
            .visitor()
            .get(&format!("/content/{spelling}{below}"))
            .await;
        assert_eq!(answer.status, 308, "{spelling}");
        assert_eq!(answer.location(), format!("{}{below}", path(&share)));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }
}

#[tokio::test]
async fn a_token_is_as_good_in_capital_letters_of_the_share_and_with_claims_of_its_own() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let unusual = token_with(&share, |claims, _| {
        claims["iss"] = share.id.to_string().to_uppercase().into();
        claims["aud"] = serde_json::json!(["someone", "else"]);
        claims["jti"] = "1".into();
    });

    let unlocked = portal
        .visitor()
        .get(&format!("{}?unlock={unusual}", path(&share)))
        .await;

    assert_eq!(unlocked.status, 303);
    assert_eq!(unlocked.cookies().len(), 1);
}

#[tokio::test]
async fn a_share_without_a_password_only_drops_the_token() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    for text in ["", "nonsense", &token(&share)] {
        let address = format!("{}?a=1&unlock={text}&b=2", path(&share));
        let answer = portal.visitor().get(&address).await;
        assert_eq!(answer.status, 303, "{text}");
        assert_eq!(answer.location(), format!("{}?a=1&b=2", path(&share)));
        assert_eq!(answer.cookies().len(), 0);
        assert_eq!(answer.header("vestibule-unlock"), None);
    }
}

#[tokio::test]
async fn two_shares_unlocked_at_the_same_time_in_one_browser_both_stay_open() {
    let portal = Portal::with_sample().await;
    let (one, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let page_with_two_frames = portal.visitor_in(Shown::Iframe);

    tokio::join!(
        page_with_two_frames.unlock(&one),
        page_with_two_frames.unlock(&other)
    );

    assert_eq!(page_with_two_frames.get(&path(&one)).await.status, 200);
    assert_eq!(page_with_two_frames.get(&path(&other)).await.status, 200);
}
