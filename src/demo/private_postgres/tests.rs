//! Runs the machine's real PostgreSQL: as root by dropping to its user, otherwise as ourselves.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use diesel::sql_types::Text;
use tempfile::TempDir;

use super::*;

/// A data dir that the server's user can enter.
fn open_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// A data dir that only we can enter; as root, that is not the server's user.
fn closed_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    dir
}

fn connect(server: &PrivatePostgres) -> PgConnection {
    PgConnection::establish(&server.database_url()).unwrap()
}

fn execute(server: &PrivatePostgres, sql: &str) {
    sql_query(sql).execute(&mut connect(server)).unwrap();
}

fn setting(server: &PrivatePostgres, name: &str) -> String {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let row: Row = sql_query("select current_setting($1) as value")
        .bind::<Text, _>(name)
        .get_result(&mut connect(server))
        .unwrap();
    row.value
}

fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        sleep(POLL);
    }
}

#[test]
fn keeps_its_data_over_a_stop_and_a_start() {
    let dir = open_dir();
    let first = PrivatePostgres::start(dir.path()).unwrap();
    execute(&first, "create table kept (id int)");
    first.stop();

    let second = PrivatePostgres::start(dir.path()).unwrap();

    execute(&second, "insert into kept values (1)");
    assert_eq!(second.folder(), dir.path().join("postgres"));
}

#[test]
fn keeps_its_data_over_a_killed_server() {
    let dir = open_dir();
    let first = PrivatePostgres::start(dir.path()).unwrap();
    execute(&first, "create table kept (id int)");
    kill(pid_of(&first.server), Signal::SIGKILL).unwrap();
    drop(first);
    assert!(dir.path().join("postgres/cluster/postmaster.pid").exists());

    let second = PrivatePostgres::start(dir.path()).unwrap();

    execute(&second, "insert into kept values (1)");
}

#[test]
fn has_no_tcp_port_and_room_for_many_connections() {
    let dir = open_dir();
    let server = PrivatePostgres::start_with(dir.path(), Durability::Throwaway).unwrap();

    assert_eq!(setting(&server, "listen_addresses"), "");
    assert_eq!(setting(&server, "max_connections"), "200");
    assert_eq!(setting(&server, "fsync"), "off");
    assert_eq!(setting(&server, "server_encoding"), "UTF8");
}

#[test]
fn flushes_to_disk_unless_told_otherwise() {
    let dir = open_dir();
    let server = PrivatePostgres::start(dir.path()).unwrap();

    assert_eq!(setting(&server, "fsync"), "on");
}

#[test]
fn its_socket_is_for_its_user_only() {
    let dir = open_dir();
    let server = PrivatePostgres::start_with(dir.path(), Durability::Throwaway).unwrap();

    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    assert_eq!(mode(server.place.socket_dir.clone()), 0o700);
    assert_eq!(mode(server.place.socket()), 0o700);
    assert_eq!(mode(server.place.cluster()), 0o700);
}

#[test]
fn a_second_start_names_the_process_that_has_the_folder() {
    let dir = open_dir();
    let _first = PrivatePostgres::start_with(dir.path(), Durability::Throwaway).unwrap();

    let error = PrivatePostgres::start(dir.path()).unwrap_err().to_string();

    let own = format!("is in use by process {}.", std::process::id());
    assert!(error.contains(&own), "{error}");
}

