//! The migrations on databases of their own: forth and back, against `schema.rs`, and the one that gives existing
//! shares their unlock secrets while the portal is in use.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use vestibule::db;

use crate::support::Database;

/// The binary's own, which offers no way down.
const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

const ADD_UNLOCK_SECRET: &str = "2026-11-23-000070_add_unlock_secret";

/// Everything in the schema that a migration can make, one thing a line.
const CATALOG: &str = "
    with ours as (
      select oid, relname from pg_class
      where relnamespace = 'public'::regnamespace and relname not like '\\_\\_diesel%'
    )
    select concat_ws(' ', 'column', relname, attname, format_type(atttypid, atttypmod),
        case when attnotnull then 'not null' end, attidentity, pg_get_expr(adbin, adrelid),
        col_description(ours.oid, attnum)) as line
      from ours join pg_attribute on attrelid = ours.oid
        left join pg_attrdef on adrelid = ours.oid and adnum = attnum
      where attnum > 0 and not attisdropped
    union all
    select concat_ws(' ', 'constraint', relname, conname, pg_get_constraintdef(pg_constraint.oid))
      from ours join pg_constraint on conrelid = ours.oid
    union all
    select concat_ws(' ', 'index', indexname, indexdef)
      from pg_indexes where schemaname = 'public' and tablename not like '\\_\\_diesel%'
    union all
    select concat_ws(' ', 'comment', relname, obj_description(oid, 'pg_class')) from ours
    union all
    select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select 'type ' || typname from pg_type
      where typnamespace = 'public'::regnamespace and typname not like '%\\_\\_diesel%'
    order by line";

/// Shares as they were before they had secrets; many enough for several batches.
const OLD_SHARES: &str = "
    insert into connection (id, kind, name, created_at, updated_at)
      values (gen_random_uuid(), 'space_export', 'Manual', now(), now());
    insert into shared_page (id, connection_id, name, description, scope, space_key, root_content_id, password_hash,
        epoch, enabled, starts_at, expires_at, pass_lifetime_seconds, embed_origins, keep_external_links,
        created_at, updated_at, created_by)
      select gen_random_uuid(), connection.id, 'Share ' || n, repeat('d', n % 90),
        (array['page', 'tree', 'space', 'blog_post'])[n % 4 + 1], 'DOC', n::text,
        case when n % 3 = 0 then '$argon2id$' || n end, n, n % 5 > 0,
        case when n % 2 = 0 then now() end, case when n % 7 = 0 then now() + interval '1 day' end,
        60 + n, array['https://' || n || '.example.com'], n % 2 = 0, now(), now() + n * interval '1 second', 'old'
      from connection, generate_series(1, 10000) n";

/// The insert of a node that knows no unlock secrets.
const NEW_SHARE_OF_AN_OLD_NODE: &str = "
    insert into shared_page (id, connection_id, name, scope, space_key, root_content_id, created_at, updated_at, created_by)
      select gen_random_uuid(), id, 'Meanwhile', 'page', 'DOC', '1', now(), now(), 'old node' from connection";

/// Of the old shares, all but the columns that the migrations add.
const DIGEST: &str = "
    select count(*) || ' ' || md5(string_agg((to_jsonb(s) - array['unlock_secret', 'previous_unlock_secret',
        'previous_unlock_secret_expires_at', 'previous_unlock_secret_used_at', 'restricted_pages', 'include_labels',
        'exclude_labels', 'show_comments', 'embed_only', 'creator_account', 'creator_person', 'stand_in_person',
        'rebound_from'])::text, ',' order by id)) as line
      from shared_page s where created_by = 'old'";

const WITHOUT_OWN_SECRET: &str = "
    select (count(*) - count(distinct unlock_secret) filter (where octet_length(unlock_secret) = 32))::text as line
      from shared_page";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(connection: &mut PgConnection, sql: &str) -> QueryResult<Vec<String>> {
    let rows: Vec<Line> = diesel::sql_query(sql).load(connection)?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}

fn line(connection: &mut PgConnection, sql: &str) -> String {
    lines(connection, sql).unwrap().remove(0)
}

fn up(connection: &mut PgConnection) -> String {
    connection
        .run_next_migration(MIGRATIONS)
        .unwrap()
        .to_string()
}

fn down(connection: &mut PgConnection) {
    connection.revert_last_migration(MIGRATIONS).unwrap();
}

/// A database as the release before unlock secrets left it, with shares.
fn of_the_previous_release() -> (Database, PgConnection) {
    let database = Database::bare();
    let mut connection = database.connect();
    while next(&mut connection) != ADD_UNLOCK_SECRET {
        up(&mut connection);
    }
    connection.batch_execute(OLD_SHARES).unwrap();
    (database, connection)
}

