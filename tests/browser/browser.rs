//! A browser of one test: its driver, its profile and its end.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

/// Long enough for a busy machine; nothing waits that long when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps Chromium from looking for the outside world by itself.
const CHROMIUM_FLAGS: [&str; 9] = [
    "--headless",
    "--window-size=1280,900",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A running browser. [`Browser::close`] ends it in good order; dropping it, as a failed test does, ends it at once.
pub(crate) struct Browser {
    pub(crate) client: Client,
    driver: Driver,
    _profile: TempDir,
}

impl Browser {
    /// Chromium as most people have it, but sure to block third-party cookies.
    pub(crate) async fn chromium() -> Self {
        Self::chromium_with(block_third_party_cookies()).await
    }

    /// Chromium with these preferences of its profile.
    pub(crate) async fn chromium_with(preferences: Value) -> Self {
        Self::chromium_with_flags(preferences, &[]).await
    }

    /// The same with more of its command line.
    pub(crate) async fn chromium_with_flags(preferences: Value, more: &[String]) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut flags = CHROMIUM_FLAGS.map(str::to_owned).to_vec();
        flags.extend_from_slice(more);
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({
            "goog:chromeOptions": { "args": flags, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let driver = Driver::start("chromedriver", "chromium-driver", &["--port=0"]);
        Self::connect(driver, profile, capabilities).await
    }

    /// Firefox, which keeps third-party cookies apart by default, told to drop those that are not `Partitioned`.
    pub(crate) async fn firefox() -> Self {
        Self::firefox_with(json!({
            "network.cookie.cookieBehavior": 5,
            "network.cookie.cookieBehavior.optInPartitioning": true,
        }))
        .await
    }

    /// Firefox with these preferences of its profile, and content with any certificate.
    pub(crate) async fn firefox_with(preferences: Value) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let capabilities = json!({
            "acceptInsecureCerts": true,
            "moz:firefoxOptions": { "args": ["-headless"], "prefs": preferences },
        });
        let flags = ["--port=0", "--websocket-port=0", "--profile-root"];
        let root = profile.path().display().to_string();
        let flags: Vec<&str> = flags.into_iter().chain([root.as_str()]).collect();
        let driver = Driver::start("geckodriver", "cargo install geckodriver", &flags);
        Self::connect(driver, profile, capabilities).await
    }

    async fn connect(driver: Driver, profile: TempDir, capabilities: Value) -> Self {
        let Value::Object(capabilities) = capabilities else {
            unreachable!("capabilities are written as an object above")
        };
        let capabilities: Capabilities = capabilities.into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap();
        Self {
            client,
            driver,
            _profile: profile,
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn find(&self, css: &str) -> Element {
        self.find_by(Locator::Css(css)).await
    }

    /// The first element that fits, once there is one.
    pub(crate) async fn find_by(&self, locator: Locator<'_>) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(locator)
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!(
                "no {locator:?} ({error}) at {}:\n{}",
                self.url().await,
                self.body_text().await
            ),
        }
    }

    /// Clicks as soon as that is possible: what is still moving or being replaced gets another try.
    pub(crate) async fn click(&self, css: &str) {
        let began = Instant::now();
        loop {
            let clicked = self.try_to_click(css).await;
            let Err(error) = clicked else { return };
            assert!(began.elapsed() < PATIENCE, "{css} takes no click: {error}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn try_to_click(&self, css: &str) -> Result<(), CmdError> {
        let element = self.find(css).await;
        let middle = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        let argument = serde_json::to_value(&element)?;
        self.client.execute(middle, vec![argument]).await?;
        element.click().await
    }

    /// Follows a link or sends a form, and waits until another document is there.
    pub(crate) async fn click_through(&self, css: &str) {
        self.run("window.beforeClick = true").await;
        self.click(css).await;
        self.until("return window.beforeClick === undefined && document.readyState === 'complete'")
            .await;
    }

    /// One step back in the history of the window or frame. A driver runs a script again whose document went away under
    /// it, and would go two steps.
    pub(crate) async fn go_back(&self) {
        self.run("setTimeout(() => history.back())").await;
    }

    /// Loads the document of the window or frame again, once for the same reason.
    pub(crate) async fn reload(&self) {
        self.run("setTimeout(() => location.reload())").await;
    }

    /// The text that is seen.
    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    pub(crate) async fn body_text(&self) -> String {
        let text = self
            .run("return document.body ? document.body.innerText : ''")
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Runs a script of the test in the page; the driver does so even where the page's own scripts are off.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.run_with(script, Vec::new()).await
    }

    pub(crate) async fn run_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        match self.client.execute(script, arguments).await {
            Ok(value) => value,
            Err(error) => panic!("{error}\nin: {script}"),
        }
    }

    /// Waits until the script returns true.
    pub(crate) async fn until(&self, script: &str) {
        self.until_within(PATIENCE, script).await;
    }

    /// The same for what may take longer.
    pub(crate) async fn until_within(&self, patience: Duration, script: &str) {
        let began = Instant::now();
        // A document that is just being replaced cannot answer; the next one can.
        while !matches!(
            self.client.execute(script, Vec::new()).await,
            Ok(Value::Bool(true))
        ) {
            assert!(
                began.elapsed() < patience,
                "never true at {}: {script}\n{}",
                self.url().await,
                self.body_text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn enter_frame(&self, css: &str) {
        self.find(css).await.enter_frame().await.unwrap();
    }

    /// Back to the page of the tab, from however deep inside it.
    pub(crate) async fn leave_frames(&self) {
        let body = json!({ "id": null });
        let path = "frame";
        self.client.issue_cmd(Own { path, body }).await.unwrap();
    }

    /// A command of the Chrome DevTools Protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let path = "goog/cdp/execute";
        self.client.issue_cmd(Own { path, body }).await.unwrap()
    }

    /// What Chromium has logged since the last call: `browser` (the console) or `performance` (the network).
    pub(crate) async fn log(&self, kind: &str) -> Vec<Value> {
        let body = json!({ "type": kind });
        let path = "se/log";
        match self.client.issue_cmd(Own { path, body }).await.unwrap() {
            Value::Array(entries) => entries,
            other => panic!("a log is a list, not {other}"),
        }
    }

    /// A window as wide as a phone.
    pub(crate) async fn become_a_phone(&self) {
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", phone)
            .await;
    }

    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
        drop(self.driver);
    }
}

/// Preferences with which a cookie of another site is dropped.
pub(crate) fn block_third_party_cookies() -> Value {
    json!({ "profile": { "cookie_controls_mode": 1, "block_third_party_cookies": true } })
}

/// A command that WebDriver itself does not know.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// The program between WebDriver and the browser, on a port it has chosen. It and the browser are one process group.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start(program: &str, comes_with: &str, flags: &[&str]) -> Self {
        let started = Command::new(program)
            .args(flags)
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = started.unwrap_or_else(|error| {
            panic!("{program} is missing ({error}); it comes with {comes_with}, and script/test installs it")
        });
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = lines.by_ref().map_while(Result::ok);
        let port = said
            .find_map(|line| port_in(&line))
            .expect("a driver says its port");
        // A full pipe would stop the driver.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, port }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.process.id().cast_signed());
        // Fails when everything has ended already.
        let _gone = killpg(group, Signal::SIGKILL);
        let _gone = self.process.wait();
    }
}

/// "… started successfully on port 41309." and "… Listening on 127.0.0.1:41309".
fn port_in(line: &str) -> Option<u16> {
    let is_it = line.contains("successfully on port") || line.contains("Listening on");
    let number = line.trim_end_matches('.').rsplit([' ', ':']).next()?;
    number.parse().ok().filter(|_| is_it)
}
