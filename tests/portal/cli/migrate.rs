//! `migrate` and `migrate --check`.

use diesel::connection::SimpleConnection as _;

use crate::support::Portal;

#[tokio::test]
async fn a_new_database_is_brought_up_to_date_and_only_looked_at_by_check() {
    let portal = Portal::start().await;
    portal
        .db(|db| db.batch_execute("drop schema public cascade; create schema public"))
        .unwrap();

    let pending = portal.run(&["migrate", "--check"]);
    assert_eq!(pending.code, Some(1), "{}", pending.stderr);
    let names: Vec<&str> = pending.stdout.lines().collect();
    assert!(!names.is_empty());
    assert!(
        pending
            .stderr
            .contains(&format!("{} migrations are pending", names.len())),
        "{}",
        pending.stderr
    );

    let migrated = portal.run(&["migrate"]);
    assert_eq!((migrated.code, migrated.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        migrated.stderr.matches("applied ").count(),
        names.len(),
        "{}",
        migrated.stderr
    );
    assert!(migrated.stderr.contains("The database is up to date."));
    let checked = portal.run(&["migrate", "--check"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (Some(0), ""));
    assert_eq!(portal.visitor().get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_second_migrate_changes_nothing() {
    let portal = Portal::start().await;
    let again = portal.run(&["migrate"]);
    assert_eq!(again.code, Some(0));
    assert_eq!(again.stderr, "The database is up to date.\n");
}

#[tokio::test]
async fn a_database_out_of_reach_is_told_without_its_password() {
    let portal = Portal::start().await;
    let mut migrate = portal.vestibule(&["migrate"]);
    migrate.env("DATABASE_URL", "postgres://u:swordfish@127.0.0.1:1/db");
    let failed = crate::support::Ran::of(&mut migrate);
    assert_eq!(failed.code, Some(1));
    assert!(!failed.stderr.is_empty());
    assert!(!failed.stderr.contains("swordfish"), "{}", failed.stderr);
}
