//! A first look with nothing configured: a private database, a sample space, an admin, three shares and a client's
//! site. Nothing else in the crate depends on this room.

pub mod client_site;
pub mod private_postgres;
pub mod sample_space;
mod seed;

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use self::client_site::{ClientSite, SigningKey};
use self::private_postgres::{PrivatePostgres, PrivatePostgresError};
use self::seed::{SeedError, Seeded};
use crate::config::{
    AppArgs, AuditArgs, BaseUrlArgs, ConfigError, DatabaseArgs, EmbeddingArgs, LiveArgs,
    OpenIdArgs, ServeArgs, Settings, SingleSignOnArgs, StorageArgs,
};
use crate::server::{self, Migrations, StartError};

/// What can be set for the demo.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// Address and port of the portal.
    #[arg(
        long,
        env = "VESTIBULE_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
    /// Address and port of the client's site. To a browser it must be another site than the portal: keep the address a
    /// number while the portal is called localhost.
    #[arg(
        long,
        env = "VESTIBULE_CLIENT_LISTEN",
        default_value = "127.0.0.1:8090",
        value_name = "ADDRESS"
    )]
    client_listen: SocketAddr,
    /// Folder of the demo: database, files, keys. Delete it to begin anew.
    #[arg(
        long,
        env = "VESTIBULE_DATA_DIR",
        default_value = "data/demo",
        value_name = "FOLDER"
    )]
    data_dir: PathBuf,
    /// Addresses or networks, not public ones, to which live connections may go, separated by commas.
    #[arg(
        long,
        env = "VESTIBULE_CONFLUENCE_NETWORKS",
        default_value = "",
        value_name = "NETWORKS"
    )]
    confluence_networks: String,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(
        "{address} is taken by another program ({error}). Choose another one: vestibule demo {flag} 127.0.0.1:PORT"
    )]
    Port {
        address: SocketAddr,
        flag: &'static str,
        error: io::Error,
    },
    #[error("the data folder {0} cannot be used: {1}")]
    Folder(PathBuf, io::Error),
    #[error(transparent)]
    Postgres(#[from] PrivatePostgresError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Seed(#[from] SeedError),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Runs the demo until it is interrupted.
pub fn run(args: &DemoArgs) -> Result<(), DemoError> {
    // Both ports before anything slow: a taken one is told at once.
    let portal = listen(args.listen, "--listen")?;
    let client = listen(args.client_listen, "--client-listen")?;
    std::fs::create_dir_all(&args.data_dir)
        .map_err(|error| DemoError::Folder(args.data_dir.clone(), error))?;
    say("Starting a private PostgreSQL …")?;
    let postgres = PrivatePostgres::start(&args.data_dir)?;
    let settings = settings(args, &portal, &postgres)?;
    let outcome =
        actix_web::rt::System::new().block_on(serve(settings, portal, client, &args.data_dir));
    postgres.stop();
    outcome
}

fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, DemoError> {
    TcpListener::bind(address).map_err(|error| DemoError::Port {
        address,
        flag,
        error,
    })
}

fn settings(
    args: &DemoArgs,
    portal: &TcpListener,
    postgres: &PrivatePostgres,
) -> Result<Settings, DemoError> {
    let port = portal.local_addr()?.port();
    let serve = ServeArgs {
        database: DatabaseArgs {
            database_url: Some(postgres.database_url()),
        },
        storage: StorageArgs::local(args.data_dir.clone()),
        base_url: BaseUrlArgs {
            base_url: format!("http://localhost:{port}"),
        },
        listen: args.listen.to_string(),
        hosts: String::new(),
        live: LiveArgs {
            confluence_networks: args.confluence_networks.clone(),
            ..LiveArgs::with_key(seed::secret_key(&args.data_dir)?)
        },
        embedding: EmbeddingArgs::default(),
        audit: AuditArgs::default(),
        app: AppArgs::default(),
        openid: OpenIdArgs::default(),
        single_sign_on: SingleSignOnArgs::default(),
        trusted_proxies: String::new(),
        database_connections: "10".to_owned(),
        upload_limit_mib: "4096".to_owned(),
    };
    Ok(serve.read()?)
}

async fn serve(
    settings: Settings,
    portal: TcpListener,
    client: TcpListener,
    data_dir: &Path,
) -> Result<(), DemoError> {
    let portal_url = settings.base_url.origin();
    let client_url = format!("http://{}", client.local_addr()?);
    let server = server::start(settings.clone(), portal, Migrations::Run)?;
    let data_dir = data_dir.to_owned();
    let seeding = (settings, client_url.clone());
    let seeded = tokio::task::spawn_blocking(move || seed::seed(&seeding.0, &data_dir, &seeding.1))
        .await
        .map_err(io::Error::other)??;
    let client = client_site::bind(
        client,
        ClientSite {
            portal_base_url: portal_url.clone(),
            share_id: seeded.embedded_share,
            signing_key: SigningKey::from_hex(&seeded.unlock_secret_hex)
                .map_err(io::Error::other)?,
        },
    )?;
    let client_handle = client.handle();
    let client = actix_web::rt::spawn(client);
    say(&summary(&portal_url, &client_url, &seeded))?;
    server.await?;
    client_handle.stop(true).await;
    client.await.map_err(io::Error::other)??;
    Ok(())
}

fn summary(portal: &str, client: &str, seeded: &Seeded) -> String {
    let Seeded {
        open_share,
        password_share,
        embedded_share,
        share_password,
        admin_email,
        admin_password,
        api_token,
        ..
    } = seeded;
    format!(
        "
Vestibule is running. Stop it with Ctrl+C.

  An open share               {portal}/content/{open_share}
  A share with a password     {portal}/content/{password_share}
      password                {share_password}
  A client's site that embeds a share by signed tokens
                              {client}/
      the share itself        {portal}/content/{embedded_share}  (same password)

  Admin pages                 {portal}/admin
      e-mail                  {admin_email}
      password                {admin_password}

  API reference               {portal}/api/docs
      token                   {api_token}
"
    )
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
