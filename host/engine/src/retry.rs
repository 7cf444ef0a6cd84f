//! Trying again what failed for a while: by error class, exponential with jitter, `Retry-After` wins.

use crate::target::Answer;
use backon::{BackoffBuilder, ExponentialBuilder};
use innkeeper_domain::{ChangeRecord, ErrorCode, Exchange, Failure};
use jiff::{SignedDuration, Timestamp};
use std::future::Future;
use std::time::Duration;

/// The shortest rest for a system with a rate limit.
const LEAST_REST: Duration = Duration::from_secs(1);

/// A rest that is long enough for somebody who watches to wonder.
const WORTH_A_WORD: Duration = Duration::from_secs(10);

/// The first rest of what will take longer than a command waits; it doubles each time.
const FIRST_REST: SignedDuration = SignedDuration::from_mins(1);

/// The longest rest: somebody who mends an app should not have to wait for a day.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(1);

/// How long to leave alone what has failed so many times.
pub(crate) fn rest_after(times: usize) -> SignedDuration {
    let doublings = times.saturating_sub(1).min(10);
    FIRST_REST.checked_mul(1 << doublings).unwrap_or(LONGEST_REST).min(LONGEST_REST)
}

/// How long to leave alone what an app has not finished, or nobody knows the outcome of: as long as it has taken already.
pub(crate) fn rest_since(record: &ChangeRecord, now: Timestamp) -> SignedDuration {
    let taken = record.attempts.first().map_or(SignedDuration::ZERO, |first| now.duration_since(first.at));
    taken.clamp(FIRST_REST, LONGEST_REST)
}

/// How often and how long to try.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The first wait; it doubles each time.
    pub first: Duration,
    /// The longest wait that is not the system's own wish.
    pub longest: Duration,
    /// Tries after the first.
    pub retries: usize,
    /// The longest `Retry-After` of a system that is down that is waited for; a longer one is a failure for now.
    pub longest_wish: Duration,
    /// How long all rests together may be that a system with a rate limit asks for during one operation. They are no failures, and
    /// cost no tries.
    pub longest_rest: Duration,
}

impl Default for Patience {
    /// Some five seconds in all, unless the system wishes for more: an outage that lasts longer belongs into the report, not into a
    /// command that hangs.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(4),
            retries: 4,
            longest_wish: Duration::from_secs(120),
            // Some vendors count by the hour; whoever comes late in it waits for the whole next one at most.
            longest_rest: Duration::from_secs(2 * 60 * 60),
        }
    }
}

impl Patience {
    /// Never tries again.
    pub const NONE: Self = Self {
        first: Duration::ZERO,
        longest: Duration::ZERO,
        retries: 0,
        longest_wish: Duration::ZERO,
        longest_rest: Duration::ZERO,
    };

    /// The waits between tries, in order.
    pub(crate) fn waits(self) -> impl Iterator<Item = Duration> {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_max_times(self.retries)
            .build()
    }

    /// The tries of one operation.
    pub(crate) fn tries(self) -> Tries {
        Tries { patience: self, waits: Box::new(self.waits()), rested: Duration::ZERO }
    }
}

/// How many tries an operation has left, and how long it has rested.
pub(crate) struct Tries {
    patience: Patience,
    waits: Box<dyn Iterator<Item = Duration> + Send>,
    rested: Duration,
}

impl Tries {
    /// Waits until the next try. False if there is none.
    pub(crate) async fn wait_after(&mut self, failure: &Failure) -> bool {
        match self.wait(failure) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return false,
        }
        true
    }

    fn wait(&mut self, failure: &Failure) -> Option<Duration> {
        let wish = failure.retry_after.map(|seconds| Duration::from_secs(u64::from(seconds)));
        if failure.code == ErrorCode::RateLimited
            && let Some(wish) = wish
        {
            // A system that says 0 and means it not would be asked without end.
            let rest = wish.max(LEAST_REST);
            self.rested += rest;
            if self.rested > self.patience.longest_rest {
                return None;
            }
            if rest >= WORTH_A_WORD {
                tracing::warn!(target: "innkeeper::rest", seconds = rest.as_secs(), "{}: going on in {rest:?}", failure.message);
            }
            return Some(rest);
        }
        let wait = self.waits.next()?;
        match wish {
            Some(wish) if wish > self.patience.longest_wish => None,
            Some(wish) => Some(wish.max(wait)),
            None => Some(wait),
        }
    }
}

