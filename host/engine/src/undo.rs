//! The reverse of a run: an ordinary plan, made from the journal and from what the apps show now.

mod again;
mod delta;
mod reverse;
mod wards;

pub(crate) use delta::after;
pub use reverse::{LeftOut, Obstacle};

use crate::apply;
use crate::comparing::{self, Focus};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::find;
use crate::people::Population;
use crate::planning::{AppFailure, Observed, Planned};
use crate::progress::Progress;
use crate::retry;
use crate::sealing;
use innkeeper_domain::{
    AccountId, AppName, AppPlan, AppSnapshot, ChangeId, ChangeRecord, ErrorCode, Failure, Plan, RunId, RunRecord,
};
use innkeeper_planner::Shield;
use innkeeper_policy::{App, Circumstances};
use reverse::{account_of, created, reverse};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wards::Wards;

/// How many runs are looked through for one that was named by the beginning of its key.
const RUNS: usize = 1_000;

/// What to undo.
#[derive(Clone, Debug, Default)]
pub struct UndoRequest {
    /// The run's key, or its beginning.
    pub run: String,
    /// Only these: changes of the run, people and apps. Empty: everything.
    pub only: BTreeSet<String>,
    /// Whether accounts that the run made are deleted again, and not only suspended.
    pub delete: bool,
}

/// The reverse of a run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Undo {
    /// The run.
    pub run: RunId,
    /// The reverse plan, and what is known beside it.
    #[serde(flatten)]
    pub planned: Planned,
    /// What it leaves as it is.
    pub left: Vec<LeftOut>,
    /// The changes of the reverse plan that the rules take back in turn, with the next plan.
    pub again: BTreeSet<ChangeId>,
}