#[test]
fn a_pid_file_that_names_a_stranger_does_not_stop_a_start() {
    let dir = open_dir();
    let first = PrivatePostgres::start(dir.path()).unwrap();
    let pid_file = first.place.cluster().join("postmaster.pid");
    let text = fs::read_to_string(&pid_file).unwrap();
    kill(pid_of(&first.server), Signal::SIGKILL).unwrap();
    drop(first);
    let user = programs::server_user().unwrap();
    let mut sleeper = programs::command(Path::new("/bin/sleep"), user, Path::new("/"))
        .arg("60")
        .spawn()
        .unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    fs::write(&pid_file, format!("{}\n{rest}", sleeper.id())).unwrap();

    let second = PrivatePostgres::start(dir.path());

    assert!(second.is_ok(), "{second:?}");
    assert!(matches!(sleeper.try_wait(), Ok(None)), "left in peace");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[test]
fn a_server_whose_owner_is_gone_is_stopped_and_replaced() {
    let dir = open_dir();
    let mut first = PrivatePostgres::start(dir.path()).unwrap();
    execute(&first, "create table kept (id int)");
    first.watchdog.dismiss();
    first._lock.unlock().unwrap();

    let second = PrivatePostgres::start(dir.path()).unwrap();

    execute(&second, "insert into kept values (1)");
    assert!(!matches!(first.server.try_wait(), Ok(None)));
    std::mem::forget(first);
}

#[test]
fn the_server_goes_when_our_process_goes() {
    let dir = open_dir();
    let mut server = PrivatePostgres::start_with(dir.path(), Durability::Throwaway).unwrap();
    let cluster = server.place.cluster();

    drop(server.watchdog._line.take());

    wait_for("the server stops", || {
        !matches!(server.server.try_wait(), Ok(None))
    });
    wait_for("its files are deleted", || !cluster.exists());
}

#[test]
fn a_throwaway_leaves_no_files() {
    let dir = open_dir();
    let server = PrivatePostgres::start_with(dir.path(), Durability::Throwaway).unwrap();
    let folder = server.folder().to_path_buf();

    server.stop();

    assert!(!folder.exists());
}

#[test]
fn a_data_dir_too_long_for_a_socket_gets_a_short_one() {
    let dir = open_dir();
    let long = dir.path().join("long/".repeat(20));

    let server = PrivatePostgres::start_with(&long, Durability::Throwaway).unwrap();

    execute(&server, "select 1");
    assert!(server.folder().starts_with(dir.path()));
    assert!(!server.place.socket_dir.starts_with(dir.path()));
}

#[test]
fn a_data_dir_closed_to_the_server_user_works_and_shows_where_the_files_are() {
    let dir = closed_dir();
    let first = PrivatePostgres::start(dir.path()).unwrap();
    execute(&first, "create table kept (id int)");
    first.stop();

    let second = PrivatePostgres::start(dir.path()).unwrap();

    execute(&second, "insert into kept values (1)");
    let folder = second.folder().to_path_buf();
    assert_eq!(dir.path().join("postgres").canonicalize().unwrap(), folder);
    second.stop();
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn deleting_the_data_dir_deletes_a_database_kept_elsewhere() {
    let dir = closed_dir();
    let data_dir = dir.path().join("data");
    let first = PrivatePostgres::start(&data_dir).unwrap();
    execute(&first, "create table kept (id int)");
    first.stop();
    fs::remove_dir_all(&data_dir).unwrap();

    let second = PrivatePostgres::start(&data_dir).unwrap();

    execute(&second, "create table kept (id int)");
    let folder = second.folder().to_path_buf();
    second.stop();
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_interrupted_first_start_is_begun_again() {
    let dir = open_dir();
    let half_made = dir.path().join("postgres/cluster.new");
    fs::create_dir_all(&half_made).unwrap();
    fs::write(half_made.join("PG_VERSION"), "15\n").unwrap();

    let server = PrivatePostgres::start_with(dir.path(), Durability::Throwaway).unwrap();

    execute(&server, "select 1");
}

#[test]
fn a_cluster_of_a_version_that_is_not_installed_names_the_package() {
    let dir = open_dir();
    let cluster = dir.path().join("postgres/cluster");
    fs::create_dir_all(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();

    let error = PrivatePostgres::start(dir.path()).unwrap_err().to_string();

    assert!(error.contains("apt-get install postgresql-9"), "{error}");
}
