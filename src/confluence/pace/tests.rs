//! The pace of a connection, with moments given by the tests.

use std::time::{Duration, Instant};

use time::macros::datetime;

use super::{Pace, PaceLimits, State, Stop};
use crate::confluence::error::Problem;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn limited(wait: u64) -> Problem {
    Problem::RateLimited {
        retry_after: seconds(wait),
        reason: "too many requests".to_owned(),
    }
}

#[test]
fn the_budget_ends_and_comes_back_with_the_next_hour() {
    let now = Instant::now();
    let mut state = State::new(now);
    for _ in 0..3 {
        state.admit(3, now).unwrap();
    }
    assert_eq!(
        state.admit(3, now + seconds(600)),
        Err(Problem::BudgetSpent {
            retry_after: seconds(3000)
        })
    );
    assert!(state.admit(3, now + seconds(3600)).is_ok());
}

#[test]
fn bursts_wait_for_their_turn() {
    let now = Instant::now();
    let mut state = State::new(now);
    let waits: Vec<_> = (0..62).map(|_| state.admit(1000, now).unwrap()).collect();
    assert!(waits[..60].iter().all(Duration::is_zero));
    assert!(waits[61] > waits[60] && waits[61] <= Duration::from_millis(101));
    assert!(state.admit(1000, now + seconds(10)).unwrap().is_zero());
}

#[test]
fn short_pauses_are_waited_for_and_long_ones_refused() {
    let now = Instant::now();
    let mut state = State::new(now);
    state.note(None, Some(&limited(4)), now);
    assert_eq!(state.admit(9, now), Ok(seconds(4)));
    state.note(None, Some(&limited(847)), now);
    assert_eq!(state.admit(9, now), Err(limited(847)));
    assert!(state.admit(9, now + seconds(847)).is_ok());
}

#[test]
fn refused_credentials_stop_everything_until_reset() {
    let pace = Pace::new(PaceLimits::default());
    let now = Instant::now();
    pace.state().note(None, Some(&Problem::Captcha), now);
    assert_eq!(pace.state().admit(9, now), Err(Problem::Captcha));
    let snapshot = pace.snapshot(datetime!(2026-11-22 14:00 UTC));
    assert_eq!(snapshot.stopped, Some(Stop::Captcha));
    pace.reset();
    assert!(pace.state().admit(9, now).is_ok());
}

#[test]
fn failures_open_the_breaker_but_explained_ones_do_not() {
    let now = Instant::now();
    let server = |detail: &str| Problem::Server {
        status: 500,
        retry_after: None,
        detail: detail.to_owned(),
    };
    let mut state = State::new(now);
    for _ in 0..9 {
        state.note(None, Some(&server("a macro failed")), now);
    }
    assert!(state.admit(9, now).is_ok());
    for _ in 0..5 {
        state.note(None, Some(&server("")), now);
    }
    assert_eq!(
        state.admit(9, now),
        Err(Problem::Paused {
            retry_after: seconds(30)
        })
    );
}

#[test]
fn what_was_flushed_is_not_counted_twice() {
    let pace = Pace::new(PaceLimits::default());
    let now = Instant::now();
    for _ in 0..3 {
        pace.state().admit(100, now).unwrap();
    }
    assert_eq!(pace.requests_since_last_flush(), 3);
    assert_eq!(pace.requests_since_last_flush(), 0);
    pace.state().admit(100, now).unwrap();
    pace.set_used(50, seconds(60));
    assert_eq!(pace.snapshot(datetime!(2026-11-22 14:00 UTC)).used, 51);
}

#[test]
fn the_snapshot_is_made_for_a_page_of_the_admins() {
    let pace = Pace::new(PaceLimits::default());
    pace.state().note(None, Some(&limited(60)), Instant::now());
    let snapshot = pace.snapshot(datetime!(2026-11-22 14:00 UTC));
    assert!(snapshot.paused_until > Some(datetime!(2026-11-22 14:00:55 UTC)));
    let json = serde_json::to_value(snapshot).unwrap();
    assert_eq!(json["budget"], 20_000);
    assert_eq!(json["pause_reason"], "too many requests");
}

#[tokio::test]
async fn what_a_request_from_before_a_reset_has_met_says_nothing() {
    let pace = Pace::new(PaceLimits::default());
    let before = pace.permit().await.unwrap();
    pace.reset();
    before.report(None, Some(&limited(30)));
    assert!(pace.permit().await.is_ok());
    let after = pace.permit().await.unwrap();
    after.report(None, Some(&limited(30)));
    assert!(pace.permit().await.is_err());
}
