//! How fast one connection may ask its site, and when not at all. Adding up the budget over processes is the caller's.
//!
//! It bounds requests at once, bursts and the hour's budget, and keeps the pauses that the site asks for and the breaker of
//! a failing site. There is one [`Pace`] per connection and process, shared by all its clients.

mod breaker;
mod limits;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::Problem;
use breaker::Breaker;
pub(super) use limits::{Told, date};

/// Waits up to this long happen inside a call; longer ones are the caller's to decide on.
pub(super) const SHORT_WAIT: Duration = Duration::from_secs(5);

const HOUR: Duration = Duration::from_secs(3600);

/// Requests that may follow each other without a break, and how many more each second brings.
const BURST: f64 = 60.0;
const PER_SECOND: f64 = 20.0;

/// What a connection may ask of its site.
#[derive(Debug, Clone, Copy)]
pub struct PaceLimits {
    pub requests_at_once: usize,
    pub budget_per_hour: u32,
}

impl Default for PaceLimits {
    fn default() -> Self {
        Self {
            requests_at_once: 6,
            budget_per_hour: 20_000,
        }
    }
}

pub struct Pace {
    limits: PaceLimits,
    slots: Semaphore,
    state: Mutex<State>,
}

/// Why nothing is sent any more until [`Pace::reset`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    Unauthorized,
    Captcha,
}

/// What the admin page shows of a connection's pace.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PaceSnapshot {
    pub used: u32,
    pub budget: u32,
    /// What the site said about its own limit, last.
    pub limit: Option<u64>,
    pub remaining: Option<u64>,
    pub near_limit: bool,
    #[serde(with = "time::serde::rfc3339::option")]
    pub reset_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub paused_until: Option<OffsetDateTime>,
    pub pause_reason: Option<String>,
    /// The site failed repeatedly and is not asked before this time.
    #[serde(with = "time::serde::rfc3339::option")]
    pub circuit_open_until: Option<OffsetDateTime>,
    pub stopped: Option<Stop>,
}

struct State {
    hour_ends: Instant,
    used: u32,
    unflushed: u32,
    burst_left: f64,
    burst_counted_at: Instant,
    pause: Option<Pause>,
    told: Told,
    breaker: Breaker,
    stop: Option<Stop>,
    /// How often everything was forgotten: what an older request has met says nothing any more.
    resets: u64,
}

struct Pause {
    until: Instant,
    reason: String,
}

/// Leave to send one request. What came of it has to be reported; if it is dropped instead, the request was given up.
pub(super) struct Permit<'a> {
    pace: &'a Pace,
    is_reported: bool,
    resets: u64,
    _slot: SemaphorePermit<'a>,
}

impl Pace {
    pub fn new(limits: PaceLimits) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            limits,
            slots: Semaphore::new(limits.requests_at_once.max(1)),
            state: Mutex::new(State::new(now)),
        })
    }

    /// Forgets refused credentials, pauses and failures: the credentials are new, or an admin wants to know.
    pub fn reset(&self) {
        let mut state = self.state();
        state.stop = None;
        state.pause = None;
        state.breaker = Breaker::default();
        state.resets += 1;
    }

    /// Requests since the last call, for the caller to add to what all processes have used.
    pub fn requests_since_last_flush(&self) -> u32 {
        std::mem::take(&mut self.state().unflushed)
    }

    /// What all processes have used of the current hour, flushed requests of this one included, and how much of the hour
    /// is left.
    pub fn set_used(&self, used: u32, left_of_hour: Duration) {
        let mut state = self.state();
        state.used = used.saturating_add(state.unflushed);
        state.hour_ends = Instant::now() + left_of_hour.min(HOUR);
    }

    pub fn snapshot(&self, now: OffsetDateTime) -> PaceSnapshot {
        let moment = Instant::now();
        let mut state = self.state();
        state.turn_hour(moment);
        let on_clock = |until: Instant| now + until.saturating_duration_since(moment);
        let pause = state.pause.as_ref().filter(|pause| pause.until > moment);
        PaceSnapshot {
            used: state.used,
            budget: self.limits.budget_per_hour,
            limit: state.told.limit,
            remaining: state.told.remaining,
            near_limit: state.told.near_limit,
            reset_at: state.told.reset_at,
            paused_until: pause.map(|pause| on_clock(pause.until)),
            pause_reason: pause.map(|pause| pause.reason.clone()),
            circuit_open_until: state.breaker.open_until().map(on_clock),
            stopped: state.stop,
        }
    }

    pub(super) async fn permit(&self) -> Result<Permit<'_>, Problem> {
        let slot = self
            .slots
            .acquire()
            .await
            .map_err(|_closed| Problem::Paused {
                retry_after: SHORT_WAIT,
            })?;
        let (wait, resets) = {
            let mut state = self.state();
            let wait = state.admit(self.limits.budget_per_hour, Instant::now())?;
            (wait, state.resets)
        };
        // Made before waiting, so that a caller who gives up meanwhile gives the probe back.
        let permit = Permit {
            pace: self,
            is_reported: false,
            resets,
            _slot: slot,
        };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(permit)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// `told` is `None` if there was no answer.
    pub(super) fn report(mut self, told: Option<Told>, problem: Option<&Problem>) {
        self.is_reported = true;
        let mut state = self.pace.state();
        if state.resets == self.resets {
            state.note(told, problem, Instant::now());
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.is_reported {
            let mut state = self.pace.state();
            if state.resets == self.resets {
                state.breaker.give_probe_back();
            }
        }
    }
}

