//! Atlassian's own libraries for apps on the other side: what they sign, we take; what we sign, they take; and both compute
//! the same hashes. The scripts are in `tests/clients`.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;
use vestibule::clock;
use vestibule::confluence::connect::callback::{
    CallbackError, Event, Expected, Received, verify_signed_by_atlassian, verify_signed_by_site,
};
use vestibule::confluence::connect::install_keys::InstallKeys;
use vestibule::confluence::connect::jwt::JwtError;
use vestibule::confluence::connect::qsh;
use vestibule::confluence::connect::request::{QshRule, Request, one_token, verify_request};
use vestibule::confluence::error::Problem;
use vestibule::confluence::model::Product;
use vestibule::confluence::pace::Limits;
use vestibule::confluence::{Authorization, Client, Http, OutboundRules, Pace, Secret, Site};

use crate::clients::node_folder;

const VECTORS: &str = include_str!("../fixtures/connect/jwt-qsh-vectors.json");
const PAYLOADS: &str = include_str!("../fixtures/connect/lifecycle-payloads.json");

const APP_KEY: &str = "com.example.share";
const CLIENT_KEY: &str = "11111111-2222-3333-4444-555555555555";
const SECRET: &str = "a-secret-key-not-to-be-lost";
const KEY_ID: &str = "f50f8562-f146-4b98-9bbb-7ce9545603b6";
const PORTAL: &str = "https://portal.example";

#[test]
fn the_library_computes_all_vectors_as_we_do() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["qsh"].as_array().unwrap();
    let requests = cases.iter().map(|case| {
        json!({
            "method": case["method"], "url": case["url"], "body": case["body"], "base": case["base_url"],
        })
    });
    let theirs = hashes(&requests.collect());
    assert_eq!(theirs.len(), 39);
    for (case, theirs) in cases.iter().zip(&theirs) {
        assert_eq!(case["qsh"], *theirs, "{}", case["note"]);
        if case["body"].is_null() {
            let base_path = case["base_url"].as_str().map_or(String::new(), |base| {
                let base = Url::parse(base).unwrap();
                base.path().trim_end_matches('/').to_owned()
            });
            let text = |name: &str| case[name].as_str().unwrap();
            let ours = qsh::hash(text("method"), text("url"), &base_path);
            assert_eq!(ours, *theirs, "{}", case["note"]);
        }
    }
}

/// Whatever a query can be made of, put together by a counter.
#[test]
fn the_library_computes_other_requests_as_we_do() {
    const PIECES: [&str; 26] = [
        "&",
        "=",
        "+",
        "%20",
        "%2B",
        "%26",
        "%3D",
        "%2C",
        ",",
        "a",
        "A",
        "b",
        "jwt",
        "%C3%A4",
        "%F0%9F%98%80",
        "%EF%BF%BD",
        "%FF",
        "%zz",
        "%",
        "*",
        "~",
        "!",
        "(",
        ";",
        ":",
        "/",
    ];
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let targets: Vec<String> = (0..2_000)
        .map(|_| {
            let query: String = (0..next(14)).map(|_| PIECES[next(PIECES.len())]).collect();
            format!("/wiki/a%2fb/{}?{query}", "x/".repeat(next(3)))
        })
        .collect();
    let requests = targets
        .iter()
        .map(|url| json!({"method": "GET", "url": url}));
    let theirs = hashes(&requests.collect());
    for (target, theirs) in targets.iter().zip(&theirs) {
        assert_eq!(qsh::hash("GET", target, ""), *theirs, "{target}");
        assert!(qsh::matches(theirs, "GET", target, ""));
    }
}

