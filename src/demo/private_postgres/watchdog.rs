//! Stops the server when our process ends in a way that leaves no time for it.

use std::process::{Child, ChildStdin, Stdio};

use super::place::Place;
use super::programs::Programs;
use super::{Durability, PrivatePostgresError};

/// A small shell that waits for the end of its standard input, i.e. of our process however that
/// ends (`kill -9` included), and then stops the server.
#[derive(Debug)]
pub(super) struct Watchdog {
    pub(super) shell: Child,
    /// Never written to; closing it is the signal.
    pub(super) _line: Option<ChildStdin>,
}

impl Watchdog {
    const SCRIPT: &str = r#"
        read -r _
        kill -INT "$1"
        while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
        [ "$3" = Durable ] || rm -rf "$2""#;

    pub(super) fn start(
        programs: &Programs,
        place: &Place,
        server: &Child,
        durability: Durability,
    ) -> Result<Self, PrivatePostgresError> {
        let mut shell = programs
            .shell(&place.home)
            .args(["-c", Self::SCRIPT, "sh", &server.id().to_string()])
            .arg(&place.home)
            .arg(format!("{durability:?}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| PrivatePostgresError::Program {
                program: "/bin/sh".to_owned(),
                source,
            })?;
        let line = shell.stdin.take();
        Ok(Self { shell, _line: line })
    }

    /// Ends the watchdog before the server's process id can belong to anybody else.
    pub(super) fn dismiss(&mut self) {
        drop(self.shell.kill());
        drop(self.shell.wait());
    }
}
