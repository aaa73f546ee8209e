//! The client sites of `examples/`, each started with its own runtime against a real portal, and visited as by a
//! browser. C# is missing: Debian has no runtime for it. What the sites' text must hold is tested in `src/client_kit`.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Response;
use scraper::{Html, Selector};
use tempfile::TempDir;
use vestibule::shares::share::Share;

use crate::clients::client_libraries;
use crate::support::{Portal, path, within};

#[tokio::test]
async fn the_site_in_node_lets_its_visitors_in() {
    // Node looks for libraries beside the script.
    let folder = tempfile::tempdir().unwrap();
    let modules = client_libraries().join("node_modules");
    symlink(modules, folder.path().join("node_modules")).unwrap();
    for file in ["server.js", "package.json"] {
        fs::copy(example("node").join(file), folder.path().join(file)).unwrap();
    }
    let mut node = Command::new("node");
    node.arg(folder.path().join("server.js"));
    lets_its_visitors_in(node, "nodejs").await;
}

#[tokio::test]
async fn the_site_in_flask_lets_its_visitors_in() {
    lets_its_visitors_in(python("python-flask"), "python3-venv").await;
}

#[tokio::test]
async fn the_site_in_fastapi_lets_its_visitors_in() {
    lets_its_visitors_in(python("python-fastapi"), "python3-venv").await;
}

#[tokio::test]
async fn the_site_in_php_lets_its_visitors_in() {
    let mut php = Command::new("php");
    php.args(["-d", "display_errors=stderr", "-S", "127.0.0.1:{PORT}"]);
    php.arg(example("php").join("index.php"));
    lets_its_visitors_in(php, "php-cli").await;
}

#[tokio::test]
async fn the_site_in_ruby_lets_its_visitors_in() {
    let mut ruby = Command::new("ruby");
    ruby.arg(example("ruby").join("client_site.rb"));
    lets_its_visitors_in(ruby, "ruby ruby-jwt ruby-webrick").await;
}

#[tokio::test]
async fn the_site_in_go_lets_its_visitors_in() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("client-site");
    // `go run` would leave the program behind when it is stopped.
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(".");
    build.current_dir(example("go"));
    run_to_its_end(build, "golang-go");
    lets_its_visitors_in(Command::new(program), "golang-go").await;
}

#[tokio::test]
async fn the_site_in_java_lets_its_visitors_in() {
    let mut java = Command::new("java");
    java.arg(example("java").join("ClientSite.java"));
    lets_its_visitors_in(java, "default-jdk-headless").await;
}

#[tokio::test]
async fn the_site_in_rust_lets_its_visitors_in() {
    // `cargo test` builds it; `cargo test --test portal` takes the one that is there.
    let this_test = std::env::current_exe().unwrap();
    let profile = this_test.parent().unwrap().parent().unwrap();
    let program = profile.join("examples/client_site");
    assert!(
        program.exists(),
        "{} is missing: cargo build --example client_site",
        program.display()
    );
    lets_its_visitors_in(Command::new(program), "cargo").await;
}

/// What the examples ask for is what the tests install.
#[test]
fn the_examples_need_no_library_that_the_tests_do_not_know() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let node: serde_json::Value =
        serde_json::from_str(&read("examples/node/package.json")).unwrap();
    let known: serde_json::Value =
        serde_json::from_str(&read("tests/clients/package.json")).unwrap();
    for name in node["dependencies"].as_object().unwrap().keys() {
        assert!(known["dependencies"][name].is_string(), "{name}");
    }
    let known = read("tests/clients/requirements.txt");
    let known: Vec<&str> = known
        .lines()
        .filter_map(|line| line.split("==").next())
        .collect();
    for folder in ["python-flask", "python-fastapi"] {
        for line in read(&format!("examples/{folder}/requirements.txt")).lines() {
            let name = line.split(">=").next().unwrap();
            assert!(known.contains(&name), "{name}");
        }
    }
}

