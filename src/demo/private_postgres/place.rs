//! Where a private server keeps its files, and the lock that gives them to one process.
//!
//! ```text
//! {data dir}/postgres/        ours; or a link to such a folder elsewhere
//!     lock                    held by the process that runs the server, with its id
//!     server.log
//!     cluster/                the server's data, readable by its user only
//!     socket/                 the way in, for its user (and root) only
//! ```
//!
//! Not here: anything that runs a program of PostgreSQL.

use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use sha2::{Digest, Sha256};

use super::programs::{ServerUser, can_enter};
use super::{Durability, PrivatePostgresError};

/// The shortest limit of the systems we run on (macOS; Linux has 107), without the final NUL.
const LONGEST_SOCKET_PATH: usize = 103;
const SOCKET: &str = ".s.PGSQL.5432";

/// For data dirs that the server's user cannot enter. Only root writes here, so nobody can have
/// prepared a folder of the same name.
const ELSEWHERE: &str = "/var/lib/vestibule";

#[derive(Debug)]
pub(super) struct Place {
    pub(super) home: PathBuf,
    pub(super) socket_dir: PathBuf,
    user: Option<ServerUser>,
}

/// Finds the folder of an earlier start, or makes one.
///
/// As root the server runs as another user, who cannot get into `/root` and the like. Then the
/// files live below [`ELSEWHERE`], and `postgres` in the data dir is a link to them.
pub(super) fn choose(
    data_dir: &Path,
    user: Option<ServerUser>,
    durability: Durability,
) -> Result<Place, PrivatePostgresError> {
    fs::create_dir_all(data_dir).map_err(about(data_dir))?;
    let data_dir = data_dir.canonicalize().map_err(about(data_dir))?;
    let wanted = data_dir.join("postgres");
    let home = if let Ok(existing) = wanted.canonicalize() {
        existing
    } else if can_enter(user, &data_dir) {
        make_folder(&wanted, 0o755, None)?;
        wanted
    } else if durability == Durability::Throwaway {
        temporary_home(user)?
    } else {
        home_elsewhere(&data_dir, &wanted)?
    };
    if !can_enter(user, &home) {
        return Err(PrivatePostgresError::Folder {
            path: home.display().to_string(),
            source: io::Error::new(
                ErrorKind::PermissionDenied,
                "the user who runs PostgreSQL cannot enter it",
            ),
        });
    }
    let socket_dir = socket_dir(&home, user);
    Ok(Place {
        home,
        socket_dir,
        user,
    })
}

impl Place {
    pub(super) fn cluster(&self) -> PathBuf {
        self.home.join("cluster")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.socket_dir.join(SOCKET)
    }

    /// The major version that made the cluster, `None` before the first start.
    pub(super) fn cluster_version(&self) -> Option<u32> {
        let text = fs::read_to_string(self.cluster().join("PG_VERSION")).ok()?;
        text.trim().parse().ok()
    }

