//! Stops calling a connector that keeps failing by its own fault.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Faults in a row after which it opens.
    pub faults: u32,
    /// For how long it stays open. Then one call is let through, and its end decides.
    pub pause: Duration,
}

impl Default for BreakerSettings {
    /// Five faults in a row are no accident; a minute is long enough for a log to be read and short enough to be waited for.
    fn default() -> Self {
        Self { faults: 5, pause: Duration::from_secs(60) }
    }
}

/// One breaker a connector and app. Only faults of the connector count: what the system answers, a 429 or a 500, does not.
#[derive(Debug)]
pub(crate) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    faults: u32,
    open_until: Option<Duration>,
}

impl Breaker {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    /// Whether a call may go through at `now`; otherwise how long the breaker stays open. When the pause is over, the caller that
    /// asks first gets through and the others wait for what becomes of it, at most for another pause.
    pub(crate) fn admit(&self, now: Duration) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            Some(until) if now < until => Err(until.saturating_sub(now)),
            Some(_) => {
                state.open_until = Some(now + self.settings.pause);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A call ended with an answer or a failure of the system.
    pub(crate) fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// A call ended with a fault of the connector.
    pub(crate) fn faulted(&self, now: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.faults = state.faults.saturating_add(1);
        if state.faults >= self.settings.faults {
            state.open_until = Some(now + self.settings.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn breaker() -> Breaker {
        Breaker::new(BreakerSettings { faults: 3, pause: 10 * SECOND })
    }

    #[test]
    fn opens_after_faults_in_a_row_and_says_for_how_long() {
        let breaker = breaker();
        for _ in 0..3 {
            assert_eq!(breaker.admit(SECOND), Ok(()));
            breaker.faulted(SECOND);
        }
        assert_eq!(breaker.admit(4 * SECOND), Err(7 * SECOND));
    }

    #[test]
    fn a_success_between_faults_starts_the_count_again() {
        let breaker = breaker();
        for _ in 0..5 {
            breaker.faulted(SECOND);
            breaker.faulted(SECOND);
            breaker.succeeded();
        }
        assert_eq!(breaker.admit(SECOND), Ok(()));
    }

    #[test]
    fn lets_one_call_through_after_the_pause_and_closes_when_it_succeeds() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.faulted(Duration::ZERO));
        assert_eq!(breaker.admit(10 * SECOND), Ok(()));
        assert_eq!(breaker.admit(10 * SECOND), Err(10 * SECOND), "the second waits for the first");
        breaker.succeeded();
        assert_eq!(breaker.admit(10 * SECOND), Ok(()));
    }

    #[test]
    fn opens_again_at_once_when_the_call_after_the_pause_faults() {
        let breaker = breaker();
        (0..3).for_each(|_| breaker.faulted(Duration::ZERO));
        assert_eq!(breaker.admit(12 * SECOND), Ok(()));
        breaker.faulted(13 * SECOND);
        assert_eq!(breaker.admit(14 * SECOND), Err(9 * SECOND));
    }
}
