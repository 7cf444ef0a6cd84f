//! What runs that ended or were cut off left open: read back, asked for again, never sent again.

use crate::apply;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::retry;
use innkeeper_domain::{AppName, ChangeRecord, ChangeState, RunId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl Engine {
    /// Settles what other runs left open, also what has time yet; except one that is taken up again.
    pub(crate) async fn settle_others(&self, except: Option<&RunId>) -> Result<(), EngineError> {
        for run in self.store().open_runs().await? {
            if Some(&run) != except && !self.active.is_under_way(&run) {
                self.settle_run(&run, None).await?;
            }
        }
        Ok(())
    }

    /// Settles what is due: each is looked at less and less often, the longer it takes. What is paused is not even asked for. Gives the
    /// apps on which something came to an end: what waited for it can be planned now.
    pub(crate) async fn settle_due(&self) -> Result<BTreeSet<AppName>, EngineError> {
        let now = self.now();
        let before = self.open().await?;
        let mut due: BTreeMap<&RunId, BTreeSet<AppName>> = BTreeMap::new();
        for record in before.iter().filter(|record| look_at(record) <= now) {
            if self.parts.systems.held(record.app.as_str()).is_none() {
                due.entry(&record.run).or_default().insert(record.app.clone());
            }
        }
        if due.is_empty() {
            return Ok(BTreeSet::new());
        }
        for (run, apps) in due {
            self.settle_run(run, Some(&apps)).await?;
        }
        let after = self.open().await?;
        let left: BTreeSet<_> = after.iter().map(|record| (&record.run, &record.id)).collect();
        let ended = before.iter().filter(|record| !left.contains(&(&record.run, &record.id)));
        Ok(ended.map(|record| record.app.clone()).collect())
    }

    /// When something has to be looked at again, if anything is open.
    pub(crate) async fn next_due(&self) -> Result<Option<Timestamp>, EngineError> {
        // What could not be looked at, because its app did not answer or is paused, is not asked for all the time.
        let soonest = self.now().checked_add(retry::rest_after(1)).unwrap_or(Timestamp::MAX);
        Ok(self.open().await?.iter().map(|record| look_at(record).max(soonest)).min())
    }

    /// What is open of runs that nobody carries out just now.
    async fn open(&self) -> Result<Vec<ChangeRecord>, EngineError> {
        let mut open = Vec::new();
        for run in self.store().open_runs().await?.into_iter().filter(|run| !self.active.is_under_way(run)) {
            let records = self.store().run(&run).await?.map(|(_, records)| records).unwrap_or_default();
            open.extend(records.into_iter().filter(|record| !record.state.is_final()));
        }
        Ok(open)
    }

    /// Settles what a run left open on these apps, or on all.
    async fn settle_run(&self, run: &RunId, apps: Option<&BTreeSet<AppName>>) -> Result<(), EngineError> {
        let Some((_, records)) = self.store().run(run).await? else { return Ok(()) };
        let mut by_app: BTreeMap<AppName, Vec<ChangeRecord>> = BTreeMap::new();
        for record in records {
            by_app.entry(record.app.clone()).or_default().push(record);
        }
        let mut settled = true;
        for (name, mut records) in by_app {
            if records.iter().all(|record| record.state.is_final()) {
                continue;
            }
            if apps.is_none_or(|apps| apps.contains(&name)) {
                let outcome = match self.run_app(&name) {
                    Some(app) => apply::settle(&app, &mut records, self.journal(), self.parts.patience).await?,
                    None => Err("the configuration no longer has this app".into()),
                };
                if let Err(why) = outcome {
                    tracing::warn!(%run, app = %name, why, "changes of an earlier run stay open");
                }
            }
            settled &= records.iter().all(|record| record.state.is_final());
        }
        if settled {
            self.store().finish_run(run, self.now()).await?;
        }
        Ok(())
    }
}

/// When something that is open is to be looked at again.
fn look_at(record: &ChangeRecord) -> Timestamp {
    match &record.state {
        ChangeState::Waiting { until, .. } => *until,
        ChangeState::Unknown { .. } => record.at.checked_add(retry::rest_since(record, record.at)).unwrap_or(Timestamp::MAX),
        // Cut off in the middle.
        _ => record.at,
    }
}
