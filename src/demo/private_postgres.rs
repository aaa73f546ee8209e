//! A private PostgreSQL server in the data dir: made on first use, reached by a Unix socket, stopped with us.
//!
//! Lives here: the server's life (make, start, stop, clean up after a crash). Where its files are is
//! `place.rs`, which programs and which user run it is `programs.rs`. Not here: migrations and pools
//! (`crate::db`), and what the demo puts into the database.

mod error;
mod leftover;
mod place;
mod programs;
#[cfg(test)]
mod tests;
mod watchdog;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub use error::PrivatePostgresError;

use place::Place;
use programs::Programs;
use watchdog::Watchdog;

/// The database and its superuser; nobody but the owner of the socket's folder can reach them.
const NAME: &str = "vestibule";
const MAX_CONNECTIONS: u32 = 200;
/// Recovery after a crash replays the log, so a start may take its time; initdb never comes near.
const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed is lost.
    Durable,
    /// For tests: nothing is flushed to disk, and the files are deleted when the server stops.
    Throwaway,
}

/// A running server. Dropping it stops the server; if our process dies first, the watchdog does.
#[derive(Debug)]
pub struct PrivatePostgres {
    place: Place,
    durability: Durability,
    server: Child,
    watchdog: Watchdog,
    /// Held for as long as the server may run, so that two processes never share one cluster.
    _lock: File,
}

impl PrivatePostgres {
    /// Starts the server that keeps its data below `data_dir`, and makes it on the first start.
    ///
    /// Blocks: about two seconds the first time, a fifth of a second later.
    pub fn start(data_dir: &Path) -> Result<Self, PrivatePostgresError> {
        Self::start_with(data_dir, Durability::Durable)
    }

    /// Like [`PrivatePostgres::start`], with a choice of what a crash may cost.
    pub fn start_with(
        data_dir: &Path,
        durability: Durability,
    ) -> Result<Self, PrivatePostgresError> {
        let user = programs::server_user()?;
        let place = place::choose(data_dir, user, durability)?;
        let lock = place.lock()?;
        let programs = Programs::find(user, place.cluster_version(), &place.home)?;
        place.ensure_socket_dir()?;
        leftover::clear(&programs, &place)?;
        if durability == Durability::Throwaway {
            place.give_away()?;
        }
        if !place.cluster().exists() {
            make_cluster(&programs, &place, durability)?;
        }
        let mut server = start_server(&programs, &place, durability)?;
        let watchdog = Watchdog::start(&programs, &place, &server, durability)
            .inspect_err(|_| stop_server(&mut server))?;
        let started = Self {
            place,
            durability,
            server,
            watchdog,
            _lock: lock,
        };
        make_database(&started)?;
        Ok(started)
    }

    /// The connection string for libpq, e.g. `host='/srv/data/postgres' user=vestibule dbname=vestibule`.
    pub fn database_url(&self) -> String {
        self.url_of(NAME)
    }

    /// Where the database's files are: `postgres` in the data dir, or elsewhere if the unprivileged
    /// user cannot get there.
    pub fn folder(&self) -> &Path {
        &self.place.home
    }

    /// Stops the server, as dropping does.
    pub fn stop(self) {
        drop(self);
    }

    fn url_of(&self, database: &str) -> String {
        let host = self.place.socket_dir.to_string_lossy();
        let host = host.replace('\\', r"\\").replace('\'', r"\'");
        format!("host='{host}' user={NAME} dbname={database}")
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        self.watchdog.dismiss();
        stop_server(&mut self.server);
        // What cannot be deleted now does no harm: the next start takes it over.
        drop(fs::remove_dir_all(&self.place.socket_dir));
        if self.durability == Durability::Throwaway {
            drop(fs::remove_dir_all(&self.place.home));
        }
    }
}

