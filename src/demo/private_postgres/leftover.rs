//! What an earlier server of the same folder left behind: one that still runs, or files that say so.
//!
//! Runs while we hold the folder's lock, so no living Vestibule owns such a server.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::sleep;
use std::time::Instant;

use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::place::{Place, about};
use super::programs::Programs;
use super::{POLL, PrivatePostgresError, STOP_LIMIT};

/// Stops a server whose Vestibule is gone, and removes the files of one that is gone itself.
pub(super) fn clear(programs: &Programs, place: &Place) -> Result<(), PrivatePostgresError> {
    let pid = place
        .pid_file()
        .and_then(|lines| lines.first()?.parse().ok());
    if let Some(pid) = pid {
        if is_our_server(place, pid) {
            stop(programs, place, pid)?;
        } else if Path::new("/proc/self").exists() {
            // The process id belongs to somebody else by now (in containers that is the rule), and
            // PostgreSQL, which cannot know that, would refuse to start.
            remove_file(&place.cluster().join("postmaster.pid"))?;
        }
    }
    if UnixStream::connect(place.socket()).is_err() {
        remove_file(&place.socket())?;
        remove_file(&place.socket_dir.join(".s.PGSQL.5432.lock"))?;
    }
    Ok(())
}

/// A server works in its cluster's folder; without `/proc`, one that answers at our socket is it.
fn is_our_server(place: &Place, pid: i32) -> bool {
    match fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(folder) => folder == place.cluster(),
        Err(_) => UnixStream::connect(place.socket()).is_ok(),
    }
}

fn stop(programs: &Programs, place: &Place, pid: i32) -> Result<(), PrivatePostgresError> {
    // By the server's own user: the file the number came from is in that user's hands.
    let shell = programs
        .shell(&place.home)
        .args(["-c", "kill -INT \"$1\"", "sh", &pid.to_string()])
        .status();
    shell.map_err(|source| PrivatePostgresError::Program {
        program: "/bin/sh".to_owned(),
        source,
    })?;
    let asked = Instant::now();
    while kill(Pid::from_raw(pid), None).is_ok() && is_our_server(place, pid) {
        if asked.elapsed() > STOP_LIMIT {
            return Err(PrivatePostgresError::NotStopped { pid });
        }
        sleep(POLL);
    }
    Ok(())
}

fn remove_file(path: &Path) -> Result<(), PrivatePostgresError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(about(path)(error)),
        _ => Ok(()),
    }
}
