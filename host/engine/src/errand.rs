//! What other processes ask of the one that has the store for writing: it does it between what it is doing anyway, a leaver before
//! everything.
//!
//! Who asks writes an errand into the store and waits for its answer there. When the process that would do it has ended, whoever asks
//! does it alone.

use crate::apply::{Approval, Finding};
use crate::engine::{Engine, PlanRequest};
use crate::error::EngineError;
use crate::planning::AppFailure;
use crate::progress::Quiet;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use innkeeper_domain::{AppName, PersonId, Plan, PlanId, RunId};
use innkeeper_store::{Mutation, Register, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What is asked, by an id that the asker chooses.
pub const ERRANDS: Register<Errand> = Register::new("errand");

/// What came of it, by the same id.
pub const ANSWERS: Register<ErrandAnswer> = Register::new("errand-answer");

/// How often the store is looked at for errands: a leaver's second begins when somebody asks.
const LOOK: Duration = Duration::from_millis(25);

/// How long an answer is kept for an asker that has gone away.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// One errand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Errand {
    /// Who asks.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
    /// For what.
    pub work: Work,
}

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Work {
    /// Close everything that a person has.
    Offboard {
        /// Who.
        person: PersonId,
    },
    /// Give a person all that they should have.
    Onboard {
        /// Who.
        person: PersonId,
    },
    /// Carry a plan out.
    Apply {
        /// The file.
        file: PathBuf,
        /// The plan that it held when it was asked for.
        plan: PlanId,
        /// What was said beside yes.
        approval: Approval,
    },
}

/// What came of an errand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ErrandAnswer {
    /// When.
    pub at: Timestamp,
    /// The run, where something had to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// What reading back did not show.
    pub findings: Vec<Finding>,
    /// Apps that could not be read.
    pub failures: Vec<AppFailure>,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl Engine {
    /// Does errands for as long as the work takes, and ends those that it has begun.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn serving<T>(&self, work: impl Future<Output = T>) -> Result<T, EngineError> {
        let mut work = std::pin::pin!(work);
        let mut result = None;
        let mut under_way = FuturesUnordered::new();
        let mut taken = BTreeSet::new();
        loop {
            if result.is_none() {
                for (id, errand) in ERRANDS.all(self.store()).await? {
                    if taken.insert(id.clone()) {
                        under_way.push(async move { self.run_errand(&id, errand).await.map(|()| id) });
                    }
                }
            }
            tokio::select! {
                value = &mut work, if result.is_none() => result = Some(value),
                Some(done) = under_way.next() => drop(taken.remove(&done?)),
                () = tokio::time::sleep(LOOK), if result.is_none() => {}
            }
            if under_way.is_empty()
                && let Some(value) = result.take()
            {
                return Ok(value);
            }
        }
    }

    /// Does what was asked so far, and ends.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn serve_once(&self) -> Result<(), EngineError> {
        for (id, errand) in ERRANDS.all(self.store()).await? {
            self.run_errand(&id, errand).await?;
        }
        Ok(())
    }

    async fn run_errand(&self, id: &str, errand: Errand) -> Result<(), EngineError> {
        let (answered, changed) = match self.do_errand(errand.work).await {
            Ok(done) => done,
            Err(EngineError::Store(error)) if !matches!(error, StoreError::Refused(_)) => return Err(error.into()),
            Err(error) => (ErrandAnswer { refused: Some(error.to_string()), ..self.answered() }, BTreeSet::new()),
        };
        let mut mutations = vec![ERRANDS.remove(id), ANSWERS.put(id, &answered)?];
        mutations.extend(self.old_answers().await?);
        self.store().apply(&mutations).await?;
        // Whoever asked does not wait for this.
        self.refresh(&changed).await
    }

    /// Does it. Gives the apps that are to be read afterwards, beside the answer.
    async fn do_errand(&self, work: Work) -> Result<(ErrandAnswer, BTreeSet<AppName>), EngineError> {
        let nothing = BTreeSet::new();
        match work {
            Work::Offboard { person } => {
                let _haste = self.active.haste();
                let (person, planned) = self.plan_offboarding(person.as_str(), &Quiet).await?;
                self.depart(&person).await?;
                let approval = Approval { offboards: Some(person), overriding: None };
                let answered = ErrandAnswer { failures: planned.failures, ..self.answered() };
                let plan = planned.plan;
                if plan.is_empty() {
                    return Ok((answered, nothing));
                }
                let changed = plan.apps().iter().filter(|app| !app.changes.is_empty()).map(|app| app.app.clone()).collect();
                let report = self.apply_to_few(self.approve(plan, approval).await?).await?;
                Ok((ErrandAnswer { run: Some(report.run.id), findings: report.findings, ..answered }, changed))
            }
            Work::Onboard { person } => {
                self.welcome(person.as_str()).await?;
                let request = PlanRequest { person: Some(person.as_str().to_owned()), ..PlanRequest::default() };
                let planned = self.plan(&request, &Quiet).await?;
                let answered = ErrandAnswer { failures: planned.failures, ..self.answered() };
                Ok((self.do_plan(planned.plan, Approval::default(), answered).await?, nothing))
            }
            Work::Apply { file, plan: id, approval } => {
                let bytes = std::fs::read(&file).map_err(|error| EngineError::File { path: file.clone(), error })?;
                let plan = Plan::read(&bytes)?;
                if *plan.id() != id {
                    return Err(EngineError::OtherPlan { path: file, asked: id, found: plan.id().clone() });
                }
                Ok((self.do_plan(plan, approval, self.answered()).await?, nothing))
            }
        }
    }

    async fn do_plan(&self, plan: Plan, approval: Approval, answered: ErrandAnswer) -> Result<ErrandAnswer, EngineError> {
        if plan.is_empty() {
            return Ok(answered);
        }
        let approved = self.approve(plan, approval).await?;
        let report = self.apply(approved, Arc::new(Quiet)).await?;
        Ok(ErrandAnswer { run: Some(report.run.id), findings: report.findings, ..answered })
    }

    fn answered(&self) -> ErrandAnswer {
        ErrandAnswer { at: self.now(), run: None, findings: Vec::new(), failures: Vec::new(), refused: None }
    }

    /// Takes answers away that nobody came for.
    async fn old_answers(&self) -> Result<Vec<Mutation>, EngineError> {
        let now = self.now();
        let all = ANSWERS.all(self.store()).await?;
        let old = all.into_iter().filter(|(_, answered)| now.duration_since(answered.at) > KEPT);
        Ok(old.map(|(id, _)| ANSWERS.remove(id)).collect())
    }
}