impl State {
    fn new(now: Instant) -> Self {
        Self {
            hour_ends: now + HOUR,
            used: 0,
            unflushed: 0,
            burst_left: BURST,
            burst_counted_at: now,
            pause: None,
            told: Told::default(),
            breaker: Breaker::default(),
            stop: None,
            resets: 0,
        }
    }

    fn turn_hour(&mut self, now: Instant) {
        if now >= self.hour_ends {
            self.hour_ends = now + HOUR;
            self.used = 0;
        }
    }

    /// Counts one request and says how long to wait before it, never longer than [`SHORT_WAIT`] and a burst's pause.
    fn admit(&mut self, budget: u32, now: Instant) -> Result<Duration, Problem> {
        match self.stop {
            Some(Stop::Unauthorized) => return Err(Problem::Unauthorized),
            Some(Stop::Captcha) => return Err(Problem::Captcha),
            None => {}
        }
        self.turn_hour(now);
        if self.used >= budget {
            let retry_after = self.hour_ends.saturating_duration_since(now);
            return Err(Problem::BudgetSpent { retry_after });
        }
        let mut wait = Duration::ZERO;
        if let Some(pause) = &self.pause {
            wait = pause.until.saturating_duration_since(now);
            if wait > SHORT_WAIT {
                return Err(Problem::RateLimited {
                    retry_after: wait,
                    reason: pause.reason.clone(),
                });
            }
        }
        self.breaker
            .admit(now)
            .map_err(|retry_after| Problem::Paused { retry_after })?;
        self.used += 1;
        self.unflushed += 1;
        Ok(wait.max(self.take_of_burst(now)))
    }

    fn take_of_burst(&mut self, now: Instant) -> Duration {
        let since = now.saturating_duration_since(self.burst_counted_at);
        self.burst_counted_at = now;
        self.burst_left = (self.burst_left + since.as_secs_f64() * PER_SECOND).min(BURST) - 1.0;
        Duration::from_secs_f64((-self.burst_left / PER_SECOND).max(0.0))
    }

    fn note(&mut self, told: Option<Told>, problem: Option<&Problem>, now: Instant) {
        if let Some(told) = told {
            self.told.take_over(told);
        }
        match problem {
            Some(problem) if problem.is_outage() => self.breaker.fail(now),
            Some(Problem::Unauthorized) => self.stop = Some(Stop::Unauthorized),
            Some(Problem::Captcha) => self.stop = Some(Stop::Captcha),
            _ => self.breaker.succeed(),
        }
        let asked = match problem {
            Some(Problem::RateLimited {
                retry_after,
                reason,
            }) => Some((*retry_after, reason.clone())),
            Some(Problem::Server {
                retry_after: Some(retry_after),
                status,
                ..
            }) => Some((*retry_after, format!("the site answered {status}"))),
            _ => None,
        };
        if let Some((retry_after, reason)) = asked {
            let until = now + retry_after;
            self.pause = Some(Pause { until, reason });
        }
    }
}

#[cfg(test)]
mod tests;
