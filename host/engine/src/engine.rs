//! The engine as commands use it.

use crate::apply::{self, Approval, ApprovedPlan, Finding, GuardedApp, RunApp, RunReport};
use crate::clock::Clock;
use crate::error::EngineError;
use crate::find;
use crate::journal::Journal;
use crate::people::{Population, Reading};
use crate::planning::{self, AppFailure, Collector, Focus, Observed, Planned};
use crate::progress::{Progress, Quiet};
use crate::retry::Patience;
use crate::systems::Systems;
use innkeeper_domain::{
    AppMode, AppName, AttributeName, ChangeRecord, ChangeState, Class, Description, IntentId, Person, PersonId, Plan, RunId,
    RunRecord, RunState, Summary,
};
use innkeeper_policy::{App, Configuration};
use innkeeper_store::{AuditEvent, Mutation, Store};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// How far back the guard adds up what was taken away: a mistake that trickles is a mistake all the same.
const GUARD_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How many runs it looks at, at most.
const GUARD_RUNS: usize = 1_000;

/// What an engine is made of.
pub struct Parts {
    /// Where relative paths of the configuration start.
    pub directory: PathBuf,
    /// The configuration.
    pub configuration: Configuration,
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// Where targets come from.
    pub systems: Arc<dyn Systems>,
    /// What time it is.
    pub clock: Clock,
    /// How often and how long to try.
    pub patience: Patience,
    /// Who is at the keyboard, for the journal.
    pub who: String,
}

/// Collects, plans, applies and verifies.
pub struct Engine {
    parts: Parts,
}

/// What to plan.
#[derive(Clone, Debug, Default)]
pub struct PlanRequest {
    /// Only these apps; empty for all.
    pub apps: BTreeSet<AppName>,
    /// Only this person, by key, user name or e-mail address.
    pub person: Option<String>,
    /// As if it were this day.
    pub today: Option<Date>,
    /// Sources and apps that may have shrunk as much as they like.
    pub accept_shrink: BTreeSet<String>,
}

impl Engine {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// The configuration.
    pub fn configuration(&self) -> &Configuration {
        &self.parts.configuration
    }

    /// What is remembered.
    pub fn store(&self) -> &dyn Store {
        self.parts.store.as_ref()
    }

    /// The day in the configured time zone.
    pub fn today(&self) -> Date {
        self.parts.clock.now().to_zoned(self.configuration().time_zone().clone()).date()
    }

    /// The app of this name.
    pub(crate) fn app(&self, asked: &str) -> Result<&App, EngineError> {
        self.configuration().app(&AppName::new(asked)).ok_or_else(|| EngineError::UnknownApp {
            asked: asked.to_owned(),
            apps: self.configuration().apps().map(|app| app.name.clone()).collect(),
        })
    }

    /// Everybody: as remembered, where that is enough and there is something to remember, or as the sources show them now.
    pub(crate) async fn population(
        &self,
        accept_shrink: &BTreeSet<String>,
        progress: &dyn Progress,
        remembered: bool,
    ) -> Result<Population, EngineError> {
        let reading = Reading {
            directory: &self.parts.directory,
            systems: self.parts.systems.as_ref(),
            store: self.store(),
            zone: self.configuration().time_zone(),
            patience: self.parts.patience,
            progress,
            now: self.parts.clock.now(),
            accept_shrink,
        };
        let known = if remembered { reading.remembered(self.configuration().sources()).await? } else { None };
        let mut population = match known {
            Some(known) => known,
            None => reading.read(self.configuration().sources()).await?,
        };
        let departures = self.store().departures().await?;
        for person in &mut population.people {
            if let Some(on) = departures.get(&person.id) {
                person.closed_since = Some(*on);
                // That is known, whatever a source shows.
                population.missing.remove(&person.id);
            }
        }
        Ok(population)
    }

