//! Atlassian's own libraries for apps on the other side: what they sign, we take; what we sign, they take; and both compute
//! the same hashes. The scripts are in `tests/clients`.

mod callbacks;
mod grants;
mod hashes;
mod requests;

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vestibule::confluence::{Http, OutboundRules};

use crate::clients::node_folder;

const VECTORS: &str = include_str!("../../fixtures/connect/jwt-qsh-vectors.json");

const APP_KEY: &str = "com.example.share";
const CLIENT_KEY: &str = "11111111-2222-3333-4444-555555555555";
const SECRET: &str = "a-secret-key-not-to-be-lost";
const KEY_ID: &str = "f50f8562-f146-4b98-9bbb-7ce9545603b6";
const PORTAL: &str = "https://portal.example";

fn loopback() -> OutboundRules {
    OutboundRules {
        private_networks: vec!["127.0.0.0/8".parse().unwrap()],
    }
}

fn http() -> Http {
    Http::new(&loopback()).unwrap()
}

/// Tokens for requests, signed by the library, and the public key for those that are not signed with the secret.
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

/// A server that says one thing, and keeps every request as it came.
struct Captured {
    origin: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Captured {
    async fn start(says: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, says) = (requests.clone(), says.to_owned());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = Vec::new();
                while !is_whole(&bytes) && stream.read_buf(&mut bytes).await.unwrap_or(0) > 0 {}
                kept.lock().unwrap().push(String::from_utf8(bytes).unwrap());
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{says}",
                    says.len()
                );
                let _sent = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { origin, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
