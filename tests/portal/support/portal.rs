//! A running portal of its own for one test: the server's code as `vestibule serve` runs it, minus the command line.

use std::fs;
use std::io::Cursor;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use diesel::PgConnection;
use tempfile::TempDir;
use uuid::Uuid;
use vestibule::clock;
use vestibule::cloud_app::CloudApp;
use vestibule::config::{
    AppArgs, AuditArgs, BaseUrlArgs, DatabaseArgs, EmbeddingArgs, LiveArgs, OpenIdArgs, ServeArgs,
    Settings, SingleSignOnArgs, StorageArgs,
};
use vestibule::connections::Connections;
use vestibule::connections::consent;
use vestibule::connections::create::{self, NewConnection};
use vestibule::db::Db;
use vestibule::pages::files::FileStore;
use vestibule::server::{self, Migrations};
use vestibule::shares::pass::PassKey;
use vestibule::space_export::builder::ExportBuilder;
use vestibule::sync::status::{self, Status};
use vestibule::sync::{SiteSync, refresh};

use super::captured_log;
use super::postgres::{self, Database};
use super::visitor::{Shown, Visitor};

/// Of every portal of this run, as a part of it that is repeated.
pub(super) const SECRET_KEY: &str = "5ec2e7";

/// What a test may want to be different. Lists are written as in the environment variables.
#[derive(Default)]
pub(crate) struct Setup {
    /// Import the sample space.
    pub(crate) sample: bool,
    /// What the database holds before it is brought up to date, instead of nothing.
    pub(crate) dump: Option<&'static str>,
    pub(crate) hosts: &'static str,
    pub(crate) trusted_proxies: &'static str,
    pub(crate) embed_wildcards: Option<&'static str>,
    pub(crate) cookieless: Option<&'static str>,
    /// Where Atlassian's shared services are, when they are asked at all.
    pub(crate) atlassian_url: Option<String>,
    pub(crate) app: AppArgs,
    pub(crate) openid: OpenIdArgs,
    pub(crate) single_sign_on: SingleSignOnArgs,
}

/// Stops when it is dropped, and its database goes with it.
pub(crate) struct Portal {
    address: SocketAddr,
    base_url: String,
    pass_key: PassKey,
    settings: Settings,
    sync: Arc<SiteSync>,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    // Declared after the server, so that they are still there while it stops.
    database: Database,
    data_dir: TempDir,
}

impl Portal {
    /// With an empty database.
    pub(crate) async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    /// With the sample space.
    pub(crate) async fn with_sample() -> Self {
        Self::start_with(Setup {
            sample: true,
            ..Setup::default()
        })
        .await
    }

