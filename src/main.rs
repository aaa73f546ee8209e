//! The `vestibule` binary: reads the command line, runs one command, and turns its failure into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use vestibule::cli::{self, Cli, CommandError};

/// Wrong configuration exits with 2, as wrong usage does; everything else that fails with 1.
fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(&error);
            match error {
                CommandError::Config(_) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}
