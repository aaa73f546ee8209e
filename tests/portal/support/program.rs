//! The `vestibule` binary, run as an administrator runs it.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use super::Portal;
use super::portal::SECRET_KEY;

/// What a program that has ended left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary with nothing configured, whatever the environment of the run says.
pub(crate) fn vestibule(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command.args(args).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Portal {
    /// The binary, configured for this portal's database and files.
    pub(crate) fn vestibule(&self, args: &[&str]) -> Command {
        let mut command = vestibule(args);
        command
            .env("DATABASE_URL", self.db_url())
            .env("VESTIBULE_DATA_DIR", self.data_dir())
            .env("VESTIBULE_BASE_URL", self.url(""))
            .env("VESTIBULE_SECRET_KEY", SECRET_KEY.repeat(22))
            .env("VESTIBULE_CONFLUENCE_NETWORKS", "127.0.0.0/8");
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.vestibule(args))
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::end_of(command.spawn().unwrap())
    }

    /// With this text on its standard input.
    pub(crate) fn with_input(command: &mut Command, input: &str) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses before it reads has closed its end.
        drop(stdin.write_all(input.as_bytes()));
        drop(stdin);
        Self::end_of(child)
    }

    pub(crate) fn end_of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
