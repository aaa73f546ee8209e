//! Writing: by many at once, and by writers that die.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use futures_util::future::join_all;
use vestibule::audit;
use vestibule::db::{Db, DbError};

use super::{NOW, actor, broken_off, db_record, event, head, number, rows, verify};
use crate::support::Database;

#[tokio::test]
async fn fifty_writers_on_two_nodes_leave_one_unbroken_chain() {
    let database = Database::empty();
    let nodes = [Db::open(&database.url(), 5), Db::open(&database.url(), 5)];
    let writers = (0..50).map(|writer| {
        nodes[writer % 2].run(move |db| {
            db.transaction(|db| {
                change(db, writer);
                // Each third one gives up after it has written.
                audit::record(db, &actor(), &event(), NOW)?;
                if writer % 3 == 0 {
                    Err(broken_off())
                } else {
                    Ok(())
                }
            })
        })
    });
    let written = join_all(writers)
        .await
        .iter()
        .filter(|done| done.is_ok())
        .count();

    let db = &mut database.connect();
    let verified = verify(db).unwrap();
    assert_eq!(written, 33);
    assert_eq!((verified.rows, verified.head.seq), (33, 33));
    assert_eq!(changes(db), 33);
}

/// Of a transaction that makes a change and records it, the last step that is done before its connection dies.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Step {
    Begun,
    Changed,
    Recorded,
    Committed,
}

#[test]
fn a_writer_that_dies_leaves_both_rows_or_none() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 1);
    for (last, expected) in [
        (Step::Begun, 0),
        (Step::Changed, 0),
        (Step::Recorded, 0),
        (Step::Committed, 1),
    ] {
        let before = (rows(db), changes(db));

        let mut writer = database.connect();
        do_up_to(&mut writer, last);
        let pid = number(&mut writer, "select pg_backend_pid()");
        number(db, &format!("select pg_terminate_backend({pid})::int"));
        // Waits for the lock, if the dead one still had it.
        db_record(db, 1);

        let after = (rows(db) - 1, changes(db));
        assert_eq!(after, (before.0 + expected, before.1 + expected));
        assert_eq!(verify(db).unwrap().rows, u64::try_from(rows(db)).unwrap());
    }
}

fn do_up_to(writer: &mut PgConnection, last: Step) {
    writer.batch_execute("begin").unwrap();
    if last >= Step::Changed {
        change(writer, 0);
    }
    if last >= Step::Recorded {
        audit::record(writer, &actor(), &event(), NOW).unwrap();
    }
    if last >= Step::Committed {
        writer.batch_execute("commit").unwrap();
    }
}

#[test]
fn a_transaction_that_is_given_up_takes_no_number() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 2);
    let before = head(db);
    let given_up: Result<(), DbError> = db.transaction(|db| {
        audit::record(db, &actor(), &event(), NOW)?;
        audit::record(db, &actor(), &event(), NOW)?;
        Err(broken_off())
    });
    assert!(given_up.is_err());
    assert_eq!(head(db), before);
    db_record(db, 1);
    assert_eq!(verify(db).unwrap().head.seq, 3);
}

#[test]
fn whoever_reads_does_not_wait_for_a_writer() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 1);
    let mut writer = database.connect();
    do_up_to(&mut writer, Step::Recorded);
    db.batch_execute("set statement_timeout to '2s'").unwrap();
    assert_eq!(rows(db), 1);
    assert_eq!(verify(db).unwrap().rows, 1);
}

fn change(db: &mut PgConnection, number: usize) {
    db.batch_execute(&format!(
        "insert into guess_bucket (bucket, full_again_at) values ('{number} ' || gen_random_uuid(), now())"
    ))
    .unwrap();
}

fn changes(db: &mut PgConnection) -> i64 {
    number(db, "select count(*) from guess_bucket")
}
