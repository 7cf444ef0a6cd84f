//! How long a guest keeps a thread busy.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The time that one call has kept a thread busy.
///
/// A call's future is only polled while it computes: what it waits for, an answer from the network or its turn after it yielded,
/// passes between polls. So the sum of the polls is what the call costs, and no host function has to be measured.
#[derive(Debug)]
pub(crate) struct Meter {
    origin: Instant,
    /// Nanoseconds spent in polls that have ended.
    spent: AtomicU64,
    /// When the poll under way began, in nanoseconds after `origin`.
    began: AtomicU64,
}

impl Meter {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { origin: Instant::now(), spent: AtomicU64::new(0), began: AtomicU64::new(0) })
    }

    /// To be asked from within a poll.
    pub(crate) fn spent(&self) -> Duration {
        let running = self.now().saturating_sub(self.began.load(Relaxed));
        Duration::from_nanos(self.spent.load(Relaxed).saturating_add(running))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Adds the time of each poll of a future to a meter.
pub(crate) struct Metered<F> {
    future: Pin<Box<F>>,
    meter: Arc<Meter>,
}

impl<F> Metered<F> {
    pub(crate) fn new(future: F, meter: Arc<Meter>) -> Self {
        Self { future: Box::pin(future), meter }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let began = self.meter.now();
        self.meter.began.store(began, Relaxed);
        let polled = self.future.as_mut().poll(context);
        self.meter.spent.fetch_add(self.meter.now().saturating_sub(began), Relaxed);
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_is_not_counted_and_computing_is() {
        let meter = Meter::new();
        let inner = meter.clone();
        let spent = Metered::new(
            async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let began = Instant::now();
                while began.elapsed() < Duration::from_millis(20) {
                    std::hint::spin_loop();
                }
                inner.spent()
            },
            meter,
        )
        .await;
        assert!(spent >= Duration::from_millis(20), "{spent:?}");
        assert!(spent < Duration::from_millis(100), "{spent:?}");
    }
}