fn next(connection: &mut PgConnection) -> String {
    db::pending_on(connection).unwrap().remove(0)
}

#[test]
fn every_migration_can_be_undone_and_done_again() {
    let database = Database::bare();
    let mut connection = database.connect();
    let mut stages = vec![lines(&mut connection, CATALOG).unwrap()];
    assert!(stages[0].is_empty());

    while connection.has_pending_migration(MIGRATIONS).unwrap() {
        let name = up(&mut connection);
        let stage = lines(&mut connection, CATALOG).unwrap();
        assert_ne!(stages.last(), Some(&stage), "{name} changes nothing");
        stages.push(stage);
    }
    for stage in stages.iter().rev().skip(1) {
        down(&mut connection);
        assert_eq!(&lines(&mut connection, CATALOG).unwrap(), stage);
    }
    db::migrate(&database.url()).unwrap();

    assert_eq!(
        Some(&lines(&mut connection, CATALOG).unwrap()),
        stages.last()
    );
    assert!(db::pending_on(&mut connection).unwrap().is_empty());
}

#[test]
fn the_schema_in_the_code_fits_the_database() {
    let database = Database::bare();
    db::migrate(&database.url()).unwrap();

    let columns = "
        select concat(table_name, '.', column_name, ' ', case is_nullable when 'YES' then 'null ' end, udt_name) as line
          from information_schema.columns
          where table_schema = 'public' and table_name not like '\\_\\_diesel%'";
    let in_database: BTreeSet<String> = lines(&mut database.connect(), columns)
        .unwrap()
        .into_iter()
        .collect();

    assert_eq!(columns_in_code(), in_database);
}

/// `table.column type` of `schema.rs`, with the types as PostgreSQL calls them.
fn columns_in_code() -> BTreeSet<String> {
    let mut table = "";
    let mut columns = BTreeSet::new();
    for code in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = code.split_once(" (").filter(|_| code.ends_with(") {")) {
            table = name;
        }
        let Some((column, rust)) = code.split_once(" -> ").filter(|_| code.ends_with(',')) else {
            continue;
        };
        let rust = rust.trim_end_matches(',');
        let inner = rust
            .strip_prefix("Nullable<")
            .and_then(|rest| rest.strip_suffix('>'));
        let nullable = if inner.is_some() { "null " } else { "" };
        let plain = inner.unwrap_or(rust).to_lowercase();
        let plain = plain.replace("array<nullable<text>>", "_text");
        columns.insert(format!("{table}.{column} {nullable}{plain}"));
    }
    columns
}

