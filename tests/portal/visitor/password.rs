//! The password form: right, wrong and too often, and where it leads.

use vestibule::clock;
use vestibule::guess_limit::{self, Charge, GuessLimit};
use vestibule::shares::guesses;
use vestibule::shares::pass::WayIn;
use vestibule::shares::share::Share;

use crate::support::{PASSWORD, Portal, Setup, path};

#[tokio::test]
async fn the_right_password_leads_to_where_the_visitor_wanted_to_go() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let wanted = format!("{}/1310740?a=%C3%A4&b", path(&share));

    let form = visitor.get(&wanted).await;
    let next = form.attributes("input[name=next]", "value");
    let action = form.attributes("main form, form", "action");
    let let_in = visitor
        .post(&action[0], &[("password", PASSWORD), ("next", &next[0])])
        .await;

    assert_eq!((form.status, next), (401, vec![wanted.clone()]));
    assert_eq!((let_in.status, let_in.location()), (303, wanted.as_str()));
    assert_eq!(let_in.header("cache-control"), Some("no-store"));
    let cookies = let_in.cookies();
    let pass = portal.pass_key().verify(cookies[0].value()).unwrap();
    assert_eq!((cookies.len(), pass.way_in), (1, WayIn::Password));
    assert_eq!(visitor.get(&wanted).await.status, 200);
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let next = format!("{}/1310740", path(&share));
    let session = format!("{}/session", path(&share));

    let answer = visitor
        .post(&session, &[("password", "wrong"), ("next", &next)])
        .await;

    assert_eq!(answer.status, 422);
    assert_eq!(answer.texts("#notice"), ["That password is not right."]);
    assert_eq!(answer.attributes("input[name=next]", "value"), [next]);
    assert_eq!(answer.attributes("#password", "value"), [] as [String; 0]);
    assert_eq!(answer.cookies().len(), 0);
    assert_eq!(visitor.get(&path(&share)).await.status, 401);
}

#[tokio::test]
async fn passwords_no_hash_is_made_of_are_wrong_and_cost_nothing() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    for _ in 0..4 {
        assert_eq!(visitor.enter(&share, "").await.status, 422);
        assert_eq!(visitor.enter(&share, &"x".repeat(257)).await.status, 422);
    }
    assert_eq!(visitor.enter(&share, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn after_the_password_nobody_is_led_out_of_the_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let session = format!("{}/session", path(&share));
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let above = format!("{}/%2e%2e/%2e%2e/admin", path(&share));
    let longer = format!("{}0", path(&share));
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/admin",
        "/",
        &above,
        &longer,
        "\t//evil.example",
    ] {
        let answer = visitor
            .post(&session, &[("password", PASSWORD), ("next", next)])
            .await;
        assert_eq!(answer.location(), path(&share), "{next}");
    }
}

#[tokio::test]
async fn a_right_password_gives_its_guess_back() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let [address, _] = guesses::limits(share.id, [127, 0, 0, 1].into());
    db_charge(&portal, &[address], 4);

    assert_eq!(portal.visitor().enter(&share, PASSWORD).await.status, 303);
    assert_eq!(portal.visitor().enter(&share, PASSWORD).await.status, 303);
    assert_eq!(portal.visitor().enter(&share, "wrong").await.status, 422);

    let throttled = portal.visitor().enter(&share, PASSWORD).await;
    assert_eq!(throttled.status, 429);
    let wait: u64 = throttled.header("retry-after").unwrap().parse().unwrap();
    assert!((300..=361).contains(&wait), "{wait}");
    assert_eq!(throttled.texts("#notice").len(), 1);
    assert_eq!(throttled.cookies().len(), 0);
}

