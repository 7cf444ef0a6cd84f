//! Step 6: the rate budget, and the rest that a system asks for.

use crate::{EgressError, SetupError};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep_until, timeout_at};

/// How many requests an app's system may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Budget {
    /// Requests a second, in the long run. Below 1 for systems that count by the minute.
    pub requests_per_second: f64,
    /// Requests that may be sent at once after a rest.
    pub burst: u32,
}

impl Budget {
    fn quota(self) -> Option<Quota> {
        let period = Duration::try_from_secs_f64(1.0 / self.requests_per_second).ok()?;
        Some(Quota::with_period(period)?.allow_burst(NonZeroU32::new(self.burst)?))
    }
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

type Limiter = RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<std::time::Instant>>;

/// What every request of an app passes, one after another in the order in which they came.
pub(crate) struct Gate {
    app: String,
    queue: tokio::sync::Mutex<()>,
    limiter: Option<Limiter>,
    closed_until: Mutex<Option<Instant>>,
}

impl Gate {
    pub(crate) fn new(app: &str, budget: Option<Budget>) -> Result<Self, SetupError> {
        let quota = match budget {
            None => None,
            Some(budget) => Some(budget.quota().ok_or_else(|| SetupError::Budget { app: app.to_owned() })?),
        };
        let limiter = quota.map(|quota| RateLimiter::direct_with_clock(quota, RuntimeClock));
        Ok(Self { app: app.to_owned(), queue: tokio::sync::Mutex::new(()), limiter, closed_until: Mutex::new(None) })
    }

    /// Waits for its turn. Does not start to wait for something that comes after the deadline.
    pub(crate) async fn pass(&self, deadline: Instant) -> Result<(), EgressError> {
        if self.limiter.is_none() && self.opens().is_none() {
            return Ok(());
        }
        let refuse = |reason, retry_after| EgressError::Budget { app: self.app.clone(), reason, retry_after };
        let turn = timeout_at(deadline, self.queue.lock()).await;
        let _turn = turn.map_err(|_| refuse("too many requests are waiting", Duration::from_secs(1)))?;
        loop {
            let (reason, at) = match (self.opens(), &self.limiter) {
                (Some(at), _) => ("the system asked for a rest with Retry-After", at),
                (None, None) => return Ok(()),
                (None, Some(limiter)) => match limiter.check() {
                    Ok(()) => return Ok(()),
                    Err(not_until) => ("the configured rate", Instant::from_std(not_until.earliest_possible())),
                },
            };
            if at > deadline {
                return Err(refuse(reason, at.saturating_duration_since(Instant::now())));
            }
            sleep_until(at).await;
        }
    }

    /// Closes the gate for all requests of the app. A shorter rest does not cut a longer one short.
    pub(crate) fn close(&self, rest: Duration) {
        let mut closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + rest;
        *closed = Some(closed.map_or(until, |before| before.max(until)));
    }