/// Starts the site, reads its two answers and follows the links in them.
async fn lets_its_visitors_in(command: Command, package: &str) {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let mut site = Site::start(command, package, &portal, &share);
    site.is_up().await;

    let page = site.get("/").await;
    is_not_kept(&page);
    let page = page.text().await.unwrap();
    has_no_secret(&page, &share);
    let dom = Html::parse_document(&page);
    let frame = frame_of(&dom);
    assert_eq!(frame("referrerpolicy"), "strict-origin");
    assert_eq!(frame("allow"), "fullscreen");
    assert_eq!(
        frame("sandbox"),
        "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"
    );
    assert_eq!(frame("data-vestibule"), "");
    assert_eq!(frame("data-unlock-url"), "/unlock-url");
    assert!(!frame("title").is_empty());
    let script = Selector::parse("script[async]").unwrap();
    let script = dom.select(&script).next().unwrap().attr("src");
    assert_eq!(script, Some(portal.url("/embed.js").as_str()));
    opens(&portal, &share, &frame("src")).await;

    let answer = site.get("/unlock-url").await;
    is_not_kept(&answer);
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("application/json"), "{kind}");
    let answer = answer.text().await.unwrap();
    has_no_secret(&answer, &share);
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    opens(&portal, &share, answer["url"].as_str().unwrap()).await;

    assert_eq!(site.get("/else").await.status(), 404);
}

/// As a browser in a tab follows it.
async fn opens(portal: &Portal, share: &Share, link: &str) {
    let link = link.strip_prefix(portal.url("").as_str());
    let link = link.expect("a link to another place");
    assert!(
        link.starts_with(&format!("{}?unlock=", path(share))),
        "{link}"
    );
    let visitor = portal.visitor();
    let answer = visitor.get(link).await;
    let refused = answer.header("vestibule-unlock");
    assert_eq!((answer.status, refused), (303, None));
    let page = visitor.get(answer.location()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.texts("h1"), ["Tern 22 manual"]);
}

fn is_not_kept(answer: &Response) {
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

fn has_no_secret(text: &str, share: &Share) {
    assert!(!text.contains(&share.unlock_secret.to_hex()), "{text}");
}

/// The attributes of the page's only frame.
fn frame_of(dom: &Html) -> impl Fn(&str) -> String {
    let frames = Selector::parse("iframe").unwrap();
    let frames: Vec<_> = dom.select(&frames).collect();
    assert_eq!(frames.len(), 1);
    move |name| frames[0].attr(name).expect(name).to_owned()
}

/// A running client site; it ends when this is dropped.
struct Site {
    process: Child,
    port: u16,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Site {
    /// `{PORT}` in an argument stands for the port, which the environment names as well.
    fn start(command: Command, package: &str, portal: &Portal, share: &Share) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let folder = tempfile::tempdir().unwrap();
        let mut site = Command::new(command.get_program());
        let arguments = command
            .get_args()
            .map(|argument| argument.to_str().unwrap());
        site.args(arguments.map(|argument| argument.replace("{PORT}", &port.to_string())))
            .current_dir(folder.path())
            .env("VESTIBULE_URL", portal.url(""))
            .env("VESTIBULE_SHARE", share.id.to_string())
            .env("VESTIBULE_UNLOCK_SECRET", share.unlock_secret.to_hex())
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let process = site
            .spawn()
            .unwrap_or_else(|error| missing(&site, package, &error));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            process,
            port,
            http,
            _folder: folder,
        }
    }

    /// Waits for its first answer; compiling Java on a busy machine takes a while.
    async fn is_up(&mut self) {
        let address = self.address("/");
        within(Duration::from_secs(60), "the site answers", async || {
            if self.process.try_wait().unwrap().is_some() {
                let mut said = String::new();
                let mut stderr = self.process.stderr.take().unwrap();
                stderr.read_to_string(&mut said).unwrap();
                panic!("the site ended: {said}");
            }
            self.http.get(&address).send().await.is_ok()
        })
        .await;
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn get(&self, path: &str) -> Response {
        self.http.get(self.address(path)).send().await.unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn run_to_its_end(mut command: Command, package: &str) {
    let output = command.output();
    let output = output.unwrap_or_else(|error| missing(&command, package, &error));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn missing(command: &Command, package: &str, error: &std::io::Error) -> ! {
    let program = command.get_program().display();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{program}: {error}");
    panic!("{program} is missing: install {package}, or run script/test, which does");
}

fn python(folder: &str) -> Command {
    let mut python = Command::new(client_libraries().join("venv/bin/python"));
    python.arg(example(folder).join("app.py"));
    python
}

fn example(folder: &str) -> PathBuf {
    root().join("examples").join(folder)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
