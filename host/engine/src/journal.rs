//! The journal of one run: every state of every change, durable before the next step.

use crate::clock::Clock;
use crate::error::EngineError;
use crate::unfinished;
use innkeeper_domain::{ChangeRecord, ChangeState};
use innkeeper_store::{Mutation, Store};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinHandle;

/// What is on its way to the disk, in order.
#[derive(Default)]
pub(crate) struct Behind(Vec<JoinHandle<Result<(), EngineError>>>);

impl Behind {
    /// Waits until all of it is durable.
    pub(crate) async fn durable(&mut self) -> Result<(), EngineError> {
        for writing in self.0.drain(..) {
            match writing.await {
                Ok(written) => written?,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        Ok(())
    }
}

/// Writes the states of changes down.
pub(crate) struct Journal {
    store: Arc<dyn Store>,
    clock: Clock,
    zone: TimeZone,
}

impl Journal {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Clock, zone: TimeZone) -> Self {
        Self { store, clock, zone }
    }

    /// Moves a change to a state. Durable, together with the mutations, when this returns.
    pub(crate) async fn record(
        &self,
        record: &mut ChangeRecord,
        state: ChangeState,
        mutations: Vec<Mutation>,
    ) -> Result<(), EngineError> {
        let mutations = self.moved(record, state, mutations)?;
        self.store.record_change(record, &mutations).await?;
        Ok(())
    }

    /// Moves a change to a state that nothing waits for yet. It comes before whatever is recorded after it, and is durable when `behind` has
    /// been waited for.
    pub(crate) async fn record_behind(
        &self,
        record: &mut ChangeRecord,
        state: ChangeState,
        mutations: Vec<Mutation>,
        behind: &mut Behind,
    ) -> Result<(), EngineError> {
        let mutations = self.moved(record, state, mutations)?;
        let (store, record) = (self.store.clone(), record.clone());
        let mut writing = Box::pin(async move { Ok::<_, EngineError>(store.record_change(&record, &mutations).await?) });
        // The first look puts it into the store's queue.
        match futures::poll!(&mut writing) {
            Poll::Ready(written) => written,
            Poll::Pending => {
                behind.0.push(tokio::spawn(writing));
                Ok(())
            }
        }
    }

    fn moved(
        &self,
        record: &mut ChangeRecord,
        state: ChangeState,
        mut mutations: Vec<Mutation>,
    ) -> Result<Vec<Mutation>, EngineError> {
        record.state = state;
        record.at = self.clock.now();
        mutations.extend(unfinished::after(record)?);
        Ok(mutations)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The moment after a wait.
    pub(crate) fn later(&self, wait: Duration) -> Timestamp {
        let now = self.clock.now();
        SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now)
    }

    /// The day in the configured time zone.
    pub(crate) fn today(&self) -> Date {
        self.clock.now().to_zoned(self.zone.clone()).date()
    }
}