/// Reads until it works, fails for good, or patience ends. For operations without effect only.
pub(crate) async fn read<T, F, R>(patience: Patience, mut operation: F) -> Answer<T>
where
    F: FnMut() -> R,
    R: Future<Output = Answer<T>>,
{
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut tries = patience.tries();
    loop {
        let answer = operation().await;
        exchanges.extend(answer.exchanges);
        let failure = match answer.result {
            Err(failure) if failure.code.is_transient() => failure,
            result => return Answer { result, exchanges },
        };
        if !tries.wait_after(&failure).await {
            return Answer { result: Err(failure), exchanges };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test(start_paused = true)]
    async fn a_transient_failure_is_tried_again_and_the_systems_wish_wins() {
        let tries = Cell::new(0);
        let began = tokio::time::Instant::now();
        let answer = read(Patience::default(), || {
            tries.set(tries.get() + 1);
            let failure = Failure { retry_after: Some(60), ..Failure::new(ErrorCode::RateLimited, "slow down") };
            std::future::ready(Answer::of(if tries.get() == 1 { Err(failure) } else { Ok(7) }))
        })
        .await;
        assert_eq!(answer.result, Ok(7));
        assert!(began.elapsed() >= Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn the_rests_of_a_rate_limit_are_waited_for_and_cost_no_tries() {
        let limited = |seconds| Failure { retry_after: Some(seconds), ..Failure::new(ErrorCode::RateLimited, "slow down") };
        let tries = Cell::new(0);
        let began = tokio::time::Instant::now();
        let answer = read(Patience { retries: 0, ..Patience::default() }, || {
            tries.set(tries.get() + 1);
            let wait = [3540, 0, 30].get(tries.get() - 1).copied();
            std::future::ready(Answer::of(wait.map_or(Ok(7), |wait| Err(limited(wait)))))
        })
        .await;
        assert_eq!((answer.result, tries.get()), (Ok(7), 4));
        assert_eq!(began.elapsed().as_secs(), 3540 + 1 + 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_system_that_wants_to_rest_for_ever_is_given_up() {
        let began = tokio::time::Instant::now();
        let answer: Answer<()> = read(Patience::default(), || {
            let failure = Failure { retry_after: Some(60), ..Failure::new(ErrorCode::RateLimited, "slow down") };
            std::future::ready(Answer::of(Err(failure)))
        })
        .await;
        assert_eq!(answer.result.unwrap_err().code, ErrorCode::RateLimited);
        assert_eq!(began.elapsed(), Patience::default().longest_rest);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lasting_failure_is_not_tried_again() {
        let tries = Cell::new(0);
        let answer: Answer<()> = read(Patience::default(), || {
            tries.set(tries.get() + 1);
            std::future::ready(Answer::of(Err(Failure::new(ErrorCode::Unauthenticated, "who?"))))
        })
        .await;
        assert!(answer.result.is_err());
        assert_eq!(tries.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let tries = Cell::new(0);
        let answer: Answer<()> = read(Patience::default(), || {
            tries.set(tries.get() + 1);
            std::future::ready(Answer::of(Err(Failure::new(ErrorCode::Unavailable, "down"))))
        })
        .await;
        assert_eq!(answer.result.unwrap_err().code, ErrorCode::Unavailable);
        assert_eq!(tries.get(), 1 + Patience::default().retries);
    }
}
