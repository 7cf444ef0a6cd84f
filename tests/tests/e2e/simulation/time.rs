//! One clock for the engine and for the systems: what somebody waits for passes on it, and so does every request.

use innkeeper_engine::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// The clock. Whoever sleeps moves it, because the time of the runtime is paused; a request or a night moves it without anybody sleeping.
#[derive(Clone)]
pub(super) struct Time {
    moved: Arc<Mutex<Timestamp>>,
    began: Instant,
}

impl Time {
    pub(super) fn starting(moment: &str) -> Self {
        let start = moment.parse().expect("a moment");
        Self { moved: Arc::new(Mutex::new(start)), began: Instant::now() }
    }

    pub(super) fn now(&self) -> Timestamp {
        let slept = SignedDuration::try_from(self.began.elapsed()).expect("not for ever");
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) + slept
    }

    /// So much time passes.
    pub(super) fn pass(&self, time: SignedDuration) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    pub(super) fn clock(&self) -> Clock {
        let time = self.clone();
        Clock::new(move || time.now())
    }
}
