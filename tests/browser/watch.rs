//! Detectors: scripts that ran, requests to other origins, complaints of the browser.

use serde_json::{Value, json};

use crate::browser::Browser;

/// What a page did, as far as nobody should notice anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Noticed {
    /// Functions that a script of the content called.
    pub(crate) executed: Vec<String>,
    /// Addresses of other origins that were asked for.
    pub(crate) outside: Vec<String>,
    /// Errors and warnings on the console.
    pub(crate) complaints: Vec<String>,
}

/// From now on every document is watched.
pub(crate) async fn begin(browser: &Browser) {
    let script = json!({ "source": include_str!("watch.js") });
    browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", script)
        .await;
    noticed(browser, "").await;
}

/// What was noticed since the last call, in documents of the origin `home`.
pub(crate) async fn noticed(browser: &Browser, home: &str) -> Noticed {
    let mut noticed = Noticed::default();
    for entry in browser.log("browser").await {
        let message = entry["message"].as_str().unwrap_or_default().to_owned();
        if message.contains("EXECUTED ") {
            noticed.executed.push(message);
        } else if matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")) {
            noticed.complaints.push(message);
        }
    }
    let requests = browser.log("performance").await;
    let asked = requests.iter().filter_map(requested);
    noticed.outside = asked.filter(|url| is_outside(url, home)).collect();
    noticed
}

/// The address of a request, if the log entry is about one.
fn requested(entry: &Value) -> Option<String> {
    let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
    let message = &message["message"];
    let url = match message["method"].as_str()? {
        "Network.requestWillBeSent" => &message["params"]["request"]["url"],
        "Network.webSocketCreated" | "Network.webTransportCreated" => &message["params"]["url"],
        _ => return None,
    };
    url.as_str().map(str::to_owned)
}

fn is_outside(url: &str, home: &str) -> bool {
    let is_local = ["data:", "blob:", "about:", "chrome:", "chrome-error:"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    let is_home = url == home || url.starts_with(&format!("{home}/"));
    !is_local && !is_home
}
