//! The engine as a process: what is due is read, compared and put right, again and again, with a leaver before everything.
//!
//! A person who changed in a source, whose day begins in another time zone or whose access for a time begins or ends is put right on
//! every app at once, without waiting until the apps are read. What the guard holds back is kept as a plan of its own for a human, and
//! the other apps go on. An app that fails is left alone for a while; the others go on.

mod changed;
mod health;
mod moments;
#[cfg(test)]
mod tests;
mod timetable;

pub use health::{Health, Held, Quarantined, SERVICE};

use crate::apply::{self, Approval, RunReport};
use crate::approvals::GivenApproval;
use crate::circumstances::TEMPORARY;
use crate::comparing::Focus;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::planning::Planned;
use crate::progress::Quiet;
use changed::Faces;
use innkeeper_domain::{AppMode, AppName, ChangeState, PersonId, Plan, PlanId};
use jiff::Timestamp;
use moments::{Lent, Moments};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use timetable::{Due, Timetable};

/// Beyond so many people who changed at once, reading the apps is quicker than looking for each.
const MANY: usize = 50;

/// How long it sleeps at most without looking whether it is to stop.
const NAP: Duration = Duration::from_millis(200);

/// How many naps there are between two looks at decisions that other processes take: about a second.
const NAPS_BETWEEN_LOOKS: usize = 5;

/// What becomes of changes that are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// They are kept as a plan for a human.
    Kept,
    /// They are left to the plan for the whole app, so that a human decides once and not person by person.
    Left,
}

/// What the program around the service does for it.
pub trait Surroundings: Send + Sync {
    /// Keeps a plan that a human has to look at. Gives what to type to carry it out.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep(&self, plan: &Plan) -> std::io::Result<String>;

    /// A plan that was kept; none where it is not there any more, or cannot be read.
    fn recall(&self, plan: &PlanId) -> Option<Plan>;

    /// Told whenever something is different.
    fn changed(&self, health: &Health);
}

/// The engine as a process.
pub struct Service {
    engine: Arc<Engine>,
    surroundings: Arc<dyn Surroundings>,
    health: Mutex<Health>,
    faces: Mutex<Faces>,
    timetable: Mutex<Timetable>,
    moments: Mutex<Moments>,
}

impl Service {
    /// Begins nothing yet.
    pub fn new(engine: Arc<Engine>, surroundings: Arc<dyn Surroundings>) -> Self {
        let now = engine.now();
        let timetable = Timetable::new(engine.configuration(), now);
        let (health, faces) = (Mutex::new(Health::new(now)), Mutex::default());
        Self { engine, surroundings, health, faces, timetable: Mutex::new(timetable), moments: Mutex::default() }
    }

