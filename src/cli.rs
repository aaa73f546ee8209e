//! The commands. Each prints its result alone on standard output and everything else on standard error.

mod accounts;
mod audit;
mod connection;
mod import;
mod terminal;
mod unlock;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use self::audit::AuditCommand;
use self::connection::ConnectionCommand;
use self::terminal::{note, print};
use crate::config::{BaseUrlArgs, DatabaseArgs, ServeArgs, StorageArgs};
use crate::db;
use crate::demo::{self, DemoArgs};
use crate::server::{self, Migrations};
use crate::sync::import::ImportAs;
use crate::telemetry::{self, LogArgs};

/// A self-hosted external share portal for Confluence.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Run the portal; brings the database up to date first.
    Serve {
        #[command(flatten)]
        settings: Box<ServeArgs>,
        /// Leave the database as it is.
        #[arg(long, env = "VESTIBULE_NO_MIGRATE")]
        no_migrate: bool,
    },
    /// A first look with nothing configured: private database, sample space, an admin, three shares, a client site.
    Demo(DemoArgs),
    /// Bring the database up to date.
    Migrate {
        #[command(flatten)]
        database: DatabaseArgs,
        /// Only say what is pending; exits with 1 if anything is.
        #[arg(long, env = "VESTIBULE_CHECK")]
        check: bool,
    },
    /// Import a Confluence space export as a connection; prints the connection's id.
    Import(Box<ImportArgs>),
    /// Live connections to Confluence sites.
    Connection {
        #[command(subcommand)]
        command: ConnectionCommand,
    },
    /// Admin accounts.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Tokens of the web API.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// The record of who did what.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print an unlock link for a share that works for the next minute.
    UnlockLink {
        /// The share's id.
        share: String,
        #[command(flatten)]
        database: DatabaseArgs,
        #[command(flatten)]
        base_url: BaseUrlArgs,
    },
    /// Say which check an unlock token fails and why; exits with 1 if it fails one.
    CheckToken {
        /// The share's id.
        share: String,
        /// The token, or the whole unlock link.
        token: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(clap::Args)]
struct ImportArgs {
    /// The export as Confluence made it (XML, zipped).
    export: PathBuf,
    /// Name of the connection; one that exists is brought up to date.
    #[arg(long, env = "VESTIBULE_NAME")]
    name: String,
    /// Where the wiki is, such as `https://wiki.example.com`: links to it never become links of a share.
    #[arg(long, env = "VESTIBULE_WIKI_URL", value_name = "URL")]
    wiki_url: Option<url::Url>,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    storage: StorageArgs,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Add an account; asks for the password, or reads it from standard input.
    Add {
        email: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token and print it, once.
    Add {
        /// What it is for.
        name: String,
        /// `read`, or `write` for both.
        #[arg(long, env = "VESTIBULE_SCOPE", default_value = "read")]
        scope: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

pub use self::terminal::{CommandError, complain};

/// Runs one command to its end.
pub fn run(cli: Cli) -> Result<(), CommandError> {
    telemetry::start(&cli.log);
    match cli.command {
        Command::Serve {
            settings,
            no_migrate,
        } => serve(&settings, no_migrate),
        Command::Demo(args) => Ok(demo::run(&args)?),
        Command::Migrate { database, check } => migrate(&database, check),
        Command::Import(args) => {
            let import_as = ImportAs {
                name: &args.name,
                wiki_url: args.wiki_url.as_ref(),
            };
            import::run(&args.export, import_as, &args.database, &args.storage)
        }
        Command::Connection { command } => connection::run(command),
        Command::Admin {
            command: AdminCommand::Add { email, database },
        } => accounts::add_admin(&email, &database),
        Command::Token {
            command:
                TokenCommand::Add {
                    name,
                    scope,
                    database,
                },
        } => accounts::add_token(&name, &scope, &database),
        Command::Audit { command } => audit::run(command),
        Command::UnlockLink {
            share,
            database,
            base_url,
        } => unlock::print_link(&share, &database, &base_url),
        Command::CheckToken {
            share,
            token,
            database,
        } => unlock::check_token(&share, &token, &database),
    }
}

fn serve(args: &ServeArgs, no_migrate: bool) -> Result<(), CommandError> {
    let settings = args.read()?;
    let migrations = if no_migrate {
        Migrations::Skip
    } else {
        Migrations::Run
    };
    let listener = server::listen(&settings)?;
    actix_web::rt::System::new().block_on(async move {
        server::start(settings, listener, migrations)?.await?;
        tracing::info!("stopped");
        Ok(())
    })
}

fn migrate(database: &DatabaseArgs, check: bool) -> Result<(), CommandError> {
    let url = database.read()?;
    if !check {
        for version in db::migrate(&url)? {
            note(&format!("applied {version}"))?;
        }
        return note("The database is up to date.");
    }
    let pending = db::pending_migrations(&url)?;
    for name in &pending {
        print(name)?;
    }
    match pending.len() {
        0 => note("The database is up to date."),
        count => Err(CommandError::Refused(format!(
            "{count} migrations are pending"
        ))),
    }
}
