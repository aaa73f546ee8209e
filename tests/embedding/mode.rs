//! The ways in which browsers treat the cookies of a framed site, and how each of them is set up.

use std::path::Path;

use serde_json::{Value, json};

use super::browser::Browser;
use super::front::{CANARY, CLIENT, Front, HOSTS, PORTAL};
use super::http::Answer;
use super::stage::until;

/// A browser and what it does with cookies of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Third-party cookies are allowed: today's Chrome and Edge.
    ChromiumAllowing,
    /// Third-party cookies are blocked: private windows, and whoever says so in the settings.
    ChromiumBlocking,
    /// The portal may keep no cookie at all, not even in a tab.
    ChromiumRefusing,
    /// A jar of its own for everything third-party, as Firefox comes.
    FirefoxDefault,
    /// Only `Partitioned` cookies in frames, as in strict mode.
    FirefoxOptIn,
    /// No cookies in frames; Safari 18.5 to 26.1 is so.
    FirefoxRefusing,
}

/// Which cookies came back to a framed site.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) unpartitioned: bool,
    pub(crate) partitioned: bool,
}

impl Mode {
    pub(crate) fn is_chromium(self) -> bool {
        matches!(
            self,
            Self::ChromiumAllowing | Self::ChromiumBlocking | Self::ChromiumRefusing
        )
    }

    /// Whether a framed portal has to do without any cookie.
    pub(crate) fn is_refusing(self) -> bool {
        matches!(self, Self::ChromiumRefusing | Self::FirefoxRefusing)
    }

    /// Whether the portal may keep a cookie in a tab of its own.
    pub(crate) fn keeps_cookies_in_tabs(self) -> bool {
        self != Self::ChromiumRefusing
    }

    /// What the browser must do with the canaries, or the mode is not what it is called.
    pub(crate) fn keeps(self) -> Kept {
        let (unpartitioned, partitioned) = match self {
            Self::ChromiumAllowing | Self::FirefoxDefault => (true, true),
            Self::ChromiumBlocking | Self::FirefoxOptIn => (false, true),
            Self::ChromiumRefusing | Self::FirefoxRefusing => (false, false),
        };
        Kept {
            unpartitioned,
            partitioned,
        }
    }

    /// Names lead to the front, its certificate is a good one, and files are saved without a question.
    pub(crate) async fn start_browser(self, front: &Front, downloads: &Path) -> Browser {
        if self.is_chromium() {
            let flags = [
                "--host-resolver-rules=MAP *.test 127.0.0.1".to_owned(),
                format!(
                    "--ignore-certificate-errors-spki-list={}",
                    front.fingerprint
                ),
            ];
            let browser = Browser::chromium_with_flags(self.preferences(), &flags).await;
            let save = json!({ "behavior": "allow", "downloadPath": downloads });
            browser.devtools("Browser.setDownloadBehavior", save).await;
            return browser;
        }
        let mut preferences = self.preferences();
        preferences["network.dns.localDomains"] = json!(HOSTS.join(","));
        preferences["browser.download.folderList"] = json!(2);
        preferences["browser.download.dir"] = json!(downloads);
        Browser::firefox_with(preferences).await
    }

    fn preferences(self) -> Value {
        const BEHAVIOUR: &str = "network.cookie.cookieBehavior";
        const OPT_IN: &str = "network.cookie.cookieBehavior.optInPartitioning";
        match self {
            Self::ChromiumAllowing => {
                json!({ "profile": { "cookie_controls_mode": 0, "block_third_party_cookies": false } })
            }
            Self::ChromiumBlocking => super::browser::block_third_party_cookies(),
            Self::ChromiumRefusing => {
                let rule = format!("[*.]{PORTAL},*");
                json!({ "profile": { "content_settings": { "exceptions": { "cookies": { rule: { "setting": 2 } } } } } })
            }
            Self::FirefoxDefault => json!({}),
            Self::FirefoxOptIn => json!({ BEHAVIOUR: 5, OPT_IN: true }),
            Self::FirefoxRefusing => json!({ BEHAVIOUR: 1, OPT_IN: false }),
        }
    }
}

/// Which of the cookies of a host of the portal's site come back from a frame in the client's page.
pub(crate) async fn kept(browser: &Browser, front: &Front) -> Kept {
    let frame = front.put(CANARY, "/frame", |_| {
        Answer::html("<title>Canary</title>")
            .with("Set-Cookie", "canary=1; Secure; SameSite=None")
            .with(
                "Set-Cookie",
                "canary-apart=1; Secure; SameSite=None; Partitioned",
            )
    });
    let around = front.put(CLIENT, "/canary", move |_| {
        Answer::html(format!(
            "<title>Around</title><iframe src='{frame}'></iframe>"
        ))
    });
    // The second view is the one that brings them.
    let mut cookies = String::new();
    for _view in 0..2 {
        let mark = front.record.mark();
        until("the canary's frame is shown", async || {
            browser.open(&around).await;
            browser.enter_frame("iframe").await;
            browser.run("return document.title").await == "Canary"
        })
        .await;
        let exchanges = front.record.since(mark);
        let framed = exchanges.iter().rfind(|exchange| exchange.is_of(CANARY));
        let framed = framed.expect("a frame that is shown was asked for");
        let brought = framed.asked.headers.get("cookie");
        cookies = brought.unwrap_or_default().to_owned();
    }
    let came = |name: &str| cookies.split("; ").any(|pair| pair == name);
    Kept {
        unpartitioned: came("canary=1"),
        partitioned: came("canary-apart=1"),
    }
}
