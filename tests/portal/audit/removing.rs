//! Erasing people and pruning old rows: the chain holds all the same.

use diesel::connection::SimpleConnection as _;
use time::Duration;
use vestibule::audit::actor::{Actor, ActorKind};
use vestibule::audit::checkpoint::CheckpointKeys;
use vestibule::audit::store::read::{self, Filter};
use vestibule::audit::store::remove::{PruneError, erase_person, prune};
use vestibule::audit::verify::Fault;

use super::{
    ADDRESS, EMAIL, NOW, db_record, db_tamper, head, keys, number, rows, verify, verify_with,
};
use crate::support::Database;

fn terminal() -> Actor {
    Actor::local(ActorKind::CommandLine)
}

#[test]
fn an_erased_person_stands_nowhere_and_the_chain_holds() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 3);
    let kept = head(db);

    let erased = erase_person(db, &terminal(), EMAIL, NOW).unwrap();

    assert_eq!(
        erased, 6,
        "the actor's name and who a share belongs to, in three events"
    );
    let everything = "select count(*) from (select e::text from audit_event e union all
        select p::text from audit_personal p) as all_rows (line) where line like";
    assert_eq!(number(db, &format!("{everything} '%{EMAIL}%'")), 0);
    assert_eq!(number(db, &format!("{everything} '%{ADDRESS}%'")), 3);
    let verified = verify_with(db, kept).unwrap();
    assert_eq!((verified.rows, verified.erased), (4, 6));
    let listed = read::list_events(db, &Filter::default(), None, 10).unwrap();
    let oldest = listed.last().unwrap();
    assert_eq!(
        (oldest.actor_name(), oldest.address()),
        (None, Some(ADDRESS))
    );
    assert!(oldest.is_erased());
    let changes = oldest.changes();
    assert!(!changes[0].is_erased);
    assert_eq!(
        (changes[1].field, changes[1].is_erased),
        ("createdBy", true)
    );
}

#[test]
fn who_is_not_there_is_no_event() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 1);
    assert_eq!(erase_person(db, &terminal(), "nobody", NOW).unwrap(), 0);
    assert_eq!(rows(db), 1);
}

#[test]
fn pruned_rows_are_gone_and_the_chain_holds() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 6);
    let before = NOW + Duration::minutes(4);

    let pruned = prune(db, &keys(), &terminal(), before, NOW)
        .unwrap()
        .unwrap();

    assert_eq!(pruned.seq, 4);
    let verified = verify(db).unwrap();
    assert_eq!(
        (verified.rows, verified.pruned_to, verified.head.seq),
        (3, 4, 7)
    );
    assert_eq!(
        number(db, "select count(*) from audit_personal where seq <= 4"),
        0
    );
    assert_eq!(
        verify_with(db, pruned).unwrap(),
        verified,
        "the last pruned row is still known"
    );

    // What was kept stays closed, and the record goes on.
    assert!(
        db.batch_execute("delete from audit_event where seq = 5")
            .is_err()
    );
    db_record(db, 1);
    let all = NOW + Duration::days(1);
    let pruned = prune(db, &keys(), &terminal(), all, NOW).unwrap().unwrap();
    assert_eq!(pruned.seq, 8);
    assert_eq!(verify(db).unwrap().rows, 1);
    let early = NOW - Duration::days(1);
    assert_eq!(prune(db, &keys(), &terminal(), early, NOW).unwrap(), None);
}

#[test]
fn a_checkpoint_holds_by_the_key_and_by_the_one_before() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 3);
    let before = NOW + Duration::minutes(2);
    prune(db, &keys(), &terminal(), before, NOW).unwrap();
    let verify_by = |db: &mut _, keys: &CheckpointKeys| read::verify(db, keys, None).unwrap();
    let changed = CheckpointKeys::new(&[8; 64], Some(&[7; 64]));
    assert!(verify_by(db, &changed).is_ok());
    let unknown = CheckpointKeys::new(&[8; 64], None);
    let fault = Err(Fault::BadCheckpoint { seq: 2 });
    assert_eq!(verify_by(db, &unknown), fault);
}

#[test]
fn a_record_that_was_tampered_with_is_not_pruned() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 3);
    db_tamper(
        db,
        "update audit_event set kind = 'share.deleted' where seq = 1",
    );
    let before = NOW + Duration::days(1);
    let refused = prune(db, &keys(), &terminal(), before, NOW);
    assert!(matches!(
        refused,
        Err(PruneError::Fault(Fault::Changed { seq: 1 }))
    ));
    assert_eq!(rows(db), 3);
}

#[test]
fn rows_of_an_erased_person_can_be_pruned() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 3);
    erase_person(db, &terminal(), EMAIL, NOW + Duration::hours(1)).unwrap();
    let before = NOW + Duration::minutes(2);
    prune(db, &keys(), &terminal(), before, NOW).unwrap();
    assert_eq!(verify(db).unwrap().erased, 2);
}
