//! Trying again what failed for a while: by error class, exponential with jitter, `Retry-After` wins.

use crate::target::Answer;
use backon::{BackoffBuilder, ExponentialBuilder};
use innkeeper_domain::Exchange;
use std::future::Future;
use std::time::Duration;

/// How often and how long to try.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The first wait; it doubles each time.
    pub first: Duration,
    /// The longest wait that is not the system's own wish.
    pub longest: Duration,
    /// Tries after the first.
    pub retries: usize,
    /// The longest `Retry-After` that is waited for; a longer one is a failure for now.
    pub longest_wish: Duration,
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
        }
    }
}

impl Patience {
    /// Never tries again.
    pub const NONE: Self = Self { first: Duration::ZERO, longest: Duration::ZERO, retries: 0, longest_wish: Duration::ZERO };

    /// The waits between tries, in order.
    pub(crate) fn waits(self) -> impl Iterator<Item = Duration> {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_max_times(self.retries)
            .build()
    }

    /// How long to wait given what the system wishes; none if that is too long.
    pub(crate) fn honour(self, wait: Duration, wish: Option<u32>) -> Option<Duration> {
        match wish.map(|seconds| Duration::from_secs(u64::from(seconds))) {
            Some(wish) if wish > self.longest_wish => None,
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
    let mut waits = patience.waits();
    loop {
        let answer = operation().await;
        exchanges.extend(answer.exchanges);
        let failure = match answer.result {
            Err(failure) if failure.code.is_transient() => failure,
            result => return Answer { result, exchanges },
        };
        let wait = waits.next().and_then(|wait| patience.honour(wait, failure.retry_after));
        match wait {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Answer { result: Err(failure), exchanges },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{ErrorCode, Failure};
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
