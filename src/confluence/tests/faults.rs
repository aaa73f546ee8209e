//! What the client does when a site misbehaves: what it retries, where it stops, and that credentials stay at home.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::server::{Reply, SECRET, TestServer, http, loopback};
use crate::confluence::{
    Authorization, Client, Http, OutboundRules, Pace, Problem, Secret, Site,
    model::{ContentKind, Detail, Root},
    pace::PaceLimits,
    product::Product,
};

fn spaces() -> Reply {
    Reply::json(&json!({"results": [{"id": "1", "key": "DS", "name": "Demo"}], "_links": {}}))
}

/// A server that answers the first requests by `first`, and then well.
async fn failing(times: usize, first: impl Fn() -> Reply + Send + Sync + 'static) -> TestServer {
    let count = AtomicUsize::new(0);
    TestServer::start(
        move |_asked| match count.fetch_add(1, Ordering::SeqCst) < times {
            true => first(),
            false => spaces(),
        },
    )
    .await
}

async fn problem_of(server: &TestServer) -> Problem {
    let client = server.client(Product::Cloud);
    client.spaces("", 10).await.unwrap_err().problem
}

#[tokio::test]
async fn a_site_that_is_down_for_a_moment_is_asked_again() {
    let server = failing(2, || Reply::new(503, &[], "down")).await;
    let found = server
        .client(Product::Cloud)
        .spaces("demo", 10)
        .await
        .unwrap();
    assert_eq!(found[0].key, "DS");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_again() {
    let cut = || Reply::raw(200, &[("Content-Length", "5000")], "{\"results\": [");
    let server = failing(1, cut).await;
    assert!(server.client(Product::Cloud).spaces("", 10).await.is_ok());
    let broken = failing(99, cut).await;
    assert!(matches!(
        problem_of(&broken).await,
        Problem::Unreachable { .. }
    ));
    assert_eq!(broken.asked().len(), 3);
}

#[tokio::test]
async fn a_long_rate_limit_is_told_at_once_and_kept() {
    let server = failing(1, || {
        let headers = [
            ("Retry-After", "847"),
            ("RateLimit-Reason", "conf-global-based"),
        ];
        Reply::new(429, &headers, "")
    })
    .await;
    let client = server.client(Product::Cloud);
    let error = client.spaces("", 10).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(847)));
    assert!(error.is_transient());
    let again = client.spaces("", 10).await.unwrap_err();
    assert!(matches!(again.problem, Problem::RateLimited { .. }));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_short_rate_limit_is_waited_for() {
    let server = failing(1, || Reply::new(429, &[("Retry-After", "1")], "")).await;
    let started = std::time::Instant::now();
    assert!(server.client(Product::Cloud).spaces("", 10).await.is_ok());
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_server_without_tls_is_not_asked_by_https() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let typed = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 No TLS here\r\n\r\n")
            .await
            .unwrap();
        // Kept open until the client ends it.
        let _read = stream.read_to_end(&mut Vec::new()).await;
    });
    let site = Site::recognise(&typed, Some(Product::Cloud), &loopback()).unwrap();
    let bearer = Authorization::Bearer(Secret::new(SECRET));
    let client = Client::new(&http(), site, bearer, Pace::new(PaceLimits::default()));
    let error = client.spaces("", 10).await.unwrap_err();
    assert!(matches!(error.problem, Problem::Tls { .. }), "{error}");
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again() {
    let server = TestServer::start(|_asked| {
        Reply::new(401, &[("atl-traceid", "0123abcd")], "<html>Sign in</html>")
    })
    .await;
    let client = server.client(Product::Cloud);
    let error = client.spaces("", 10).await.unwrap_err();
    assert_eq!(error.problem, Problem::Unauthorized);
    assert_eq!(error.trace_id.as_deref(), Some("0123abcd"));
    assert!(client.spaces("", 10).await.is_err());
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_missing_scope_stops_nothing_else() {
    let server = failing(1, || {
        Reply::new(
            401,
            &[],
            "{\"code\":401,\"message\":\"Unauthorized; scope does not match\"}",
        )
    })
    .await;
    let client = server.client(Product::Cloud);
    let error = client.spaces("", 10).await.unwrap_err();
    assert!(
        error.sentence().contains("read:space:confluence"),
        "{}",
        error.sentence()
    );
    assert!(client.spaces("", 10).await.is_ok());
}

#[tokio::test]
async fn what_is_no_data_is_named_without_its_text() {
    let page = failing(9, || Reply::new(200, &[], "<!DOCTYPE html><p>secret</p>")).await;
    let what = "a web page instead of data".to_owned();
    assert_eq!(problem_of(&page).await, Problem::NotUnderstood { what });
    let invalid = failing(9, || Reply::new(200, &[], "{\"results\": [}")).await;
    assert!(matches!(
        problem_of(&invalid).await,
        Problem::NotUnderstood { .. }
    ));
    let empty = failing(9, || Reply::new(200, &[], "")).await;
    assert!(matches!(
        problem_of(&empty).await,
        Problem::NotUnderstood { .. }
    ));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let huge = failing(9, || {
        Reply::raw(200, &[("Content-Length", "5000000000")], "{")
    })
    .await;
    assert!(matches!(problem_of(&huge).await, Problem::TooLarge { .. }));
    assert_eq!(huge.asked().len(), 1);
    let endless = failing(9, || Reply::raw(200, &[], &" ".repeat(33 * 1024 * 1024))).await;
    assert!(matches!(
        problem_of(&endless).await,
        Problem::TooLarge { .. }
    ));
}

#[tokio::test]
async fn redirects_and_next_links_to_other_hosts_are_not_followed() {
    let other = TestServer::start(|_asked| spaces()).await;
    let there = format!("{}/wiki/api/v2/spaces", other.origin);
    let redirect = there.clone();
    let server =
        TestServer::start(move |_asked| Reply::new(302, &[("Location", &redirect)], "")).await;
    let to = other.origin.clone();
    assert_eq!(
        problem_of(&server).await,
        Problem::WrongHost { to: to.clone() }
    );
    let server = TestServer::start(move |_asked| {
        Reply::json(&json!({"results": [], "_links": {"next": there}}))
    })
    .await;
    assert_eq!(problem_of(&server).await, Problem::WrongHost { to });
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_list_that_leads_in_a_circle_ends() {
    let server = TestServer::start(|_asked| {
        Reply::json(&json!({"results": [], "_links": {"next": "/wiki/api/v2/spaces?cursor=a"}}))
    })
    .await;
    assert!(matches!(
        problem_of(&server).await,
        Problem::NotUnderstood { .. }
    ));
    assert!(server.asked().len() < 5);
}

#[tokio::test]
async fn addresses_that_are_not_allowed_are_not_connected_to() {
    let server = TestServer::start(|_asked| spaces()).await;
    let port = server.origin.rsplit(':').next().unwrap();
    let strict = Http::new(&OutboundRules {
        private_networks: vec!["10.0.0.0/8".parse().unwrap()],
    })
    .unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let typed = format!("http://{host}:{port}/wiki");
        let site = Site::recognise(&typed, Some(Product::Cloud), &loopback()).unwrap();
        let bearer = Authorization::Bearer(Secret::new("x"));
        let client = Client::new(&strict, site, bearer, Pace::new(PaceLimits::default()));
        let error = client.spaces("", 10).await.unwrap_err();
        let host = host.to_owned();
        assert_eq!(error.problem, Problem::Blocked { host });
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_site_that_is_not_there_is_told_and_the_breaker_opens() {
    let site = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let typed = format!("http://{}", listener.local_addr().unwrap());
        Site::recognise(&typed, Some(Product::Cloud), &loopback()).unwrap()
    };
    let bearer = Authorization::Bearer(Secret::new("x"));
    let client = Client::new(&http(), site, bearer, Pace::new(PaceLimits::default()));
    let first = client.spaces("", 10).await.unwrap_err();
    assert!(matches!(first.problem, Problem::Unreachable { .. }));
    let second = client.spaces("", 10).await.unwrap_err();
    assert!(second.is_transient());
    let third = client.spaces("", 10).await.unwrap_err();
    assert!(matches!(third.problem, Problem::Paused { .. }), "{third}");
}

/// Callers run them on any thread; this compiles or it does not.
#[tokio::test]
async fn calls_may_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let server = TestServer::start(|_asked| spaces()).await;
    let client = server.client(Product::Cloud);
    assert_send(&client.list(Root::Tree("1"), Detail::Bodies));
    assert_send(&client.page("1", ContentKind::Page));
    assert_send(&client.test(time::OffsetDateTime::UNIX_EPOCH));
}

#[tokio::test]
async fn requests_name_the_portal_and_carry_neither_body_nor_type() {
    let server = TestServer::start(|_asked| spaces()).await;
    server.client(Product::Cloud).spaces("", 10).await.unwrap();
    let asked = &server.asked()[0];
    assert_eq!(asked.method, "GET");
    assert!(asked.headers.contains("user-agent: vestibule/"));
    assert!(asked.headers.contains("authorization: basic "));
    assert!(asked.body.is_empty());
    for name in [
        "content-type",
        "content-length",
        "accept-encoding",
        "cookie",
        "referer",
    ] {
        assert!(
            !asked.headers.contains(&format!("{name}:")),
            "{}",
            asked.headers
        );
    }
}

#[tokio::test]
async fn errors_tell_nothing_of_credentials() {
    let server = TestServer::start(|asked| {
        // A site that echoes what it was sent.
        let sent = asked
            .headers
            .lines()
            .find(|line| line.starts_with("authorization"))
            .unwrap();
        Reply::new(
            500,
            &[],
            &json!({"message": format!("bad {sent} {SECRET}")}).to_string(),
        )
    })
    .await;
    let error = server
        .client(Product::Cloud)
        .spaces("", 10)
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?} {}", error.sentence());
    assert!(
        !shown.contains(SECRET) && !shown.contains("ywrh"),
        "{shown}"
    );
}
