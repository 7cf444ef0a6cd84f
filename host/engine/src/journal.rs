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
use std::time::Duration;

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
        record.state = state;
        record.at = self.clock.now();
        let mut mutations = mutations;
        mutations.extend(unfinished::after(record)?);
        self.store.record_change(record, &mutations).await?;
        Ok(())
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
