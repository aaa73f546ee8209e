//! How fast an unlocked page and an unlock are, against nginx and against an empty handler, in one run with alternating
//! rounds. Run it on an idle machine: `cargo bench --bench serving`. Needs wrk, nginx and taskset, and two cores: one
//! for the server, one for the load.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a benchmark reports on standard output and stops at the first surprise"
)]

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use time::OffsetDateTime;
use vestibule::config::StorageArgs;
use vestibule::db::{self, Db};
use vestibule::demo::private_postgres::{Durability, PrivatePostgres};
use vestibule::pages::files::FileStore;
use vestibule::password::{self, Password};
use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::labels::Labels;
use vestibule::shares::share::{
    Creator, ExternalLinks, PassLifetime, RestrictedPages, Scope, Share,
};
use vestibule::shares::store::{self, NewShare};
use vestibule::shares::unlock_secret::UnlockSecret;
use vestibule::shares::unlock_token;
use vestibule::space_export::builder::{ExportBuilder, NewPage};
use vestibule::sync::import::{self, ImportAs};

const ROUNDS: usize = 3;
const SECONDS: u64 = 6;
const CONNECTIONS: &str = "64";
const PAGE_BYTES: usize = 64_000;
const EMPTY_HANDLER: &str = "--empty-handler";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(position) = arguments
        .iter()
        .position(|argument| argument == EMPTY_HANDLER)
    {
        return serve_from_memory(
            &arguments[position + 1],
            Path::new(&arguments[position + 2]),
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let postgres = PrivatePostgres::start_with(folder.path(), Durability::Throwaway).unwrap();
    let url = postgres.database_url();
    let share = make_share(&url, folder.path());
    let portal = start_portal(&url, folder.path());
    let page = format!("/content/{}", share.id);
    let cookie = unlock_cookie(portal.port, &share);
    let plain = fetch(portal.port, &page, &[("Cookie", &cookie)]);
    let brotli = fetch(
        portal.port,
        &page,
        &[("Cookie", &cookie), ("Accept-Encoding", "br")],
    );
    println!(
        "page: {} bytes plain, {} bytes brotli",
        plain.len(),
        brotli.len()
    );
    fs::write(folder.path().join("plain"), &plain).unwrap();
    fs::write(folder.path().join("brotli"), &brotli).unwrap();
    let nginx = start_nginx(folder.path());
    let empty = start_empty_handler(folder.path());
    let cookie = format!("Cookie: {cookie}");
    let br = "Accept-Encoding: br";
    let unlock = || format!("{page}?unlock={}", mint(&share));
    let mut runs: Vec<Run> = vec![
        Run::new("nginx, plain", nginx.port, || "/plain".to_owned(), vec![]),
        Run::new(
            "nginx, brotli bytes",
            nginx.port,
            || "/brotli".to_owned(),
            vec![],
        ),
        Run::new(
            "empty handler, plain",
            empty.port,
            || "/plain".to_owned(),
            vec![],
        ),
        Run::new(
            "empty handler, brotli bytes",
            empty.port,
            || "/brotli".to_owned(),
            vec![],
        ),
        Run::new(
            "portal, page plain",
            portal.port,
            || page.clone(),
            vec![&cookie],
        ),
        Run::new(
            "portal, page brotli",
            portal.port,
            || page.clone(),
            vec![&cookie, br],
        ),
        Run::new(
            "empty handler, 303",
            empty.port,
            || "/see-other".to_owned(),
            vec![],
        ),
        Run::new(
            "portal, unlock",
            portal.port,
            unlock,
            vec!["Sec-Fetch-Dest: document"],
        ),
    ];
    for _ in 0..ROUNDS {
        runs.iter_mut().for_each(Run::measure);
    }
    report(&runs);
}

struct Run<'a> {
    name: &'static str,
    port: u16,
    path: Box<dyn Fn() -> String + 'a>,
    headers: Vec<&'a str>,
    per_second: Vec<f64>,
}

