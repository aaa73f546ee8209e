//! A real OpenID provider in a process of its own: oidc-provider, as `tests/clients/openid_provider.mjs` sets it up. And
//! what a browser does there.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::Client;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use vestibule::config::OpenIdArgs;

use crate::clients::client_libraries;

const SCRIPT: &str = "openid_provider.mjs";
/// Of the portal, as the script knows it.
const CLIENT_ID: &str = "portal";
const CLIENT_SECRET: &str = "swordfish-swordfish-swordfish-ok";

/// What a test may want to be different.
#[derive(Clone, Copy)]
pub(crate) struct ProviderSetup {
    pub(crate) algorithm: &'static str,
    pub(crate) groups_in: &'static str,
    pub(crate) kid: &'static str,
}

impl Default for ProviderSetup {
    fn default() -> Self {
        Self {
            algorithm: "RS256",
            groups_in: "idToken",
            kid: "first",
        }
    }
}

/// Ends when it is dropped.
pub(crate) struct OpenIdProvider {
    pub(crate) issuer: Url,
    process: Child,
    said: BufReader<ChildStdout>,
    // Node looks for libraries beside the script.
    _folder: TempDir,
}

impl OpenIdProvider {
    /// Listens, so that a portal can be told of it, but answers nothing yet.
    pub(crate) fn listen(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let modules = client_libraries().join("node_modules");
        symlink(modules, folder.path().join("node_modules")).unwrap();
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        fs::copy(scripts.join(SCRIPT), folder.path().join(SCRIPT)).unwrap();
        let mut process = Command::new("node")
            .arg(folder.path().join(SCRIPT))
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let issuer = line(&mut said);
        Self {
            issuer: issuer.parse().expect("the provider did not start"),
            process,
            said,
            _folder: folder,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.issuer.port().unwrap()
    }

    /// Begins to answer.
    pub(crate) fn serve(&mut self, setup: ProviderSetup, redirect_uri: &str, people: &Value) {
        let order = json!({
            "redirectUri": redirect_uri,
            "people": people,
            "algorithm": setup.algorithm,
            "groupsIn": setup.groups_in,
            "kid": setup.kid,
        });
        // Its end of the pipe stays open for as long as the provider is to run.
        let stdin = self.process.stdin.as_mut().unwrap();
        writeln!(stdin, "{order}").unwrap();
        assert_eq!(line(&mut self.said), "ready");
    }

    /// Signs in there as a person, from where the portal leads to back to where the provider leads.
    pub(crate) async fn sign_in(authorize: Url, person: &str) -> Url {
        let browser = &browser();
        let form = follow(browser, authorize).await;
        let Stop::Page(at, html) = form else {
            panic!("no form of the provider, but {form:?}");
        };
        let action = attribute(&html, "form", "action").expect("a form");
        let fields = [("prompt", "login"), ("login", person), ("password", "any")];
        let answer = browser
            .post(at.join(&action).unwrap())
            .form(&fields)
            .send()
            .await
            .unwrap();
        let next = location(&answer).expect("the form was refused");
        match follow(browser, next).await {
            Stop::Away(url) => url,
            other => panic!("the provider did not lead back: {other:?}"),
        }
    }

    /// Signs nobody in and goes back.
    pub(crate) async fn cancel(authorize: Url) -> Url {
        let browser = &browser();
        let Stop::Page(at, html) = follow(browser, authorize).await else {
            panic!("no form of the provider");
        };
        let abort = attribute(&html, "a[href$=abort]", "href").expect("a way out");
        match follow(browser, at.join(&abort).unwrap()).await {
            Stop::Away(url) => url,
            other => panic!("the provider did not lead back: {other:?}"),
        }
    }
}

impl Drop for OpenIdProvider {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn line(said: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

/// How a portal is told of a provider.
pub(crate) fn openid_args(issuer: &str) -> OpenIdArgs {
    OpenIdArgs {
        oidc_issuer: Some(issuer.to_owned()),
        oidc_client_id: Some(CLIENT_ID.to_owned()),
        oidc_client_secret: Some(CLIENT_SECRET.to_owned()),
        oidc_scopes: "openid email profile groups".to_owned(),
        oidc_admin_groups: "it".to_owned(),
        oidc_sharer_groups: "staff".to_owned(),
        oidc_name: "Acme ID".to_owned(),
        ..OpenIdArgs::default()
    }
}

#[derive(Debug)]
enum Stop {
    Page(Url, String),
    /// Another site.
    Away(Url),
}

/// As it is at the provider, where nobody has been before: what it holds of the portal is no matter there.
fn browser() -> Client {
    let browser = Client::builder().cookie_store(true);
    browser.redirect(Policy::none()).build().unwrap()
}

/// Follows redirects within one site, of a browser that follows none itself.
async fn follow(browser: &Client, start: Url) -> Stop {
    let mut url = start;
    for _ in 0..10 {
        let answer = browser.get(url.clone()).send().await.unwrap();
        match location(&answer) {
            Some(next) if next.origin() == url.origin() => url = next,
            Some(away) => return Stop::Away(away),
            None => return Stop::Page(url, answer.text().await.unwrap()),
        }
    }
    panic!("too many redirects");
}

fn location(answer: &reqwest::Response) -> Option<Url> {
    let location = answer.headers().get(LOCATION)?.to_str().unwrap();
    Some(answer.url().join(location).unwrap())
}

fn attribute(html: &str, selector: &str, name: &str) -> Option<String> {
    let document = Html::parse_document(html);
    let selector = Selector::parse(selector).unwrap();
    let element = document.select(&selector).next()?;
    element.value().attr(name).map(str::to_owned)
}
