//! The connection pool and the migrations. Knows no table: queries live in each room's `store.rs`.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource as _};
use diesel::pg::{Pg, PgConnection};
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Text;
use diesel::{Connection as _, ConnectionError, QueryableByName, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use tokio::sync::Semaphore;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// How long a request waits for a connection before the database counts as out of reach.
const CHECKOUT_TIMEOUT: Duration = Duration::from_secs(3);

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    url: Arc<str>,
    pool: Pool<ConnectionManager<PgConnection>>,
    /// As many as the pool has connections: waiters queue here, where waiting costs no thread.
    permits: Arc<Semaphore>,
}

/// Why a query gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection, or it broke: worth another try later.
    #[error("the database is out of reach: {0}")]
    Unavailable(String),
    /// Every connection is taken and stayed so: too much work at once.
    #[error("all connections to the database are busy")]
    Busy,
    /// Anything else is a mistake of ours.
    #[error("the database refused a query: {0}")]
    Query(DieselError),
    /// The work on a connection panicked.
    #[error("work on the database broke off: {0}")]
    Panicked(String),
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            // PostgreSQL says so while it starts, stops or fails over.
            DieselError::DatabaseError(_, information)
                if information.message().contains("terminating connection")
                    || information
                        .message()
                        .contains("server closed the connection")
                    || information.message().contains("the database system is") =>
            {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Query(error),
        }
    }
}

impl From<ConnectionError> for DbError {
    fn from(error: ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

#[derive(Debug)]
struct SessionSettings;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for SessionSettings {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        // A query that runs longer than this is a mistake and must not hold a pool slot for ever.
        connection
            .batch_execute("set timezone to 'UTC'; set statement_timeout to '60s'; set idle_in_transaction_session_timeout to '60s'")
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Db {
    /// Opens a pool of at most `connections`; connects at first use, so that a server may start before its database.
    pub fn open(database_url: &str, connections: u32) -> Self {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(CHECKOUT_TIMEOUT)
            .connection_customizer(Box::new(SessionSettings))
            .build_unchecked(ConnectionManager::new(database_url));
        Self {
            url: database_url.into(),
            pool,
            permits: Arc::new(Semaphore::new(connections as usize)),
        }
    }

    /// Runs blocking database work off the async workers.
    pub async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let waited =
            tokio::time::timeout(CHECKOUT_TIMEOUT, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = waited else {
            return Err(DbError::Busy.into());
        };
        let pool = self.pool.clone();
        let span = tracing::Span::current();
        let finished = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let _entered = span.entered();
            let mut connection = pool
                .get()
                .map_err(|error| E::from(DbError::Unavailable(error.to_string())))?;
            work(&mut connection)
        });
        finished
            .await
            .unwrap_or_else(|panic| Err(DbError::Panicked(panic.to_string()).into()))
    }

    /// The same for commands, on the calling thread.
    pub fn run_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut PgConnection) -> Result<T, E>,
        E: From<DbError>,
    {
        let mut connection = self
            .pool
            .get()
            .map_err(|error| E::from(DbError::Unavailable(error.to_string())))?;
        work(&mut connection)
    }

    /// A connection of one's own for work that takes minutes, without the pool's limits on statements.
    pub fn connect(&self) -> Result<PgConnection, DbError> {
        let mut connection = PgConnection::establish(&self.url)?;
        connection.batch_execute("set timezone to 'UTC'")?;
        Ok(connection)
    }
}

/// Makes a text match itself in `like`.
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// Why migrations could not run.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error("cannot connect to the database: {0}")]
    Connect(#[from] ConnectionError),
    #[error("a query around the migrations failed: {0}")]
    Lock(#[from] DieselError),
    #[error("a migration failed: {0}")]
    Migrate(Box<dyn std::error::Error + Send + Sync>),
}

/// Any number that no other application on the same server is likely to use.
const MIGRATION_LOCK: i64 = 0x7665_7374_6962_756c;

/// Applies what is pending and returns its names; nodes that start together take turns.
pub fn migrate(database_url: &str) -> Result<Vec<String>, MigrationError> {
    let mut connection = PgConnection::establish(database_url)?;
    connection.batch_execute(&format!(
        "set client_min_messages to warning; select pg_advisory_lock({MIGRATION_LOCK})"
    ))?;
    // The lock ends with the connection, also when a migration fails.
    connection
        .run_pending_migrations(MIGRATIONS)
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(MigrationError::Migrate)
}

/// Names of the migrations that have not run yet.
pub fn pending_migrations(database_url: &str) -> Result<Vec<String>, MigrationError> {
    let mut connection = PgConnection::establish(database_url)?;
    pending_on(&mut connection)
}

/// The same on a connection that is open. Only reads, so that a replica and a role without rights to create can ask.
pub fn pending_on(connection: &mut PgConnection) -> Result<Vec<String>, MigrationError> {
    let known: Vec<Box<dyn Migration<Pg>>> =
        MIGRATIONS.migrations().map_err(MigrationError::Migrate)?;
    let applied = applied_versions(connection)?;
    let pending = known
        .iter()
        .filter(|migration| !applied.contains(&migration.name().version().to_string()));
    Ok(pending
        .map(|migration| migration.name().to_string())
        .collect())
}

#[derive(QueryableByName)]
struct Text1 {
    #[diesel(sql_type = Text)]
    value: String,
}

fn applied_versions(connection: &mut PgConnection) -> Result<Vec<String>, DieselError> {
    let history = "select table_name::text as value from information_schema.tables
        where table_name = '__diesel_schema_migrations'";
    if diesel::sql_query(history)
        .load::<Text1>(connection)?
        .is_empty()
    {
        return Ok(Vec::new());
    }
    let versions = "select version::text as value from __diesel_schema_migrations";
    let rows: Vec<Text1> = diesel::sql_query(versions).load(connection)?;
    Ok(rows.into_iter().map(|row| row.value).collect())
}
