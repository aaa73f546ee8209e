//! A client's page with embed.js: a site on another host than the portal, with an endpoint for unlock URLs, and the
//! events of the frame as the page has heard them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::demo::Demo;
use crate::small_site::{Answer, Asked, serve};

/// The client's site. Its port is known before the share is made that lists it.
pub(crate) struct ClientPage {
    port: u16,
    site: Arc<Mutex<Site>>,
}

#[derive(Default)]
struct Site {
    html: String,
    unlock_url: String,
    times_asked: usize,
}

/// Keeps what the page hears: events as `[name, path below the share, reason or code]`, and every message as it comes.
const LISTEN: &str =
    "<!doctype html><title>Client</title><style>* { box-sizing: border-box }</style><script>
    window.heard = []
    window.messages = []
    const below = path => path?.replace(/^\\/content\\/[^/?]+/, '') ?? null
    for (const name of ['ready', 'navigated', 'locked', 'expired', 'error'])
      document.addEventListener(`vestibule:${name}`, ({ detail }) =>
        heard.push([name, below(detail.path), detail.reason ?? detail.code ?? null]))
    window.addEventListener('message', ({ data }) => messages.push(data))
  </script>";

impl ClientPage {
    pub(crate) fn start() -> Self {
        let site = Arc::new(Mutex::new(Site::default()));
        let answering = Arc::clone(&site);
        let port = serve(move |asked: Asked| {
            let mut site = answering.lock().unwrap();
            let html = if asked.path == "/unlock" {
                site.times_asked += 1;
                json!({ "url": site.unlock_url }).to_string()
            } else {
                site.html.clone()
            };
            Answer { headers: "", html }
        });
        Self { port, site }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A share of the sample's manual behind a password, which this site may embed.
    pub(crate) async fn share(&self, demo: &Demo) -> Value {
        let origins = vec![self.origin(), "https://intranet.example.com".to_owned()];
        share_for(demo, &origins).await
    }

    /// What the endpoint answers from now on.
    pub(crate) fn answer_with(&self, unlock_url: &str) {
        unlock_url.clone_into(&mut self.site.lock().unwrap().unlock_url);
    }

    pub(crate) async fn answer_with_fresh_token(&self, demo: &Demo, share: &Value) {
        self.answer_with(&demo.unlock_link(share).await);
    }

    /// How often the endpoint was asked.
    pub(crate) fn times_asked(&self) -> usize {
        self.site.lock().unwrap().times_asked
    }

    /// Opens a page with the portal's script and this in its body.
    pub(crate) async fn open(&self, browser: &Browser, demo: &Demo, body: &str) {
        let script = format!("<script src='{}/embed.js'></script>", demo.portal);
        self.open_bare(browser, &format!("{script}{body}")).await;
    }

    /// The same without the script.
    pub(crate) async fn open_bare(&self, browser: &Browser, body: &str) {
        self.site.lock().unwrap().html = format!("{LISTEN}{body}");
        browser.open(&format!("{}/", self.origin())).await;
    }
}

/// A share of the sample's manual behind a password, for these sites.
pub(crate) async fn share_for(demo: &Demo, origins: &[String]) -> Value {
    let connection = demo.connection().await;
    let share = json!({ "name": "Manual", "connectionId": connection, "scope": "tree", "pageId": START,
        "password": "a harbour at night", "embedOrigins": origins });
    demo.create_share(share).await
}

/// "Getting started", and pages below it.
pub(crate) const START: &str = "1310730";

/// Waits until the page has heard exactly this, in this order.
pub(crate) async fn hears(browser: &Browser, expected: Value) {
    let script = format!(
        "return JSON.stringify(window.heard) === {:?}",
        expected.to_string()
    );
    let heard = tokio::time::timeout(Duration::from_secs(20), browser.until(&script)).await;
    let now = browser.run("return window.heard").await;
    assert!(heard.is_ok(), "heard {now}, not {expected}");
}

/// The frame's height once it stands, which is its content's.
pub(crate) async fn settled_height(browser: &Browser, frame: &str) -> f64 {
    let outer = async || {
        let script = "return document.querySelector(arguments[0]).clientHeight";
        let height = browser.run_with(script, vec![json!(frame)]).await;
        height.as_f64().unwrap()
    };
    browser.enter_frame(frame).await;
    // A picture that comes late may move the text below it.
    let script = "return [...document.images].every(picture => {
          picture.loading = 'eager'
          return picture.complete
        }) && innerHeight === Math.ceil(document.body.getBoundingClientRect().height)";
    browser.until(script).await;
    browser.client.enter_parent_frame().await.unwrap();
    let before = outer().await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(outer().await, before, "the height drifts");
    before
}
