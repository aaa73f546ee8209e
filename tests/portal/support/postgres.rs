//! One private PostgreSQL for the run, two template databases on it, and a database of its own for every test.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use uuid::Uuid;
use vestibule::clock;
use vestibule::config::{Objects, Storage};
use vestibule::db::{self, Db};
use vestibule::demo::private_postgres::{Durability, PrivatePostgres};
use vestibule::demo::sample_space::write_sample_space;
use vestibule::pages::files::FileStore;
use vestibule::sync::import::{self, ImportAs};

/// For the databases of tests that run at once, and what the server writes about them.
const ENOUGH_MEMORY: u64 = 4 << 30;

/// Never dropped, as nothing static is: its watchdog stops it when the run ends, and deletes its files.
static SERVER: LazyLock<PrivatePostgres> = LazyLock::new(|| {
    let folder = folder_of_this_run().join("server");
    PrivatePostgres::start_with(&folder, Durability::Throwaway).unwrap()
});

/// Migrated and empty.
static EMPTY: LazyLock<&str> = LazyLock::new(|| {
    create("empty", "template1");
    db::migrate(&url_of("empty")).unwrap();
    close("empty");
    "empty"
});

/// With the sample space; an import takes seconds, so it is done once.
static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    create("sample", &EMPTY);
    let imported = import_sample();
    close("sample");
    imported
});

pub(super) struct Sample {
    pub(super) connection_id: Uuid,
    /// What a portal's data folder holds then.
    pub(super) data_dir: PathBuf,
}

pub(super) fn sample() -> &'static Sample {
    &SAMPLE
}

/// What a session may have kept from former work, but for statements that diesel prepared.
const CLEAN: &str = "reset all; select pg_advisory_unlock_all()";

/// A database that is dropped with this value.
pub(crate) struct Database {
    name: String,
    /// Of the test, while it does something else.
    idle: Mutex<Option<PgConnection>>,
}

impl Database {
    pub(crate) fn empty() -> Self {
        Self::copy_of(&EMPTY)
    }

    pub(super) fn with_sample() -> Self {
        LazyLock::force(&SAMPLE);
        Self::copy_of("sample")
    }

    /// Not even migrated.
    pub(crate) fn bare() -> Self {
        Self::copy_of("template1")
    }

    /// What a dump holds, brought up to date.
    pub(super) fn of_dump(dump: &str) -> Self {
        let database = Self::bare();
        database.connect().batch_execute(dump).unwrap();
        db::migrate(&database.url()).unwrap();
        database
    }

    fn copy_of(template: &str) -> Self {
        let name = format!("test_{}", Uuid::new_v4().simple());
        create(&name, template);
        Self {
            name,
            idle: Mutex::default(),
        }
    }

    pub(crate) fn url(&self) -> String {
        url_of(&self.name)
    }

    pub(crate) fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url()).unwrap()
    }

    /// Works on a connection that nothing of a former work is left on.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut PgConnection) -> T) -> T {
        let idle = self.idle.lock().unwrap().take();
        let clean = idle.and_then(|mut idle| idle.batch_execute(CLEAN).ok().map(|()| idle));
        let mut connection = clean.unwrap_or_else(|| self.connect());
        let done = work(&mut connection);
        *self.idle.lock().unwrap() = Some(connection);
        done
    }

    /// Ends all its connections and lets nobody in.
    pub(super) fn close(&self) {
        close(&self.name);
    }

    pub(super) fn reopen(&self) {
        on_server(&format!(
            "alter database {} allow_connections true",
            self.name
        ));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        on_server(&format!("drop database {} with (force)", self.name));
    }
}

fn create(name: &str, template: &str) {
    on_server(&format!("create database {name} template {template}"));
}

/// Also what makes a database a template: copying one waits until nobody is connected to it.
fn close(name: &str) {
    on_server(&format!(
        "alter database {name} allow_connections false;
         select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    ));
}

fn on_server(sql: &str) {
    static IDLE: Mutex<Vec<PgConnection>> = Mutex::new(Vec::new());
    let idle = IDLE.lock().unwrap().pop();
    let mut server =
        idle.unwrap_or_else(|| PgConnection::establish(&SERVER.database_url()).unwrap());
    // A statement each, because databases cannot be made and dropped inside the transaction that several form.
    for statement in sql.split(';') {
        server.batch_execute(statement).unwrap();
    }
    IDLE.lock().unwrap().push(server);
}

fn url_of(name: &str) -> String {
    // The last of two equal keys counts.
    format!("{} dbname={name}", SERVER.database_url())
}

fn import_sample() -> Sample {
    let data_dir = folder_of_this_run().join("sample");
    let mut archive = Cursor::new(Vec::new());
    write_sample_space(&mut archive).unwrap();
    let connection_id = import(&url_of("sample"), &data_dir, archive, "Tern 22 manual");
    Sample {
        connection_id,
        data_dir,
    }
}

/// Returns the id of the new connection.
pub(super) fn import(
    database_url: &str,
    data_dir: &Path,
    archive: Cursor<Vec<u8>>,
    name: &'static str,
) -> Uuid {
    let db = Db::open(database_url, 1);
    let files = FileStore::open(&Storage {
        data_dir: data_dir.to_owned(),
        objects: Objects::Local,
    });
    let files = files.unwrap();
    let import_as = ImportAs {
        name,
        wiki_url: None,
    };
    let import = move || {
        import::import(
            &db,
            &files,
            archive,
            import_as,
            &mut |_| {},
            |_, _| Ok(()),
            clock::now(),
        )
        .unwrap()
    };
    // The import blocks, and waits for tasks of the object store: these need a runtime that turns meanwhile. The
    // thread of a test has one, on which no second one can be started.
    let imported = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async { tokio::task::spawn_blocking(import).await.unwrap() })
    });
    imported.join().unwrap().connection_id
}

/// In memory, if there is room: a database is some three hundred files, which a disk takes ten times as long to make and
/// to remove. Else below the build folder. What runs before this one left there is removed.
fn folder_of_this_run() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let memory = Path::new("/dev/shm");
        let all = if free_bytes(memory) > ENOUGH_MEMORY {
            memory.join(format!("vestibule-tests-{}", nix::unistd::getuid()))
        } else {
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("portal")
        };
        fs::create_dir_all(&all).unwrap();
        for run in fs::read_dir(&all).unwrap().flatten() {
            if !is_running(&run.file_name().to_string_lossy()) {
                // Another run that starts now may remove it as well.
                drop(fs::remove_dir_all(run.path()));
            }
        }
        let folder = all.join(std::process::id().to_string());
        fs::create_dir_all(&folder).unwrap();
        folder
    });
    &FOLDER
}

fn free_bytes(folder: &Path) -> u64 {
    let free = nix::sys::statvfs::statvfs(folder);
    free.map_or(0, |free| free.blocks_available() * free.fragment_size())
}

fn is_running(process: &str) -> bool {
    let Ok(id) = process.parse() else {
        return false;
    };
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), None) != Err(nix::errno::Errno::ESRCH)
}