impl Engine {
    /// Makes the reverse of a run. Writes to no app.
    ///
    /// # Errors
    /// When there is no such run, or something of it was named that it does not have. An app that cannot be read is in the answer.
    pub async fn undo(&self, request: &UndoRequest, progress: &dyn Progress) -> Result<Undo, EngineError> {
        let (run, records) = self.run_called(&request.run).await?;
        let population = self.remembered_population().await?;
        let chosen = self.chosen(&run, &records, &request.only, population.as_ref())?;
        let created = created(&records);
        let mut by_app: Vec<(AppName, Vec<&ChangeRecord>)> = Vec::new();
        for record in &chosen {
            match by_app.iter_mut().find(|(app, _)| *app == record.app) {
                Some((_, records)) => records.push(record),
                None => by_app.push((record.app.clone(), vec![record])),
            }
        }

        let today = self.today();
        let (mut last, mut failures) = (0, Vec::new());
        let (mut plans, mut left, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        // In reverse order, as everything else: what an app needs of another is there until it is taken back itself.
        for (name, records) in by_app.into_iter().rev() {
            let observed = match self.seen_for_undo(&name, &records, &created, progress).await? {
                Ok(observed) => observed,
                Err(failure) => {
                    failures.push(failure);
                    continue;
                }
            };
            let shield = Shield {
                protect: &observed.app.protect,
                service_accounts: &observed.app.service_accounts,
                privileged: &observed.app.privileged,
                held_elsewhere: None,
            };
            let wards = Wards::of(&shield, &observed.app.matchers, &observed.snapshot);
            let reversal = reverse(&run.id, &records, &created, &observed.snapshot, wards, request.delete, &mut last);
            left.extend(reversal.left);
            plans.push(AppPlan::of(observed.app.name.clone(), observed.app.mode, reversal.changes));
            seen.push(observed);
        }
        let inputs = sealing::inputs(self.configuration(), population.as_ref().unwrap_or(&Population::default()), &seen);
        let again = match &population {
            Some(population) => {
                let circumstances = self.circumstances(self.moment(None)).await?;
                self.mark_again(population, &mut seen, &mut plans, &circumstances)
            }
            None => BTreeSet::new(),
        };
        let plan = Plan::seal(self.now(), today, &self.parts.who, inputs, plans)?;
        let guarded = self.guarded(&plan, seen.iter().map(|observed| observed.app)).await?;
        let breaches = apply::breaches(&plan, &guarded).map(|breach| breach.to_string()).collect();
        let approvals = self.standing(&plan).await?;
        let planned = Planned {
            plan,
            failures,
            spoiled: BTreeMap::new(),
            notes: Vec::new(),
            breaches,
            approvals,
            pilots: Vec::new(),
            would: Vec::new(),
        };
        Ok(Undo { run: run.id, planned, left, again })
    }

    async fn run_called(&self, asked: &str) -> Result<(RunRecord, Vec<ChangeRecord>), EngineError> {
        if let Some(found) = self.store().run(&RunId::new(asked)).await? {
            return Ok(found);
        }
        let runs = self.store().runs(RUNS).await?;
        let mut called = runs.iter().filter(|run| !asked.is_empty() && run.id.as_str().starts_with(asked));
        let unknown = || EngineError::UnknownRun { asked: asked.to_owned(), last: runs.first().map(|run| run.id.clone()) };
        match (called.next(), called.next()) {
            (Some(run), None) => self.store().run(&run.id).await?.ok_or_else(unknown),
            _ => Err(unknown()),
        }
    }

    /// The records that were asked for, in the order of the plan.
    fn chosen<'r>(
        &self,
        run: &RunRecord,
        records: &'r [ChangeRecord],
        only: &BTreeSet<String>,
        population: Option<&Population>,
    ) -> Result<Vec<&'r ChangeRecord>, EngineError> {
        if only.is_empty() {
            return Ok(records.iter().collect());
        }
        let mut ids: BTreeSet<&ChangeId> = BTreeSet::new();
        for asked in only {
            let named = |record: &&ChangeRecord| {
                record.id.as_str() == asked
                    || record.app.as_str() == asked
                    || record.change.person.as_str() == asked
                    || record.change.label.eq_ignore_ascii_case(asked)
            };
            let person = population.and_then(|population| find::person(&population.people, asked).ok());
            let theirs = |record: &&ChangeRecord| person.is_some_and(|person| person.id == record.change.person);
            let found: Vec<&ChangeId> =
                records.iter().filter(|record| named(record) || theirs(record)).map(|record| &record.id).collect();
            if found.is_empty() {
                return Err(EngineError::NotInRun { asked: asked.clone(), run: run.id.clone() });
            }
            ids.extend(found);
        }
        Ok(records.iter().filter(|record| ids.contains(&record.id)).collect())
    }

    /// The app as it is now, with every account that the records are about: also one that it does not list.
    async fn seen_for_undo<'a>(
        &'a self,
        name: &AppName,
        records: &[&ChangeRecord],
        created: &HashMap<ChangeId, AccountId>,
        progress: &dyn Progress,
    ) -> Result<Result<Observed<'a>, AppFailure>, EngineError> {
        let failed = |message: String| AppFailure { app: name.clone(), message };
        let Some(app) = self.configuration().app(name) else {
            return Ok(Err(failed("the configuration no longer has this app".to_owned())));
        };
        let nothing = BTreeSet::new();
        let mut observed = match self.collector(progress, &nothing).app(app).await? {
            Ok(observed) => observed,
            Err(failure) => return Ok(Err(failure)),
        };
        let ids: BTreeSet<&AccountId> = records.iter().filter_map(|record| account_of(record, created)).collect();
        Ok(match self.add_unlisted(app, &ids, &mut observed.snapshot).await {
            Ok(()) => Ok(observed),
            Err(message) => Err(failed(message)),
        })
    }

    /// Reads accounts that a listing does not have: some apps hide those that are suspended.
    async fn add_unlisted(&self, app: &App, ids: &BTreeSet<&AccountId>, snapshot: &mut AppSnapshot) -> Result<(), String> {
        let listed: BTreeSet<&AccountId> = snapshot.accounts.content.iter().map(|account| &account.id).collect();
        let missing: Vec<&AccountId> = ids.iter().copied().filter(|id| !listed.contains(id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let target = self.parts.systems.app(app).map_err(|error| error.to_string())?;
        for id in missing {
            match retry::read(self.parts.patience, || target.get_account(id)).await.result {
                Ok(account) => snapshot.accounts.content.push(account),
                Err(Failure { code: ErrorCode::NotFound, .. }) => {}
                Err(failure) => return Err(failure.to_string()),
            }
        }
        Ok(())
    }

    /// Says of every change whether the next plan takes it back. Leaves in `seen` what the apps will show when the reverse is carried out.
    fn mark_again(
        &self,
        population: &Population,
        seen: &mut [Observed<'_>],
        plans: &mut [AppPlan],
        circumstances: &Circumstances,
    ) -> BTreeSet<ChangeId> {
        let moment = self.moment(None);
        let today = moment.date();
        for (observed, plan) in seen.iter_mut().zip(plans.iter()) {
            again::carry_out(observed, &plan.changes, today);
        }
        let after = &*seen;
        let evaluation = comparing::evaluate(self.configuration(), population, after, circumstances);
        let next = comparing::compare(self.configuration(), population, after, &evaluation, &moment, &Focus::default());
        let mut all = BTreeSet::new();
        for plan in plans {
            let Some(next) = next.iter().find(|next| next.app == plan.app) else { continue };
            let again = again::done_again(&plan.changes, next);
            for change in plan.changes.iter_mut().filter(|change| again.contains(&change.id)) {
                for reason in &mut change.reasons {
                    reason.text =
                        format!("{}; the rules still want the opposite, and the next plan does it again", reason.text).into();
                }
            }
            all.extend(again);
        }
        all
    }
}
