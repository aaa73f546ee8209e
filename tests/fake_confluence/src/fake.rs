//! The handle of a running fake: what a test or the example sees of it.

use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use tokio::sync::watch;

use super::access::Access;
use super::exchange::{Port, Request};
use super::fault::{Fault, On};
use super::recorder::Recorded;
use super::serve::{Answers, Outcome, Server, Sockets};
use super::spec::Product;
use super::state::{State, Urls};
use super::webhook::{Event, Webhook};
use super::wiki::Wiki;

/// A fake that is not yet running.
pub struct Setup {
    product: Product,
    wiki: Wiki,
    context: String,
    port: u16,
}

impl Setup {
    pub fn wiki(mut self, wiki: Wiki) -> Self {
        self.wiki = wiki;
        self
    }

    /// The context path of Data Center, `/confluence` unless it is set; may be empty.
    pub fn context(mut self, context: &str) -> Self {
        self.context = context.to_owned();
        self
    }

    /// Any free one unless it is set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    pub fn start(mut self) -> FakeConfluence {
        // The client of the tests takes the crypto library of the process, and is the first to name one.
        drop(rustls::crypto::ring::default_provider().install_default());
        if self.product == Product::DataCenter {
            self.wiki.make_folders_pages();
        }
        let sockets = Sockets::open(self.port);
        let [site, media, stranger] = sockets
            .addresses()
            .map(|address| format!("http://{address}"));
        let urls = Urls {
            product: self.product,
            site,
            context: self.context,
            media,
            stranger,
        };
        let (release, _) = watch::channel(0);
        let state = Mutex::new(State::new(urls.clone(), self.wiki));
        let shared = Arc::new(Shared { state, release });
        let server = sockets.serve(Arc::clone(&shared) as Arc<dyn Answers>);
        FakeConfluence {
            shared,
            server,
            urls,
        }
    }
}

struct Shared {
    state: Mutex<State>,
    release: watch::Sender<u64>,
}

impl Answers for Shared {
    fn answer(&self, request: &Request) -> Outcome {
        self.state.lock().unwrap().answer(request)
    }

    fn releases(&self) -> watch::Receiver<u64> {
        self.release.subscribe()
    }
}

/// A Confluence on a port of its own. It stops when it is dropped, and then fails the test if a request was not what the
/// specification allows.
pub struct FakeConfluence {
    shared: Arc<Shared>,
    server: Server,
    /// As they were at the start.
    urls: Urls,
}

impl FakeConfluence {
    /// With the sample wiki.
    pub fn cloud() -> Setup {
        Self::setup(Product::Cloud, "/wiki")
    }

    /// With the sample wiki, below `/confluence`.
    pub fn data_center() -> Setup {
        Self::setup(Product::DataCenter, "/confluence")
    }

    fn setup(product: Product, context: &str) -> Setup {
        Setup {
            product,
            wiki: Wiki::sample(),
            context: context.to_owned(),
            port: 0,
        }
    }

    /// What an admin types: the site without `/wiki` on Cloud, with the context path on Data Center.
    pub fn base_url(&self) -> String {
        match self.urls.product {
            Product::Cloud => self.with_state(|state| state.urls.site.clone()),
            Product::DataCenter => self.urls.base(),
        }
    }

    /// In place of `https://api.atlassian.com`.
    pub fn gateway_url(&self) -> String {
        self.urls.site.clone()
    }

    pub fn authorize_url(&self) -> String {
        format!("{}/authorize", self.urls.site)
    }

    pub fn token_url(&self) -> String {
        match self.urls.product {
            Product::Cloud => format!("{}/oauth/token", self.urls.site),
            Product::DataCenter => format!("{}/rest/oauth2/latest/token", self.urls.base()),
        }
    }

    pub fn media_url(&self) -> String {
        self.urls.media.clone()
    }

    pub fn stranger_url(&self) -> String {
        self.urls.stranger.clone()
    }

