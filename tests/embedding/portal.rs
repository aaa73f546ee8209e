//! The real portal in a process of its own, behind the front, and what an admin does with it by the API.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::SimpleConnection as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::front::{Front, PORTAL};
use super::postgres::{self, Database};
use super::share::Share;

const SECRET_KEY: &str = "5ec2e7";
/// Of every share.
pub(crate) const PASSWORD: &str = "avocet on the mudflat";

/// A running portal. Dropping it stops it, and its database goes with it.
pub(crate) struct Portal {
    process: Child,
    http: reqwest::Client,
    api: String,
    api_token: String,
    origin: String,
    log: Log,
    // Declared after the process, which `drop` has ended by then.
    database: Database,
    _data_dir: TempDir,
}

/// Lines of the log at level `debug`.
type Log = Arc<Mutex<String>>;

impl Portal {
    /// Behind `front`, with the sample space, and with these environment variables beside what it needs.
    pub(crate) fn start(front: &Front, more: &[(&str, &str)]) -> Self {
        // The client of the tests takes the crypto library of the process, and is the first to name one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let data_dir = tempfile::tempdir().unwrap();
        copy_folder(&postgres::sample().data_dir, data_dir.path());
        let database = Database::with_sample();
        let origin = front.origin(PORTAL);
        let mut process = vestibule(&["serve", "--no-migrate"], &database)
            .env("VESTIBULE_DATA_DIR", data_dir.path())
            .env("VESTIBULE_BASE_URL", &origin)
            .env("VESTIBULE_LISTEN", "127.0.0.1:0")
            .env("VESTIBULE_TRUSTED_PROXIES", "127.0.0.1")
            .env("VESTIBULE_SECRET_KEY", SECRET_KEY.repeat(22))
            .env("VESTIBULE_LOG", "debug")
            .envs(more.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::default();
        let address = read_log(process.stderr.take().unwrap(), &log);
        front.set_portal(address);
        let made = vestibule(&["token", "add", "tests", "--scope", "write"], &database)
            .output()
            .unwrap();
        let http = reqwest::Client::builder().resolve(PORTAL, address);
        Self {
            process,
            http: http.no_proxy().build().unwrap(),
            api: format!("http://{PORTAL}:{}/api/v1", address.port()),
            api_token: String::from_utf8(made.stdout).unwrap().trim().to_owned(),
            origin,
            log,
            database,
            _data_dir: data_dir,
        }
    }

    /// A share of the sample's page tree below this page, behind [`PASSWORD`], that these origins may embed. What
    /// `more` holds is added to what the API is sent.
    pub(crate) async fn share(&self, page: u64, origins: &[String], more: Value) -> Share {
        let mut body = json!({
            "name": "Manual", "scope": "tree", "pageId": page.to_string(), "password": PASSWORD,
            "connectionId": postgres::sample().connection_id, "embedOrigins": origins,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let made = self.call(Method::POST, "shares", &body).await;
        Share::new(&self.origin, &made)
    }

    /// Ends every pass of the share; a password that is set does so, even if it is the old one.
    pub(crate) async fn sign_everybody_out(&self, share: &Share) {
        let path = format!("shares/{}", share.id);
        let body = json!({ "password": PASSWORD });
        self.call(Method::PATCH, &path, &body).await;
    }

    /// As if half an hour had gone by since any key of the cookieless way was used.
    pub(crate) fn let_keys_run_out(&self) {
        let half_an_hour_ago =
            "update cookieless_pass set last_used_at = last_used_at - interval '31 minutes'";
        self.database
            .connect()
            .batch_execute(half_an_hour_ago)
            .unwrap();
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self
            .http
            .request(method, format!("{}/{path}", self.api))
            .bearer_auth(&self.api_token)
            .json(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let answer = answer.json().await.unwrap_or_default();
        assert!(status.is_success(), "{status}: {answer}");
        answer
    }

    /// What a site tells by a signed call-back; the status that comes back.
    pub(crate) async fn is_told(&self, path: &str, token: &str, body: &Value) -> u16 {
        let url = format!("{}{path}", self.api.trim_end_matches("/api/v1"));
        let request = self.http.post(url).json(body);
        let request = request.header("authorization", format!("JWT {token}"));
        request.send().await.unwrap().status().as_u16()
    }

    /// Every line that it has logged so far.
    pub(crate) fn log(&self) -> String {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.process.id().cast_signed());
        // Not in good order: browsers may still hold requests open, and nobody waits for them.
        let _gone = kill(pid, Signal::SIGKILL);
        let _gone = self.process.wait();
    }
}

/// With nothing configured but the database, whatever the environment of the run says.
fn vestibule(args: &[&str], database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command.args(args).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .env("DATABASE_URL", database.url())
        .stdin(Stdio::null());
    command
}

/// Keeps the log from now on; returns the address it tells.
fn read_log(stderr: ChildStderr, log: &Log) -> SocketAddr {
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let address = lines.by_ref().find_map(|line| {
        keep(log, &line);
        listening(&line)
    });
    let address = address.unwrap_or_else(|| panic!("no portal: {log:?}"));
    let log = Arc::clone(log);
    std::thread::spawn(move || lines.for_each(|line| keep(&log, &line)));
    address
}

fn keep(log: &Log, line: &str) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.push_str(line);
    log.push('\n');
}

/// `"listen":"Some(127.0.0.1:41309)"`.
fn listening(line: &str) -> Option<SocketAddr> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = line["listen"].as_str()?.strip_prefix("Some(")?;
    address.strip_suffix(')')?.parse().ok()
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