#[tokio::test]
async fn call_backs_that_the_library_signs_are_taken() {
    let now = clock::now();
    let url = |event: Event| format!("{PORTAL}/atlassian/{}", event.as_str());
    let by_key = |event, claims: Value| json!({"method": "POST", "url": url(event), "by": "key", "claims": claims});
    let by_secret =
        |event| json!({"method": "POST", "url": url(event), "by": "secret", "claims": {}});
    let aud = json!([PORTAL]);
    let signed = signed(
        now,
        &json!({
            "installed": by_key(Event::Installed, json!({"aud": aud})),
            "uninstalled": by_key(Event::Uninstalled, json!({"aud": aud})),
            "other app": by_key(Event::Installed, json!({"aud": ["https://evil.example"]})),
            "other site": by_key(Event::Installed, json!({"aud": aud, "iss": "other"})),
            "enabled": by_secret(Event::Enabled),
            "disabled": by_secret(Event::Disabled),
        }),
    );
    let keys = Captured::start(signed["publicKey"].as_str().unwrap()).await;
    let install_keys = InstallKeys::new(Url::parse(&keys.origin).unwrap());
    let check = async |event, name: &str| {
        check_callback(&install_keys, event, signed["tokens"][name].as_str(), now).await
    };
    for event in [
        Event::Installed,
        Event::Enabled,
        Event::Disabled,
        Event::Uninstalled,
    ] {
        check(event, event.as_str()).await.unwrap();
    }
    let wrong = check(Event::Installed, "other app").await;
    assert!(matches!(wrong, Err(CallbackError::Mismatch("app"))));
    let wrong = check(Event::Installed, "other site").await;
    assert!(matches!(wrong, Err(CallbackError::Mismatch("site"))));
    let wrong = check(Event::Installed, "uninstalled").await;
    assert!(matches!(
        wrong,
        Err(CallbackError::Token(JwtError::Request))
    ));
    let wrong = check(Event::Installed, "enabled").await;
    assert!(matches!(
        wrong,
        Err(CallbackError::Token(JwtError::Algorithm))
    ));
    // The key was fetched once for all of them.
    assert_eq!(keys.heads().len(), 1);
    assert!(keys.heads()[0].starts_with(&format!("GET /{KEY_ID} ")));
}

async fn check_callback(
    keys: &InstallKeys,
    event: Event,
    token: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), CallbackError> {
    let payloads: Value = serde_json::from_str(PAYLOADS).unwrap();
    let body = payloads[event.as_str()]["body"].to_string();
    let received = Received {
        event,
        token,
        body: body.as_bytes(),
        method: "POST",
        target: &format!("/atlassian/{}", event.as_str()),
    };
    let expected = Expected {
        app_key: APP_KEY,
        audiences: &[PORTAL.to_owned()],
        allows_host: &|host| host == "acme.atlassian.net",
    };
    let callback = match event {
        Event::Installed | Event::Uninstalled => {
            verify_signed_by_atlassian(&http(), keys, &received, &expected, now).await
        }
        Event::Enabled | Event::Disabled => {
            verify_signed_by_site(&received, &expected, &Secret::new(SECRET), now)
        }
    }?;
    assert_eq!(callback.client_key, CLIENT_KEY);
    Ok(())
}

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
        app.ask("site", method, path).await;
    }
    let heads = portal.heads();
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
    let signed = signed(now, &order);
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

fn loopback() -> OutboundRules {
    OutboundRules {
        private_networks: vec!["127.0.0.0/8".parse().unwrap()],
    }
}

fn http() -> Http {
    Http::new(&loopback()).unwrap()
}

fn hashes(requests: &Vec<Value>) -> Vec<String> {
    serde_json::from_value(answer_of("atlassian_hash.cjs", &json!(requests))).unwrap()
}

fn signed(now: OffsetDateTime, requests: &Value) -> Value {
    let order = json!({
        "now": now.unix_timestamp(), "clientKey": CLIENT_KEY, "sharedSecret": SECRET, "keyId": KEY_ID,
        "base": PORTAL, "requests": requests,
    });
    answer_of("atlassian_site.cjs", &order)
}

fn answer_of(script: &str, order: &Value) -> Value {
    let (child, _folder) = start_script(script, order);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn start_script(script: &str, order: &Value) -> (Child, TempDir) {
    let folder = node_folder(script);
    let mut child = Command::new("node")
        .arg(folder.path().join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(order.to_string().as_bytes()).unwrap();
    (child, folder)
}

/// An app made with Atlassian's framework, for the time of a test.
struct App {
    child: Child,
    origin: String,
    _folder: TempDir,
}

impl App {
    fn start(sites: &Value) -> Self {
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
        Client::new(&http(), site, authorization, Pace::new(Limits::default()))
    }

    /// Lets the framework's client send a request.
    async fn ask(&self, site: &str, method: &str, path: &str) {
        let mut url = Url::parse(&format!("{}/ask/{site}", self.origin)).unwrap();
        url.query_pairs_mut()
            .append_pair("method", method)
            .append_pair("path", path);
        let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        assert_eq!(answer["status"], 200, "{path}: {answer}");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A server that says one thing, and keeps the head of every request as it came.
struct Captured {
    origin: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Captured {
    async fn start(says: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (kept, says) = (heads.clone(), says.to_owned());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = Vec::new();
                while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
                    if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                kept.lock().unwrap().push(String::from_utf8(bytes).unwrap());
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{says}",
                    says.len()
                );
                let _sent = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { origin, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}
