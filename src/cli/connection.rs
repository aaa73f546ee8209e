//! `connection`: live Confluence sites from the command line. Imports are `import`'s.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use clap::{Subcommand, ValueEnum};
use uuid::Uuid;

use super::terminal::{CommandError, note, print, read_line, right, the_command_line};
use crate::clock;
use crate::config::{DatabaseArgs, LiveArgs, StorageArgs};
use crate::confluence::Product;
use crate::confluence::TestReport;
use crate::confluence::check::{Check, Outcome};
use crate::connections::LiveError;
use crate::connections::create::NewConnection;
use crate::connections::credentials::Credentials;
use crate::connections::store::live::LiveSettings;
use crate::db::{self, Db};
use crate::pages::files::FileStore;
use crate::pages::store::connections;
use crate::sharing::error::SharingError;
use crate::sharing::{connection, connection_site};
use crate::sync::SiteSync;

#[derive(Subcommand)]
pub(super) enum ConnectionCommand {
    /// Connect a site, print the connection's id and test it; the secret is asked for, or read from standard input.
    Add(Box<AddArgs>),
    /// Make every call that the portal needs, and say what is missing; exits with 1 if the connection cannot be used.
    Test(Box<OneArgs>),
    /// Print every connection: id, kind, name and address, with tabs between them.
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Have everything of a connection compared with its site; a portal that runs does it.
    Refresh(Box<OneArgs>),
}

#[derive(clap::Args)]
pub(super) struct AddArgs {
    /// What the connection is called in the portal.
    name: String,
    /// The address of the wiki, or of any page of it.
    #[arg(long, env = "VESTIBULE_URL", value_name = "URL")]
    url: String,
    /// Which Confluence it is.
    #[arg(long, env = "VESTIBULE_KIND")]
    kind: Kind,
    /// With what the portal signs in.
    #[arg(long, env = "VESTIBULE_AUTH")]
    auth: Auth,
    /// For api-token, and for the scoped-token of a person.
    #[arg(long, env = "VESTIBULE_EMAIL")]
    email: Option<String>,
    /// For basic.
    #[arg(long, env = "VESTIBULE_USERNAME")]
    username: Option<String>,
    /// For client-credentials.
    #[arg(long, env = "VESTIBULE_CLIENT_ID", value_name = "ID")]
    client_id: Option<String>,
    /// For client-credentials, where tokens are exchanged, if that is not where the product usually has it.
    #[arg(long, env = "VESTIBULE_TOKEN_URL", value_name = "URL")]
    token_url: Option<String>,
    #[command(flatten)]
    portal: PortalArgs,
}

#[derive(clap::Args)]
pub(super) struct OneArgs {
    /// The connection's id.
    id: String,
    #[command(flatten)]
    portal: PortalArgs,
}

/// What a command needs to ask a site as the portal does.
#[derive(clap::Args)]
struct PortalArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    storage: StorageArgs,
    #[command(flatten)]
    live: LiveArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Cloud,
    DataCenter,
}

/// Without OAuth by consent, for which the admin pages are.
#[derive(Clone, Copy, ValueEnum)]
enum Auth {
    /// Cloud: an e-mail and its API token without scopes.
    ApiToken,
    /// Cloud: an API token with scopes, of a person or a service account.
    ScopedToken,
    /// OAuth 2.0 client credentials of a service account.
    ClientCredentials,
    /// Data Center.
    PersonalAccessToken,
    /// Data Center: user name and password.
    Basic,
}

pub(super) fn run(command: ConnectionCommand) -> Result<(), CommandError> {
    match command {
        ConnectionCommand::Add(args) => add(&args),
        ConnectionCommand::Test(args) => test(&args),
        ConnectionCommand::List { database } => list(&database),
        ConnectionCommand::Refresh(args) => refresh(&args),
    }
}

fn add(args: &AddArgs) -> Result<(), CommandError> {
    args.check()?;
    with_live(&args.portal, async |sync, db| {
        let new = NewConnection {
            name: args.name.clone(),
            product: match args.kind {
                Kind::Cloud => Product::Cloud,
                Kind::DataCenter => Product::DataCenter,
            },
            address: args.url.clone(),
            credentials: args.credentials(read_secret(args.auth)?)?,
            settings: LiveSettings::default(),
        };
        let (actor, right, now) = (the_command_line(), right()?, clock::now());
        let new = connection::prepare(sync.connections(), new).await?;
        let id = db
            .run(move |db| connection::insert(db, &actor, right, &new, now))
            .await?;
        print(&id.to_string())?;
        let usable = match test_site(&sync, &db, id).await {
            Ok(report) => {
                report_lines(&report)
                    .iter()
                    .try_for_each(|line| note(line))?;
                report.is_good()
            }
            Err(error) => {
                note(&sentence(error))?;
                false
            }
        };
        match usable {
            true => Ok(()),
            false => Err(CommandError::Refused(
                "The connection is made, but cannot be used yet.".to_owned(),
            )),
        }
    })
}

fn test(args: &OneArgs) -> Result<(), CommandError> {
    let id = parse_id(&args.id)?;
    with_live(&args.portal, async |sync, db| {
        let report = test_site(&sync, &db, id).await?;
        report_lines(&report)
            .iter()
            .try_for_each(|line| print(line))?;
        match report.is_good() {
            true => Ok(()),
            false => Err(CommandError::Refused(
                "The connection cannot be used.".to_owned(),
            )),
        }
    })
}

