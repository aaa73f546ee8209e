//! Which PostgreSQL programs run the private server, and as which user.
//!
//! Not here: what they are told to do.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User};

use super::PrivatePostgresError;

/// The oldest PostgreSQL that Vestibule works with.
const MINIMUM: u32 = 13;

/// A locale that knows every script, so that search finds words in all of them.
#[cfg(not(target_os = "macos"))]
pub(super) const LOCALE: &str = "C.UTF-8";
#[cfg(target_os = "macos")]
pub(super) const LOCALE: &str = "en_US.UTF-8";

/// The unprivileged user who runs the server when we are root.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerUser {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// `None` when we are a normal user ourselves: then the server runs as us.
pub(super) fn server_user() -> Result<Option<ServerUser>, PrivatePostgresError> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten())
        .map(|user| {
            Some(ServerUser {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            })
        })
        .ok_or(PrivatePostgresError::NoUnprivilegedUser)
}

/// A command that runs as the server's user in `folder`, with nothing of our environment.
///
/// It gets its own process group, so that Ctrl-C at the terminal reaches only us and we decide
/// when the database goes.
pub(super) fn command(program: &Path, user: Option<ServerUser>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", LOCALE)
        .current_dir(folder)
        .process_group(0)
        .stdin(Stdio::null());
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// Whether `user` can get into `folder`; the answer comes from trying, so that it counts every
/// folder above it and every access list.
pub(super) fn can_enter(user: Option<ServerUser>, folder: &Path) -> bool {
    command(Path::new("/bin/sh"), user, folder)
        .args(["-c", ":"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The server's programs of one PostgreSQL version.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    user: Option<ServerUser>,
}

impl Programs {
    /// The newest suitable server of this machine, or the one of `wanted`'s major version: a cluster
    /// can only be read by the version that made it.
    pub(super) fn find(
        user: Option<ServerUser>,
        wanted: Option<u32>,
        home: &Path,
    ) -> Result<Self, PrivatePostgresError> {
        let folder = candidates()
            .into_iter()
            .filter(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
            .find(|folder| match (major_version(folder), wanted) {
                (Some(found), Some(wanted)) => found == wanted,
                (Some(found), None) => found >= MINIMUM,
                (None, _) => false,
            });
        match (folder, wanted) {
            (Some(folder), _) => Ok(Self { folder, user }),
            (None, Some(made)) => Err(PrivatePostgresError::OtherVersion {
                folder: home.display().to_string(),
                made,
            }),
            (None, None) => Err(PrivatePostgresError::NotInstalled { minimum: MINIMUM }),
        }
    }

    pub(super) fn command(&self, program: &str, folder: &Path) -> Command {
        command(&self.folder.join(program), self.user, folder)
    }

    pub(super) fn shell(&self, folder: &Path) -> Command {
        command(Path::new("/bin/sh"), self.user, folder)
    }
}

/// Folders that may hold the server's programs, in the order in which we would like them.
fn candidates() -> Vec<PathBuf> {
    // PATH is how programs are found, not a setting of ours, hence not in config.rs.
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter_map(|folder| {
        // `initdb` on PATH is often a link into the folder that has the other programs.
        let initdb = folder.join("initdb").canonicalize().ok()?;
        initdb.parent().map(Path::to_path_buf)
    });
    let mut folders: Vec<PathBuf> = on_path.collect();
    folders.extend(named_by_pg_config());
    folders.extend(versions_in("/usr/lib/postgresql", "", "bin"));
    folders.extend(versions_in("/usr", "pgsql-", "bin"));
    for homebrew in ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"] {
        folders.extend(versions_in(
            &format!("{homebrew}/opt"),
            "postgresql@",
            "bin",
        ));
    }
    folders
}

fn named_by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim()))
}

/// `{root}/{prefix}{version}/{below}` for every version there, newest first.
fn versions_in(root: &str, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join(below)))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// Reads the `15` of `postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)`.
fn major_version(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.split_whitespace().nth(2)?;
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}
