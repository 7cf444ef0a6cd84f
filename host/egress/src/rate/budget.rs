//! How many requests may be sent in a time.

use crate::HostRule;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::time::Instant;

/// How many requests an app's system may be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Requests a second, in the long run. Below 1 for systems that count by the minute.
    pub requests_per_second: f64,
    /// Requests that may be sent at once after a rest.
    pub burst: u32,
}

/// A budget for some requests.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestBudget {
    /// The requests.
    pub requests: HostRule,
    /// How many of them may be sent.
    pub budget: Budget,
}

/// The clock of the runtime, which tests can stop.
#[derive(Clone, Copy)]
struct RuntimeClock;

impl Clock for RuntimeClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

/// What is left of a budget.
pub(super) struct Limiter(RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<std::time::Instant>>);

impl Limiter {
    /// None where the budget lets nothing through.
    pub(super) fn new(budget: Budget) -> Option<Self> {
        let period = Duration::try_from_secs_f64(1.0 / budget.requests_per_second).ok()?;
        let quota = Quota::with_period(period)?.allow_burst(NonZeroU32::new(budget.burst)?);
        Some(Self(RateLimiter::direct_with_clock(quota, RuntimeClock)))
    }

    /// Spends one request, or says when there is room for it.
    pub(super) fn spend(&self) -> Result<(), Instant> {
        self.0.check().map_err(|not_until| Instant::from_std(not_until.earliest_possible()))
    }
}