    /// Works until the engine is asked to stop; errands are done all the time.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn run(&self) -> Result<Health, EngineError> {
        self.engine.serving(self.cycles()).await??;
        self.tell(|health| health.doing = "stopped".to_owned()).await?;
        Ok(self.health())
    }

    /// Does everything that is due now, once.
    ///
    /// # Errors
    /// As for [`Service::run`].
    pub async fn once(&self) -> Result<Health, EngineError> {
        self.engine.serving(self.cycle()).await??;
        self.tell(|health| health.doing = "finished".to_owned()).await?;
        Ok(self.health())
    }

    /// How it is.
    pub fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    async fn cycles(&self) -> Result<(), EngineError> {
        while !self.engine.is_stopping() {
            self.cycle().await?;
            let next = self.next().await?;
            self.tell(|health| (health.doing, health.next) = ("waiting".to_owned(), Some(next))).await?;
            let mut naps = 0;
            while !self.engine.is_stopping() && self.engine.now() < next {
                tokio::time::sleep(NAP).await;
                self.carry_out_approved().await?;
                naps += 1;
                if naps % NAPS_BETWEEN_LOOKS == 0 {
                    let lent = self.lent().await?;
                    if lock(&self.moments).is_different(&lent) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// When something is due next.
    async fn next(&self) -> Result<Timestamp, EngineError> {
        let look = self.engine.next_due().await?;
        Ok([look, lock(&self.moments).next()].into_iter().flatten().fold(lock(&self.timetable).next(), Timestamp::min))
    }

    /// Who has what for a time just now.
    async fn lent(&self) -> Result<Lent, EngineError> {
        let now = self.engine.now();
        let all = TEMPORARY.all(self.engine.store()).await?;
        Ok(moments::lent(all.values().filter(|grant| grant.lasts(now))))
    }

    /// Reads what is due and puts right what is to be.
    async fn cycle(&self) -> Result<(), EngineError> {
        let now = self.engine.now();
        self.engine.settle_due().await?.iter().for_each(|app| lock(&self.timetable).hurry(app, now));
        let Due { sources, mut apps } = lock(&self.timetable).take(self.engine.configuration(), now);
        self.tell(|health| health.doing = "reading".to_owned()).await?;
        self.forget_released().await?;
        let population = match self.engine.population_of(&sources, &Quiet).await {
            Ok(population) => population,
            // Without people there is nothing to compare; the apps are as they were.
            Err(error @ (EngineError::Source { .. } | EngineError::SourceFile { .. } | EngineError::Connect { .. })) => {
                let text = error.to_string();
                return self.tell(|health| health.trouble = Some(text)).await;
            }
            Err(error) => return Err(error),
        };
        self.tell(|health| health.trouble = None).await?;
        let mut changed = lock(&self.faces).look(&population.people).unwrap_or_default();
        let lent = self.lent().await?;
        changed.extend(lock(&self.moments).look(lent));
        changed.extend(lock(&self.moments).take(now));
        if changed.len() > MANY {
            apps = self.engine.configuration().apps().map(|app| app.name.clone()).collect();
        } else {
            self.put_right(&changed, &apps).await?;
        }
        if !apps.is_empty() && !self.engine.is_stopping() {
            let nothing = BTreeSet::new();
            let (focus, today) = (Focus::default(), self.engine.moment(None));
            let elsewhere = moments::elsewhere(&population.people, self.engine.configuration().time_zone(), &today);
            let planned = self.engine.plan_apps(population, &apps, &nothing, focus, today, &Quiet).await?;
            planned.plan.apps().iter().for_each(|plan| lock(&self.moments).expect(plan, &elsewhere));
            self.note_readings(&apps, &planned).await?;
            self.carry_out(planned, Rest::Kept).await?;
        }
        let at = self.engine.now();
        self.tell(|health| health.last = Some(at)).await
    }

    /// Puts single people right on the apps that are not read as a whole just now.
    async fn put_right(&self, people: &BTreeSet<PersonId>, except: &BTreeSet<AppName>) -> Result<(), EngineError> {
        let apps: BTreeSet<AppName> =
            self.engine.configuration().apps().map(|app| app.name.clone()).filter(|app| !except.contains(app)).collect();
        for person in people {
            if apps.is_empty() || self.engine.is_stopping() {
                return Ok(());
            }
            let Some(population) = self.engine.remembered_population().await? else { return Ok(()) };
            let planned = self.engine.plan_person(population, person, &apps, true, &Quiet).await?;
            let now = self.engine.now();
            // Where the person alone could not be looked at, the whole app tells.
            planned.failures.iter().for_each(|failure| lock(&self.timetable).hurry(&failure.app, now));
            for app in self.carry_out(planned, Rest::Left).await? {
                lock(&self.timetable).hurry(&app, now);
            }
        }
        Ok(())
    }

    async fn note_readings(&self, apps: &BTreeSet<AppName>, planned: &Planned) -> Result<(), EngineError> {
        for app in apps {
            match planned.failures.iter().find(|failure| failure.app == *app) {
                Some(failure) => self.failed(app, &failure.message).await?,
                None => self.worked(app).await?,
            }
        }
        Ok(())
    }

    /// Carries out what nobody holds back. Gives the apps on which something is.
    async fn carry_out(&self, planned: Planned, rest_is: Rest) -> Result<BTreeSet<AppName>, EngineError> {
        let plan = planned.plan;
        let observed: BTreeSet<AppName> =
            plan.apps().iter().filter(|app| app.mode == AppMode::Observe).map(|app| app.app.clone()).collect();
        let (plan, _) = plan.split(&observed)?;
        let guarded = self.engine.guarded(&plan, self.engine.configuration().apps()).await?;
        let breaches = apply::breaches(&plan, &guarded).map(|breach| (breach.app.clone(), breach.to_string()));
        let demands = self.engine.standing(&plan).await?.into_iter().filter(|standing| !standing.is_met());
        let demands = demands.map(|standing| (standing.app.clone(), format!("{standing}.")));
        let warned = plan.apps().iter().filter(|app| app.mode == AppMode::Warn && !app.changes.is_empty());
        let warned = warned.map(|app| (app.app.clone(), format!("{} is in warn mode: reported, not written.", app.app)));
        let why: Vec<(AppName, String)> = breaches.chain(demands).chain(warned).collect();
        let held: BTreeSet<AppName> = why.iter().map(|(app, _)| app.clone()).collect();
        let (plan, rest) = plan.split(&held)?;
        if rest_is == Rest::Kept {
            for app in plan.apps() {
                self.released(&app.app).await?;
            }
        }
        if !held.is_empty() && rest_is == Rest::Kept {
            self.hold(&rest, &why).await?;
        }
        if plan.is_empty() || self.engine.is_stopping() {
            return Ok(held);
        }
        self.tell(|health| health.doing = "writing".to_owned()).await?;
        let approved = self.engine.approve(plan, Approval::default()).await?;
        let report = match rest_is {
            Rest::Kept => self.engine.apply(approved, Arc::new(Quiet)).await?,
            Rest::Left => self.engine.apply_to_few(approved).await?,
        };
        self.note_run(&report).await?;
        Ok(held)
    }

    async fn note_run(&self, report: &RunReport) -> Result<(), EngineError> {
        let transient = |state: &ChangeState| match state {
            ChangeState::Failed { failure } | ChangeState::Unknown { failure } => {
                Some(failure.to_string()).filter(|_| failure.code.is_transient())
            }
            _ => None,
        };
        let mut failed: Vec<(AppName, String)> =
            report.changes.iter().filter_map(|record| Some((record.app.clone(), transient(&record.state)?))).collect();
        failed.dedup_by(|next, kept| next.0 == kept.0);
        for (app, why) in failed {
            self.failed(&app, &why).await?;
        }
        let (run, good) = (report.run.id.clone(), report.is_success());
        self.tell(|health| {
            health.run = Some(run);
            health.troubled_runs += u64::from(!good);
        })
        .await
    }

    /// Keeps what was held back, once, until something else is.
    async fn hold(&self, plan: &Plan, why: &[(AppName, String)]) -> Result<(), EngineError> {
        let mut hasher = Sha256::new();
        plan.apps().iter().for_each(|app| hasher.update(serde_json::json!([app.app, app.changes]).to_string()));
        let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let known = lock(&self.health).held.values().any(|held| held.digest == digest);
        if known {
            return Ok(());
        }
        let command = self.surroundings.keep(plan).map_err(|error| EngineError::Keep { plan: plan.id().clone(), error })?;
        let now = self.engine.now();
        for (app, why) in why {
            let held =
                Held { plan: plan.id().clone(), since: now, why: why.clone(), command: command.clone(), digest: digest.clone() };
            self.engine.audit("plan.held", serde_json::json!({ "app": app, "plan": plan.id(), "why": why })).await?;
            self.tell(|health| drop(health.held.insert(app.clone(), held))).await?;
        }
        Ok(())
    }

    /// Carries out what was held back for want of approvals that have been given since.
    async fn carry_out_approved(&self) -> Result<(), EngineError> {
        let held: BTreeSet<PlanId> = lock(&self.health).held.values().map(|held| held.plan.clone()).collect();
        for id in held {
            if self.engine.store().run_of_plan(&id).await?.is_some() {
                self.forget_released().await?;
                continue;
            }
            if GivenApproval::all(self.engine.store(), &id).await?.is_empty() {
                continue;
            }
            let Some(plan) = self.surroundings.recall(&id) else { continue };
            match self.engine.approve(plan, Approval::default()).await {
                Ok(approved) => {
                    let report = self.engine.apply(approved, Arc::new(Quiet)).await?;
                    self.note_run(&report).await?;
                    self.forget_released().await?;
                }
                // Still not enough, or the guard has a word, too.
                Err(EngineError::Unapproved { .. } | EngineError::Held { .. } | EngineError::TooEarly { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Forgets what was held back and a human has carried out since.
    async fn forget_released(&self) -> Result<(), EngineError> {
        let held: Vec<(AppName, Held)> = lock(&self.health).held.clone().into_iter().collect();
        for (app, held) in held {
            if self.engine.store().run_of_plan(&held.plan).await?.is_some() {
                self.released(&app).await?;
            }
        }
        Ok(())
    }

    async fn released(&self, app: &AppName) -> Result<(), EngineError> {
        if lock(&self.health).held.contains_key(app) {
            self.tell(|health| drop(health.held.remove(app))).await?;
        }
        Ok(())
    }

    async fn failed(&self, app: &AppName, why: &str) -> Result<(), EngineError> {
        let now = self.engine.now();
        let (times, next) = lock(&self.timetable).failed(app, now);
        if times == 1 {
            self.engine.audit("app.quarantined", serde_json::json!({ "app": app, "why": why, "next": next })).await?;
        }
        let since = lock(&self.health).quarantined.get(app).map_or(now, |quarantined| quarantined.since);
        let quarantined = Quarantined { since, times, next, why: why.to_owned() };
        self.tell(|health| drop(health.quarantined.insert(app.clone(), quarantined))).await
    }

    async fn worked(&self, app: &AppName) -> Result<(), EngineError> {
        if lock(&self.timetable).worked(app) {
            self.engine.audit("app.recovered", serde_json::json!({ "app": app })).await?;
            self.tell(|health| drop(health.quarantined.remove(app))).await?;
        }
        Ok(())
    }

    /// Writes down how it is, for `innkeeper status`, and tells the surroundings.
    async fn tell(&self, change: impl FnOnce(&mut Health)) -> Result<(), EngineError> {
        let now: Timestamp = self.engine.now();
        let health = {
            let mut health = lock(&self.health);
            change(&mut health);
            health.at = now;
            health.clone()
        };
        self.surroundings.changed(&health);
        Ok(self.engine.store().apply(&[SERVICE.put("engine", &health)?]).await?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
