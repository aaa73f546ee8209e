//! What is added up beside the chain, by two nodes.

use futures_util::future::join_all;
use time::Duration;
use uuid::Uuid;
use vestibule::audit::event::{EventKind, Subject, SubjectKind};
use vestibule::audit::store::read::{self, Filter};
use vestibule::audit::store::remove::erase_person;
use vestibule::audit::{Tally, add_to_tally, record_shown, settle_tallies};
use vestibule::db::{Db, DbError};

use super::{ADDRESS, NOW, actor, number, rows, verify};
use crate::support::Database;

#[tokio::test]
async fn tallies_of_an_hour_become_events_once_whichever_nodes_settle_them() {
    let database = Database::empty();
    let nodes = [Db::open(&database.url(), 4), Db::open(&database.url(), 4)];
    let tries = (0..200).map(|n| {
        let client = format!("192.0.2.{}", n % 20);
        nodes[n % 2].run(move |db| add_to_tally(db, Tally::SignInRefused, Some(&client), NOW))
    });
    let tried: Result<Vec<()>, DbError> = join_all(tries).await.into_iter().collect();
    tried.unwrap();
    let db = &mut database.connect();
    assert_eq!(settle_tallies(db, NOW + Duration::minutes(59)).unwrap(), 0);
    assert_eq!(
        rows(db),
        0,
        "the hour is not over, and nothing touched the chain"
    );

    let later = NOW + Duration::hours(1);
    let settled = (0..8).map(|n| nodes[n % 2].run(move |db| settle_tallies(db, later)));
    let settled: Result<Vec<usize>, DbError> = join_all(settled).await.into_iter().collect();

    assert_eq!(settled.unwrap().iter().sum::<usize>(), 20);
    assert_eq!(verify(db).unwrap().rows, 20);
    let events = read::list_events(db, &Filter::default(), None, 100).unwrap();
    let counts = events.iter().map(|event| {
        assert_eq!(event.entry.kind, "sign_in.refused");
        event.changes()[0].to.as_i64().unwrap()
    });
    assert_eq!(counts.sum::<i64>(), 200);
    assert_eq!(number(db, "select count(*) from audit_tally"), 0);
}

#[test]
fn however_many_clients_try_an_hour_has_a_hundred_and_one_rows() {
    let database = Database::empty();
    let db = &mut database.connect();
    for client in 0..150 {
        let client = format!("2001:db8:{client}::/64");
        add_to_tally(db, Tally::SignInThrottled, Some(&client), NOW).unwrap();
        add_to_tally(db, Tally::SignInThrottled, Some("2001:db8:0::/64"), NOW).unwrap();
    }
    add_to_tally(db, Tally::SignInThrottled, None, NOW).unwrap();
    settle_tallies(db, NOW + Duration::hours(2)).unwrap();
    let events = read::list_events(db, &Filter::default(), None, 200).unwrap();
    let count = |address: Option<&str>| {
        let mut found = events.iter().filter(|event| event.address() == address);
        found.next().unwrap().changes()[0].to.as_i64().unwrap()
    };
    assert_eq!(events.len(), 101);
    assert_eq!(
        count(None),
        51,
        "50 clients too many, and one without an address"
    );
    assert_eq!(count(Some("2001:db8::")), 151);
}

#[test]
fn a_client_that_is_erased_is_only_counted() {
    let database = Database::empty();
    let db = &mut database.connect();
    add_to_tally(db, Tally::SignInRefused, Some(ADDRESS), NOW).unwrap();
    add_to_tally(db, Tally::SignInRefused, None, NOW).unwrap();
    erase_person(db, &actor(), ADDRESS, NOW).unwrap();
    assert_eq!(
        number(db, "select sum(count) from audit_tally where client = ''"),
        2
    );
    assert_eq!(number(db, "select count(*) from audit_tally"), 1);
}

#[test]
fn a_secret_is_shown_once_an_hour_to_each_actor() {
    let database = Database::empty();
    let db = &mut database.connect();
    let share = |id| Subject {
        kind: SubjectKind::Share,
        id: Some(Uuid::from_u128(id)),
        name: "Manual".to_owned(),
    };
    let mut other = actor();
    other.id = Some(Uuid::from_u128(9));
    for minute in [0, 1, 59] {
        let now = NOW + Duration::minutes(minute);
        record_shown(db, &actor(), &[share(1)], now).unwrap();
    }
    assert_eq!(rows(db), 1);
    record_shown(db, &actor(), &[share(2)], NOW).unwrap();
    record_shown(db, &other, &[share(1)], NOW).unwrap();
    record_shown(db, &actor(), &[share(1)], NOW + Duration::hours(1)).unwrap();
    assert_eq!(rows(db), 4);
    let shown = Filter {
        kind: Some(EventKind::UnlockSecretShown),
        share: Some(Uuid::from_u128(1)),
        ..Filter::default()
    };
    assert_eq!(read::list_events(db, &shown, None, 10).unwrap().len(), 3);
}
