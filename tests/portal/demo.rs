//! `vestibule demo`, started as somebody who wants a first look does. What a browser shows of it is `tests/browser`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, RequestBuilder, redirect};
use scraper::{Html, Selector};
use tempfile::TempDir;

use crate::support::{Ran, eventually, vestibule};

/// A demo that runs; what it printed, by lines.
struct Demo {
    process: Child,
    printed: Vec<String>,
}

impl Demo {
    fn start(data_dir: &Path) -> Self {
        let mut command = demo(data_dir, "127.0.0.1:0", "127.0.0.1:0");
        let process = command.stderr(Stdio::null()).spawn().unwrap();
        let mut demo = Self {
            process,
            printed: Vec::new(),
        };
        let stdout = BufReader::new(demo.process.stdout.as_mut().unwrap());
        for line in stdout.lines() {
            demo.printed.push(line.unwrap());
            if demo.printed.last().unwrap().starts_with("      token") {
                return demo;
            }
        }
        panic!("the demo ended: {:?}", demo.printed);
    }

    /// What stands beside a label, the `nth` time it is printed.
    fn told(&self, label: &str, nth: usize) -> &str {
        let prefix = format!("{label} ");
        let lines = self.printed.iter().map(|line| line.trim_start());
        let mut values = lines.filter_map(|line| line.strip_prefix(prefix.as_str()));
        let value = values.nth(nth).unwrap_or_else(|| panic!("no {label}"));
        value.split_whitespace().next().unwrap()
    }

    fn client_url(&self) -> &str {
        let mut lines = self.printed.iter().map(|line| line.trim());
        lines.find(|line| line.starts_with("http://")).unwrap()
    }

    /// Everything that must be the same at every start; ports are not.
    fn secrets(&self) -> [String; 7] {
        let id = |url: &str| url.rsplit('/').next().unwrap().to_owned();
        [
            id(self.told("An open share", 0)),
            id(self.told("A share with a password", 0)),
            id(self.told("the share itself", 0)),
            self.told("password", 0).to_owned(),
            self.told("e-mail", 0).to_owned(),
            self.told("password", 1).to_owned(),
            self.told("token", 0).to_owned(),
        ]
    }

    /// As Ctrl+C, or as a crash.
    fn end(mut self, signal: Signal) -> Option<i32> {
        kill(Pid::from_raw(self.process.id().cast_signed()), signal).unwrap();
        self.process.wait().unwrap().code()
    }

