//! How long to wait when a system says "too many" and not how long.

use std::time::Duration;

/// The longest wait that is guessed, unless the connector asks for more in the first place: long enough for limits by the quarter of an
/// hour, short enough that a run of a night gets on.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Doubles with each time in a row.
#[derive(Default)]
pub(super) struct Backoff {
    times: u32,
}

impl Backoff {
    /// The next wait. Up to a quarter comes on top by chance, so that those who share a limit do not come back together. `again` says
    /// whether the system was asked anew after the last wait.
    pub(super) fn next(&mut self, first: Duration, again: bool) -> Duration {
        if again {
            self.times = self.times.saturating_add(1);
        }
        let doubled = 2_u32.checked_pow(self.times.saturating_sub(1)).and_then(|factor| first.checked_mul(factor));
        let wait = doubled.unwrap_or(Duration::MAX).min(LONGEST.max(first));
        // Without randomness there is none on top, which is no reason to stop.
        let chance = getrandom::u32().unwrap_or(0);
        wait + wait.mul_f64(f64::from(chance) / f64::from(u32::MAX) / 4.0)
    }

    /// The system answered.
    pub(super) fn reset(&mut self) {
        self.times = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_within_bounds_until_an_answer_comes() {
        let mut backoff = Backoff::default();
        let mut next = |first: u64| backoff.next(Duration::from_secs(first), true).as_secs_f64();
        for wanted in [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 900.0, 900.0] {
            let wait = next(10);
            assert!((wanted..=wanted * 1.25).contains(&wait), "{wait} for {wanted}");
        }
        for _ in 0..100 {
            assert!((900.0..=1125.0).contains(&next(10)));
        }
        // A connector may know that its system counts by the hour.
        assert!((3600.0..=4500.0).contains(&next(3600)));
        backoff.reset();
        let wait = backoff.next(Duration::from_secs(10), true).as_secs_f64();
        assert!((10.0..=12.5).contains(&wait), "{wait}");
    }
}