#[tokio::test]
async fn whoever_is_in_or_has_a_token_is_never_locked_out() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let [address, _] = guesses::limits(share.id, [127, 0, 0, 1].into());
    db_charge(&portal, &[address], 5);
    assert_eq!(portal.visitor().enter(&share, PASSWORD).await.status, 429);

    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let again = visitor.enter(&share, "whatever").await;

    assert_eq!(again.status, 303);
    assert_eq!(visitor.get(&path(&share)).await.status, 200);
}

#[tokio::test]
async fn fifty_wrong_passwords_at_once_are_five_guesses() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let tries = (0..50).map(|_| visitor.enter(&share, "wrong"));

    let answers = futures_util::future::join_all(tries).await;

    let with = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((with(422), with(429)), (5, 45));
}

#[tokio::test]
async fn every_address_has_guesses_of_its_own_but_a_share_only_so_many() {
    let portal = Portal::start_with(Setup {
        sample: true,
        trusted_proxies: "127.0.0.1",
        ..Setup::default()
    })
    .await;
    let share = portal.db_share(|_| {});
    let [address, everybody] = guesses::limits(share.id, [198, 51, 100, 1].into());
    db_charge(&portal, &[everybody], 58);
    db_charge(&portal, &[address], 5);
    let try_from = async |address: &str| {
        let session = format!("{}/session", path(&share));
        let visitor = portal.visitor();
        let request = visitor.post(&session, &[("password", "wrong")]);
        request.header("x-forwarded-for", address).await.status
    };

    assert_eq!(try_from("198.51.100.1").await, 429);
    assert_eq!(try_from("198.51.100.2").await, 422);
    assert_eq!(try_from("2001:db8::7").await, 422);
    assert_eq!(try_from("198.51.100.3").await, 429);
    assert_eq!(guesses_left_to(&portal, &share, [198, 51, 100, 3]), 5);
}

#[tokio::test]
async fn strangers_cannot_choose_the_address_they_are_counted_by() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let [address, _] = guesses::limits(share.id, [127, 0, 0, 1].into());
    db_charge(&portal, &[address], 5);
    let session = format!("{}/session", path(&share));
    for (name, value) in [
        ("x-forwarded-for", "198.51.100.7"),
        ("forwarded", "for=198.51.100.7"),
        ("x-real-ip", "198.51.100.7"),
    ] {
        let visitor = portal.visitor();
        let request = visitor.post(&session, &[("password", "wrong")]);
        assert_eq!(request.header(name, value).await.status, 429, "{name}");
    }
}

#[tokio::test]
async fn the_address_of_the_form_leads_back_to_the_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let answer = portal
        .visitor()
        .get(&format!("{}/session", path(&share)))
        .await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, path(&share).as_str())
    );
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_with_a_page() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let session = format!("{}/session", path(&share));
    let visitor = portal.visitor();
    let large = "x".repeat(20 << 10);
    let too_large = visitor.post(&session, &[("password", &large)]).await;
    assert_eq!((too_large.status, too_large.texts("h1").len()), (400, 1));
    let other = visitor
        .request(reqwest::Method::POST, &session)
        .header("content-type", "application/json")
        .body("{}")
        .await;
    assert_eq!((other.status, other.texts("h1").len()), (400, 1));
}

fn db_charge(portal: &Portal, limits: &[GuessLimit], times: usize) {
    for _ in 0..times {
        let charged = portal.db(|db| guess_limit::charge(db, limits, clock::now()).unwrap());
        assert_eq!(charged, Charge::Granted);
    }
}

/// Takes them.
fn guesses_left_to(portal: &Portal, share: &Share, address: [u8; 4]) -> usize {
    let [limit, _] = guesses::limits(share.id, address.into());
    let charge = || portal.db(|db| guess_limit::charge(db, &[copy(&limit)], clock::now()).unwrap());
    (0..10).take_while(|_| charge() == Charge::Granted).count()
}

fn copy(limit: &GuessLimit) -> GuessLimit {
    GuessLimit {
        bucket: limit.bucket.clone(),
        burst: limit.burst,
        refill: limit.refill,
    }
}
