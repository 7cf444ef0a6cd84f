//! What the guard and the approvals have to know before a plan is carried out, and what is written down when somebody lets it pass.

use crate::apply::{Approval, ApprovedPlan, Ground};
use crate::approvals::{self, GivenApproval, Standing};
use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{AppName, ChangeState, GuardClass, Plan, PlanId, RunId};
use innkeeper_planner::guard::{GuardedApp, Marks, Tally};
use innkeeper_policy::App;
use innkeeper_store::Register;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What somebody let pass, by plan.
const PASSED: Register<Passed> = Register::new("override");

/// How many runs the guard looks at, at most.
const GUARD_RUNS: usize = 1_000;

/// That somebody let a plan pass the guard.
///
/// What is named here does not count against the plans that follow: somebody has answered for it, and counting it once more would hold
/// back a plan of a single leaver until the window is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Passed {
    by: String,
    at: Timestamp,
    reason: String,
    /// An app and a class each, `github:suspend`.
    limits: BTreeSet<String>,
}

impl Engine {
    /// Checks that a plan may be carried out.
    ///
    /// # Errors
    /// When it is for a later day, lacks an approval, or does more at once than the guard allows.
    pub async fn approve(&self, plan: Plan, approval: Approval) -> Result<ApprovedPlan, EngineError> {
        let guarded = self.guarded(&plan, self.configuration().apps()).await?;
        let approvals = GivenApproval::all(self.store(), plan.id()).await?;
        let standing = approvals::standing(self.configuration(), &plan, &approvals);
        let passed = PASSED.get(self.store(), plan.id().as_str()).await?.map(|passed| passed.limits).unwrap_or_default();
        let approved = ApprovedPlan::check(plan, approval, self.today(), Ground { guarded, standing, approvals, passed })?;
        let by: Vec<&str> = approved.proof().approvals.iter().map(|given| given.by.as_str()).collect();
        self.audit("plan.approved", serde_json::json!({ "plan": approved.plan().id(), "approvals": by })).await?;
        Ok(approved)
    }

    /// Where the approvals of a plan stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn standing(&self, plan: &Plan) -> Result<Vec<Standing>, EngineError> {
        let approvals = GivenApproval::all(self.store(), plan.id()).await?;
        Ok(approvals::standing(self.configuration(), plan, &approvals))
    }

    /// What the guard has to know of apps.
    pub(crate) async fn guarded<'a>(
        &self,
        plan: &Plan,
        apps: impl Iterator<Item = &'a App>,
    ) -> Result<BTreeMap<AppName, GuardedApp>, EngineError> {
        let mut guarded = BTreeMap::new();
        let concerned = |app: &&App| plan.apps().iter().any(|planned| planned.app == app.name && !planned.changes.is_empty());
        for app in apps.filter(concerned) {
            let managed = self.store().links(&app.name).await?.values().filter(|link| link.deleted_on.is_none()).count();
            let unique_name = plan.inputs().apps.get(&app.name).map(|seen| seen.unique_name.clone());
            let marks = Marks { unique_name, privileged: app.privileged.clone() };
            guarded.insert(app.name.clone(), GuardedApp { guard: app.guard.clone(), marks, managed, recent: Tally::default() });
        }
        let mut classes = BTreeSet::new();
        for app in plan.apps() {
            let Some(guarded) = guarded.get(&app.app) else { continue };
            classes.extend(app.changes.iter().flat_map(|change| guarded.marks.classes(change)));
        }
        // A plan that does nothing of what is guarded passes no limit, whatever was done before: the journal need not be read for it.
        if !classes.is_empty() {
            self.add_recent(plan.id(), &mut guarded, &operations(&classes)).await?;
        }
        Ok(guarded)
    }

    /// Adds what earlier runs did within each app's window: without those of the plan itself, which counts anyway, and without what
    /// somebody let pass.
    async fn add_recent(
        &self,
        plan: &PlanId,
        guarded: &mut BTreeMap<AppName, GuardedApp>,
        operations: &[&'static str],
    ) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        let since = |guarded: &GuardedApp| now.checked_sub(guarded.guard.window).unwrap_or(Timestamp::MIN);
        let Some(oldest) = guarded.values().map(since).min() else { return Ok(()) };
        let passed = PASSED.all(self.store()).await?;
        let runs: BTreeMap<RunId, PlanId> =
            self.store().runs(GUARD_RUNS).await?.into_iter().map(|run| (run.id, run.plan)).collect();
        for record in self.store().changes_since(oldest, operations).await? {
            let Some(of) = runs.get(&record.run).filter(|of| *of != plan) else { continue };
            let Some(guarded) = guarded.get_mut(&record.app) else { continue };
            if !may_be_done(&record.state) || record.at < since(guarded) {
                continue;
            }
            let limits = passed.get(of.as_str()).map(|passed| &passed.limits);
            let is_passed = |class: &GuardClass| limits.is_some_and(|limits| limits.contains(&format!("{}:{class}", record.app)));
            let except: BTreeSet<GuardClass> = GuardClass::ALL.into_iter().filter(is_passed).collect();
            guarded.recent.add(&record.change, &guarded.marks, &except);
        }
        Ok(())
    }

    /// Writes down that a plan is let pass, before its first write: in the audit log with the limits, and for the guard of the plans that
    /// follow.
    pub(crate) async fn record_override(&self, approved: &ApprovedPlan) -> Result<(), EngineError> {
        let (plan, proof) = (approved.plan(), approved.proof());
        let passed = |reason: String, limits: BTreeSet<String>| {
            let passed = Passed { by: self.parts.who.clone(), at: self.parts.clock.now(), reason, limits };
            PASSED.put(plan.id().as_str(), &passed)
        };
        match (&proof.overridden, &proof.offboards) {
            (Some((reason, breaches)), _) => {
                let subject = serde_json::json!({ "plan": plan.id(), "reason": reason, "limits": breaches });
                let passed = passed(reason.clone(), breaches.iter().map(|breach| breach.token()).collect())?;
                self.decide(&[passed], "guard.overridden", subject).await
            }
            // Has an entry of its own: `person.offboarded`.
            (None, Some(person)) => {
                let tokens = |app: &innkeeper_domain::AppPlan| {
                    let app = app.app.clone();
                    GuardClass::ALL.map(move |class| format!("{app}:{class}"))
                };
                let limits = plan.apps().iter().flat_map(tokens).collect();
                Ok(self.store().apply(&[passed(format!("{person} was offboarded by hand"), limits)?]).await?)
            }
            (None, None) => Ok(()),
        }
    }
}