    /// The URL of a page as a browser shows it.
    pub fn page_url(&self, id: u64) -> String {
        let state = self.state();
        let key = &state.wiki.space_of(&state.wiki.contents[&id]).key;
        format!("{}/spaces/{key}/pages/{id}", state.urls.base())
    }

    /// Looks at the wiki or changes it.
    pub fn wiki<T>(&self, with: impl FnOnce(&mut Wiki) -> T) -> T {
        with(&mut self.state().wiki)
    }

    fn access<T>(&self, with: impl FnOnce(&mut Access) -> T) -> T {
        with(&mut self.state().access)
    }

    /// Scopes of scoped tokens, and of bearers from now on.
    pub fn set_scopes(&self, scopes: &[&str]) {
        self.access(|access| access.scopes = scopes.iter().copied().map(str::to_owned).collect());
    }

    pub fn allow_anonymous(&self) {
        self.access(|access| access.is_anonymous_allowed = true);
    }

    /// One of `credentials` is no longer good.
    pub fn revoke(&self, credential: &str) {
        self.access(|access| access.revoked.push(credential.to_owned()));
    }

    /// All bearers that OAuth has given.
    pub fn expire_bearers(&self) {
        self.access(|access| access.issued.expire_bearers());
    }

    pub fn revoke_refresh_tokens(&self) {
        self.access(|access| access.issued.revoke_refresh_tokens());
    }

    /// As if a person had solved Data Center's CAPTCHA.
    pub fn answer_captcha(&self) {
        self.access(Access::answer_captcha);
    }

    /// Every fitting request, until `heal`. Of several faults that fit, the one that was planned last happens.
    pub fn fail(&self, on: On, fault: Fault) {
        self.state().faults.plan(on, fault, None);
    }

    /// The next so many fitting requests.
    pub fn fail_next(&self, times: u32, on: On, fault: Fault) {
        self.state().faults.plan(on, fault, Some(times));
    }

    /// No faults any more, and hung requests get their answers.
    pub fn heal(&self) {
        self.state().faults.clear();
        self.release();
    }

    /// Hung requests get their answers; new ones hang again.
    pub fn release(&self) {
        self.shared.release.send_modify(|count| *count += 1);
    }

    /// A header on every answer from now on.
    pub fn announce(&self, name: &str, value: &str) {
        self.state()
            .headers
            .push((name.to_owned(), value.to_owned()));
    }

    /// How far the fake's clock is ahead of ours, in its `Date` header.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.state().clock_offset = time::Duration::seconds(seconds);
    }

    /// The most that Data Center lists when bodies are expanded.
    pub fn set_body_limit(&self, limit: usize) {
        self.state().body_limit = limit;
    }

    /// Everything that came, oldest first, to whichever port.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state().requests.clone()
    }

    pub fn requests_to(&self, port: Port) -> Vec<Recorded> {
        let all = self.requests().into_iter();
        all.filter(|request| request.port == port).collect()
    }

    /// `count("GET", "/wiki/api/v2/pages/*")`.
    pub fn count(&self, method: &str, pattern: &str) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.is(method, pattern))
            .count()
    }

    pub fn clear_requests(&self) {
        self.state().requests.clear();
    }

    /// What the specification did not allow.
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    /// The violations, which then no longer fail the test.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.state().violations)
    }

    /// What this Confluence would send; the secret is for Data Center.
    pub fn webhook(&self, event: Event, id: u64, secret: &str) -> Webhook {
        let base = self.with_state(|state| state.urls.base());
        self.wiki(|wiki| match self.urls.product {
            Product::Cloud => Webhook::cloud(wiki, event, id, &base),
            Product::DataCenter => Webhook::data_center(wiki, event, id, secret),
        })
    }

    /// For what other files of this folder do to a running fake.
    pub(super) fn with_state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.state())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for FakeConfluence {
    fn drop(&mut self) {
        self.server.stop();
        if thread::panicking() {
            return;
        }
        let violations = self.violations();
        assert!(
            violations.is_empty(),
            "against the specification:\n{}",
            violations.join("\n")
        );
    }
}
