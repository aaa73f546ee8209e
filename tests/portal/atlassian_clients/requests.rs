//! Requests with tokens, from us to an app of the framework's that plays the site, and from its client to us.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use vestibule::clock;
use vestibule::confluence::Product;
use vestibule::confluence::connect::jwt::JwtError;
use vestibule::confluence::connect::request::{QshRule, Request, one_token, verify_request};
use vestibule::confluence::error::Problem;
use vestibule::confluence::pace::PaceLimits;
use vestibule::confluence::{Authorization, Client, Pace, Secret, Site};

use super::{APP_KEY, CLIENT_KEY, Captured, PORTAL, SECRET, http, loopback, signed, start_script};

#[tokio::test]
async fn requests_that_we_sign_pass_the_framework() {
    let app = App::start(&json!({}));
    let spaces = app.client(SECRET).spaces("", 10).await.unwrap();
    assert_eq!(spaces[0].name, "Taken");
    let space = app.client(SECRET).space("D S+Ä&*'()~,=%").await.unwrap();
    assert_eq!(space.name, "Taken");
    // The framework says 400 to a wrong signature.
    let refused = app.client("another secret").spaces("", 10).await;
    let problem = refused.unwrap_err().problem;
    assert!(matches!(problem, Problem::Rejected { .. }), "{problem:?}");
}

#[tokio::test]
async fn requests_that_the_framework_signs_are_taken() {
    let portal = Captured::start("{}").await;
    let app = App::start(&json!({"site": portal.origin}));
    let paths = [
        ("get", "/atlassian/share?pageId=65961985&spaceKey=DS"),
        ("get", "/atlassian/space?spaceKey=~ada%20l&x=a+b"),
        ("post", "/atlassian/enabled"),
        ("get", "/atlassian/share?b=2&a=%C3%A4&jwt2=*"),
    ];
    for (method, path) in paths {
        assert_eq!(app.ask("site", method, path, &json!({})).await, 200);
    }
    let heads = portal.requests();
    assert_eq!(heads.len(), paths.len());
    for head in &heads {
        assert_eq!(
            check_request(head, SECRET, QshRule::Exact),
            Ok(()),
            "{head}"
        );
        let other = check_request(head, "another secret", QshRule::Exact);
        assert_eq!(other, Err(JwtError::Signature));
        let moved = head.replacen("/atlassian/", "/atlassian/x", 1);
        let moved = check_request(&moved, SECRET, QshRule::OrContext);
        assert_eq!(moved, Err(JwtError::Request));
    }
}

#[test]
fn a_script_s_token_counts_only_in_the_background() {
    let now = clock::now();
    let url = format!("{PORTAL}/atlassian/share");
    let claims = json!({"qsh": "context-qsh"});
    let order = json!({"context": {"method": "GET", "url": url, "by": "secret", "claims": claims}});
    let signed = signed(now, PORTAL, &order);
    let token = signed["tokens"]["context"].as_str().unwrap();
    let head = format!("GET /atlassian/share HTTP/1.1\r\nauthorization: JWT {token}\r\n");
    assert_eq!(check_request(&head, SECRET, QshRule::OrContext), Ok(()));
    assert_eq!(
        check_request(&head, SECRET, QshRule::Exact),
        Err(JwtError::Request)
    );
}

/// The raw head of a request, as the portal would check it.
fn check_request(head: &str, secret: &str, rule: QshRule) -> Result<(), JwtError> {
    let mut words = head.split(' ');
    let request = Request {
        method: words.next().unwrap(),
        target: words.next().unwrap(),
    };
    let authorization = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then_some(value)
    });
    let query = request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let token = one_token(query, authorization).unwrap().unwrap();
    let claims = verify_request(&token, &Secret::new(secret), request, rule, clock::now())?;
    assert!(["site", CLIENT_KEY].contains(&claims.issuer.as_str()));
    Ok(())
}

/// An app made with Atlassian's framework, for the time of a test.
pub(super) struct App {
    child: Child,
    origin: String,
    _folder: TempDir,
}

impl App {
    pub(super) fn start(sites: &Value) -> Self {
        // The client of the tests takes the crypto library of the process, and is the first to name one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let order = json!({
            "appKey": APP_KEY, "clientKey": CLIENT_KEY, "sharedSecret": SECRET, "sites": sites,
        });
        let (mut child, folder) = start_script("atlassian_app.cjs", &order);
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        Self {
            child,
            origin: format!("http://127.0.0.1:{}", line.trim()),
            _folder: folder,
        }
    }

    /// Our client, which takes the app for a site.
    fn client(&self, secret: &str) -> Client {
        let typed = format!("{}/wiki", self.origin);
        let site = Site::recognise(&typed, Some(Product::Cloud), &loopback()).unwrap();
        let authorization = Authorization::App {
            app_key: APP_KEY.to_owned(),
            client_key: CLIENT_KEY.to_owned(),
            secret: Secret::new(secret),
            clock: clock::now,
        };
        Client::new(
            &http(),
            site,
            authorization,
            Pace::new(PaceLimits::default()),
        )
    }

    /// Lets the framework's client send a request, and returns the status that it got.
    pub(super) async fn ask(&self, site: &str, method: &str, path: &str, body: &Value) -> Value {
        let mut url = Url::parse(&format!("{}/ask/{site}", self.origin)).unwrap();
        url.query_pairs_mut()
            .append_pair("method", method)
            .append_pair("path", path)
            .append_pair("body", &body.to_string());
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        answer["status"].clone()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
