//! What one test of a mode plays on: a portal, client sites and one browser.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Instant;

use fantoccini::wd::WindowHandle;
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::{Browser, PATIENCE};
use super::front::{CLIENT, Front, OTHER};
use super::http::Answer;
use super::mode::{Mode, kept};
use super::portal::Portal;
use super::record::Record;
use super::share::Share;

/// The manual's first page: a share of it holds everything.
pub(crate) const HOME: u64 = 1_310_721;
/// "Getting started", with a few pages below it.
pub(crate) const GETTING_STARTED: u64 = 1_310_730;
/// "Installation", another branch.
pub(crate) const INSTALLATION: u64 = 1_310_740;

pub(crate) struct Stage {
    pub(crate) mode: Mode,
    pub(crate) browser: Browser,
    pub(crate) portal: Portal,
    pub(crate) front: Front,
    downloads: TempDir,
    /// A tab that stays while scenes come and go.
    left_open: Option<WindowHandle>,
    failed: Vec<&'static str>,
}

impl Stage {
    /// Fails if the browser is not in the mode it was asked for.
    pub(crate) async fn set(mode: Mode) -> Self {
        Self::set_with(mode, &[]).await
    }

    /// The same, with more environment variables of the portal.
    pub(crate) async fn set_with(mode: Mode, more: &[(&str, &str)]) -> Self {
        let front = Front::start();
        let portal = Portal::start(&front, more);
        let downloads = tempfile::tempdir().unwrap();
        let browser = mode.start_browser(&front, downloads.path()).await;
        assert_eq!(kept(&browser, &front).await, mode.keeps(), "{mode:?}");
        Self {
            mode,
            browser,
            portal,
            front,
            downloads,
            left_open: None,
            failed: Vec::new(),
        }
    }

    /// Plays a scene. One that fails is told at the end, and does not keep the others from being seen.
    pub(crate) async fn play(&mut self, name: &'static str, scene: impl AsyncFnOnce(&Self)) {
        self.perform(name, scene).await;
        self.clear().await;
    }

    /// The same, and its tab stays as it is until [`Stage::come_back`].
    pub(crate) async fn play_and_leave_open(
        &mut self,
        name: &'static str,
        scene: impl AsyncFnOnce(&Self),
    ) {
        self.perform(name, scene).await;
        self.left_open = Some(self.browser.client.window().await.unwrap());
        self.clear().await;
    }

    #[expect(
        clippy::print_stderr,
        reason = "cargo shows it only of a test that failed"
    )]
    async fn perform(&mut self, name: &'static str, scene: impl AsyncFnOnce(&Self)) {
        let (began, mark) = (Instant::now(), self.record().mark());
        let played = AssertUnwindSafe(scene(self)).catch_unwind().await;
        let outcome = if played.is_ok() { "played" } else { "FAILED" };
        let seconds = began.elapsed().as_secs_f32();
        eprintln!("{:?}: {outcome} {name} in {seconds:.1} s", self.mode);
        if played.is_err() {
            self.failed.push(name);
            for exchange in self.record().since(mark) {
                eprintln!("  {exchange}");
            }
        }
    }

    /// One empty tab, whatever the scene left; beside it only the one that is to stay.
    async fn clear(&self) {
        let client = &self.browser.client;
        let empty = client.new_window(true).await.unwrap().handle;
        for tab in client.windows().await.unwrap() {
            if tab != empty && Some(&tab) != self.left_open.as_ref() {
                client.switch_to_window(tab).await.unwrap();
                client.close_window().await.unwrap();
            }
        }
        client.switch_to_window(empty).await.unwrap();
    }

    /// To the tab that was left open.
    pub(crate) async fn come_back(&self) {
        let tab = self.left_open.clone().expect("no tab was left open");
        self.browser.client.switch_to_window(tab).await.unwrap();
    }

    /// Where the browser saves files.
    pub(crate) fn downloads(&self) -> &Path {
        self.downloads.path()
    }

    pub(crate) fn record(&self) -> &Record {
        &self.front.record
    }

    /// A share of the tree below this page that the two clients may embed.
    pub(crate) async fn share(&self, page: u64) -> Share {
        self.share_with(page, json!({})).await
    }

    /// The same, with more of what the API takes.
    pub(crate) async fn share_with(&self, page: u64, more: Value) -> Share {
        let origins = [self.front.origin(CLIENT), self.front.origin(OTHER)];
        self.portal.share(page, &origins, more).await
    }

    /// A page of the client, with this below its heading, made anew for each request.
    pub(crate) fn client_page<H: Display>(
        &self,
        path: &str,
        html: impl Fn() -> H + Send + Sync + 'static,
    ) -> String {
        self.front
            .put(CLIENT, path, move |_| Answer::html(around(html())))
    }

    /// Ends the browser; fails if a scene did.
    pub(crate) async fn end(self) {
        self.browser.close().await;
        let (mode, failed) = (self.mode, self.failed);
        assert!(failed.is_empty(), "{mode:?} failed: {failed:#?}");
    }
}

/// A client's page around this.
pub(crate) fn around(html: impl Display) -> String {
    format!("<!doctype html><title>Client</title><h1>My berth</h1>{html}")
}

/// A frame as an integrator without any script writes it.
pub(crate) fn frame(src: impl Display) -> String {
    frame_with("", src)
}

/// With more attributes.
pub(crate) fn frame_with(attributes: &str, src: impl Display) -> String {
    format!("<iframe {attributes} src='{src}' width=900 height=700 title='Manual'></iframe>")
}

/// Waits until something is so that no script of a page can tell.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