/// The operations that count in these classes, as a plan file names them. A journal of a roll-out is long, and a leaver does not wait for it to
/// be read.
fn operations(classes: &BTreeSet<GuardClass>) -> Vec<&'static str> {
    // A revoke counts unless the account is closed as well.
    let mut operations = vec!["suspend", "delete-account", "revoke"];
    let any = |of: &[GuardClass]| of.iter().any(|class| classes.contains(class));
    operations.extend(any(&[GuardClass::Create, GuardClass::PrivilegedGrant]).then_some("create-account"));
    operations.extend(any(&[GuardClass::PrivilegedGrant]).then_some("grant"));
    operations.extend(any(&[GuardClass::Rename]).then_some("update-account"));
    operations
}

/// Whether a change was carried out, or may have been.
fn may_be_done(state: &ChangeState) -> bool {
    matches!(
        state,
        // What a human was asked to do counts from the moment of asking.
        ChangeState::Done { .. }
            | ChangeState::Manual { .. }
            | ChangeState::Sent
            | ChangeState::Unknown { .. }
            | ChangeState::Waiting { token: Some(_), .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{Attributes, Operation};

    #[test]
    fn what_is_asked_of_the_journal_is_what_it_calls_the_operations() {
        let (kind, id, name) = ("team".into(), "7".into(), "backend".to_owned());
        let entitlement = innkeeper_domain::EntitlementKey { kind, id };
        let counted = [
            Operation::CreateAccount { unique_name: name.clone(), attributes: Attributes::new(), grants: Vec::new() },
            Operation::UpdateAccount { deltas: Vec::new() },
            Operation::Suspend,
            Operation::DeleteAccount,
            Operation::Grant { entitlement: entitlement.clone(), name: name.clone() },
            Operation::Revoke { entitlement, name },
        ];
        let word = |operation: &Operation| serde_json::to_value(operation).unwrap()["do"].as_str().unwrap().to_owned();
        let mut words: Vec<String> = counted.iter().map(word).collect();
        let mut asked = operations(&GuardClass::ALL.into());
        words.sort();
        asked.sort_unstable();
        assert_eq!(asked, words);
    }
}
