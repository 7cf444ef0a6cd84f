//! From an approved plan to a run.

use crate::apply::{self, ApprovedPlan, Finding, RunApp, RunReport};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::journal::Journal;
use crate::planning::{AppFailure, Observed};
use crate::progress::{Progress, Quiet};
use innkeeper_domain::{
    AccountId, AccountTarget, AppMode, AppName, ChangeId, ChangeRecord, ChangeState, IntentId, Operation, PersonId, RunId,
    RunRecord, RunState,
};
use innkeeper_policy::App;
use innkeeper_store::{Mutation, OwnedGrant};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// What is read once more after a run.
#[derive(Clone, Copy)]
enum ReadBack {
    /// Every app that was written to.
    Apps,
    /// The people that were written to.
    People,
}

/// What reading back did not show, and the app if it shows with a delay what was written.
type LookedBack = (Vec<Finding>, Option<AppName>);

async fn together(
    looks: impl Iterator<Item = impl Future<Output = Result<LookedBack, EngineError>>>,
) -> Result<(Vec<Finding>, BTreeSet<AppName>), EngineError> {
    let (mut findings, mut show_late) = (Vec::new(), BTreeSet::new());
    for looked in futures::future::join_all(looks).await {
        let (missed, late) = looked?;
        findings.extend(missed);
        show_late.extend(late);
    }
    Ok((findings, show_late))
}

/// Whether anything was sent for a change.
fn wrote(record: &&ChangeRecord) -> bool {
    record.change.operation.writes_to_app() && !record.attempts.is_empty()
}

impl Engine {
    /// Carries a plan out. A run of the same plan that was cut off is taken up where it stopped.
    ///
    /// # Errors
    /// When the store cannot be written, or the plan was carried out before. What an app refuses is in the report.
    pub async fn apply(&self, plan: ApprovedPlan, progress: Arc<dyn Progress>) -> Result<RunReport, EngineError> {
        self.carry_out(plan, progress, ReadBack::Apps).await
    }

    /// The same for a plan of single people. Afterwards they alone are read once more: reading whole apps would take longer than the rest.
    ///
    /// # Errors
    /// As for [`Engine::apply`].
    pub(crate) async fn apply_to_few(&self, plan: ApprovedPlan) -> Result<RunReport, EngineError> {
        self.carry_out(plan, Arc::new(Quiet), ReadBack::People).await
    }

    async fn carry_out(
        &self,
        plan: ApprovedPlan,
        progress: Arc<dyn Progress>,
        read_back: ReadBack,
    ) -> Result<RunReport, EngineError> {
        let (approved, plan) = (&plan, plan.plan());
        let store = self.store();
        let cut_off = match store.run_of_plan(plan.id()).await? {
            Some(run) if run.state == RunState::Running => store.run(&run.id).await?,
            _ => None,
        };
        self.settle_others(cut_off.as_ref().map(|(run, _)| &run.id)).await?;
        let (run, records) = match cut_off {
            Some(known) => known,
            None => {
                self.record_override(approved).await?;
                let now = self.parts.clock.now();
                let run = RunRecord {
                    id: RunId::new(self.unique()),
                    plan: plan.id().clone(),
                    by: self.parts.who.clone(),
                    started: now,
                    finished: None,
                    state: RunState::Running,
                };
                let records = apply::records(plan, &run.id, now, || IntentId::new(self.unique()));
                store.begin_run(&run, &records).await?;
                (run, records)
            }
        };
        let _under_way = self.active.begin(&run.id);
        let involved: BTreeSet<AppName> = records.iter().map(|record| record.app.clone()).collect();
        let apps = involved.iter().filter_map(|name| Some((name.clone(), self.run_app(name)?))).collect();
        // Both the plan and the configuration must say enforce: one who switched an app back to observe means it.
        let modes: BTreeMap<AppName, AppMode> = plan
            .apps()
            .iter()
            .map(|planned| {
                let now = self.configuration().app(&planned.app).map_or(AppMode::Observe, |app| app.mode);
                (planned.app.clone(), if now == AppMode::Enforce { planned.mode } else { now })
            })
            .collect();
        let means = apply::Means { journal: self.journal(), patience: self.parts.patience, active: self.active.clone() };
        let mut report = apply::execute(run, records, &modes, apps, means, progress).await?;
        if let (RunState::Finished, Some(at)) = (report.run.state, report.run.finished) {
            store.finish_run(&report.run.id, at).await?;
        }
        let (findings, show_late) = match read_back {
            ReadBack::Apps => self.read_apps_back(&report).await?,
            ReadBack::People => self.read_people_back(&report).await?,
        };
        report.findings = findings;
        store.apply(&taken_back(&report, &show_late, self.now())).await?;
        for finding in &report.findings {
            let subject = serde_json::json!({
                "run": report.run.id, "change": finding.change, "app": finding.app, "label": finding.label, "text": finding.text,
            });
            self.audit("verify.missed", subject).await?;
        }
        Ok(report)
    }

