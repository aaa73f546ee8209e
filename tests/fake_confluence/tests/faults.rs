//! Faults on demand, and what is written down about requests.

use std::time::Duration;

use super::{ask, get, get_through_gateway};
use fake_confluence::credentials::secrets;
use fake_confluence::exchange::{Port, Reply};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::fault::{Fault, NotFound, On};
use fake_confluence::rate_limit::RateLimit;
use fake_confluence::recorder::Recorded;
use fake_confluence::sample::PNG;

const PAGES: &str = "/wiki/api/v2/pages";

#[tokio::test]
async fn a_limit_is_told_in_each_form_for_as_often_as_planned() {
    let fake = FakeConfluence::cloud().start();
    let told = [
        (RateLimit::CloudQuota, "ratelimit-reason"),
        (RateLimit::CloudBurst, "x-ratelimit-reset"),
        (RateLimit::CloudPlain, "retry-after"),
        (RateLimit::ResetSecond, "x-ratelimit-reset"),
        (RateLimit::ResetMinute, "x-ratelimit-reset"),
        (RateLimit::Beta, "beta-ratelimit"),
        (RateLimit::Bucket, "x-ratelimit-fillrate"),
        (RateLimit::Bare, "content-type"),
    ];

    for (form, header) in told {
        fake.fail_next(1, On::path(PAGES), Fault::TooManyRequests(form, 5));
        let answer = get(&fake, PAGES).await;
        assert_eq!(answer.status, 429);
        assert!(!answer.header(header).is_empty(), "{form:?}");
        assert_eq!(get(&fake, PAGES).await.status, 200);
    }
}

