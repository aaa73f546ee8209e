//! Leaves a failing site alone: after some failures in a row nothing is sent, then one request tries, and each time it
//! fails the pause doubles. What counts as a failure is decided in `error`.

use std::time::{Duration, Instant};

const FAILURES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Told to those who come while another request tries whether the site is back.
const WHILE_PROBED: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    pause: Duration,
    is_probed: bool,
}

impl Breaker {
    /// Whether a request may go; otherwise how long to wait.
    pub(super) fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        match &mut self.open {
            None => Ok(()),
            Some(open) if now < open.until => Err(open.until - now),
            Some(open) if open.is_probed => Err(WHILE_PROBED),
            Some(open) => {
                open.is_probed = true;
                Ok(())
            }
        }
    }

    pub(super) fn succeed(&mut self) {
        *self = Self::default();
    }

    pub(super) fn fail(&mut self, now: Instant) {
        self.failures += 1;
        match &mut self.open {
            Some(open) if open.is_probed => {
                open.pause = (open.pause * 2).min(LONGEST_PAUSE);
                open.until = now + open.pause;
                open.is_probed = false;
            }
            // Sent before the breaker opened, answered after.
            Some(_) => {}
            None if self.failures >= FAILURES => {
                self.open = Some(Open {
                    until: now + FIRST_PAUSE,
                    pause: FIRST_PAUSE,
                    is_probed: false,
                });
            }
            None => {}
        }
    }

    /// The request that should have tried was given up without an answer.
    pub(super) fn give_probe_back(&mut self) {
        if let Some(open) = &mut self.open {
            open.is_probed = false;
        }
    }

    pub(super) fn open_until(&self) -> Option<Instant> {
        self.open.as_ref().map(|open| open.until)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Breaker;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            breaker.admit(now).unwrap();
            breaker.fail(now);
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_fewer_do_not() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        for _ in 0..4 {
            breaker.fail(now);
        }
        assert_eq!(breaker.admit(now), Ok(()));
        breaker.succeed();
        breaker.fail(now);
        assert_eq!(breaker.admit(now), Ok(()));
        assert_eq!(opened(now).admit(now), Err(seconds(30)));
    }

    #[test]
    fn one_request_tries_after_the_pause_and_a_success_closes_it() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + seconds(30);
        assert_eq!(breaker.admit(later), Ok(()));
        assert_eq!(breaker.admit(later), Err(seconds(1)));
        breaker.succeed();
        assert_eq!(breaker.admit(later), Ok(()));
        assert_eq!(breaker.admit(later), Ok(()));
    }

    #[test]
    fn each_failed_try_doubles_the_pause_up_to_ten_minutes() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let pause = breaker.admit(now).unwrap_err();
            pauses.push(pause.as_secs());
            now += pause;
            breaker.admit(now).unwrap();
            breaker.fail(now);
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 600]);
    }

    #[test]
    fn a_try_that_was_given_up_lets_another_one_go() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + seconds(30);
        breaker.admit(later).unwrap();
        breaker.give_probe_back();
        assert_eq!(breaker.admit(later), Ok(()));
    }
}
