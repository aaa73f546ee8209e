//! `audit`: what each command prints, and how it ends.

use crate::audit::{EMAIL, db_record, db_tamper, head};
use crate::support::Portal;

async fn portal_with_events() -> Portal {
    let portal = Portal::start().await;
    portal.db(|db| db_record(db, 3));
    portal
}

#[tokio::test]
async fn verify_prints_the_head_or_what_is_wrong() {
    let portal = portal_with_events().await;
    let kept = portal.db(head).to_string();
    let printed = portal.run(&["audit", "head"]);
    assert_eq!(
        (printed.code, printed.stdout.trim()),
        (Some(0), kept.as_str())
    );

    let good = portal.run(&["audit", "verify", "--head", &kept]);
    assert_eq!(good.stdout, format!("3 rows, head {kept}\n"));
    assert_eq!(good.code, Some(0));

    portal.db(|db| db_tamper(db, "delete from audit_event where seq = 3"));
    assert_eq!(portal.run(&["audit", "verify"]).code, Some(0));
    let bad = portal.run(&["audit", "verify", "--head", &kept]);
    assert_eq!((bad.code, bad.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        bad.stderr,
        "vestibule: the record ends with row 2, and it had at least 3: rows at its end are missing\n"
    );
}

#[tokio::test]
async fn export_prints_what_the_filters_let_through() {
    let portal = portal_with_events().await;
    let all = portal.run(&["audit", "export"]);
    assert_eq!((all.code, all.stdout.lines().count()), (Some(0), 3));
    let late = [
        "audit",
        "export",
        "--format",
        "csv",
        "--from",
        "2026-12-01T12:01:00Z",
        "--kind",
        "share.changed",
    ];
    assert_eq!(portal.run(&late).stdout.lines().count(), 3, "with the head");
    let early = portal.run(&["audit", "export", "--to", "2026-12-01"]);
    assert_eq!((early.code, early.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        portal.run(&["audit", "export", "--kind", "x"]).code,
        Some(2)
    );
}

#[tokio::test]
async fn pruning_and_erasing_leave_a_record_that_holds() {
    let portal = portal_with_events().await;
    let erased = portal.run(&["audit", "erase-person", EMAIL]);
    assert_eq!(erased.stderr, "Erased 6 values.\n");
    let pruned = portal.run(&["audit", "prune", "--before", "2026-12-01T12:02:00Z"]);
    assert_eq!(pruned.stderr, "Removed the rows up to 2.\n");
    let verified = portal.run(&["audit", "verify"]);
    assert_eq!(verified.code, Some(0), "{}", verified.stderr);
    assert!(
        verified.stdout.starts_with("3 rows, head 5:"),
        "{}",
        verified.stdout
    );
    assert_eq!(
        verified.stderr,
        "Pruned up to row 2.\n2 personal values are erased.\n"
    );
    let other_key = portal
        .vestibule(&["audit", "verify"])
        .env("VESTIBULE_SECRET_KEY", "ab".repeat(64))
        .output()
        .unwrap();
    assert_eq!(other_key.status.code(), Some(1));
}
