//! What every request of an app passes before it is sent.

use super::backoff::Backoff;
use super::budget::Limiter;
use super::signal::{Rest, Verdict, verdict};
use super::{Budget, Rate, Reading};
use crate::{EgressError, HostRule, Method, SetupError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

/// Open, unless the system asked for a rest; behind it the budgets.
pub(crate) struct Gate {
    app: String,
    rate: Rate,
    longest: Duration,
    /// The narrow budgets come before that of the whole app, so that nobody waits in the wide one for a place in a narrow one.
    lanes: Vec<Lane>,
    closing: Mutex<Closing>,
}

/// A budget and those who wait for it, in the order in which they came.
struct Lane {
    /// Which requests it is for; none for all.
    requests: Option<HostRule>,
    queue: tokio::sync::Mutex<()>,
    limiter: Limiter,
}

#[derive(Default)]
struct Closing {
    /// When the gate was closed last.
    at: Option<Instant>,
    /// Until when it is closed.
    until: Option<Instant>,
    backoff: Backoff,
}

impl Gate {
    /// `longest` is the longest rest that is believed.
    pub(crate) fn new(app: &str, rate: Rate, longest: Duration) -> Result<Self, SetupError> {
        let lane = |requests: Option<HostRule>, budget: Budget| {
            let limiter = Limiter::new(budget).ok_or_else(|| SetupError::Budget { app: app.to_owned() })?;
            Ok(Lane { requests, queue: tokio::sync::Mutex::new(()), limiter })
        };
        let narrow = rate.budgets.iter().map(|narrow| lane(Some(narrow.requests.clone()), narrow.budget));
        let wide = rate.budget.iter().map(|budget| lane(None, *budget));
        let lanes = narrow.chain(wide).collect::<Result<_, _>>()?;
        Ok(Self { app: app.to_owned(), rate, longest, lanes, closing: Mutex::default() })
    }

    /// Waits for its turn. Does not start to wait for something that comes after the deadline.
    ///
    /// The budgets are spent one after the other. A request that waits for one holds no other one up, and when it is refused in the end
    /// because another has no room, what it spent before is lost: the other is the tighter one then.
    pub(crate) async fn pass(&self, method: Method, url: &Url, deadline: Instant) -> Result<(), EgressError> {
        if let Some(at) = self.opens().filter(|at| *at > deadline) {
            return Err(self.refusal(RESTING, at));
        }
        let covers = |lane: &&Lane| lane.requests.as_ref().is_none_or(|requests| requests.covers(method, url));
        for lane in self.lanes.iter().filter(covers) {
            let turn = timeout_at(deadline, lane.queue.lock()).await;
            let _turn = turn.map_err(|_| self.refusal("too many requests are waiting", Instant::now() + SOON))?;
            loop {
                self.opened(deadline).await?;
                match lane.limiter.spend() {
                    Ok(()) => break,
                    Err(at) => self.wait("the configured rate", at, deadline).await?,
                }
            }
        }
        // Without a budget, and for those who saw the gate close between two of them.
        self.opened(deadline).await
    }

    /// Waits until the gate is open.
    async fn opened(&self, deadline: Instant) -> Result<(), EgressError> {
        while let Some(at) = self.opens() {
            self.wait(RESTING, at, deadline).await?;
        }
        Ok(())
    }

    async fn wait(&self, reason: &'static str, at: Instant, deadline: Instant) -> Result<(), EgressError> {
        if at > deadline {
            return Err(self.refusal(reason, at));
        }
        sleep_until(at).await;
        Ok(())
    }

    fn refusal(&self, reason: &'static str, at: Instant) -> EgressError {
        let retry_after = at.saturating_duration_since(Instant::now());
        EgressError::Budget { app: self.app.clone(), reason, retry_after }
    }

    /// Heeds what an answer says of the rate. Gives how long to wait where it says that too many requests came.
    pub(crate) fn heed(&self, answer: &Reading<'_>, sent_at: Instant) -> Option<Duration> {
        let verdict = verdict(&self.rate, answer);
        let mut closing = self.closing.lock().unwrap_or_else(PoisonError::into_inner);
        // What was under way when the gate closed says nothing new.
        let news = closing.at.is_none_or(|at| sent_at >= at);
        let too_many = matches!(verdict, Verdict::TooMany(_));
        if news && matches!(verdict, Verdict::Served(_)) {
            closing.backoff.reset();
        }
        let rest = match verdict {
            Verdict::TooMany(Rest::Said(rest)) | Verdict::Busy(rest) | Verdict::Served(Some(rest)) => rest,
            Verdict::TooMany(Rest::Unsaid(first)) => match closing.left() {
                Some(left) if !news => left,
                _ => closing.backoff.next(first, news),
            },
            Verdict::Served(None) | Verdict::Unclear => return None,
        };
        let rest = rest.min(self.longest);
        closing.close(rest);
        tracing::info!(app = %self.app, ?rest, too_many, "the system asked for a rest");
        too_many.then_some(rest)
    }

    /// When the gate opens; none where it is open.
    fn opens(&self) -> Option<Instant> {
        let closing = self.closing.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Instant::now() + closing.left()?)
    }
}

impl Closing {
    /// How long the gate stays closed; none where it is open.
    fn left(&self) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Closes the gate for all requests of the app. A shorter rest does not cut a longer one short.
    fn close(&mut self, rest: Duration) {
        let now = Instant::now();
        let until = now + rest;
        self.at = Some(now);
        self.until = Some(self.until.map_or(until, |before| before.max(until)));
    }
}

const RESTING: &str = "the system asked for a rest";

/// When a request is tried again that could not even come to its turn.
const SOON: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
