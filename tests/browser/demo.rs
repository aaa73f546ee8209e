//! The real `vestibule demo` in a process of its own: everything a test knows of it, a person reads on the terminal.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Browser;

/// A running demo. When this is dropped, or our own process ends, it is stopped and what it wrote is removed.
pub(crate) struct Demo {
    _process: Child,
    /// Scheme, host and port.
    pub(crate) portal: String,
    pub(crate) open_share: String,
    pub(crate) password_share: String,
    pub(crate) embedded_share: String,
    pub(crate) client_site: String,
    pub(crate) share_password: String,
    pub(crate) admin_email: String,
    pub(crate) admin_password: String,
    pub(crate) api_token: String,
}

/// Runs the demo until our end of its input is closed, however that comes about.
const UNTIL_LET_GO: &str = r#"trap '' INT
data=$1; shift
"$@" </dev/null & demo=$!
exec >/dev/null
read -r _
kill "$demo"; wait "$demo"
rm -rf "$data""#;

impl Demo {
    /// The one that tests have in common: each makes shares of its own, and changes nothing else of it.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: LazyLock<Demo> = LazyLock::new(Demo::start);
        &SHARED
    }

    pub(crate) fn start() -> Self {
        // The client of the tests takes the crypto library of the process, and is the first to name one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let data = tempfile::tempdir().unwrap().keep();
        // As root the database belongs to another user, who has to get in.
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        let mut process = Command::new("sh")
            .args(["-c", UNTIL_LET_GO, "sh"])
            .arg(&data)
            .arg(env!("CARGO_BIN_EXE_vestibule"))
            .args(["demo", "--listen", "127.0.0.1:0", "--client-listen"])
            .args(["127.0.0.1:0", "--data-dir"])
            .arg(data.join("demo"))
            .env("VESTIBULE_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut summary = Vec::new();
        while !summary
            .iter()
            .any(|line: &String| line.starts_with("token "))
        {
            let line = said.next().expect("the demo has ended early").unwrap();
            summary.push(line.trim().to_owned());
        }
        // It would stop when it cannot write any more.
        std::thread::spawn(move || said.for_each(drop));
        let told = |label: &str, occurrence: usize| told(&summary, label, occurrence);
        let admin_pages = told("Admin pages", 0);
        Self {
            portal: admin_pages.trim_end_matches("/admin").to_owned(),
            open_share: told("An open share", 0),
            password_share: told("A share with a password", 0),
            embedded_share: told("the share itself", 0),
            client_site: told("http://127.0.0.1", 0),
            share_password: told("password", 0),
            admin_email: told("e-mail", 0),
            admin_password: told("password", 1),
            api_token: told("token", 0),
            _process: process,
        }
    }

    /// Signs the demo's admin in, in this browser.
    pub(crate) async fn sign_in(&self, browser: &Browser) {
        browser.open(&format!("{}/admin", self.portal)).await;
        let email = browser.find("#email").await;
        email.send_keys(&self.admin_email).await.unwrap();
        let password = browser.find("#password").await;
        password.send_keys(&self.admin_password).await.unwrap();
        browser.click_through("form button[type=submit]").await;
    }

    /// The id of the sample space's connection.
    pub(crate) async fn connection(&self) -> String {
        let connections = self.call(Method::GET, "connections", &Value::Null).await;
        connections["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Makes a share by the API; the answer is the share.
    pub(crate) async fn create_share(&self, share: Value) -> Value {
        self.call(Method::POST, "shares", &share).await
    }

    /// An address with a token that opens the share for the next minute.
    pub(crate) async fn unlock_link(&self, share: &Value) -> String {
        let path = format!("shares/{}/unlock-links", share["id"].as_str().unwrap());
        let link = self.call(Method::POST, &path, &json!({})).await;
        link["url"].as_str().unwrap().to_owned()
    }

    /// Changes a share by the API. A new password ends every pass.
    pub(crate) async fn change_share(&self, share: &Value, change: Value) {
        let path = format!("shares/{}", share["id"].as_str().unwrap());
        self.call(Method::PATCH, &path, &change).await;
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = reqwest::Client::new()
            .request(method, format!("{}/api/v1/{path}", self.portal))
            .bearer_auth(&self.api_token)
            .json(body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let answer = answer.json().await.unwrap();
        assert!(status.is_success(), "{status}: {answer}");
        answer
    }
}

/// What stands behind a label of the summary; the client site's URL stands on a line of its own.
fn told(summary: &[String], label: &str, occurrence: usize) -> String {
    let mut lines = summary.iter().filter(|line| line.starts_with(label));
    let line = lines
        .nth(occurrence)
        .unwrap_or_else(|| panic!("no {label} in {summary:#?}"));
    let value = if label.starts_with("http") {
        line
    } else {
        line[label.len()..].trim()
    };
    value.split_whitespace().next().unwrap().to_owned()
}
