//! How many chains ask one app at once: as many as were configured while the app keeps up, half as many each time that it does not, and
//! slowly more again. Some more are begun than have a place, so that a place is taken again as soon as a chain gives it back to wait for the
//! disk.

use innkeeper_domain::{ErrorCode, Failure};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Places for chains.
pub(crate) struct Concurrency {
    places: Arc<Semaphore>,
    begun: Semaphore,
    state: Mutex<State>,
    most: usize,
}

struct State {
    /// How many places there are to be.
    limit: usize,
    /// How many of the places that are taken do not come back.
    surplus: usize,
    /// What worked since the limit changed last.
    worked: usize,
}

/// A place, given back when it is dropped.
pub(crate) struct Place {
    of: Arc<Concurrency>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Concurrency {
    pub(crate) fn new(most: NonZeroU32) -> Arc<Self> {
        let most = most.get() as usize;
        let state = State { limit: most, surplus: 0, worked: 0 };
        // Few have to wait for the disk at once, and those who are begun read what may change before they write.
        let begun = Semaphore::new(most + most.div_ceil(4));
        Arc::new(Self { places: Arc::new(Semaphore::new(most)), begun, state: Mutex::new(state), most })
    }

    /// Waits until another chain may begin.
    pub(crate) async fn begin(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.begun.acquire().await.ok()
    }

    /// Waits for a place: whoever has one may ask the app.
    pub(crate) async fn place(self: &Arc<Self>) -> Place {
        // The semaphore is never closed.
        let permit = self.places.clone().acquire_owned().await.ok();
        Place { of: self.clone(), permit }
    }

    /// Takes note of a failure: a system that is too slow or says that it was too much gets half as much.
    pub(crate) fn failed(&self, failure: &Failure) {
        if !matches!(failure.code, ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::OutcomeUnknown) {
            return;
        }
        let mut state = self.lock();
        // Those who were under way when the limit fell say nothing new: wait until as many have worked as may be under way.
        let is_news = state.limit == self.most || state.worked >= state.limit;
        if state.limit == 1 || !is_news {
            return;
        }
        let limit = state.limit.div_ceil(2).min(state.limit - 1).max(1);
        let mut less = state.limit - limit;
        // Places that nobody has are taken away at once.
        less -= self.places.forget_permits(less);
        state.surplus += less;
        (state.limit, state.worked) = (limit, 0);
    }

    /// Takes note that something worked: one place more after a whole round.
    pub(crate) fn worked(&self) {
        let mut state = self.lock();
        state.worked += 1;
        if state.limit < self.most && state.worked >= 2 * state.limit {
            (state.limit, state.worked) = (state.limit + 1, 0);
            match state.surplus {
                0 => self.places.add_permits(1),
                _ => state.surplus -= 1,
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.of.lock();
        if state.surplus > 0
            && let Some(permit) = self.permit.take()
        {
            state.surplus -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited() -> Failure {
        Failure::new(ErrorCode::RateLimited, "slow down")
    }

    fn of(most: u32) -> Arc<Concurrency> {
        Concurrency::new(NonZeroU32::new(most).expect("not 0"))
    }

    async fn free(concurrency: &Arc<Concurrency>) -> usize {
        concurrency.places.available_permits()
    }

    #[tokio::test]
    async fn an_app_that_does_not_keep_up_gets_half_as_much_and_slowly_more_again() {
        let concurrency = of(16);
        concurrency.failed(&limited());
        assert_eq!(free(&concurrency).await, 8);
        for _ in 0..16 {
            concurrency.worked();
        }
        assert_eq!(free(&concurrency).await, 9);
        for _ in 0..1_000 {
            concurrency.worked();
        }
        assert_eq!(free(&concurrency).await, 16);
    }

    #[tokio::test]
    async fn a_storm_of_one_moment_counts_once() {
        let concurrency = of(16);
        for _ in 0..16 {
            concurrency.failed(&limited());
        }
        assert_eq!(free(&concurrency).await, 8);
    }

    #[tokio::test]
    async fn places_that_are_taken_do_not_come_back_and_one_always_stays() {
        let concurrency = of(4);
        let taken = [concurrency.place().await, concurrency.place().await, concurrency.place().await, concurrency.place().await];
        for _ in 0..8 {
            concurrency.failed(&limited());
            (0..8).for_each(|_| concurrency.worked());
            concurrency.failed(&limited());
        }
        drop(taken);
        let free = free(&concurrency).await;
        assert!((1..=4).contains(&free), "{free}");
        assert_eq!(free, concurrency.lock().limit);
        assert_eq!(concurrency.lock().surplus, 0);
    }

    #[tokio::test]
    async fn a_refusal_of_one_change_slows_nobody_down() {
        let concurrency = of(8);
        concurrency.failed(&Failure::new(ErrorCode::Invalid, "no"));
        assert_eq!(free(&concurrency).await, 8);
    }
}