    async fn number_of_shares(&self) -> usize {
        let root = self.told("API reference", 0).trim_end_matches("/docs");
        let request = http().get(format!("{root}/v1/shares"));
        let answer = request.bearer_auth(self.told("token", 0)).send().await;
        let body: serde_json::Value = answer.unwrap().json().await.unwrap();
        body["items"].as_array().unwrap().len()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn demo(data_dir: &Path, listen: &str, client_listen: &str) -> Command {
    let data_dir = data_dir.to_str().unwrap();
    vestibule(&[
        "demo",
        "--listen",
        listen,
        "--client-listen",
        client_listen,
        "--data-dir",
        data_dir,
    ])
}

/// PostgreSQL's user must be able to enter it.
fn data_dir() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn http() -> Client {
    // The client of the tests takes the crypto library of the process, and is the first to name one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().redirect(redirect::Policy::none());
    client.no_proxy().build().unwrap()
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn everything_it_prints_works() {
    let folder = data_dir();
    let demo = Demo::start(folder.path());
    let http = http();

    assert_eq!(status(http.get(demo.told("An open share", 0))).await, 200);
    let [protected, embedded] =
        ["A share with a password", "the share itself"].map(|name| demo.told(name, 0));
    for share in [protected, embedded] {
        assert_eq!(status(http.get(share)).await, 401);
        let sign_in = |password: &str| {
            http.post(format!("{share}/session"))
                .form(&[("password", password)])
        };
        assert_eq!(status(sign_in(demo.told("password", 0))).await, 303);
        assert_eq!(status(sign_in("another one")).await, 422);
    }
    let admin = demo.told("Admin pages", 0);
    let fields = [
        ("email", demo.told("e-mail", 0)),
        ("password", demo.told("password", 1)),
    ];
    let sign_in = http
        .post(format!("{admin}/sign-in"))
        .header("sec-fetch-site", "same-origin")
        .form(&fields);
    assert_eq!(status(sign_in).await, 303);
    assert_eq!(
        status(http.get(format!("{}/", demo.told("API reference", 0)))).await,
        200
    );
    assert_eq!(demo.number_of_shares().await, 3);
}

#[tokio::test]
async fn the_clients_site_frames_its_share_with_a_token_that_opens_it() {
    let folder = data_dir();
    let demo = Demo::start(folder.path());
    let page = http().get(demo.client_url()).send().await.unwrap();
    let page = Html::parse_document(&page.text().await.unwrap());
    let frame = Selector::parse("iframe").unwrap();
    let framed = page.select(&frame).next().unwrap().attr("src").unwrap();
    let share = demo.told("the share itself", 0);
    assert!(framed.starts_with(&format!("{share}?unlock=")), "{framed}");

    let in_frame = |url: &str| http().get(url).header("sec-fetch-dest", "iframe");
    let opened = in_frame(framed).send().await.unwrap();
    assert_eq!(opened.status(), 303);
    let cookie = opened.headers()["set-cookie"].to_str().unwrap();
    let pass = cookie.split(';').next().unwrap();
    let manual = in_frame(share).header("cookie", pass).send().await.unwrap();

    assert_eq!(manual.status(), 200);
    let policy = manual.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    let client = demo.client_url().trim_end_matches('/');
    let framed_by = format!("frame-ancestors {client}");
    assert!(policy.contains(&framed_by), "{policy}");
}

#[tokio::test]
async fn later_starts_find_what_the_first_one_made_even_after_a_crash() {
    let folder = data_dir();
    let first = Demo::start(folder.path());
    let secrets = first.secrets();
    assert_eq!(first.number_of_shares().await, 3);
    assert!(processes_of(folder.path()) > 1);
    assert_eq!(first.end(Signal::SIGINT), Some(0));
    nothing_runs_in(folder.path()).await;

    let second = Demo::start(folder.path());
    assert_eq!(second.secrets(), secrets);
    assert_eq!(second.number_of_shares().await, 3);
    assert_eq!(second.end(Signal::SIGKILL), None);

    let third = Demo::start(folder.path());
    assert_eq!(third.secrets(), secrets);
    assert_eq!(
        status(http().get(third.told("An open share", 0))).await,
        200
    );
    assert_eq!(third.end(Signal::SIGTERM), Some(0));
    nothing_runs_in(folder.path()).await;
}

#[tokio::test]
async fn its_postgresql_does_not_outlive_a_crash() {
    let folder = data_dir();
    let demo = Demo::start(folder.path());
    assert_eq!(demo.end(Signal::SIGKILL), None);
    nothing_runs_in(folder.path()).await;
}

#[test]
fn a_port_in_use_is_told_with_the_flag_that_sets_another() {
    let folder = data_dir();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (flag, mut command) in [
        ("--listen", demo(folder.path(), &address, "127.0.0.1:0")),
        (
            "--client-listen",
            demo(folder.path(), "127.0.0.1:0", &address),
        ),
    ] {
        let refused = Ran::of(&mut command);
        assert_eq!(refused.code, Some(1));
        for part in [
            format!("{address} is taken"),
            format!("vestibule demo {flag} "),
        ] {
            assert!(refused.stderr.contains(&part), "{}", refused.stderr);
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

async fn nothing_runs_in(folder: &Path) {
    eventually("its processes are gone", async || processes_of(folder) == 0).await;
}

/// Programs whose command line names the folder, which those of a demo's PostgreSQL do.
fn processes_of(folder: &Path) -> usize {
    let folder = folder.to_str().unwrap().as_bytes();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let command_lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    command_lines
        .filter(|line| line.windows(folder.len()).any(|part| part == folder))
        .count()
}