    /// Reads the apps that a run wrote to once more: to compare with what they answered, and so that `access` and `who-has`
    /// tell what is there now. Gives the apps that show with a delay what was written, too.
    async fn read_apps_back(&self, report: &RunReport) -> Result<(Vec<Finding>, BTreeSet<AppName>), EngineError> {
        let apps: BTreeSet<&AppName> = report.changes.iter().filter(wrote).map(|record| &record.app).collect();
        let nothing = BTreeSet::new();
        let collector = &self.collector(&Quiet, &nothing);
        let looks = apps.into_iter().filter_map(|name| self.configuration().app(name)).map(|app| async move {
            let records: Vec<ChangeRecord> = report.changes.iter().filter(|record| record.app == app.name).cloned().collect();
            self.look_back(app, &records, || collector.app(app)).await
        });
        together(looks).await
    }

    /// Compares changes with what is read now.
    async fn look_back<'o, F: Future<Output = Result<Result<Observed<'o>, AppFailure>, EngineError>>>(
        &self,
        app: &App,
        records: &[ChangeRecord],
        read: impl Fn() -> F,
    ) -> Result<LookedBack, EngineError> {
        let mut waits = self.parts.patience.waits();
        loop {
            let observed = match read().await? {
                Ok(observed) => observed,
                Err(failure) => {
                    tracing::warn!(app = %failure.app, why = failure.message, "the app could not be read after the run");
                    return Ok((Vec::new(), None));
                }
            };
            let missed = apply::verify(records, &observed.snapshot);
            // With an eventually consistent app what is shown may be older than the write.
            let shows_late = observed.snapshot.description.quirks.eventually_consistent;
            match waits.next().filter(|_| shows_late && !missed.is_empty()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok((missed, shows_late.then(|| app.name.clone()))),
            }
        }
    }

    /// Reads the people that a run wrote to once more, on all apps at once.
    async fn read_people_back(&self, report: &RunReport) -> Result<(Vec<Finding>, BTreeSet<AppName>), EngineError> {
        let nothing = BTreeSet::new();
        let collector = &self.collector(&Quiet, &nothing);
        let concerned: BTreeSet<(&AppName, &PersonId)> =
            report.changes.iter().filter(wrote).map(|record| (&record.app, &record.change.person)).collect();
        let looks = concerned.into_iter().filter_map(|(name, person)| Some((self.configuration().app(name)?, person)));
        let looks = looks.map(|(app, person)| async move {
            let theirs = |record: &&ChangeRecord| record.app == app.name && record.change.person == *person;
            let records: Vec<ChangeRecord> = report.changes.iter().filter(theirs).cloned().collect();
            self.look_back(app, &records, || collector.one_person(app, person, None, false)).await
        });
        together(looks).await
    }

    /// Reads apps as a whole, so that `access` and `who-has` tell what is there now.
    pub(crate) async fn refresh(&self, apps: &BTreeSet<AppName>) -> Result<(), EngineError> {
        let nothing = BTreeSet::new();
        let collector = self.collector(&Quiet, &nothing);
        for app in apps.iter().filter_map(|name| self.configuration().app(name)) {
            if let Err(failure) = collector.app(app).await? {
                tracing::warn!(app = %failure.app, why = failure.message, "the app could not be read after the run");
            }
        }
        Ok(())
    }

    pub(crate) fn run_app(&self, name: &AppName) -> Option<RunApp> {
        let app = self.configuration().app(name)?;
        let target = self.parts.systems.app(app).map_err(|error| error.to_string());
        let (systems, stopping, name) = (self.parts.systems.clone(), self.stopping.clone(), app.name.clone());
        let hold: apply::Hold = Arc::new(move || match stopping.load(Ordering::Relaxed) {
            true => Some("the engine was asked to stop before this was begun".to_owned()),
            false => systems.held(name.as_str()),
        });
        Some(RunApp { target, concurrency: app.concurrency, level: self.level(app, &mut BTreeSet::new()), hold })
    }