#[tokio::test]
async fn a_fault_is_only_for_what_it_fits() {
    let fake = FakeConfluence::cloud().start();
    fake.fail(
        On::path("/wiki/api/v2/**").with_query("limit", "7"),
        Fault::ServerError,
    );

    assert_eq!(
        get_through_gateway(&fake, "/wiki/api/v2/pages?limit=7")
            .await
            .status,
        500
    );
    assert_eq!(
        get_through_gateway(&fake, "/wiki/api/v2/pages?limit=8")
            .await
            .status,
        200
    );
    fake.heal();
    assert_eq!(
        get_through_gateway(&fake, "/wiki/api/v2/pages?limit=7")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn refusals_have_their_real_bodies() {
    let fake = FakeConfluence::cloud().start();
    let faults = [
        (Fault::Unavailable(None), 503, "Unavailable"),
        (Fault::Unavailable(Some(3)), 503, ""),
        (Fault::LoginPage, 200, "loginform"),
        (Fault::Gone, 410, "GoneException"),
        (Fault::NotFound(NotFound::V1), 404, "ContentId"),
        (Fault::NotFound(NotFound::V2), 404, "NOT_FOUND"),
        (Fault::NotFound(NotFound::Empty), 404, ""),
        (Fault::Unauthorized, 401, ""),
        (Fault::Reply(Reply::empty(418)), 418, ""),
    ];

    for (fault, status, word) in faults {
        fake.fail_next(1, On::everything(), fault);
        let answer = get(&fake, PAGES).await;
        assert_eq!(answer.status, status);
        assert!(
            String::from_utf8(answer.body).unwrap().contains(word),
            "{status} {word}"
        );
    }
}

#[tokio::test]
async fn a_hung_request_is_answered_when_it_is_let_go() {
    let fake = FakeConfluence::cloud().start();
    fake.fail(On::path(PAGES), Fault::Hang);

    let mut request = std::pin::pin!(get(&fake, PAGES));
    let early = tokio::time::timeout(Duration::from_millis(200), &mut request).await;
    assert!(early.is_err());
    fake.heal();

    assert_eq!(request.await.status, 200);
}

#[tokio::test]
async fn bodies_are_spoiled() {
    let fake = FakeConfluence::cloud().start();
    let url = format!("{}/_edge/tenant_info", fake.base_url());
    let on = || On::path("/_edge/tenant_info");

    fake.fail_next(1, on(), Fault::CutBody);
    assert!(ask(&url, "").await.is_err());
    fake.fail_next(1, on(), Fault::InvalidUtf8);
    assert!(String::from_utf8(ask(&url, "").await.unwrap().body).is_err());
    fake.fail_next(1, on(), Fault::WrongContentType);
    assert_eq!(
        ask(&url, "").await.unwrap().header("content-type"),
        "text/plain"
    );
    fake.fail_next(1, on(), Fault::SlowBytes(1));
    assert_eq!(ask(&url, "").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_huge_body_is_announced_or_not() {
    let fake = FakeConfluence::cloud().start();
    let url = format!("{}/_edge/tenant_info", fake.base_url());

    fake.fail_next(1, On::everything(), Fault::HugeBody);
    let huge = reqwest::get(&url).await.unwrap();
    fake.fail_next(1, On::everything(), Fault::EndlessBody);
    let mut endless = reqwest::get(&url).await.unwrap();

    assert_eq!(huge.content_length(), Some(5 << 30));
    assert_eq!(endless.content_length(), None);
    assert!(endless.chunk().await.unwrap().is_some());
}

#[tokio::test]
async fn other_hosts_write_down_what_comes_to_them() {
    let fake = FakeConfluence::cloud().start();
    fake.fail_next(1, On::everything(), Fault::RedirectToStranger);
    let redirect = get(&fake, PAGES).await;
    fake.fail_next(1, On::everything(), Fault::StrangerNext);
    let list = get(&fake, PAGES).await.json();

    ask(redirect.header("location"), "Basic leak")
        .await
        .unwrap();

    assert!(
        list["_links"]["next"]
            .as_str()
            .unwrap()
            .starts_with(&fake.stranger_url())
    );
    let strangers = fake.requests_to(Port::Stranger);
    assert!(strangers[0].has_credential());
    assert_eq!(strangers.len(), 1);
}

#[tokio::test]
async fn empty_pages_go_on_for_ever() {
    let fake = FakeConfluence::cloud().start();
    fake.fail(On::path(PAGES), Fault::EmptyPagesForEver);

    let first = get(&fake, PAGES).await.json();
    let next = first["_links"]["next"].as_str().unwrap();
    let second = get(&fake, next).await.json();

    assert_eq!(second["results"].as_array().unwrap().len(), 0);
    assert_ne!(second["_links"]["next"], first["_links"]["next"]);
}

#[tokio::test]
async fn the_clock_and_headers_are_as_told() {
    let fake = FakeConfluence::cloud().start();
    fake.announce("X-RateLimit-NearLimit", "true");
    let before = get(&fake, PAGES).await;
    fake.set_clock_offset(86_400);

    let after = get(&fake, PAGES).await;

    assert_eq!(after.header("x-ratelimit-nearlimit"), "true");
    assert_ne!(after.header("date")[..16], before.header("date")[..16]);
}

#[tokio::test]
async fn requests_are_written_down_until_they_are_cleared() {
    let fake = FakeConfluence::cloud().start();
    get_through_gateway(&fake, PAGES).await;
    get(&fake, "/wiki/api/v2/spaces").await;

    let requests: Vec<Recorded> = fake.requests();

    assert_eq!(requests[0].path, PAGES);
    assert!(requests[0].target.starts_with("/ex/confluence/"));
    assert!(
        requests[0]
            .headers
            .iter()
            .any(|(name, _)| name == "authorization")
    );
    let shown = format!("{:?}", requests[0]);
    assert!(secrets().iter().any(|secret| shown.contains(secret)));
    assert_eq!((requests[0].body.len(), requests[0].query.len()), (0, 0));
    assert_eq!(requests[0].user_agent, None);
    assert!(requests[0].host.starts_with("127.0.0.1:"));
    assert_eq!(fake.count("GET", "/wiki/**"), 2);
    fake.clear_requests();
    assert_eq!(fake.count("GET", "/wiki/**"), 0);
    assert_eq!(infer::get(PNG).unwrap().mime_type(), "image/png");
}

#[tokio::test]
async fn the_fault_that_was_planned_last_happens() {
    let fake = FakeConfluence::cloud().start();
    fake.fail(On::everything(), Fault::ServerError);
    fake.fail_next(1, On::path(PAGES), Fault::Gone);

    assert_eq!(get(&fake, PAGES).await.status, 410);
    assert_eq!(get(&fake, PAGES).await.status, 500);
}
