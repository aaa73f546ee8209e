//! Puts the server together: state, middleware in execution order, socket, drain. Which URL goes where is `routes`.

use std::future::IntoFuture;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::rt::task::JoinHandle;
use actix_web::{App, HttpServer, web};

use crate::accounts::openid::OpenIdProvider;
use crate::accounts::openid::error::OpenIdError;
use crate::accounts::sign_on_turns::SignOnTurns;
use crate::admin::sign_in;
use crate::audit;
use crate::audit::head_log::log_head;
use crate::clock;
use crate::config::Settings;
use crate::confluence::Http;
use crate::connections::LiveError;
use crate::db::{self, Db, MigrationError};
use crate::guess_limit;
use crate::pages::files::{FileStore, FileStoreError};
use crate::password::{HashError, Hasher};
use crate::routes;
use crate::seal::Sealer;
use crate::shares::event_log::event_log;
use crate::shares::pass::PassKey;
use crate::shares::store::{events, frames};
use crate::sharing::leak_reports::keep_leak_reports;
use crate::sharing::{Sharing, Stale};
use crate::sync::{SiteSync, schedule};
use crate::visitor::page_cache::PageCache;
use crate::web::answer_errors::answer_errors;
use crate::web::headers::hide_address;
use crate::web::host::check_host;
use crate::web::inside::let_sites_frame;
use crate::web::request::log_request;
use crate::web::share_cache::ShareCache;
use crate::web::state::AppState;

/// How long running requests may take after SIGTERM.
const DRAIN_SECONDS: u64 = 30;
/// How long a connection may be quiet. Longer than proxies keep theirs (nginx 60 s, Caddy 120 s): a proxy that sends a
/// form on a connection that is just being closed cannot tell whether it was taken, and answers the visitor with 502.
const KEEP_ALIVE: Duration = Duration::from_secs(150);
const CLEANUP: Duration = Duration::from_secs(60 * 60);
/// How long events of shares are kept.
const EVENTS_KEPT: time::Duration = time::Duration::days(90);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {error}")]
    Listen {
        address: String,
        error: std::io::Error,
    },
    #[error(transparent)]
    Files(#[from] FileStoreError),
    #[error("live connections cannot be used: {0}")]
    Live(#[from] LiveError),
    #[error("sign-in at the OpenID provider cannot be used: {0}")]
    OpenId(#[from] OpenIdError),
    #[error(transparent)]
    Hasher(#[from] HashError),
    #[error(transparent)]
    Migrate(#[from] MigrationError),
    #[error("the server could not be started: {0}")]
    Server(std::io::Error),
}

/// Whether to bring the database up to date first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrations {
    Run,
    Skip,
}

/// Binds the configured address. The port is taken at once, so that a second server fails early.
pub fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    TcpListener::bind(settings.listen).map_err(|error| StartError::Listen {
        address: settings.listen.to_string(),
        error,
    })
}

/// A server that runs. Awaiting it ends when it was stopped, requests have drained and events are written.
pub struct Running {
    server: Server,
    sync: Arc<SiteSync>,
    event_writer: JoinHandle<()>,
}

impl Running {
    /// What keeps this server's snapshots in step with their sites.
    pub fn sync(&self) -> Arc<SiteSync> {
        Arc::clone(&self.sync)
    }

    /// For stopping it.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }
}

impl IntoFuture for Running {
    type Output = std::io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.server.await?;
            // With the server went the last place that records events, so the writer comes to its end.
            self.event_writer.await.map_err(std::io::Error::other)
        })
    }
}

