//! The moment at which the engine dies: while its n-th request from some moment on is under way, to whichever system.

use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// When the engine dies.
#[derive(Default)]
pub(super) struct Death {
    /// After so many more requests; none: not at all.
    left: Mutex<Option<u64>>,
    came: Notify,
}

impl Death {
    /// It comes with the n-th request from now on.
    pub(super) fn comes_in(&self, requests: Option<u64>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = requests.map(|requests| requests + 1);
    }

    /// Counts a request. True if nobody is there for its answer any more.
    pub(super) fn knocks(&self) -> bool {
        if let Some(left) = self.left.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *left = left.saturating_sub(1);
        }
        let came = self.came();
        if came {
            self.came.notify_waiters();
        }
        came
    }

    fn came(&self) -> bool {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) == Some(0)
    }

    /// Waits for it.
    pub(super) async fn comes(&self) {
        let knocked = self.came.notified();
        if !self.came() {
            knocked.await;
        }
    }
}
