//! What somebody could do to the record who owns the database, and how it shows.

use diesel::connection::SimpleConnection as _;
use vestibule::audit::verify::Fault;

use super::{NOW, db_record, db_tamper, event, head, keys, verify, verify_with};
use crate::support::Database;

#[test]
fn the_tables_refuse_update_delete_and_truncate() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 2);
    db.batch_execute(
        "insert into audit_checkpoint select 0, hash, now(), hash from audit_event where seq = 1",
    )
    .unwrap();
    let refused = [
        "update audit_event set request_id = null",
        "delete from audit_event",
        "delete from audit_event where seq = 2",
        "truncate audit_event cascade",
        "update audit_personal set value = 'x'",
        "truncate audit_personal",
        "update audit_checkpoint set seq = 2",
        "delete from audit_checkpoint",
        "truncate audit_checkpoint",
    ];
    // Also for who applies the changes of a replica.
    for role in ["origin", "replica"] {
        db.batch_execute(&format!("set session_replication_role to {role}"))
            .unwrap();
        for sql in refused {
            let refusal = db.batch_execute(sql).unwrap_err().to_string();
            assert!(refusal.ends_with("is append-only"), "{sql}: {refusal}");
        }
    }
    assert_eq!(super::rows(db), 2);
}

/// Four rows, then the statement; what verification says.
#[track_caller]
fn check(tampering: &str, expected: &Fault) {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 4);
    assert!(verify(db).is_ok());
    db_tamper(db, tampering);
    assert_eq!(verify(db).as_ref(), Err(expected), "{tampering}");
}

#[test]
fn an_edited_row_shows_whatever_was_edited() {
    let edits = [
        "at = at + interval '1 microsecond'",
        "kind = 'share.deleted'",
        "actor_kind = 'portal'",
        "actor_id = null",
        "subject_kind = 'connection'",
        "subject_id = gen_random_uuid()",
        "subject_name = 'Other'",
        "changes = '[]'",
        "changes = jsonb_set(changes, '{0,to}', '\"Other\"')",
        "commitments = commitments - 'actor.address'",
        "request_id = 'request-2'",
        "hash = previous_hash",
    ];
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 4);
    for edit in edits {
        db_tamper(
            db,
            &format!(
                "create table kept as select * from audit_event; update audit_event set {edit} where seq = 2"
            ),
        );
        assert_eq!(verify(db), Err(Fault::Changed { seq: 2 }), "{edit}");
        db_tamper(
            db,
            "update audit_event e set at = k.at, kind = k.kind, actor_kind = k.actor_kind, actor_id = k.actor_id,
               subject_kind = k.subject_kind, subject_id = k.subject_id, subject_name = k.subject_name,
               changes = k.changes, commitments = k.commitments, request_id = k.request_id, hash = k.hash
             from kept k where k.seq = e.seq; drop table kept",
        );
        assert!(verify(db).is_ok());
    }
}

#[test]
fn rows_of_another_version_are_not_taken_for_good() {
    let version = Fault::UnknownVersion { seq: 2, version: 2 };
    check("update audit_event set version = 2 where seq = 2", &version);
}

#[test]
fn a_row_that_was_changed_together_with_its_hash_does_not_fit_the_next_one() {
    let hash = "decode(repeat('ab', 32), 'hex')";
    check(
        &format!("update audit_event set previous_hash = {hash} where seq = 3"),
        &Fault::Unlinked { seq: 3 },
    );
}

#[test]
fn removed_rows_show() {
    check(
        "delete from audit_event where seq = 3",
        &Fault::Missing {
            seq: 4,
            expected: 3,
        },
    );
    check(
        "delete from audit_event where seq = 1",
        &Fault::NoCheckpoint { seq: 2 },
    );
}

#[test]
fn rows_that_changed_places_show() {
    // Beside them nothing changes: the personal values move along.
    let swap = "set constraints all deferred;
        alter table audit_personal drop constraint audit_personal_seq_fkey;
        update audit_event set seq = -seq + 5 + 100 where seq in (2, 3);
        update audit_event set seq = seq - 100 where seq > 100;
        update audit_personal set seq = -seq + 5 + 100 where seq in (2, 3);
        update audit_personal set seq = seq - 100 where seq > 100";
    check(swap, &Fault::Unlinked { seq: 2 });
}

#[test]
fn a_cut_off_tail_shows_by_a_head_that_was_kept() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 4);
    let kept = head(db);
    db_record(db, 1);
    assert!(verify_with(db, kept).is_ok());
    db_tamper(db, "delete from audit_event where seq > 3");
    assert!(verify(db).is_ok());
    let cut_off = Fault::CutOff {
        last: 3,
        expected: 4,
    };
    assert_eq!(verify_with(db, kept), Err(cut_off));

    // Another end in its place.
    super::audit::record(db, &super::actor(), &event(), NOW).unwrap();
    assert!(verify(db).is_ok());
    assert_eq!(verify_with(db, kept), Err(Fault::OtherThanHead { seq: 4 }));
}

#[test]
fn changed_added_and_removed_personal_values_show() {
    let changed = |field: &str| Fault::PersonalChanged {
        seq: 2,
        field: field.to_owned(),
    };
    check(
        "update audit_personal set value = 'adam@example.com' where seq = 2 and field = 'actor.name'",
        &changed("actor.name"),
    );
    check(
        "insert into audit_personal values (2, 'subject.name', decode(repeat('ab', 16), 'hex'), 'x')",
        &changed("subject.name"),
    );
    check(
        "delete from audit_personal where seq = 2 and field = 'actor.name'",
        &Fault::PersonalMissing {
            missing: 1,
            erased: 0,
        },
    );
}

#[test]
fn a_checkpoint_of_somebody_without_the_key_shows() {
    let database = Database::empty();
    let db = &mut database.connect();
    db_record(db, 4);
    db.batch_execute(
        "insert into audit_checkpoint select seq, hash, now(), hash from audit_event where seq = 2;
         delete from audit_event where seq <= 2",
    )
    .unwrap();
    assert_eq!(verify(db), Err(Fault::BadCheckpoint { seq: 2 }));
    assert!(keys().has_signed(&keys().sign(head(db), NOW)));
}