    /// When the gate opens; none where it is open.
    fn opens(&self) -> Option<Instant> {
        let closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        closed.filter(|until| *until > Instant::now())
    }
}

/// The rest that a response asks for (RFC 9110, section 10.2.3): seconds, or a date. The date is compared with the server's own clock
/// where it sent it, because the two are seldom the same.
pub(crate) fn retry_after(status: u16, headers: &http::HeaderMap, now: SystemTime, longest: Duration) -> Option<Duration> {
    if !matches!(status, 429 | 503) {
        return None;
    }
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok()).map(str::trim);
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let value = text(http::header::RETRY_AFTER)?;
    let rest = match value.parse::<f64>() {
        // Some send fractions; none is sent back in time.
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => {
            let now = text(http::header::DATE).and_then(date).unwrap_or(now);
            date(value)?.duration_since(now).unwrap_or_default()
        }
    };
    Some(rest.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const LONG: Duration = Duration::from_secs(3600);

    fn gate(requests_per_second: f64, burst: u32) -> Gate {
        Gate::new("crm", Some(Budget { requests_per_second, burst })).expect("a good budget")
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_and_then_the_rate_holds() {
        let gate = gate(10.0, 5);
        let start = Instant::now();
        for _ in 0..5 {
            gate.pass(start + LONG).await.expect("in the burst");
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..20 {
            gate.pass(start + LONG).await.expect("in time");
        }
        let took = start.elapsed().as_millis();
        assert!((1_990..=2_030).contains(&took), "{took} ms for 20 requests at 10 a second");
    }

    #[tokio::test(start_paused = true)]
    async fn requests_pass_in_the_order_in_which_they_came() {
        let gate = Arc::new(gate(100.0, 1));
        let order = Arc::new(Mutex::new(Vec::new()));
        let start = Instant::now();
        let tasks: Vec<_> = (0..10)
            .map(|number| {
                let (gate, order) = (gate.clone(), order.clone());
                tokio::spawn(async move {
                    gate.pass(start + LONG).await.expect("in time");
                    order.lock().expect("unpoisoned").push(number);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(*order.lock().expect("unpoisoned"), (0..10).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_beyond_the_deadline_is_refused_at_once_and_says_how_long() {
        let gate = gate(0.1, 1);
        let start = Instant::now();
        gate.pass(start + LONG).await.expect("in the burst");
        let error = gate.pass(start + Duration::from_secs(2)).await.expect_err("10 s away");
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(10)));
        assert!(!error.sent());
        assert_eq!(error.to_string(), "the rate budget of crm has no room for another 10 s (the configured rate)");
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_gate_holds_everybody_until_it_opens() {
        let gate = Gate::new("crm", None).expect("no budget");
        let start = Instant::now();
        gate.pass(start).await.expect("open");
        gate.close(Duration::from_secs(30));
        gate.close(Duration::from_secs(5));
        let error = gate.pass(start + Duration::from_secs(29)).await.expect_err("closed");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        gate.pass(start + Duration::from_secs(31)).await.expect("opened");
        assert_eq!(start.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_that_closes_while_somebody_waits_holds_them_longer() {
        let gate = Arc::new(gate(1.0, 1));
        let start = Instant::now();
        gate.pass(start + LONG).await.expect("in the burst");
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.pass(start + LONG).await }
        });
        tokio::task::yield_now().await;
        gate.close(Duration::from_secs(10));
        waiting.await.expect("no panic").expect("in time");
        assert!(start.elapsed() >= Duration::from_secs(10));
    }

    #[test]
    fn budgets_that_let_nothing_through_are_refused() {
        for (requests_per_second, burst) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1.0, 0)] {
            let result = Gate::new("crm", Some(Budget { requests_per_second, burst }));
            assert!(matches!(result, Err(SetupError::Budget { .. })), "{requests_per_second} {burst}");
        }
        assert!(Gate::new("crm", Some(Budget { requests_per_second: 0.3, burst: 1 })).is_ok());
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 10:00:00 GMT").expect("a date");
        let ask = |status, fields: &[(&'static str, &'static str)]| {
            let headers = fields
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
                .collect();
            retry_after(status, &headers, now, LONG).map(|rest| rest.as_secs())
        };
        assert_eq!(ask(429, &[("retry-after", "7")]), Some(7));
        assert_eq!(ask(503, &[("retry-after", " 7 ")]), Some(7));
        assert_eq!(ask(429, &[("retry-after", "1.5")]), Some(1));
        assert_eq!(ask(429, &[("retry-after", "Sun, 22 Nov 2026 10:00:30 GMT")]), Some(30));
        assert_eq!(ask(429, &[("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT")]), Some(0));
        // The server's clock is an hour ahead: its date counts from its own time.
        let ahead = [("retry-after", "Sun, 22 Nov 2026 11:00:30 GMT"), ("date", "Sun, 22 Nov 2026 11:00:00 GMT")];
        assert_eq!(ask(429, &ahead), Some(30));
        assert_eq!(ask(429, &[("retry-after", "999999999")]), Some(3600));
        for nonsense in ["-5", "soon", "", "NaN", "inf", "1e300"] {
            assert_eq!(ask(429, &[("retry-after", nonsense)]), None, "{nonsense}");
        }
        assert_eq!(ask(429, &[]), None);
        assert_eq!(ask(200, &[("retry-after", "7")]), None);
        assert_eq!(ask(301, &[("retry-after", "7")]), None);
    }
}
