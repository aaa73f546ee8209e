//! The origin check as a table, and the token.

use actix_web::test::TestRequest;
use clap::Parser as _;

use super::{CsrfToken, Foreign, check_origin};
use crate::config::{ServeArgs, Settings};

#[derive(clap::Parser)]
struct Arguments {
    #[command(flatten)]
    serve: ServeArgs,
}

fn settings(base_url: &str, hosts: &str) -> Settings {
    let key = "ab".repeat(64);
    let line = [
        "vestibule",
        "--database-url=postgres://localhost/none",
        &format!("--secret-key={key}"),
        &format!("--base-url={base_url}"),
        &format!("--hosts={hosts}"),
    ];
    Arguments::parse_from(line).serve.read().unwrap()
}

fn check(headers: &[(&'static str, &'static str)]) -> Result<(), Foreign> {
    let request = headers.iter().fold(TestRequest::post(), |request, header| {
        request.insert_header(*header)
    });
    let settings = settings("https://portal.example", "docs.client.example");
    check_origin(&request.to_http_request(), &settings)
}

#[test]
fn fetch_metadata_decides_where_the_browser_sends_it() {
    assert_eq!(check(&[("sec-fetch-site", "same-origin")]), Ok(()));
    assert_eq!(check(&[("sec-fetch-site", "none")]), Ok(()));
    for foreign in ["same-site", "cross-site", "", "Same-Origin"] {
        let both = [
            ("sec-fetch-site", foreign),
            ("origin", "https://portal.example"),
        ];
        assert_eq!(check(&both), Err(Foreign::OtherSite), "{foreign:?}");
    }
}

#[test]
fn without_fetch_metadata_the_origin_must_be_our_own() {
    assert_eq!(check(&[("origin", "https://portal.example")]), Ok(()));
    for foreign in [
        "null",
        "https://evil.example",
        "http://portal.example",
        "https://portal.example:8443",
        "https://portal.example.evil.example",
        "https://sub.portal.example",
        "",
    ] {
        assert_eq!(
            check(&[("origin", foreign)]),
            Err(Foreign::OtherSite),
            "{foreign:?}"
        );
    }
}

#[test]
fn a_listed_host_is_our_own_only_for_requests_to_it() {
    let origin = ("origin", "https://docs.client.example");
    assert_eq!(check(&[origin, ("host", "docs.client.example")]), Ok(()));
    assert_eq!(
        check(&[origin, ("host", "portal.example")]),
        Err(Foreign::OtherSite)
    );
    assert_eq!(
        check(&[origin, ("host", "docs.client.example:8443")]),
        Err(Foreign::OtherSite)
    );
}

#[test]
fn a_request_that_says_nothing_is_refused() {
    assert_eq!(check(&[]), Err(Foreign::Unsaid));
}

#[test]
fn a_token_matches_itself_only() {
    let token = CsrfToken::random();
    assert!(token.matches(token.field_value()));
    assert!(!token.matches(CsrfToken::random().field_value()));
    assert!(!token.matches(""));
    assert!(!token.matches(&token.field_value()[1..]));
}