/// Makes the cluster under another name first, so that an interrupted start leaves no half-made one.
fn make_cluster(
    programs: &Programs,
    place: &Place,
    durability: Durability,
) -> Result<(), PrivatePostgresError> {
    let unfinished = place.home.join("cluster.new");
    place::remove_if_there(&unfinished)?;
    place.make_server_folder(&unfinished)?;
    let mut initdb = programs.command("initdb", &place.home);
    initdb
        .args(["--username", NAME, "--auth", "trust", "--encoding", "UTF8"])
        .args(["--locale", programs::LOCALE, "--pgdata"])
        .arg(&unfinished);
    if durability == Durability::Throwaway {
        initdb.arg("--no-sync");
    }
    let output = initdb
        .output()
        .map_err(|source| PrivatePostgresError::Program {
            program: "initdb".to_owned(),
            source,
        })?;
    if !output.status.success() {
        return Err(PrivatePostgresError::Initdb {
            output: last_lines(&String::from_utf8_lossy(&output.stderr)),
        });
    }
    fs::rename(&unfinished, place.cluster()).map_err(place::about(&unfinished))
}

fn start_server(
    programs: &Programs,
    place: &Place,
    durability: Durability,
) -> Result<Child, PrivatePostgresError> {
    let began = Instant::now();
    loop {
        match try_start(programs, place, durability, began) {
            // Sessions of a killed server hold its memory until they notice; that takes moments.
            Err(PrivatePostgresError::NotStarted { log })
                if log.contains("shared memory block") && began.elapsed() < START_LIMIT =>
            {
                sleep(Duration::from_millis(200));
            }
            result => return result,
        }
    }
}

fn try_start(
    programs: &Programs,
    place: &Place,
    durability: Durability,
    began: Instant,
) -> Result<Child, PrivatePostgresError> {
    let log_path = place.home.join("server.log");
    let log = File::create(&log_path).map_err(place::about(&log_path))?;
    let errors = log.try_clone().map_err(place::about(&log_path))?;
    let mut server = server_command(programs, place, durability)
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(|source| PrivatePostgresError::Program {
            program: "postgres".to_owned(),
            source,
        })?;
    while !place.server_is_ready(server.id()) {
        let exited = !matches!(server.try_wait(), Ok(None));
        if exited || began.elapsed() > START_LIMIT {
            stop_server(&mut server);
            let log = fs::read(&log_path).unwrap_or_default();
            return Err(PrivatePostgresError::NotStarted {
                log: last_lines(&String::from_utf8_lossy(&log)),
            });
        }
        sleep(POLL);
    }
    Ok(server)
}

fn server_command(programs: &Programs, place: &Place, durability: Durability) -> Command {
    let mut command = programs.command("postgres", &place.home);
    let socket_dir = place.socket_dir.to_string_lossy().replace('"', r#""""#);
    command.arg("-D").arg(place.cluster());
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories=\"{socket_dir}\""),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={MAX_CONNECTIONS}"),
    ];
    if durability == Durability::Throwaway {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
            ]
            .map(str::to_owned),
        );
    }
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    command
}

/// Asks for a fast shutdown (sessions are ended, committed data is written), insists after a while.
fn stop_server(server: &mut Child) {
    for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL] {
        if !matches!(server.try_wait(), Ok(None)) {
            return;
        }
        if kill(pid_of(server), signal).is_err() {
            return;
        }
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT && matches!(server.try_wait(), Ok(None)) {
            sleep(POLL);
        }
    }
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

fn make_database(server: &PrivatePostgres) -> Result<(), PrivatePostgresError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let mut connection = PgConnection::establish(&server.url_of("postgres"))?;
    let row: Found =
        sql_query("select exists (select from pg_database where datname = 'vestibule') as found")
            .get_result(&mut connection)?;
    if !row.found {
        sql_query("create database vestibule").execute(&mut connection)?;
    }
    Ok(())
}

/// The end of a program's output, which says what went wrong.
fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|l| !l.trim().is_empty()).collect();
    let first = lines.len().saturating_sub(6);
    lines.into_iter().skip(first).collect::<Vec<_>>().join("; ")
}
