//! An app that a fake site can be installed in: it shows a descriptor, agrees to everything or to nothing, and remembers
//! what came.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::watch;

use fake_confluence::exchange::{Reply, Request};
use fake_confluence::serve::{Answers, Outcome, Server, Sockets};

pub(super) const KEY: &str = "com.example.share";

/// A request that came.
#[derive(Clone)]
pub(super) struct Came {
    pub(super) path: String,
    pub(super) token: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

struct Inside {
    base_url: String,
    status: Mutex<u16>,
    came: Mutex<Vec<Came>>,
    release: watch::Sender<u64>,
}

pub(super) struct TestApp {
    inside: Arc<Inside>,
    server: Server,
}

impl TestApp {
    pub(super) fn start() -> Self {
        // The client of the tests takes the crypto library of the process, and is the first to name one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let sockets = Sockets::open(0);
        let inside = Arc::new(Inside {
            base_url: format!("http://{}", sockets.addresses()[0]),
            status: Mutex::new(204),
            came: Mutex::default(),
            release: watch::channel(0).0,
        });
        let server = sockets.serve(Arc::clone(&inside) as Arc<dyn Answers>);
        Self { inside, server }
    }

    pub(super) fn url(&self) -> &str {
        &self.inside.base_url
    }

    pub(super) fn answer_with(&self, status: u16) {
        *self.inside.status.lock().unwrap() = status;
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.inside.came.lock().unwrap().clone()
    }

    pub(super) fn last(&self) -> Came {
        self.came().pop().unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.stop();
    }
}

impl Answers for Inside {
    fn answer(&self, request: &Request) -> Outcome {
        if request.path == "/atlassian-connect.json" {
            return Outcome::Reply(Reply::ok(&self.descriptor()));
        }
        let authorization = request.header("authorization").unwrap_or_default();
        let (_, token) = authorization.split_once(' ').unwrap_or_default();
        let headers = request.headers.iter();
        self.came.lock().unwrap().push(Came {
            path: request.target.clone(),
            token: token.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: request.fields(),
        });
        Outcome::Reply(Reply::empty(*self.status.lock().unwrap()))
    }

    fn releases(&self) -> watch::Receiver<u64> {
        self.release.subscribe()
    }
}

impl Inside {
    fn descriptor(&self) -> Value {
        json!({
            "key": KEY, "name": "Share", "baseUrl": self.base_url, "scopes": ["READ", "ACT_AS_USER"],
            "lifecycle": {"installed": "/in", "enabled": "/on", "disabled": "/off", "uninstalled": "/out"},
            "modules": {"webhooks": [{"event": "page_trashed", "url": "/hook/page_trashed"}]},
        })
    }
}