    #[expect(clippy::unused_async, reason = "only async code can use a portal")]
    pub(crate) async fn start_with(setup: Setup) -> Self {
        captured_log::start();
        // The client of the tests takes the crypto library of the process, and is the first to name one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let data_dir = tempfile::tempdir().unwrap();
        let database = if setup.sample {
            copy_folder(&postgres::sample().data_dir, data_dir.path());
            Database::with_sample()
        } else {
            setup.dump.map_or_else(Database::empty, Database::of_dump)
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let base_url = format!("http://localhost:{}", address.port());
        let settings = settings(&setup, &database, data_dir.path(), &base_url);
        let pass_key = PassKey::new(&settings.pass_key);
        let (server, sync, thread) = run(settings.clone(), listener);
        Self {
            address,
            base_url,
            pass_key,
            settings,
            sync,
            server,
            thread: Some(thread),
            database,
            data_dir,
        }
    }

    /// The full URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Somebody new with an up-to-date browser, who opens addresses in a tab.
    pub(crate) fn visitor(&self) -> Visitor {
        self.visitor_in(Shown::Document)
    }

    /// Somebody new whose browser says that it shows our pages so.
    pub(crate) fn visitor_in(&self, shown: Shown) -> Visitor {
        Visitor::new(&self.base_url, self.address, shown)
    }

    /// The key that signs this portal's passes.
    pub(crate) fn pass_key(&self) -> &PassKey {
        &self.pass_key
    }

    /// The key that seals what this portal keeps of credentials.
    pub(crate) fn seal_key(&self) -> [u8; 32] {
        self.settings.live.seal_key
    }

    /// A shortcut past HTTP, as all that begin with `db`.
    pub(crate) fn db<T>(&self, work: impl FnOnce(&mut PgConnection) -> T) -> T {
        self.database.with(work)
    }

    /// A connection to the database that a test keeps, such as to hold a lock.
    pub(crate) fn db_connect(&self) -> PgConnection {
        self.database.connect()
    }

    /// The server's own, past HTTP.
    pub(crate) fn connections(&self) -> &Arc<Connections> {
        self.sync.connections()
    }

    pub(crate) fn cloud_app(&self) -> &Arc<CloudApp> {
        self.sync.cloud_app()
    }

    /// Makes a live connection, past HTTP.
    pub(crate) async fn connect(&self, new: NewConnection) -> Uuid {
        let new = self.connections().prepare(new).await.unwrap();
        self.db(|db| create::create(db, &new, clock::now()).unwrap())
    }

    /// Has everything of a connection compared with the site, past HTTP.
    pub(crate) fn refresh_all(&self, connection: Uuid) {
        self.db(|db| refresh::refresh_all(db, connection, clock::now()).unwrap());
        self.connections().wake();
    }

    /// How a live connection is doing.
    pub(crate) fn status(&self, connection: Uuid) -> Status {
        self.db(|db| status::status(db, connection).unwrap())
    }

    /// Keeps the tokens for a consent that was given, past HTTP.
    pub(crate) async fn agree(&self, connection: Uuid, code: &str, back: &str) {
        let prepared = self
            .connections()
            .prepare_consent(connection, code, back, clock::now());
        let consent = prepared.await.unwrap();
        self.db(|db| consent::store_consent(db, &consent).unwrap());
        self.connections().begin_anew(connection);
    }

    /// Another process on the same database and files, as far as live connections go. Its schedule does not run.
    pub(crate) fn another_node(&self) -> Arc<SiteSync> {
        let settings = &self.settings;
        let db = Db::open(&settings.database_url, 4);
        let files = FileStore::open(&settings.storage).unwrap();
        SiteSync::open(&settings.live, db, files).unwrap()
    }

    /// For programs that share this portal's database.
    pub(crate) fn db_url(&self) -> String {
        self.database.url()
    }

    /// Where this portal's files lie.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// The connection that holds the sample space.
    pub(crate) fn db_sample(&self) -> Uuid {
        postgres::sample().connection_id
    }

    /// Imports another space and returns the id of its connection.
    pub(crate) fn db_import(&self, export: ExportBuilder, name: &'static str) -> Uuid {
        let mut archive = Cursor::new(Vec::new());
        export.write(&mut archive).unwrap();
        postgres::import(&self.database.url(), self.data_dir.path(), archive, name)
    }

    /// The database ends all connections and takes no new ones, as when it is being restarted.
    pub(crate) fn db_lose(&self) {
        self.database.close();
    }

    pub(crate) fn db_find_again(&self) {
        self.database.reopen();
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // The message is sent at once; waiting for it is what the thread is joined for.
        drop(self.server.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.unwrap().unwrap();
        }
    }
}

fn run(settings: Settings, listener: TcpListener) -> (ServerHandle, Arc<SiteSync>, JoinHandle<()>) {
    let (started, wait) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = server::start(settings, listener, Migrations::Skip).unwrap();
            started.send((server.handle(), server.sync())).unwrap();
            server.await.unwrap();
        });
    });
    let (server, sync) = wait.recv().unwrap();
    (server, sync, thread)
}

fn settings(setup: &Setup, database: &Database, data_dir: &Path, base_url: &str) -> Settings {
    let atlassian = |usual: &str| setup.atlassian_url.clone().unwrap_or(usual.to_owned());
    let args = ServeArgs {
        database: DatabaseArgs {
            database_url: Some(database.url()),
        },
        storage: StorageArgs {
            data_dir: data_dir.to_owned(),
            object_store: None,
            s3_endpoint: None,
            s3_region: String::new(),
            s3_access_key_id: None,
            s3_secret_access_key: None,
        },
        base_url: BaseUrlArgs {
            base_url: base_url.to_owned(),
        },
        listen: "127.0.0.1:0".to_owned(),
        hosts: setup.hosts.to_owned(),
        live: LiveArgs {
            // The fake Confluence.
            confluence_networks: "127.0.0.0/8".to_owned(),
            atlassian_api_url: atlassian("https://api.atlassian.com"),
            atlassian_auth_url: atlassian("https://auth.atlassian.com"),
            install_keys_url: atlassian("https://connect-install-keys.atlassian.com"),
            impersonation_url: atlassian(
                "https://oauth-2-authorization-server.services.atlassian.com",
            ),
            forge_keys_url: format!(
                "{}/.well-known/jwks.json",
                atlassian("https://forge.cdn.prod.atlassian-dev.net")
            ),
            ..LiveArgs::with_key(SECRET_KEY.repeat(22))
        },
        audit: AuditArgs::default(),
        embedding: EmbeddingArgs {
            embed_wildcards: setup.embed_wildcards.unwrap_or("refuse").to_owned(),
            cookieless: setup.cookieless.unwrap_or("auto").to_owned(),
        },
        audit: AuditArgs::default(),
        app: setup.app.clone(),
        openid: setup.openid.clone(),
        single_sign_on: setup.single_sign_on.clone(),
        trusted_proxies: setup.trusted_proxies.to_owned(),
        database_connections: "4".to_owned(),
        upload_limit_mib: "64".to_owned(),
    };
    args.read().unwrap()
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