impl<'a> Run<'a> {
    fn new(
        name: &'static str,
        port: u16,
        path: impl Fn() -> String + 'a,
        headers: Vec<&'a str>,
    ) -> Self {
        Self {
            name,
            port,
            path: Box::new(path),
            headers,
            per_second: Vec::new(),
        }
    }

    fn measure(&mut self) {
        let mut wrk = Command::new("taskset");
        wrk.args([
            "-c",
            "1",
            "wrk",
            "-t1",
            "-c",
            CONNECTIONS,
            "-d",
            &format!("{SECONDS}s"),
        ]);
        for header in &self.headers {
            wrk.args(["-H", header]);
        }
        let output = wrk
            .arg(format!("http://localhost:{}{}", self.port, (self.path)()))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!text.contains("Non-2xx or 3xx"), "{}: {text}", self.name);
        let line = text
            .lines()
            .find(|line| line.starts_with("Requests/sec:"))
            .expect("wrk reports");
        self.per_second
            .push(line.split_whitespace().last().unwrap().parse().unwrap());
    }

    fn median(&self) -> f64 {
        let mut sorted = self.per_second.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }
}

fn report(runs: &[Run<'_>]) {
    for run in runs {
        println!(
            "{:30} {:>9.0} requests/s   {:?}",
            run.name,
            run.median(),
            run.per_second
        );
    }
    let of = |name: &str| runs.iter().find(|run| run.name == name).unwrap().median();
    let ratio = |what: &str, a: &str, b: &str, wanted: &str| {
        println!("{what:50} {:.2}   (wanted: {wanted})", of(a) / of(b));
    };
    ratio(
        "page, plain, against nginx",
        "portal, page plain",
        "nginx, plain",
        "0.4",
    );
    ratio(
        "page, brotli, against nginx",
        "portal, page brotli",
        "nginx, brotli bytes",
        "0.4",
    );
    ratio(
        "page, plain, against the empty handler",
        "portal, page plain",
        "empty handler, plain",
        "0.6",
    );
    ratio(
        "page, brotli, against the empty handler",
        "portal, page brotli",
        "empty handler, brotli bytes",
        "0.6",
    );
    ratio(
        "unlock against the empty handler",
        "portal, unlock",
        "empty handler, 303",
        "measured",
    );
}

/// A child process that ends with its handle.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn start(command: &mut Command, port: u16) -> Server {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server { child, port };
    let give_up = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(("localhost", port)).is_err() {
        assert!(Instant::now() < give_up, "nothing listens on {port}");
        std::thread::sleep(Duration::from_millis(50));
    }
    server
}