    fn collector<'a>(&'a self, progress: &'a dyn Progress, accept_shrink: &'a BTreeSet<String>) -> Collector<'a> {
        Collector {
            systems: self.parts.systems.as_ref(),
            store: self.store(),
            patience: self.parts.patience,
            progress,
            now: self.parts.clock.now(),
            accept_shrink,
        }
    }

    /// Reads the sources and the apps, and compares. Writes to no app.
    ///
    /// # Errors
    /// When a source cannot be read, or what was asked for does not exist. An app that cannot be read is in the answer.
    pub async fn plan(&self, request: &PlanRequest, progress: &dyn Progress) -> Result<Planned, EngineError> {
        for app in &request.apps {
            self.app(app.as_str())?;
        }
        let population = self.population(&request.accept_shrink, progress, false).await?;
        let person = match &request.person {
            Some(asked) => Some(find::person(&population.people, asked)?.id.clone()),
            None => None,
        };
        let collector = self.collector(progress, &request.accept_shrink);
        let apps = self.configuration().apps().filter(|app| request.apps.is_empty() || request.apps.contains(&app.name));
        let read = futures::future::join_all(apps.map(|app| collector.app(app))).await;
        self.planned(population, read, Focus { person }, request.today.unwrap_or_else(|| self.today())).await
    }

    /// What closing everything that one person has comes to. Reads only what concerns them, so that it is quick.
    ///
    /// # Errors
    /// As for [`Engine::plan`].
    pub async fn plan_offboarding(&self, asked: &str, progress: &dyn Progress) -> Result<Planned, EngineError> {
        let mut population = self.population(&BTreeSet::new(), progress, true).await?;
        let person = find::person(&population.people, asked)?.id.clone();
        let today = self.today();
        for known in population.people.iter_mut().filter(|known| known.id == person) {
            known.closed_since.get_or_insert(today);
        }
        population.missing.remove(&person);
        let only: Vec<Person> = population.people.iter().filter(|known| known.id == person).cloned().collect();
        let alone = Population { people: only, complete: true, ..Population::default() };
        let wanted = planning::evaluate(self.configuration(), &alone, &[], today).desired.accounts;
        let nothing = BTreeSet::new();
        let collector = self.collector(progress, &nothing);
        let read = self.configuration().apps().map(|app| {
            let desired = wanted.iter().find(|desired| desired.app == app.name);
            let values: Vec<(AttributeName, String)> = app
                .matchers
                .iter()
                .filter_map(|name| Some((name, desired?.values(name.as_str())?)))
                .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.scalar.to_string())))
                .collect();
            let (collector, person) = (&collector, &person);
            async move { collector.one_person(app, person, &values).await }
        });
        let read = futures::future::join_all(read).await;
        self.planned(population, read, Focus { person: Some(person) }, today).await
    }

    async fn planned(
        &self,
        population: Population,
        read: Vec<Result<Result<Observed<'_>, AppFailure>, EngineError>>,
        focus: Focus,
        today: Date,
    ) -> Result<Planned, EngineError> {
        let mut observed = Vec::new();
        let mut failures = Vec::new();
        for app in read {
            match app? {
                Ok(app) => observed.push(app),
                Err(failure) => failures.push(failure),
            }
        }
        let evaluation = planning::evaluate(self.configuration(), &population, &observed, today);
        let plans = planning::compare(self.configuration(), &population, &observed, &evaluation, &focus);
        let notes = if focus.person.is_some() { Vec::new() } else { planning::notes(&population, &evaluation) };
        let now = self.parts.clock.now();
        let plan = planning::seal(self.configuration(), &population, &observed, plans, now, today)?;
        let guarded = self.guarded(observed.iter().map(|observed| observed.app)).await?;
        let breaches = apply::breaches(&plan, &guarded).map(|breach| breach.to_string()).collect();
        Ok(Planned { plan, failures, spoiled: population.spoiled.into_iter().collect(), notes, breaches })
    }

    /// Checks that a plan may be carried out.
    ///
    /// # Errors
    /// When it is for a later day, or takes away more than the guard allows.
    pub async fn approve(&self, plan: Plan, approval: Approval) -> Result<ApprovedPlan, EngineError> {
        let guarded = self.guarded(self.configuration().apps()).await?;
        ApprovedPlan::check(plan, approval, self.today(), &guarded)
    }

    /// What the guard has to know of apps.
    async fn guarded<'a>(&self, apps: impl Iterator<Item = &'a App>) -> Result<BTreeMap<AppName, GuardedApp>, EngineError> {
        let recent = self.recent_losses().await?;
        let mut known = Vec::new();
        for app in apps {
            let managed = self.store().links(&app.name).await?.len();
            known.push((app, managed, recent.get(&app.name).cloned().unwrap_or_default()));
        }
        Ok(planning::guarded(known.into_iter()))
    }

    /// How many accounts lost something within the guard's window, by app and class.
    async fn recent_losses(&self) -> Result<BTreeMap<AppName, Summary>, EngineError> {
        let since = self.parts.clock.now().checked_sub(GUARD_WINDOW).unwrap_or(Timestamp::MIN);
        let mut accounts: BTreeMap<(AppName, Class), BTreeSet<PersonId>> = BTreeMap::new();
        for run in self.store().runs(GUARD_RUNS).await?.into_iter().take_while(|run| run.started >= since) {
            let Some((_, records)) = self.store().run(&run.id).await? else { continue };
            for record in records.into_iter().filter(|record| matches!(record.state, ChangeState::Done { .. })) {
                let class = record.change.operation.class();
                if class.is_destructive() {
                    accounts.entry((record.app, class)).or_default().insert(record.change.person);
                }
            }
        }
        let mut losses: BTreeMap<AppName, Summary> = BTreeMap::new();
        for ((app, class), people) in accounts {
            losses.entry(app).or_default().0.insert(class, people.len());
        }
        Ok(losses)
    }

    /// Carries a plan out. A run of the same plan that was cut off is taken up where it stopped.
    ///
    /// # Errors
    /// When the store cannot be written, or the plan was carried out before. What an app refuses is in the report.
    pub async fn apply(&self, plan: ApprovedPlan, progress: Arc<dyn Progress>) -> Result<RunReport, EngineError> {
        let plan = plan.plan();
        let store = self.store();
        let cut_off = match store.run_of_plan(plan.id()).await? {
            Some(run) if run.state == RunState::Running => store.run(&run.id).await?,
            _ => None,
        };
        self.settle_others(cut_off.as_ref().map(|(run, _)| &run.id)).await?;
        let (run, records) = match cut_off {
            Some(known) => known,
            None => {
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
        let involved: BTreeSet<AppName> = records.iter().map(|record| record.app.clone()).collect();
        let apps = involved.iter().filter_map(|name| Some((name.clone(), self.run_app(name)?))).collect();
        // Both the plan and the configuration must say enforce: one who switched an app back to observe means it.
        let modes: BTreeMap<AppName, AppMode> = plan
            .apps()
            .iter()
            .map(|planned| {
                let now = self.configuration().app(&planned.app).map_or(AppMode::Observe, |app| app.mode);
                (planned.app.clone(), if now == AppMode::Enforce { planned.mode } else { AppMode::Observe })
            })
            .collect();
        let mut report = apply::execute(run, records, &modes, apps, self.journal(), self.parts.patience, progress).await?;
        if let (RunState::Finished, Some(at)) = (report.run.state, report.run.finished) {
            store.finish_run(&report.run.id, at).await?;
        }
        report.findings = self.read_back(&report).await?;
        for finding in &report.findings {
            let subject = serde_json::json!({
                "run": report.run.id, "change": finding.change, "app": finding.app, "label": finding.label, "text": finding.text,
            });
            self.audit("verify.missed", subject).await?;
        }
        Ok(report)
    }

    /// Settles what runs that were cut off left open, by reading back; except one that is taken up again.
    async fn settle_others(&self, except: Option<&RunId>) -> Result<(), EngineError> {
        let open = self.store().open_changes().await?;
        let runs: BTreeSet<RunId> = open.iter().map(|record| record.run.clone()).filter(|run| Some(run) != except).collect();
        for run in runs {
            let Some((_, records)) = self.store().run(&run).await? else { continue };
            let mut by_app: BTreeMap<AppName, Vec<ChangeRecord>> = BTreeMap::new();
            for record in records {
                by_app.entry(record.app.clone()).or_default().push(record);
            }
            let mut settled = true;
            for (name, mut records) in by_app {
                if records.iter().all(|record| record.state.is_final()) {
                    continue;
                }
                let outcome = match self.run_app(&name) {
                    Some(app) => apply::settle(&app, &mut records, self.journal(), self.parts.patience).await?,
                    None => Err("the configuration no longer has this app".into()),
                };
                if let Err(why) = outcome {
                    tracing::warn!(%run, app = %name, why, "changes of an earlier run stay open");
                }
                settled &= records.iter().all(|record| record.state.is_final());
            }
            if settled {
                self.store().finish_run(&run, self.parts.clock.now()).await?;
            }
        }
        Ok(())
    }

    /// Reads the apps that a run wrote to once more: to compare with what they answered, and so that `access` and `who-has`
    /// tell what is there now.
    async fn read_back(&self, report: &RunReport) -> Result<Vec<Finding>, EngineError> {
        let wrote = |record: &&ChangeRecord| record.change.operation.writes_to_app() && !record.attempts.is_empty();
        let apps: BTreeSet<&AppName> = report.changes.iter().filter(wrote).map(|record| &record.app).collect();
        let nothing = BTreeSet::new();
        let collector = self.collector(&Quiet, &nothing);
        let mut findings = Vec::new();
        for app in apps.into_iter().filter_map(|name| self.configuration().app(name)) {
            match collector.app(app).await? {
                Ok(observed) => {
                    let of_app = report.changes.iter().filter(|record| record.app == app.name).cloned().collect::<Vec<_>>();
                    findings.extend(apply::verify(&of_app, &observed.snapshot));
                }
                Err(failure) => {
                    tracing::warn!(app = %failure.app, why = failure.message, "the app could not be read after the run");
                }
            }
        }
        Ok(findings)
    }

    fn run_app(&self, name: &AppName) -> Option<RunApp> {
        let app = self.configuration().app(name)?;
        let target = self.parts.systems.app(app).map_err(|error| error.to_string());
        Some(RunApp { target, concurrency: app.concurrency, level: self.level(app, &mut BTreeSet::new()) })
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

    /// Remembers that somebody was offboarded, whatever the sources say.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn depart(&self, person: &PersonId) -> Result<(), EngineError> {
        self.store().apply(&[Mutation::Depart { person: person.clone(), on: self.today() }]).await?;
        self.audit("person.offboarded", serde_json::json!({ "person": person })).await
    }

    /// Forgets that somebody was offboarded. True if they were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn welcome(&self, asked: &str) -> Result<bool, EngineError> {
        let people = self.population(&BTreeSet::new(), &Quiet, false).await?.people;
        let person = find::person(&people, asked)?.id.clone();
        if !self.store().departures().await?.contains_key(&person) {
            return Ok(false);
        }
        self.store().apply(&[Mutation::Return { person: person.clone() }]).await?;
        self.audit("person.onboarded", serde_json::json!({ "person": person })).await?;
        Ok(true)
    }

    /// The key of the person whom people call so.
    ///
    /// # Errors
    /// When nobody or several people are called so.
    pub async fn person(&self, asked: &str) -> Result<PersonId, EngineError> {
        let people = self.known_people().await?;
        Ok(find::person(&people, asked)?.id.clone())
    }

    /// What an app's accounts look like: asked of the app, or as it was remembered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn description(&self, app: &App, online: bool) -> Result<Result<Option<Description>, AppFailure>, EngineError> {
        if !online {
            return Ok(Ok(self.store().app(&app.name).await?.map(|snapshot| snapshot.description)));
        }
        let failed = |message: String| AppFailure { app: app.name.clone(), message };
        let target = match self.parts.systems.app(app) {
            Ok(target) => target,
            Err(error) => return Ok(Err(failed(error.to_string()))),
        };
        let described = crate::retry::read(self.parts.patience, || target.describe()).await.result;
        Ok(described.map(Some).map_err(|failure| failed(failure.to_string())))
    }

    /// Whether an app answers with these credentials: what it says of itself.
    pub async fn probe(&self, app: &App) -> Result<String, AppFailure> {
        let failed = |message: String| AppFailure { app: app.name.clone(), message };
        let target = self.parts.systems.app(app).map_err(|error| failed(error.to_string()))?;
        target.probe().await.result.map_err(|failure| failed(failure.to_string()))
    }

    /// Writes an entry of the audit log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn audit(&self, what: &str, subject: serde_json::Value) -> Result<(), EngineError> {
        let (at, who) = (self.parts.clock.now(), self.parts.who.clone());
        self.store().append_audit(&AuditEvent { at, who, what: what.to_owned(), subject }).await?;
        Ok(())
    }

    fn journal(&self) -> Arc<Journal> {
        let zone = self.configuration().time_zone().clone();
        Arc::new(Journal::new(self.parts.store.clone(), self.parts.clock.clone(), zone))
    }

    /// A key that sorts by time.
    fn unique(&self) -> String {
        Uuid::now_v7().to_string()
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}
