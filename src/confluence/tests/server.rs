//! A server that answers whatever a test says, byte by byte, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::confluence::{
    Authorization, Client, Http, OutboundRules, Pace, Product, Secret, Site, pace::PaceLimits,
};

/// What is sent with every request of [`TestServer::client`].
pub(super) const SECRET: &str = "ATATT3xSECRET";

pub(super) struct TestServer {
    pub origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub method: String,
    /// Path and query, decoded where tests look at it.
    pub target: String,
    /// Lower case, one a line.
    pub headers: String,
    pub body: String,
}

/// The bytes of an answer; the connection ends after them.
pub(super) struct Reply(Vec<u8>);

impl Reply {
    pub(super) fn json(body: &Value) -> Self {
        Self::new(
            200,
            &[("Content-Type", "application/json")],
            &body.to_string(),
        )
    }

    pub(super) fn new(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let length = body.len().to_string();
        let headers = [headers, &[("Content-Length", &length)]].concat();
        Self::raw(status, &headers, body)
    }

    /// Without a true `Content-Length`.
    pub(super) fn raw(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let mut text = format!("HTTP/1.1 {status} Said\r\nConnection: close\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        Self(format!("{text}\r\n{body}").into_bytes())
    }
}

impl TestServer {
    pub(super) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (asked.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (log.clone(), answer.clone());
                tokio::spawn(async move {
                    let Some((mut stream, asked)) = read(stream).await else {
                        return;
                    };
                    log.lock().unwrap().push(asked.clone());
                    let reply = answer(&asked);
                    let _sent = stream.write_all(&reply.0).await;
                    let _ended = stream.shutdown().await;
                });
            }
        });
        Self { origin, asked }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn site(&self, product: Product) -> Site {
        let typed = format!("{}/wiki", self.origin);
        Site::recognise(&typed, Some(product), &loopback()).unwrap()
    }

    pub(super) fn client(&self, product: Product) -> Client {
        let authorization = Authorization::Basic {
            user: "ada@acme.example".to_owned(),
            secret: Secret::new(SECRET),
        };
        let pace = Pace::new(PaceLimits::default());
        Client::new(&http(), self.site(product), authorization, pace)
    }
}

pub(super) fn loopback() -> OutboundRules {
    OutboundRules {
        private_networks: vec!["127.0.0.0/8".parse().unwrap()],
    }
}

pub(super) fn http() -> Http {
    Http::new(&loopback()).unwrap()
}

async fn read(mut stream: TcpStream) -> Option<(TcpStream, Asked)> {
    let mut bytes = Vec::new();
    let head = loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            break head.to_owned();
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let (first, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
    let headers = headers.to_lowercase();
    let length = headers
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    let mut body = bytes.split_off(head.len() + 4);
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    let mut words = first.split(' ');
    let asked = Asked {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    Some((stream, asked))
}
