//! What commands read and write, why they fail, and as whom they act.

use std::io::{self, BufRead as _, Write as _};

use crate::audit::actor::{Actor as RecordedActor, ActorKind};
use crate::config::ConfigError;
use crate::db;
use crate::demo;
use crate::server;
use crate::sharing::actor::{Actor, Who};
use crate::sharing::error::SharingError;
use crate::sharing::rights::{MayAdminister, may_administer};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] server::StartError),
    #[error(transparent)]
    Migrate(#[from] db::MigrationError),
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A sentence that says what to do.
    #[error("{0}")]
    Refused(String),
}

/// Writes the reason to standard error.
pub fn complain(error: &CommandError) {
    // Nobody is left to tell when standard error is closed.
    let _unwritable = writeln!(io::stderr(), "vestibule: {error}");
}

/// Whoever has a terminal, as the record calls them.
pub(super) fn the_command_line() -> RecordedActor {
    RecordedActor::local(ActorKind::CommandLine)
}

/// Whoever has a terminal may do what is for admins.
pub(super) fn right() -> Result<MayAdminister, SharingError> {
    may_administer(&Actor::local(Who::CommandLine))
}

/// Writes a result to standard output.
pub(super) fn print(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Writes a note to standard error.
pub(super) fn note(line: &str) -> Result<(), CommandError> {
    Ok(writeln!(io::stderr(), "{line}")?)
}

/// The first line of standard input, for what is secret and not typed at a terminal.
pub(super) fn read_line() -> Result<String, CommandError> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