fn pinned(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn start_portal(database_url: &str, folder: &Path) -> Server {
    let port = free_port();
    let mut portal = pinned(env!("CARGO_BIN_EXE_vestibule"));
    portal
        .arg("serve")
        .env("DATABASE_URL", database_url)
        .env("VESTIBULE_SECRET_KEY", "5e".repeat(64))
        .env("VESTIBULE_LISTEN", format!("127.0.0.1:{port}"))
        .env("VESTIBULE_BASE_URL", format!("http://localhost:{port}"))
        .env("VESTIBULE_DATA_DIR", folder.join("data"));
    start(&mut portal, port)
}

fn start_nginx(folder: &Path) -> Server {
    let port = free_port();
    let root = folder.display();
    let configuration = format!(
        "daemon off; master_process off; pid {root}/nginx.pid; error_log /dev/null;
         events {{ worker_connections 1024; }}
         http {{ access_log off; sendfile on; keepalive_requests 1000000000; default_type text/html;
           client_body_temp_path {root}/b; proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;
           uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
           server {{ listen 127.0.0.1:{port}; root {root}; }} }}"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration).unwrap();
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder, everybody).unwrap();
    start(pinned("nginx").arg("-c").arg(file), port)
}

fn start_empty_handler(folder: &Path) -> Server {
    let port = free_port();
    let mut handler = pinned(std::env::current_exe().unwrap());
    start(
        handler.arg(EMPTY_HANDLER).arg(port.to_string()).arg(folder),
        port,
    )
}

/// The same bytes from memory, with nothing around them.
fn serve_from_memory(port: &str, folder: &Path) {
    let port: u16 = port.parse().unwrap();
    let [plain, brotli] =
        ["plain", "brotli"].map(|name| bytes::Bytes::from(fs::read(folder.join(name)).unwrap()));
    let page = |bytes: bytes::Bytes| {
        web::get().to(move || {
            let bytes = bytes.clone();
            async move {
                HttpResponse::Ok()
                    .content_type("text/html; charset=utf-8")
                    .body(bytes)
            }
        })
    };
    let app = move || {
        App::new()
            .route("/plain", page(plain.clone()))
            .route("/brotli", page(brotli.clone()))
            .route(
                "/see-other",
                web::get().to(async || HttpResponse::SeeOther().finish()),
            )
    };
    actix_web::rt::System::new()
        .block_on(
            HttpServer::new(app)
                .workers(2)
                .bind(("127.0.0.1", port))
                .unwrap()
                .run(),
        )
        .unwrap();
}

fn make_share(database_url: &str, folder: &Path) -> Share {
    db::migrate(database_url).unwrap();
    let mut paragraphs = String::new();
    while paragraphs.len() < PAGE_BYTES {
        let number = paragraphs.len();
        paragraphs.push_str(&format!(
            "<p>The charger at berth {number} was checked at {number} hours; its cable measures {number} millimetres \
             and its cover closes.</p>"
        ));
    }
    let mut archive = Cursor::new(Vec::new());
    ExportBuilder::new("BENCH", "Bench")
        .page(NewPage::new(1, "Page", &paragraphs))
        .write(&mut archive)
        .unwrap();
    archive.set_position(0);
    let storage = StorageArgs::local(folder.join("data")).read().unwrap();
    let db = Db::open(database_url, 2);
    let import_as = ImportAs {
        name: "Bench",
        wiki_url: None,
    };
    let imported = actix_web::rt::System::new().block_on(async {
        let files = FileStore::open(&storage).unwrap();
        let db = db.clone();
        let import = move || {
            import::import(
                &db,
                &files,
                archive,
                import_as,
                &mut |_| {},
                |_, _| Ok(()),
                OffsetDateTime::now_utc(),
            )
        };
        tokio::task::spawn_blocking(import).await.unwrap().unwrap()
    });
    let new = NewShare {
        enabled: true,
        embed_only: false,
        connection_id: imported.connection_id,
        name: "Bench".to_owned(),
        description: String::new(),
        space_key: "BENCH".to_owned(),
        scope: Scope::Page {
            root: "1".to_owned(),
        },
        password_hash: Some(password::hash(&Password::new("password").unwrap()).unwrap()),
        starts_at: None,
        expires_at: None,
        pass_lifetime: PassLifetime::DEFAULT,
        embed_origins: EmbedOrigins::None,
        external_links: ExternalLinks::PlainText,
        restricted_pages: RestrictedPages::None,
        include_labels: Labels::default(),
        exclude_labels: Labels::default(),
        show_comments: false,
        unlock_secret: UnlockSecret::generate().unwrap(),
        created_by: "bench".to_owned(),
        creator: Creator::default(),
    };
    db.run_blocking(|db| store::insert_share(db, &new, OffsetDateTime::now_utc()))
        .unwrap()
}

fn mint(share: &Share) -> String {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let minted = unlock_token::mint(share.id.uuid(), &share.unlock_secret, now).unwrap();
    minted.token.as_str().to_owned()
}

fn unlock_cookie(port: u16, share: &Share) -> String {
    let path = format!("/content/{}?unlock={}", share.id, mint(share));
    let answer = request(port, &path, &[("Sec-Fetch-Dest", "document")]);
    let head = String::from_utf8_lossy(&answer).into_owned();
    let line = head
        .lines()
        .find(|line| line.to_lowercase().starts_with("set-cookie:"))
        .expect("a pass");
    let value = line.split_once(':').unwrap().1;
    value.split(';').next().unwrap().trim().to_owned()
}

fn fetch(port: u16, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let answer = request(port, path, headers);
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    answer[end + 4..].to_vec()
}

fn request(port: u16, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("localhost", port)).unwrap();
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let text =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}