/// What goes on while the migrations run.
struct Traffic {
    is_over: AtomicBool,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Traffic {
    fn new() -> Self {
        Self {
            is_over: AtomicBool::new(false),
            reads: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
        }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Repeats a statement, which must succeed within two seconds each time.
    fn repeat(&self, database: &Database, sql: &str, done: &AtomicUsize) -> QueryResult<()> {
        let mut connection = database.connect();
        connection.batch_execute("set statement_timeout = '2s'; set lock_timeout = '2s'")?;
        while !self.is_over() {
            let rows = diesel::sql_query(sql).execute(&mut connection)?;
            assert_eq!(rows, 1);
            done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Reads in a transaction that stays open until a migration has waited for it twice, giving way to other readers
    /// in between; returns how often it did.
    fn hold_up(&self, mut long: PgConnection, mut watcher: PgConnection) -> usize {
        let mut turns = 0;
        while turns < 2 && self.wait_until(|| is_waiting(&mut watcher)) {
            let reads = self.reads.load(Ordering::Relaxed);
            // While the transaction is open, nobody but the migration can have ended the wait.
            let gave_way = self.wait_until(|| !is_waiting(&mut watcher))
                && self.wait_until(|| self.reads.load(Ordering::Relaxed) > reads);
            turns += usize::from(gave_way);
        }
        long.batch_execute("commit").unwrap();
        turns
    }

    /// `false` when the migrations ended before.
    fn wait_until(&self, mut is_so: impl FnMut() -> bool) -> bool {
        let began = Instant::now();
        while !is_so() {
            if self.is_over() {
                return false;
            }
            // Far beyond what a migration may hold anybody up.
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "a migration waits without end"
            );
            thread::sleep(Duration::from_millis(5));
        }
        true
    }
}

/// Ends the traffic also when the thread that holds it panics.
struct EndOf<'a>(&'a Traffic);

impl Drop for EndOf<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

fn is_waiting(watcher: &mut PgConnection) -> bool {
    let waiting = "select mode as line from pg_locks
        where not granted and relation = 'shared_page'::regclass and mode = 'AccessExclusiveLock'";
    !lines(watcher, waiting).unwrap().is_empty()
}

#[test]
fn ten_thousand_shares_get_their_secrets_while_others_read_and_write() {
    let (database, mut connection) = of_the_previous_release();
    let before = line(&mut connection, DIGEST);
    assert!(before.starts_with("10000 "));
    let id = line(
        &mut connection,
        "select id::text as line from shared_page order by id limit 1",
    );
    let read = format!("select name from shared_page where id = '{id}'");
    let traffic = Traffic::new();
    let mut long = database.connect();
    // Open before the migrations begin, so that they are sure to meet it.
    long.batch_execute("begin; select count(*) from shared_page")
        .unwrap();
    let watcher = database.connect();

    let (turns, applied) = thread::scope(|scope| {
        let reader = scope.spawn(|| traffic.repeat(&database, &read, &traffic.reads));
        let writer =
            scope.spawn(|| traffic.repeat(&database, NEW_SHARE_OF_AN_OLD_NODE, &traffic.writes));
        let holder = scope.spawn(|| traffic.hold_up(long, watcher));
        traffic.wait_until(|| {
            traffic.reads.load(Ordering::Relaxed) > 0 && traffic.writes.load(Ordering::Relaxed) > 0
        });
        let end = EndOf(&traffic);
        let applied = db::migrate(&database.url()).unwrap();
        drop(end);
        reader.join().unwrap().expect("a reader was locked out");
        writer.join().unwrap().expect("a writer was locked out");
        (holder.join().unwrap(), applied)
    });

    assert_eq!(turns, 2, "the migration did not give way");
    assert!(applied.len() >= 2);
    assert_eq!(line(&mut connection, WITHOUT_OWN_SECRET), "0");
    assert_eq!(line(&mut connection, DIGEST), before);
}

#[test]
fn a_share_without_32_secret_bytes_is_refused() {
    let (database, mut connection) = of_the_previous_release();
    db::migrate(&database.url()).unwrap();

    let one = "where id = (select min(id::text)::uuid from shared_page)";
    let mut refusal = |value: &str| {
        let change = format!("update shared_page set unlock_secret = {value} {one}");
        match connection.batch_execute(&change) {
            Err(DieselError::DatabaseError(kind, _)) => kind,
            other => panic!("{other:?}"),
        }
    };
    let bytes = |count: usize| format!("decode(repeat('ab', {count}), 'hex')");

    assert!(matches!(
        refusal("null"),
        DatabaseErrorKind::NotNullViolation
    ));
    for count in [0, 31, 33] {
        assert!(matches!(
            refusal(&bytes(count)),
            DatabaseErrorKind::CheckViolation
        ));
    }
}

#[test]
fn undoing_it_takes_the_secrets_away_and_doing_it_again_gives_new_ones() {
    let (database, mut connection) = of_the_previous_release();
    let before = line(&mut connection, DIGEST);
    db::migrate(&database.url()).unwrap();
    connection
        .batch_execute(
            "create temporary table earlier as select id, unlock_secret from shared_page",
        )
        .unwrap();

    while !db::pending_on(&mut connection)
        .unwrap()
        .contains(&ADD_UNLOCK_SECRET.to_owned())
    {
        down(&mut connection);
    }
    assert_eq!(line(&mut connection, DIGEST), before);
    db::migrate(&database.url()).unwrap();

    let kept = "select count(*)::text as line from shared_page join earlier using (unlock_secret)";
    assert_eq!(line(&mut connection, kept), "0");
    assert_eq!(line(&mut connection, WITHOUT_OWN_SECRET), "0");
    assert_eq!(line(&mut connection, DIGEST), before);
}

#[test]
fn a_migration_that_broke_off_goes_on_where_it_stopped() {
    let column = "alter table shared_page add column unlock_secret bytea;";
    let half =
        "update shared_page set unlock_secret = sha256(id::text::bytea) where epoch % 2 = 0;";
    let all = "update shared_page set unlock_secret = sha256(id::text::bytea);
        alter table shared_page add constraint shared_page_unlock_secret_check check (true) not valid;";
    for (done, kept) in [("", "0"), (half, "5000"), (all, "10000")] {
        let (database, mut connection) = of_the_previous_release();
        let before = line(&mut connection, DIGEST);
        connection
            .batch_execute(&format!("{column}{done}"))
            .unwrap();

        db::migrate(&database.url()).unwrap();

        let as_before = "select count(*)::text as line from shared_page where unlock_secret = sha256(id::text::bytea)";
        assert_eq!(line(&mut connection, as_before), kept);
        assert_eq!(line(&mut connection, WITHOUT_OWN_SECRET), "0");
        assert_eq!(line(&mut connection, DIGEST), before);
        let rule = "select pg_get_constraintdef(oid) as line from pg_constraint
            where conname = 'shared_page_unlock_secret_check'";
        assert!(line(&mut connection, rule).ends_with("(octet_length(unlock_secret) = 32)))"));
    }
}
