//! The moment at which the engine dies: while its n-th request to one system from some moment on is under way.

use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// When the engine dies.
#[derive(Default)]
pub(super) struct Death {
    /// After so many more requests to a system; none: not at all.
    left: Mutex<Option<(&'static str, u64)>>,
    came: Notify,
}

impl Death {
    /// It comes with the n-th request to this system from now on.
    pub(super) fn comes_in(&self, requests: Option<(&'static str, u64)>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = requests.map(|(to, requests)| (to, requests + 1));
    }

    /// Counts a request to a system. True if nobody is there for its answer any more.
    pub(super) fn knocks(&self, at: &str) -> bool {
        if let Some((to, left)) = self.left.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && *to == at
        {
            *left = left.saturating_sub(1);
        }
        let came = self.came();
        if came {
            self.came.notify_waiters();
        }
        came
    }

    fn came(&self) -> bool {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|(_, left)| left == 0)
    }

    /// Waits for it.
    pub(super) async fn comes(&self) {
        let knocked = self.came.notified();
        if !self.came() {
            knocked.await;
        }
    }
}