    /// How many apps have to come before, one after the other.
    fn level<'a>(&'a self, app: &'a App, above: &mut BTreeSet<&'a AppName>) -> usize {
        if !above.insert(&app.name) {
            return 0;
        }
        let needs = app.needs.iter().filter_map(|name| self.configuration().app(name));
        let level = needs.map(|needed| self.level(needed, above) + 1).max().unwrap_or(0);
        above.remove(&app.name);
        level
    }

    pub(crate) fn journal(&self) -> Arc<Journal> {
        let zone = self.configuration().time_zone().clone();
        Arc::new(Journal::new(self.parts.store.clone(), self.parts.clock.clone(), zone))
    }

    /// A key that sorts by time.
    fn unique(&self) -> String {
        Uuid::now_v7().to_string()
    }
}

/// What undoes what was written down of grants on the word of an app that reading back does not bear out, so that the next plan tries
/// again. A grant that an app may show later stays ours: whom nobody takes it from would keep it.
fn taken_back(report: &RunReport, show_late: &BTreeSet<AppName>, now: Timestamp) -> Vec<Mutation> {
    let missed: BTreeSet<&ChangeId> = report.findings.iter().map(|finding| &finding.change).collect();
    let made: BTreeMap<&ChangeId, &AccountId> = report.changes.iter().filter_map(made).collect();
    let mut mutations = Vec::new();
    for record in report.changes.iter().filter(|record| missed.contains(&record.id)) {
        let account = match &record.change.account {
            AccountTarget::Existing { id, .. } => id,
            AccountTarget::Created { by } => match made.get(by) {
                Some(id) => id,
                None => continue,
            },
            AccountTarget::New => continue,
        };
        let (app, account) = (record.app.clone(), account.clone());
        match &record.change.operation {
            Operation::Revoke { entitlement, .. } => {
                let grant = OwnedGrant { account, entitlement: entitlement.clone(), role: None, since: now };
                mutations.push(Mutation::OwnGrant { app, grant });
            }
            Operation::Grant { entitlement, .. } if !show_late.contains(&app) => {
                mutations.push(Mutation::DisownGrant { app, account, entitlement: entitlement.clone() });
            }
            _ => {}
        }
    }
    mutations
}

/// The account that a change made.
fn made(record: &ChangeRecord) -> Option<(&ChangeId, &AccountId)> {
    match &record.state {
        ChangeState::Done { account: Some(account), .. } => Some((&record.id, account)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{Change, EntitlementKey, PersonId, PlanId, Precondition, Reason, ReasonKind};

    #[test]
    fn a_grant_that_is_not_shown_stays_ours_where_the_app_may_show_it_later() {
        let (app, id, run) = (AppName::new("chat"), ChangeId::new("c1"), RunId::new("run"));
        let operation =
            Operation::Grant { entitlement: EntitlementKey { kind: "group".into(), id: "7".into() }, name: "all".into() };
        let change = Change {
            id: id.clone(),
            person: PersonId::new("ada"),
            label: "ada".into(),
            account: AccountTarget::Existing { id: AccountId::new("id-ada"), unique_name: "ada".into() },
            operation,
            reasons: vec![Reason::new(ReasonKind::Joiner, "joiner")],
            precondition: Precondition::Created,
            after: Vec::new(),
        };
        let record = ChangeRecord {
            run: run.clone(),
            app: app.clone(),
            id: id.clone(),
            change,
            intent: IntentId::new("intent"),
            state: ChangeState::Done { already: false, account: None },
            at: Timestamp::UNIX_EPOCH,
            attempts: Vec::new(),
        };
        let finding = Finding { app: app.clone(), change: id, label: "ada".into(), text: "not held".into() };
        let (plan, started) = (PlanId::new("plan"), Timestamp::UNIX_EPOCH);
        let run = RunRecord { id: run, plan, by: "test".into(), started, finished: None, state: RunState::Finished };
        let report = RunReport { run, changes: vec![record], findings: vec![finding] };
        assert_eq!(taken_back(&report, &BTreeSet::from([app]), started), []);
        assert!(matches!(taken_back(&report, &BTreeSet::new(), started).as_slice(), [Mutation::DisownGrant { .. }]));
    }
}