fn list(database: &DatabaseArgs) -> Result<(), CommandError> {
    let url = database.read()?;
    let found = Db::open(&url, 1).run_blocking(connections::list_connections)?;
    for connection in found {
        let kind = connection.kind.as_str().replace('_', "-");
        let wiki_url = connection.wiki_url.unwrap_or_default();
        print(&format!(
            "{}\t{kind}\t{}\t{wiki_url}",
            connection.id, connection.name
        ))?;
    }
    Ok(())
}

fn refresh(args: &OneArgs) -> Result<(), CommandError> {
    let id = parse_id(&args.id)?;
    with_live(&args.portal, async |sync, db| {
        let (connection, now) = (sync.connections().find(id).await?, clock::now());
        let (actor, right) = (the_command_line(), right()?);
        db.run(move |db| connection_site::make_due(db, &actor, right, id, None, now))
            .await?;
        note(&format!(
            "A portal that runs compares everything of {} with its site.",
            connection.name
        ))
    })
}

/// Runs what asks a site, with the database brought up to date.
fn with_live<F>(args: &PortalArgs, work: F) -> Result<(), CommandError>
where
    F: AsyncFnOnce(Arc<SiteSync>, Db) -> Result<(), CommandError>,
{
    let url = args.database.read()?;
    let storage = args.storage.read()?;
    let config = args.live.read()?;
    db::migrate(&url)?;
    let files =
        FileStore::open(&storage).map_err(|error| CommandError::Refused(error.to_string()))?;
    actix_web::rt::System::new().block_on(async {
        let db = Db::open(&url, 2);
        let sync = SiteSync::open(&config, db.clone(), files)?;
        work(sync, db).await
    })
}

impl AddArgs {
    /// Refuses what is missing before anybody types a secret.
    fn check(&self) -> Result<(), CommandError> {
        self.credentials(String::new()).map(|_without_secret| ())
    }

    fn credentials(&self, secret: String) -> Result<Credentials, CommandError> {
        let needed = |value: &Option<String>, flag: &str| {
            let missing = || CommandError::Refused(format!("This --auth needs {flag}."));
            value.clone().ok_or_else(missing)
        };
        Ok(match self.auth {
            Auth::ApiToken => Credentials::ApiToken {
                email: needed(&self.email, "--email")?,
                token: secret,
            },
            Auth::ScopedToken => Credentials::ScopedToken {
                email: self.email.clone(),
                token: secret,
            },
            Auth::ClientCredentials => Credentials::ClientCredentials {
                token_url: self.token_url.clone(),
                client_id: needed(&self.client_id, "--client-id")?,
                client_secret: secret,
                access: None,
            },
            Auth::PersonalAccessToken => Credentials::PersonalAccessToken { token: secret },
            Auth::Basic => Credentials::Basic {
                username: needed(&self.username, "--username")?,
                password: secret,
            },
        })
    }
}

/// Asked for at a terminal; else the first line of standard input.
fn read_secret(auth: Auth) -> Result<String, CommandError> {
    let prompt = match auth {
        Auth::ApiToken | Auth::ScopedToken | Auth::PersonalAccessToken => "Token: ",
        Auth::ClientCredentials => "Client secret: ",
        Auth::Basic => "Password: ",
    };
    let secret = if io::stdin().is_terminal() {
        rpassword::prompt_password(prompt)?
    } else {
        read_line()?
    };
    if secret.is_empty() {
        return Err(CommandError::Refused("The secret is empty.".to_owned()));
    }
    Ok(secret)
}

fn parse_id(written: &str) -> Result<Uuid, CommandError> {
    let refused = || {
        CommandError::Refused(format!(
            "“{written}” is not the id of a connection (a UUID)."
        ))
    };
    Uuid::try_parse(written.trim()).map_err(|_not_a_uuid| refused())
}

/// The report in lines for people.
fn report_lines(report: &TestReport) -> Vec<String> {
    let line = |check: &Check| {
        let mark = match check.outcome {
            Outcome::Ok => "ok     ",
            Outcome::Warning => "warning",
            Outcome::Failed => "FAILED ",
        };
        format!("{mark}  {}", check.detail)
    };
    report.checks.iter().map(line).collect()
}

/// Asks the site and keeps the report.
async fn test_site(sync: &SiteSync, db: &Db, id: Uuid) -> Result<TestReport, SharingError> {
    let (actor, right, now) = (the_command_line(), right()?, clock::now());
    let report = sync.connections().ask_for_test(id, now).await?;
    let kept = report.clone();
    db.run(move |db| connection_site::record_test(db, &actor, right, id, &kept, now))
        .await?;
    Ok(report)
}

fn sentence(error: SharingError) -> String {
    match error {
        SharingError::NotFound => "There is no such live connection.".to_owned(),
        SharingError::Site(error) => error.sentence(),
        error => error.to_string(),
    }
}

impl From<SharingError> for CommandError {
    fn from(error: SharingError) -> Self {
        Self::Refused(sentence(error))
    }
}

impl From<LiveError> for CommandError {
    fn from(error: LiveError) -> Self {
        SharingError::from(error).into()
    }
}