    /// The lines of `postmaster.pid`: process id first, state eighth.
    pub(super) fn pid_file(&self) -> Option<Vec<String>> {
        let text = fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?;
        Some(text.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// Whether the server with this process id has said that it takes connections.
    pub(super) fn server_is_ready(&self, pid: u32) -> bool {
        self.pid_file().is_some_and(|lines| {
            lines.first() == Some(&pid.to_string())
                && lines.get(7).is_some_and(|state| state == "ready")
        })
    }

    /// Takes the folder for this process until the returned file is closed.
    pub(super) fn lock(&self) -> Result<File, PrivatePostgresError> {
        let path = self.home.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(about(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid).map_err(about(&path))?;
                return Err(PrivatePostgresError::InUse {
                    folder: self.home.display().to_string(),
                    pid: pid.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(about(&path)(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(about(&path))?;
        Ok(file)
    }

    /// Makes an empty folder that belongs to the server's user.
    pub(super) fn make_server_folder(&self, path: &Path) -> Result<(), PrivatePostgresError> {
        make_folder(path, 0o700, self.user)
    }

    /// Makes the socket's folder, or proves that the one that is there is the server user's own: in
    /// a folder for everybody's temporary files somebody else may have put one.
    pub(super) fn ensure_socket_dir(&self) -> Result<(), PrivatePostgresError> {
        let dir = &self.socket_dir;
        let Ok(found) = fs::symlink_metadata(dir) else {
            return self.make_server_folder(dir);
        };
        let owner = self
            .user
            .map_or_else(|| Uid::effective().as_raw(), |user| user.uid);
        if found.is_dir() && found.uid() == owner && found.mode() & 0o077 == 0 {
            return Ok(());
        }
        Err(PrivatePostgresError::Foreign {
            path: dir.display().to_string(),
        })
    }

    /// Gives the whole folder to the server's user, who then can delete it without us.
    pub(super) fn give_away(&self) -> Result<(), PrivatePostgresError> {
        match self.user {
            Some(user) => {
                chown(&self.home, Some(user.uid), Some(user.gid)).map_err(about(&self.home))
            }
            None => Ok(()),
        }
    }
}

pub(super) fn remove_if_there(folder: &Path) -> Result<(), PrivatePostgresError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(about(folder)(error)),
        _ => Ok(()),
    }
}

/// Turns an I/O error into one that names the path.
pub(super) fn about(path: &Path) -> impl Fn(io::Error) -> PrivatePostgresError {
    let path = path.display().to_string();
    move |source| PrivatePostgresError::Folder {
        path: path.clone(),
        source,
    }
}

/// A folder below [`ELSEWHERE`], linked from the data dir.
///
/// A folder of this name without a link to it belonged to a data dir that was deleted: whoever
/// deletes the data dir means the database too.
fn home_elsewhere(data_dir: &Path, link: &Path) -> Result<PathBuf, PrivatePostgresError> {
    let home = Path::new(ELSEWHERE).join(short_hash(data_dir));
    fs::create_dir_all(ELSEWHERE).map_err(about(Path::new(ELSEWHERE)))?;
    remove_if_there(&home)?;
    make_folder(&home, 0o755, None)?;
    if link.is_symlink() {
        fs::remove_file(link).map_err(about(link))?;
    }
    symlink(&home, link).map_err(about(link))?;
    tracing::info!(
        folder = %home.display(),
        "the user who runs PostgreSQL cannot enter the data dir; the database is kept elsewhere"
    );
    Ok(home)
}

fn temporary_home(user: Option<ServerUser>) -> Result<PathBuf, PrivatePostgresError> {
    let parent = temporary_folder(user);
    let made = tempfile::Builder::new()
        .prefix("vestibule-postgres-")
        .tempdir_in(&parent)
        .map_err(about(&parent))?;
    let home = made.keep();
    if let Some(user) = user {
        chown(&home, Some(user.uid), Some(user.gid)).map_err(about(&home))?;
    }
    Ok(home)
}

/// The system's folder for temporary files, if the server's user can use it.
fn temporary_folder(user: Option<ServerUser>) -> PathBuf {
    let configured = env::temp_dir();
    if can_enter(user, &configured) {
        configured
    } else {
        PathBuf::from("/tmp")
    }
}

/// Below `home`, or in a short temporary folder when the path would not fit into a socket address.
fn socket_dir(home: &Path, user: Option<ServerUser>) -> PathBuf {
    let short_name = format!("vestibule-{}", short_hash(home));
    [
        home.join("socket"),
        temporary_folder(user).join(&short_name),
    ]
    .into_iter()
    .find(|dir| dir.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET_PATH)
    .unwrap_or_else(|| Path::new("/tmp").join(short_name))
}

fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hex::encode(digest).chars().take(16).collect()
}

fn make_folder(
    path: &Path,
    mode: u32,
    owner: Option<ServerUser>,
) -> Result<(), PrivatePostgresError> {
    DirBuilder::new()
        .mode(mode)
        .create(path)
        .map_err(about(path))?;
    match owner {
        Some(user) => chown(path, Some(user.uid), Some(user.gid)).map_err(about(path)),
        None => Ok(()),
    }
}
