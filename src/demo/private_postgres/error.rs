//! Why the private server could not be had, in sentences for the person at the terminal.

use std::io;

/// Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PrivatePostgresError {
    #[error(
        "no PostgreSQL server (version {minimum} or newer) was found on this machine. Install one \
         (Debian and Ubuntu: `apt-get install postgresql`, macOS: `brew install postgresql@17`), \
         or set DATABASE_URL to a database of your own"
    )]
    NotInstalled { minimum: u32 },
    #[error(
        "the database in {folder} was made by PostgreSQL {made}, and this machine has no server of \
         that version. Install it (Debian and Ubuntu: `apt-get install postgresql-{made}`), or \
         delete the folder to begin anew"
    )]
    OtherVersion { folder: String, made: u32 },
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a \
         user `nobody` to run it as. Run this command as a normal user"
    )]
    NoUnprivilegedUser,
    #[error(
        "the database in {folder} is in use by process {pid}. Stop that process first, or choose \
         another data dir"
    )]
    InUse { folder: String, pid: String },
    #[error("{path} cannot be used for the database: {source}")]
    Folder { path: String, source: io::Error },
    #[error("{path} belongs to somebody else. Delete it, or choose another data dir")]
    Foreign { path: String },
    #[error("{program} could not be run: {source}")]
    Program { program: String, source: io::Error },
    #[error("a new database could not be made: {output}")]
    Initdb { output: String },
    #[error("the database server did not start: {log}")]
    NotStarted { log: String },
    #[error("the database server with process id {pid} did not stop. Stop it by hand")]
    NotStopped { pid: i32 },
    #[error("the private database could not be reached: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("the private database could not be prepared: {0}")]
    Query(#[from] diesel::result::Error),
}