/// Starts to serve on `listener`.
pub fn start(
    settings: Settings,
    listener: TcpListener,
    migrations: Migrations,
) -> Result<Running, StartError> {
    if migrations == Migrations::Run {
        for version in db::migrate(&settings.database_url)? {
            tracing::info!(version, "migrated the database");
        }
    }
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let db = Db::open(&settings.database_url, settings.database_connections);
    let (events, event_writer) = event_log(db.clone());
    let event_writer = actix_web::rt::spawn(event_writer.run());
    let files = FileStore::open(&settings.storage)?;
    let sync = SiteSync::open(&settings.live, db.clone(), files.clone())?;
    actix_web::rt::spawn(schedule::run(Arc::clone(&sync), clock::now));
    let openid = open_id_provider(&settings, sync.connections().http())?;
    let shares = ShareCache::new(db.clone());
    let hasher = Hasher::new(cores)?;
    let state = web::Data::new(AppState {
        sharing: sharing(&settings, &db, &files, &hasher, &sync, &shares),
        hasher,
        pass_key: PassKey::new(&settings.pass_key),
        shares,
        files,
        connections: Arc::clone(sync.connections()),
        cloud_app: Arc::clone(sync.cloud_app()),
        sync: Arc::clone(&sync),
        openid,
        sign_on_turns: SignOnTurns::default(),
        sealer: sealer(&settings),
        events,
        db: db.clone(),
        settings,
    });
    let pages = web::Data::new(PageCache::default());
    warn_of_lost_cookies(&state.settings);
    actix_web::rt::spawn(keep_leak_reports(db.clone(), clock::now));
    actix_web::rt::spawn(log_head(db.clone()));
    actix_web::rt::spawn(clean_up(db, Arc::clone(&sync)));
    tracing::info!(listen = ?listener.local_addr().ok(), base_url = state.settings.base_url.origin(), "serving");
    let server = HttpServer::new(move || {
        // Wrapped inside out: the last `wrap` sees a request first.
        App::new()
            .app_data(state.clone())
            .app_data(pages.clone())
            .configure(|config| routes::configure(config, &state))
            .wrap(from_fn(answer_errors))
            .wrap(from_fn(let_sites_frame))
            .wrap(from_fn(hide_address))
            .wrap(from_fn(check_host))
            .wrap(from_fn(log_request))
    });
    let server = server
        .workers(cores)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(DRAIN_SECONDS)
        .listen(listener)
        .map_err(StartError::Server)?;
    Ok(Running {
        server: server.run(),
        sync,
        event_writer,
    })
}

fn sharing(
    settings: &Settings,
    db: &Db,
    files: &FileStore,
    hasher: &Hasher,
    sync: &Arc<SiteSync>,
    shares: &ShareCache,
) -> Sharing {
    let shares = shares.clone();
    Sharing {
        db: db.clone(),
        files: files.clone(),
        hasher: hasher.clone(),
        connections: Arc::clone(sync.connections()),
        cloud_app: Arc::clone(sync.cloud_app()),
        sync: Arc::clone(sync),
        app: settings.app.clone(),
        sealer: sealer(settings),
        audit_addresses: settings.audit_addresses,
        caches: Box::new(move |stale| match stale {
            Stale::One(id) => shares.forget(id),
            Stale::All => shares.forget_all(),
        }),
    }
}

fn sealer(settings: &Settings) -> Sealer {
    let live = &settings.live;
    Sealer::new(&live.seal_key, live.previous_seal_key.as_ref())
}

/// Is asked for the first time when somebody signs in, so that the portal starts without it.
fn open_id_provider(settings: &Settings, http: Http) -> Result<Option<OpenIdProvider>, StartError> {
    let redirect_uri = settings.base_url.join(sign_in::openid::CALLBACK);
    let provider = settings
        .openid
        .clone()
        .map(|openid| OpenIdProvider::new(openid, redirect_uri, http));
    Ok(provider.transpose()?)
}

/// Browsers send Confluence's cookies to the portal only below a common name.
fn warn_of_lost_cookies(settings: &Settings) {
    if let Some(single) = &settings.single_sign_on
        && !single.shares_cookies_with(&settings.base_url)
    {
        tracing::warn!(
            confluence = single.url.host_str().unwrap_or_default(),
            portal = settings.base_url.host(),
            "single sign-on cannot work: the two hosts have no parent domain in common"
        );
    }
}

/// Once an hour: what says nothing any more is removed.
async fn clean_up(db: Db, sync: Arc<SiteSync>) {
    loop {
        let now = clock::now();
        let cleaned = db
            .run(move |db| {
                guess_limit::forget_full(db, now)?;
                frames::forget_old(db, now)?;
                audit::forget_showings(db, now)?;
                audit::settle_tallies(db, now)?;
                events::forget_events(db, now - EVENTS_KEPT)
            })
            .await;
        if let Err(error) = cleaned {
            tracing::warn!(%error, "old events and guesses were not removed");
        }
        if let Err(error) = sync.clean_up(now).await {
            tracing::warn!(%error, "what is gone from live sites was not removed");
        }
        actix_web::rt::time::sleep(CLEANUP).await;
    }
}
